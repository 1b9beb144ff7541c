"""The history window: filter, list and details of all entries."""
