"""The dialog that exports entries."""
