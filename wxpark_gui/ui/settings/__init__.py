"""Dialogs for what a manager sets up once."""
