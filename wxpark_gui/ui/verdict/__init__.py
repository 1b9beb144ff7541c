"""The verdict panel and its sounds."""
