"""Output of `wxpark settings` as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wxpark_gui.console.settings import Changed, ShownSetting
from wxpark_gui.console.settings_table import TOML_TYPES, as_toml
from wxpark_gui.console.table import pad, text_width
from wxpark_gui.domain.definitions import Text
from wxpark_gui.domain.errors import NameProblem, Problem, ReadableError
from wxpark_gui.domain.setting_changes import DEFINITIONS, SettingFault, SettingsRefusedError
from wxpark_gui.wording import Wording, join_sentences

_GAP = "  "
_WIDEST = 32
"""Largest padded width of a column in terminal columns; longer texts are not cut."""


def shown_text(settings: Sequence[ShownSetting], wording: Wording) -> str:
    """Return the table that `settings show` prints."""
    words = wording.console.settings
    head = (
        words.column_name,
        words.column_value,
        words.column_source,
        words.column_limits,
        words.column_meaning,
    )
    rows = [head, *(_row(setting, wording) for setting in settings)]
    widths = [min(_WIDEST, max(map(text_width, column))) for column in zip(*rows, strict=True)]
    return "\n".join(
        _GAP.join(pad(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def shown_json(settings: Sequence[ShownSetting], wording: Wording) -> dict[str, Any]:
    """Return the object that `settings show --json` prints."""
    return {
        "settings": [
            {
                "name": setting.name,
                "value": setting.value,
                "source": _source(setting),
                "default": DEFINITIONS[setting.name].default,
                "type": TOML_TYPES[DEFINITIONS[setting.name].rule.kind],
                "limits": DEFINITIONS[setting.name].rule.limits,
                "meaning": wording.field(DEFINITIONS[setting.name].field),
            }
            for setting in settings
        ]
    }


def changed_text(changed: Changed, wording: Wording) -> str:
    """Return the text that `settings set` and `import` print.

    It has a line for each changed setting, or one sentence if nothing changed.
    """
    words = wording.console.settings
    lines = [
        words.changed.format(
            name=found.name,
            before=_value(found.before, wording),
            after=_value(found.after, wording),
        )
        for found in changed.differences
    ]
    return "\n".join(lines or [words.unchanged])


def changed_json(changed: Changed) -> dict[str, Any]:
    """Return the object that `settings set --json` and `import --json` print."""
    return {
        "changed": [
            {"name": found.name, "from": found.before, "to": found.after}
            for found in changed.differences
        ],
        "commented_copy": str(changed.copy) if changed.copy else None,
        "key_error": changed.key_error.code if changed.key_error else None,
        "error": None,
    }


def remarks(changed: Changed, wording: Wording) -> list[str]:
    """Return the warnings for standard error, such as that the key cannot be read."""
    found = []
    if changed.copy:
        found.append(wording.console.settings.comments_copied.format(name=changed.copy.name))
    if changed.key_error:
        found.append(wording.failure(changed.key_error).sentences)
    if changed.left_out:
        found.append(wording.console.profiles.not_imported.format(count=changed.left_out))
    return found


def refused_text(error: SettingsRefusedError, wording: Wording) -> str:
    """Return a sentence that nothing was changed, and a line for each refused setting."""
    lines = [_fault_line(fault, wording) for fault in error.faults]
    return "\n".join([wording.console.settings.refused, *lines])


def settings_failure_json(error: ReadableError, wording: Wording) -> dict[str, Any]:
    """Return the object that `show`, `set` and `import` print with `--json` if they fail."""
    words = wording.failure(error)
    found: dict[str, Any] = {"code": error.code, "message": words.message, "action": words.action}
    found["detail"] = error.detail or None
    if isinstance(error, SettingsRefusedError):
        found["detail"] = None
        found["settings"] = [_fault_json(fault, wording) for fault in error.faults]
    return {"changed": [], "error": found}


def _row(setting: ShownSetting, wording: Wording) -> tuple[str, ...]:
    words = wording.console.settings
    definition = DEFINITIONS[setting.name]
    source = words.source[_source(setting)]
    if setting.in_file and setting.is_default:
        source = words.as_default
    return (
        setting.name,
        _value(setting.value, wording),
        source,
        _limits(setting.name, wording),
        wording.field(definition.field),
    )


def _source(setting: ShownSetting) -> str:
    """Return `file`, `default`, or `none` for a setting that must be entered and was not."""
    if setting.in_file:
        return "file"
    return "none" if setting.value is None else "default"


def _value(value: Any, wording: Wording) -> str:
    return wording.console.settings.empty if value is None else as_toml(value)


def _limits(name: str, wording: Wording) -> str:
    rule = DEFINITIONS[name].rule
    if isinstance(rule, Text) and rule.longest is not None:
        length, *form = rule.limits.split(", ", 1)
        return ", ".join([wording.console.settings.characters.format(limits=length), *form])
    return rule.limits


def _sentence(fault: SettingFault, wording: Wording) -> str:
    """Return the sentence about one refused setting.

    The nearest known name follows an unknown name; the limits follow an invalid value.
    """
    words = wording.console.settings
    if isinstance(fault.problem, NameProblem):
        sentence = words.name_problem[fault.problem]
        if fault.suggestion:
            return join_sentences(sentence, words.nearest.format(name=fault.suggestion))
        return sentence
    sentence = wording.field_error(fault.problem)
    # The sentence about a number has its limits already.
    if fault.limits and fault.problem.problem is not Problem.NOT_A_NUMBER:
        allowed = words.allowed.format(limits=_limits(fault.name, wording))
        return join_sentences(sentence, allowed)
    return sentence


def _fault_line(fault: SettingFault, wording: Wording) -> str:
    words = wording.console.settings
    line = words.line.format(line=fault.line) if fault.line else ""
    form = words.fault if fault.given else words.fault_without_value
    return (
        "  "
        + line
        + form.format(name=fault.name, given=fault.given, sentence=_sentence(fault, wording))
    )


def _fault_json(fault: SettingFault, wording: Wording) -> dict[str, Any]:
    return {
        "name": fault.name,
        "given": fault.given or None,
        "problem": fault.problem.value
        if isinstance(fault.problem, NameProblem)
        else fault.problem.problem.value,
        "message": _sentence(fault, wording),
        "limits": fault.limits or None,
        "suggestion": fault.suggestion or None,
        "line": fault.line,
    }
