"""Controllers without widgets: connect use cases and window by Qt signals and worker threads."""

from wxpark_gui.controllers.controllers import Controllers

__all__ = ["Controllers"]
