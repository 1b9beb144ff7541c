"""Tell WeChat Pay's 车主服务 that a car has entered, and show what it says of the owner."""

__version__ = "0.1.0"
