"""Widgets that know nothing about parking: labelled fields, labels, pages, wrapping rows."""
