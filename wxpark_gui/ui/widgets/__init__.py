"""General widgets: fields, labels, pages, wrapping rows."""
