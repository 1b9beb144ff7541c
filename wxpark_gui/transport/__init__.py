"""HTTP and HTTPS connections with time limits, for any server."""
