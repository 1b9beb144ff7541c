"""Connects the use cases to the window: Qt signals and worker threads, no widgets."""
