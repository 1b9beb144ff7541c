"""Widgets of the attendant's window. They show values and pass all work to the controllers."""
