"""The window with the statistics: figures, chart and table."""
