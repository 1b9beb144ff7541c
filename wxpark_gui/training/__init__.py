"""The embedded gateway for training and tests: WeChat's end of the wire, on this computer."""
