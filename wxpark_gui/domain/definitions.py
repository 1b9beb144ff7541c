"""Setting definitions: name, type, default and limits, declared in the field of a dataclass.

The settings file, the checks, the dialogs, the console and the documentation are derived from them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Protocol, TypeVar

from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem

Value = TypeVar("Value")
_METADATA = "wxpark_gui.definition"
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Flaw:
    """Violation of a rule: a `FieldError` without its field."""

    problem: Problem
    limit: int | None = None
    found: str = ""
    least: int = 0


class Rule(Protocol):
    """Type and limits of one value."""

    @property
    def kind(self) -> type: ...

    @property
    def required(self) -> bool:
        """True if an empty text is refused."""
        ...

    @property
    def limits(self) -> str:
        """Limits without words, for documentation: `1-720 h`, `light | dark`; may be empty."""
        ...

    @property
    def mistyped(self) -> Flaw:
        """Flaw of a value of another type than `kind`."""
        ...

    def clean(self, value: Any) -> Any:
        """Normalise a value; it is not checked."""
        ...

    def read(self, typed: str) -> Any:
        """Convert typed text to a normalised value; return a `Flaw` if that fails."""
        ...

    def check(self, value: Any) -> Flaw | None:
        """Return the first violation; None for a valid value."""
        ...


def stripped(text: str) -> str:
    """Return a text without white space and invisible format characters at its ends.

    Text copied from a web page or a spreadsheet may have one there, such as U+200B or U+FEFF.
    """
    shown = [place for place, letter in enumerate(text) if not _is_invisible(letter)]
    return text[shown[0] : shown[-1] + 1] if shown else ""


def _is_invisible(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) == "Cf"


def _accept(_value: str) -> None:
    """Return None: the text has no problem. The default of `Text.problem`."""


@dataclass(frozen=True, slots=True)
class Text:
    """Rule for a text.

    Attributes:
        longest: maximum length in characters; None for no limit.
        required: True if an empty text is refused.
        normalise: applied by `clean` and `read`.
        problem: returns the problem of a non-empty text within `longest`; None if it is valid.
        form: form of the text for documentation, without words, as `http://HOST:PORT`; may be
            empty.
    """

    longest: int | None = None
    required: bool = False
    normalise: Callable[[str], str] = stripped
    problem: Callable[[str], Problem | None] = _accept
    form: str = ""

    @property
    def kind(self) -> type:
        return str

    @property
    def limits(self) -> str:
        length = "" if self.longest is None else f"{int(self.required)}-{self.longest}"
        return ", ".join(filter(None, (length, self.form)))

    @property
    def mistyped(self) -> Flaw:
        return Flaw(Problem.NOT_A_TEXT)

    def clean(self, value: str) -> str:
        return self.normalise(value)

    def read(self, typed: str) -> str:
        return self.normalise(typed)

    def check(self, value: str) -> Flaw | None:
        if not value:
            return Flaw(Problem.MISSING) if self.required else None
        if self.longest is not None and len(value) > self.longest:
            return Flaw(Problem.TOO_LONG, self.longest, str(len(value)))
        problem = self.problem(value)
        return Flaw(problem) if problem else None


@dataclass(frozen=True, slots=True)
class Number:
    """Rule for a whole number from `least` to `largest`, both included.

    Attributes:
        unit: unit for documentation, as `h`; may be empty.
    """

    largest: int
    least: int = 0
    unit: str = ""

    @property
    def kind(self) -> type:
        return int

    @property
    def required(self) -> bool:
        return False

    @property
    def limits(self) -> str:
        return f"{self.least}-{self.largest} {self.unit}".rstrip()

    @property
    def mistyped(self) -> Flaw:
        return Flaw(Problem.NOT_A_NUMBER, self.largest, least=self.least)

    def clean(self, value: int) -> int:
        return value

    def read(self, typed: str) -> int | Flaw:
        """Convert ASCII digits, of which the first 12 count; an empty text is 0.

        Returns a `Flaw` for any other text.
        """
        digits = stripped(typed) or "0"
        if not (digits.isascii() and digits.isdigit()):
            return self.mistyped
        return int(digits[:_MOST_DIGITS])

    def check(self, value: int) -> Flaw | None:
        return None if self.least <= value <= self.largest else self.mistyped


@dataclass(frozen=True, slots=True)
class Choice:
    """Rule for one of several texts, or for `true` and `false`."""

    options: Sequence[str] | Sequence[bool]

    @property
    def kind(self) -> type:
        return type(self.options[0])

    @property
    def required(self) -> bool:
        return False

    @property
    def limits(self) -> str:
        return " | ".join(_written(option) for option in self.options)

    @property
    def mistyped(self) -> Flaw:
        return Flaw(Problem.NOT_A_CHOICE)

    def clean(self, value: str | bool) -> str | bool:
        return value

    def read(self, typed: str) -> str | bool | Flaw:
        options = {_written(option): option for option in self.options}
        return options.get(stripped(typed), self.mistyped)

    def check(self, value: str | bool) -> Flaw | None:
        return None if value in self.options else self.mistyped


def _written(option: str | bool) -> str:
    """Return the option as it is written in TOML, but without quotes."""
    return option if isinstance(option, str) else str(option).lower()


@dataclass(frozen=True, slots=True)
class SettingDefinition:
    """Definition of one setting. No setting is secret: merchant keys are only in the keyring.

    Attributes:
        name: name of the attribute and of the key in the settings file.
        field: input field, by which the label, the errors and the console option are found.
        default: None if the setting has no default and must be entered.
    """

    name: str
    field: Field
    rule: Rule
    default: Any

    def read(self, typed: str) -> Any:
        """Convert typed text to a normalised value; limits are left to `check`.

        Raises:
            InvalidInputError: the text cannot be converted.
        """
        value = self.rule.read(typed)
        if isinstance(value, Flaw):
            raise InvalidInputError([self._error(value)])
        return value

    def accept(self, value: object) -> Any:
        """Normalise a value of a TOML document; limits are left to `check`.

        Raises:
            InvalidInputError: the value has another type.
        """
        # Not `isinstance`, which accepts a bool as an int.
        if type(value) is not self.rule.kind:
            raise InvalidInputError([self._error(self.rule.mistyped)])
        return self.rule.clean(value)

    def check(self, value: Any) -> FieldError | None:
        """Return the first violation; None for a valid value."""
        flaw = self.rule.check(value)
        return self._error(flaw) if flaw else None

    def _error(self, flaw: Flaw) -> FieldError:
        return FieldError(self.field, flaw.problem, flaw.limit, flaw.found, flaw.least)


def required_setting(name: Field, rule: Rule) -> Any:
    """Return a dataclass field with its definition and without a default."""
    return field(metadata={_METADATA: (name, rule)})


def setting(name: Field, default: Value, rule: Rule) -> Value:
    """Return a dataclass field with its definition and default."""
    made: Value = field(default=default, metadata={_METADATA: (name, rule)})
    return made


def definitions_of(kind: type) -> tuple[SettingDefinition, ...]:
    """Return the setting definitions of a dataclass in field order; every field must have one."""
    definitions = []
    for found in fields(kind):
        name, rule = found.metadata[_METADATA]
        default = None if found.default is MISSING else found.default
        definitions.append(SettingDefinition(found.name, name, rule, default))
    return tuple(definitions)


def value_errors(values: object) -> Iterator[FieldError]:
    """Yield one error for each value of a dataclass instance that breaks its rule."""
    for definition in definitions_of(type(values)):
        if error := definition.check(getattr(values, definition.name)):
            yield error
