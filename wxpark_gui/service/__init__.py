"""Use cases, each readable on one screen. They talk to ports and know no adapter."""
