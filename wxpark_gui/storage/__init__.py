"""Storage: entries and settings on disk, merchant keys in the system's keyring."""
