"""Commands, arguments and output of the console tool `wxpark`. Does not use Qt."""
