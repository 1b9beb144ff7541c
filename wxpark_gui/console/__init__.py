"""The console tool's commands, arguments and output: the Qt-free front end beside `ui`."""
