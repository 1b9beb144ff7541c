"""Window in which entries from paper are typed, and the sheet to print."""
