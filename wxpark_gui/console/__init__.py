"""The console door's arguments and printing: the Qt-free twin of `ui`."""
