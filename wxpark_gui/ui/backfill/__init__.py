"""Window that types entries from paper, and the sheet to print."""
