"""The commands `wxpark merchant …`. Each imports the modules that only it needs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace

from wxpark_gui.assembly import Assembly
from wxpark_gui.console.command import Command
from wxpark_gui.console.report import ExitCode, exit_code_for, merchant_text
from wxpark_gui.domain.errors import (
    DataDirectoryInUseError,
    FieldError,
    InvalidInputError,
    KeyMissingError,
    NotSetUpError,
)
from wxpark_gui.domain.merchant import MerchantProfile, Secret, check_merchant
from wxpark_gui.domain.settings import Settings, change_merchant


def run_merchant(command: Command) -> int:
    """Run the action of `wxpark merchant`; return its exit code."""
    return _ACTIONS[command.options.action](command)


def _show(command: Command) -> int:
    from wxpark_gui.console.key_state import key_error

    with Assembly(command.options.data_dir, read_only=True) as parts:
        account = parts.load_settings().account
        if account is None:
            raise NotSetUpError
        error = key_error(account.merchant.mch_id, parts)
    command.output.print(merchant_text(account.merchant, error, command.wording))
    return exit_code_for(error) if error else ExitCode.ANSWERED


def _list_profiles(command: Command) -> int:
    from wxpark_gui.console.profiles import list_profiles, profiles_json, profiles_text

    profiles = list_profiles(command.options.data_dir)
    command.print(profiles_json(profiles), profiles_text(profiles, command.wording))
    return ExitCode.ANSWERED


def _use_profile(command: Command) -> int:
    from wxpark_gui.console.profiles import use_profile

    options, wording = command.options, command.wording
    account, error = use_profile(options.data_dir, options.name, command.opener, command.interrupts)
    command.output.print(wording.console.profiles.used.format(name=account.merchant.label))
    if error is None:
        return ExitCode.ANSWERED
    command.output.complain(wording.failure(error).sentences)
    return exit_code_for(error)


def _remove_profile(command: Command) -> int:
    from wxpark_gui.console.profiles import remove_profile

    options, words = command.options, command.wording.console.profiles
    account = remove_profile(options.data_dir, options.name, command.opener, command.interrupts)
    command.output.print(words.removed.format(name=account.merchant.label))
    return ExitCode.ANSWERED


def _add_profile(command: Command) -> int:
    """Add a profile; one that has all the values already only gets the key."""
    with Assembly(command.options.data_dir) as parts:
        parts.claim()
        stored = parts.load_settings()
        merchant, settings = _edited(replace(stored, account_id=""), command.options)
        same = next((a.account_id for a in stored.accounts if a.merchant == merchant), "")
        key = _key_for(merchant, parts, command)
        _tell_shared_key(stored, merchant, key, same, command)
        with command.opener.open(parts) as journal:
            # Ctrl-C must not come between the change of the keyring and that of the settings.
            command.interrupts.defer()
            parts.merchants(journal).keep(settings, key, same)
    words = command.wording.console
    text = words.settings.unchanged if same else words.profiles.added
    command.output.print(text.format(name=merchant.label))
    return ExitCode.ANSWERED


def _set(command: Command) -> int:
    with Assembly(command.options.data_dir) as parts:
        try:
            parts.claim()
        except DataDirectoryInUseError:
            if not _is_in_place(parts, command):
                raise
            command.output.print(command.wording.console.settings.unchanged)
            return ExitCode.ANSWERED
        stored = parts.load_settings()
        merchant, settings = _edited(stored, command.options)
        key = _key_for(merchant, parts, command)
        _tell_shared_key(stored, merchant, key, stored.account_id, command)
        # Open the journal first; if that fails, change nothing.
        with command.opener.open(parts) as journal:
            # Ctrl-C must not come between the change of the keyring and that of the settings.
            command.interrupts.defer()
            parts.merchants(journal).keep(settings, key)
            # Retry at once the entries held because of the old settings.
            journal.release(parts.clock.now())
    command.output.print(command.wording.console.kept)
    return ExitCode.ANSWERED


def _is_in_place(parts: Assembly, command: Command) -> bool:
    """Test if the given merchant and key are already stored.

    With `--key-stdin` on a terminal, the result is False without asking for the key.

    Raises:
        InvalidInputError: a value or the key is invalid.
        SettingsRefusedError: a value looks like a key.
        SettingsUnreadableError: the settings file cannot be read.
    """
    from wxpark_gui.console.key_state import key_error

    stored = parts.load_settings()
    merchant, settings = _edited(stored, command.options)
    if settings != stored or key_error(merchant.mch_id, parts):
        return False
    if not command.options.key_stdin:
        return True
    return not sys.stdin.isatty() and command.read_key() == parts.vault.load(merchant.mch_id)


def _forget(command: Command) -> int:
    with Assembly(command.options.data_dir) as parts:
        parts.claim()
        with command.opener.open(parts) as journal:
            command.interrupts.defer()
            left = parts.merchants(journal).forget()
    words = command.wording.console
    text = words.forgotten_keys_left if left else words.forgotten
    command.output.print(text.format(mch_ids=command.wording.listing(sorted(left))))
    return ExitCode.ANSWERED


def _edited(settings: Settings, options: argparse.Namespace) -> tuple[MerchantProfile, Settings]:
    """Return merchant and settings with the values of the given options; others stay unchanged.

    Raises:
        InvalidInputError: with an error for each invalid or missing value.
        SettingsRefusedError: a value looks like a key.
    """
    from wxpark_gui.domain.setting_changes import (
        DEFINITIONS,
        SettingsRefusedError,
        apply_changes,
        read_assignments,
    )

    given = {name: getattr(options, d.field.value, None) for name, d in DEFINITIONS.items()}
    if settings.account is None:
        missing = {name: "" for name, d in DEFINITIONS.items() if d.default is None}
        given = missing | {name: typed for name, typed in given.items() if typed is not None}
    named = [f"{name}={typed}" for name, typed in given.items() if typed is not None]
    try:
        edited, changed = apply_changes(settings, read_assignments(named))
    except SettingsRefusedError as error:
        problems = [fault.problem for fault in error.faults]
        errors = [problem for problem in problems if isinstance(problem, FieldError)]
        if len(errors) < len(problems):
            raise
        raise InvalidInputError(errors) from None
    merchant = check_merchant(changed or MerchantProfile("", "", "", ""))
    return merchant, change_merchant(edited, merchant, proven=False)


def _key_for(merchant: MerchantProfile, parts: Assembly, command: Command) -> Secret | None:
    """Return a key read from standard input; None to keep the stored one.

    A key is read if `--key-stdin` is set or if none is stored. In the latter case a sentence on
    standard error says so first.

    Raises:
        KeyUnavailableError: the keyring cannot be read.
        InvalidInputError: the key is malformed.
    """
    if not command.options.key_stdin:
        try:
            parts.vault.load(merchant.mch_id)
        except KeyMissingError:
            absent = command.wording.console.key_absent.format(mch_id=merchant.mch_id)
            command.output.complain(absent)
        else:
            return None
    return command.read_key()


def _tell_shared_key(
    stored: Settings,
    merchant: MerchantProfile,
    key: Secret | None,
    account_id: str,
    command: Command,
) -> None:
    """Name on standard error the other profiles that a new key changes too."""
    from wxpark_gui.domain.profiles import sharing_labels

    names = sharing_labels(stored, merchant.mch_id, account_id)
    if key is not None and names:
        sentence = command.wording.console.profiles.key_shared
        command.output.complain(sentence.format(names=" · ".join(names)))


_ACTIONS: dict[str, Callable[[Command], int]] = {
    "set": _set,
    "add": _add_profile,
    "list": _list_profiles,
    "use": _use_profile,
    "remove": _remove_profile,
    "show": _show,
    "forget": _forget,
}
