"""Dialog for backups: list, save, restore."""
