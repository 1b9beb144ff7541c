"""Infrastructure independent of parking, such as threads, logs, assets and clocks."""
