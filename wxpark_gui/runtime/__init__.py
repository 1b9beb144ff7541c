"""Infrastructure independent of parking: threads, crashes, logs, assets, clock, randomness."""
