"""Values and rules of the trade. Standard library only: no Qt, no I/O, no clock, no randomness."""
