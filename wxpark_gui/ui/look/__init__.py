"""Colours, sizes, language and icons, for every widget."""
