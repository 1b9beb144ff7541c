"""Dialogs for a support call: check of this booth, diagnostics, crash report."""
