"""The tour: drives the real window through every state and takes a picture of each."""

from wxpark_gui.tour.guide import Tour

__all__ = ["Tour"]
