"""Domain values and rules. Standard library only: no Qt, no I/O, no clock, no randomness."""
