"""Report each entering car to WeChat Pay's 车主服务 and show the state of its owner."""

__version__ = "0.1.0"
