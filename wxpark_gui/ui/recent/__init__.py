"""The list of recent entries."""
