"""Dialogs of the managers: the approval of one act, and the list of managers."""
