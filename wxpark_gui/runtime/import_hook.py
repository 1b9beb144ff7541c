"""Removes the import hook of PySide; imported for this effect, before the other modules.

PySide replaces `builtins.__import__` for its `from __feature__ import snake_case`, which this
program does not use. The hook reads the source of every imported module, and `linecache` keeps it:
100 ms and 16 MB at the start (measured with PySide6 6.11). `__orig_import__` is the function that
the hook itself calls.
"""

from __future__ import annotations

import builtins

import PySide6.QtCore  # noqa: F401 - it sets the hook

builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
