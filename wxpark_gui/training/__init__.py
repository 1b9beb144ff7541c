"""The training gateway: a local HTTP server that answers as WeChat does, for training and tests."""
