"""Shifts: sign-in, X-reading (the sums so far), hand-over, people, and the report as PDF."""
