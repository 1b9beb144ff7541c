"""The entry form, its time field, and undo."""
