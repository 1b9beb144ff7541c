"""Controllers that connect use cases and window by Qt signals and worker threads. No widgets."""

from wxpark_gui.controllers.controllers import Controllers

__all__ = ["Controllers"]
