"""The attendant's window. It shows values, asks the desk for work, and does none of it itself."""
