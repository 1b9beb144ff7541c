"""What lasts: entries and settings on disk, the merchant key in the system's keyring."""
