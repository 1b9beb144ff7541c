"""The local port on which a camera or scanner offers plates: its server and its client."""
