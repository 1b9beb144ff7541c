"""Plumbing that knows nothing about parking: threads, crashes, logs, assets, clock and chance."""
