"""The plate field: cells, keypad, hints, and how keys become a plate."""
