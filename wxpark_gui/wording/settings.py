"""Texts of `wxpark settings`."""

from __future__ import annotations

from collections.abc import Callable

from wxpark_gui.domain.errors import NameProblem


class SettingsConsoleWords:
    """Help and sentences of `wxpark settings`, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        _ = translate
        self.settings = _("show, change, import or export the settings")
        self.show = _("print settings: value, source, limits and meaning")
        self.show_name = _(
            "a setting such as booth.name, or a section such as booth; all by default"
        )
        self.set = _("change the named settings, all or none; the window must be closed")
        self.assignment = _("such as booth.name=3号岗; an empty value clears a text")
        self.import_ = _(
            "take over what a TOML file names, all or nothing; the window must be closed"
        )
        self.file = _("the file; - reads standard input")
        self.export = _("print all settings as TOML for other booths, without the key")
        self.assignment_missing = _("Name at least one setting, as booth.name=3号岗.")
        self.file_missing = _("Name the file to import, or - for standard input.")
        self.column_name = _("Setting")
        self.column_value = _("Value")
        self.column_source = _("Source")
        self.column_limits = _("Allowed")
        self.column_meaning = _("Meaning")
        self.source = {
            "file": _("file"),
            "default": _("default value"),
            "none": _("not entered"),
        }
        self.as_default = _("file, as default")
        self.characters = _("{limits} characters")
        self.unchanged = _("Nothing to change: every named setting has its value already.")
        self.changed = _("{name}: {before} → {after}")
        self.empty = _("(none)")
        self.comments_copied = _(
            "The comments of settings.toml are not kept; the file as it was is {name}."
        )
        self.refused = _("Nothing was changed. Not accepted:")
        self.line = _("line {line}: ")
        self.fault = _("{name} = {given}: {sentence}")
        self.fault_without_value = _("{name}: {sentence}")
        self.allowed = _("Allowed: {limits}")
        self.nearest = _("Did you mean {name}?")
        self.name_problem = {
            NameProblem.UNKNOWN: _("No setting has this name."),
            NameProblem.SECRET: _(
                "Secrets are not taken here; enter the key with wxpark merchant set --key-stdin."
            ),
            NameProblem.REPEATED: _("Named more than once."),
            NameProblem.NO_VALUE: _("The value is missing; write NAME=VALUE."),
        }
