"""Dialogs for settings, appearance and version."""
