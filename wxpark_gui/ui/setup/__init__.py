"""The set-up wizard and its pages."""
