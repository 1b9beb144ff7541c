"""Commands, arguments and output of the console tool `wxpark`. Qt-free."""
