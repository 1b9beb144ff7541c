"""Shifts: sign-in, X-reading, hand-over, people, and the printed report."""
