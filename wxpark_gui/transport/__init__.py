"""HTTPS for the adapters: sockets, deadlines, trust. Knows nothing of WeChat."""
