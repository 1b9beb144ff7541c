"""Connects the use cases to the window: Qt signals and worker threads, no widgets."""

from wxpark_gui.controllers.controllers import Controllers

__all__ = ["Controllers"]
