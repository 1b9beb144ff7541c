"""The main window: layout, strips, help and the closing question."""
