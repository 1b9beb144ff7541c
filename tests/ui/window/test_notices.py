"""The notice bar shows the most severe of several problems, as long as it lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from tests.settings import settings_of
from tests.ui.conftest import FakeBooth
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.door import DoorPortTakenError
from wxpark_gui.domain.errors import (
    EntryFaultError,
    EntryNotOpenError,
    EntryReplacedError,
    JournalBusyError,
    JournalDamageFoundError,
    JournalDiskFaultError,
    JournalFaultError,
    JournalNewerError,
    JournalWriteError,
    KeyMissingError,
    KeyringFailedError,
    KeyringLockedError,
    KeyringMismatchError,
    KeyringMissingError,
    KeyringSilentError,
    KeyUnavailableError,
    NothingToResendError,
    NotSetUpError,
    ReadableError,
    SettingsNotWrittenError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import Backlog, EntryRecord, Salvage
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.notice_strip import NoticeAction, NoticeLevel
from wxpark_gui.ui.window.notices import NoticeModel

NOW = datetime(2026, 3, 15, 3, 42, 7, tzinfo=timezone.utc)
SET_UP = settings_of(MerchantProfile("wx1", "1900000109", "1900000110", "停车场"))
WAITING = Backlog(3, NOW - timedelta(minutes=4))

RecordMaker = Callable[..., EntryRecord]


@pytest.fixture
def notices(appearance: Appearance, booth: FakeBooth) -> NoticeModel:
    booth.settings.changed.emit(SET_UP)
    return NoticeModel(booth.controllers, appearance, booth.entries)


def test_nothing_is_said_while_all_is_well(notices: NoticeModel, make_record: RecordMaker) -> None:
    notices.delivered(make_record())
    notices.backlog_changed(Backlog())
    assert notices.notice(NOW) is None


def test_without_a_merchant_the_way_to_enter_one_is_offered(notices: NoticeModel) -> None:
    notices.apply_settings(Settings())
    notice = notices.notice(NOW)
    assert notice is not None
    assert notice.action is NoticeAction.SET_UP
    notices.apply_settings(SET_UP)
    assert notices.notice(NOW) is None


@pytest.mark.parametrize(
    ("cause", "begins", "action"),
    [
        (Cause.OFFLINE, "网络不通：", NoticeAction.RETRY),
        (Cause.BUSY, "微信系统繁忙：", NoticeAction.RETRY),
        (Cause.INTERCEPTED, "网络被拦截：", NoticeAction.RETRY),
        (Cause.KEY_UNAVAILABLE, "读不到商户密钥：", NoticeAction.RETRY),
    ],
)
def test_a_bad_line_says_how_many_wait_and_since_when(
    notices: NoticeModel, make_record: RecordMaker, cause: Cause, begins: str, action: NoticeAction
) -> None:
    notices.delivered(make_record(state=DeliveryState.WAITING, cause=cause))
    notices.backlog_changed(WAITING)
    notice = notices.notice(NOW)
    assert notice is not None
    assert notice.message.startswith(begins)
    assert notice.message.endswith("（待发送 3 条，最早 4 分钟前）")
    assert notice.action is action


def test_a_bad_line_is_forgotten_with_the_next_good_exchange(
    notices: NoticeModel, make_record: RecordMaker
) -> None:
    notices.delivered(make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE))
    notices.backlog_changed(WAITING)
    notices.delivered(make_record())
    assert notices.notice(NOW) is None


def test_entries_held_by_wrong_settings_lead_to_the_settings_with_the_code_beside(
    notices: NoticeModel, make_record: RecordMaker
) -> None:
    held = make_record(state=DeliveryState.WAITING, cause=Cause.SIGNATURE_REFUSED, code="SIGNERROR")
    notices.backlog_changed(Backlog(1, NOW, (held,)))
    notice = notices.notice(NOW)
    assert notice is not None
    assert notice.message.startswith("密钥或商户参数不对，请联系管理员")
    assert (notice.code, notice.action) == ("SIGNERROR", NoticeAction.OPEN_SETTINGS)


@pytest.mark.parametrize(
    ("failure", "begins", "action"),
    [
        (KeyringLockedError(), "密钥环已锁定。按“解锁”", NoticeAction.UNLOCK),
        (KeyringSilentError(), "密钥环没有应答。", NoticeAction.UNLOCK),
        (KeyMissingError(), "密钥环里没有密钥，可能已被更换；记录都在", NoticeAction.OPEN_SETTINGS),
        (KeyringMismatchError(), "读不到商户密钥", NoticeAction.OPEN_SETTINGS),
        (KeyringMissingError(), "无法访问这台电脑的密钥环", NoticeAction.RETRY),
        (KeyringFailedError(), "读不到商户密钥", NoticeAction.RETRY),
    ],
)
def test_key_that_cannot_be_read_is_told_before_the_first_car_with_its_action(
    notices: NoticeModel, failure: KeyUnavailableError, begins: str, action: NoticeAction
) -> None:
    notices.key_changed(failure)
    notice = notices.notice(NOW)
    assert notice is not None
    assert notice.message.startswith(begins)
    assert (notice.code, notice.action) == (failure.code, action)
    notices.key_changed(None)
    assert notices.notice(NOW) is None


def test_entries_held_by_a_locked_keyring_are_counted_beside_the_button(
    notices: NoticeModel, make_record: RecordMaker
) -> None:
    held = make_record(
        state=DeliveryState.WAITING, cause=Cause.KEY_UNAVAILABLE, code="KEYRING_LOCKED"
    )
    notices.backlog_changed(Backlog(3, NOW - timedelta(minutes=4), (held,)))
    notice = notices.notice(NOW)
    assert notice is not None
    assert notice.message == (
        "密钥环已锁定。按“解锁”，输入电脑的登录密码即可（待发送 3 条，最早 4 分钟前）"
    )
    assert notice.action is NoticeAction.UNLOCK


def test_trouble_with_the_disk_comes_first_and_goes_with_the_next_saved_entry(
    notices: NoticeModel, make_record: RecordMaker
) -> None:
    notices.delivered(make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE))
    notices.backlog_changed(WAITING)
    notices.failed(JournalWriteError())
    notice = notices.notice(NOW)
    assert notice is not None
    assert (notice.code, notice.level) == ("JOURNAL_NOT_WRITTEN", NoticeLevel.ERROR)
    notices.saved()
    again = notices.notice(NOW)
    assert again is not None
    assert again.message.startswith("网络不通")


@pytest.mark.parametrize(
    "error", [EntryNotOpenError("sending"), EntryReplacedError(), NothingToResendError("voided")]
)
def test_reason_that_concerns_one_entry_is_no_lasting_problem(
    notices: NoticeModel, booth: FakeBooth, error: ReadableError
) -> None:
    booth.entries.notSaved.emit("", error)
    assert notices.notice(NOW) is None


def test_failed_act_is_told_until_someone_has_read_it_and_hides_no_trouble_of_the_disk(
    notices: NoticeModel, booth: FakeBooth
) -> None:
    booth.settings.failed.emit(SettingsNotWrittenError())
    notice = notices.notice(NOW)
    assert notice is not None
    assert (notice.code, notice.action) == ("SETTINGS_NOT_WRITTEN", NoticeAction.DISMISS)
    booth.entries.notSaved.emit("", JournalWriteError())
    worse = notices.notice(NOW)
    assert worse is not None
    assert worse.code == "JOURNAL_NOT_WRITTEN"
    notices.saved()
    assert notices.notice(NOW) == notice
    notices.dismiss()
    assert notices.notice(NOW) is None


def test_bug_in_saving_is_told_once_as_a_bug_and_hides_no_trouble_of_the_disk(
    notices: NoticeModel, booth: FakeBooth
) -> None:
    for _ in range(2):
        booth.entries.notSaved.emit("", EntryFaultError("KeyError"))
        notices.bug("KeyError")
        notice = notices.notice(NOW)
        assert notice is not None
        assert notice.message.startswith("程序出错（KeyError）")
    notices.dismiss()
    assert notices.notice(NOW) is None
    booth.entries.notSaved.emit("", JournalWriteError())
    booth.entries.notSaved.emit("", EntryFaultError("KeyError"))
    worse = notices.notice(NOW)
    assert worse is not None
    assert worse.code == "JOURNAL_NOT_WRITTEN"


class TestWritingInTheBackground:
    """The journal refuses what is no new entry: an answer, a step of the archive, a void."""

    def test_it_is_not_told_as_an_entry_that_was_not_saved(
        self, notices: NoticeModel, booth: FakeBooth
    ) -> None:
        booth.journal.failed.emit(JournalWriteError())
        notice = notices.notice(NOW)
        assert notice is not None
        assert notice.message.startswith("刚才没能写入磁盘。已存的记录都在")
        assert (notice.code, notice.action, notice.level) == (
            "JOURNAL_NOT_WRITTEN",
            NoticeAction.RETRY,
            NoticeLevel.ERROR,
        )

    @pytest.mark.parametrize(
        ("error", "message"),
        [
            (JournalBusyError(), "别的程序正占用记录文件。已存的记录都在"),
            (JournalDiskFaultError(), "刚才没能写入磁盘。已存的记录都在"),
            (JournalDamageFoundError(), "记录文件已损坏，正在修复"),
            (JournalFaultError(), "刚才有一项没能存下。已存的记录都在"),
        ],
        ids=str,
    )
    def test_it_tells_the_cause(
        self, notices: NoticeModel, booth: FakeBooth, error: JournalWriteError, message: str
    ) -> None:
        booth.journal.failed.emit(error)
        notice = notices.notice(NOW)
        assert notice is not None
        assert notice.message.startswith(message)
        assert (notice.code, notice.action) == (error.code, NoticeAction.RETRY)

    def test_damage_that_was_repaired_is_told_as_repaired(
        self, notices: NoticeModel, booth: FakeBooth
    ) -> None:
        booth.journal.failed.emit(JournalDamageFoundError())
        booth.journal.salvaged.emit(Salvage("journal-damaged-20260301T000000.sqlite3", 3))
        notice = notices.notice(NOW)
        assert notice is not None
        assert notice.action is NoticeAction.DISMISS
        assert "journal-damaged-20260301T000000.sqlite3" in notice.message

    def test_it_leaves_when_an_answer_is_stored_or_the_attendant_tries_again(
        self, notices: NoticeModel, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        ends: list[Callable[[], object]] = [
            lambda: booth.controllers.live.sent.emit(make_record()),
            lambda: booth.backlog.changed.emit(make_record()),
            notices.written,
        ]
        for end in ends:
            booth.entries.failed.emit(JournalWriteError())
            assert notices.notice(NOW) is not None
            end()
            assert notices.notice(NOW) is None

    def test_it_does_not_replace_that_an_entry_was_not_saved(
        self, notices: NoticeModel, booth: FakeBooth
    ) -> None:
        booth.entries.notSaved.emit("", JournalWriteError())
        booth.journal.failed.emit(JournalWriteError())
        notices.written()
        notice = notices.notice(NOW)
        assert notice is not None
        assert notice.message.startswith("没有存下来")

    def test_entry_that_cannot_be_saved_after_it_is_told(
        self, notices: NoticeModel, booth: FakeBooth
    ) -> None:
        booth.journal.failed.emit(JournalWriteError())
        booth.entries.notSaved.emit("", JournalWriteError())
        notice = notices.notice(NOW)
        assert notice is not None
        assert notice.message.startswith("没有存下来")


@pytest.mark.parametrize("error", [SettingsUnreadableError(), KeyringLockedError()])
def test_trouble_with_settings_goes_when_they_are_loaded_again(
    notices: NoticeModel, error: SettingsUnreadableError | KeyringLockedError
) -> None:
    notices.failed(error)
    notice = notices.notice(NOW)
    assert notice is not None
    assert notice.code == error.code
    notices.apply_settings(SET_UP)
    assert notices.notice(NOW) is None


def test_for_records_of_a_newer_version_nothing_useless_is_offered(notices: NoticeModel) -> None:
    notices.failed(JournalNewerError("version 3, known up to 2", "0.3.0"))
    notices.apply_settings(SET_UP)
    notice = notices.notice(NOW)
    assert notice is not None
    assert "0.3.0" in notice.message
    assert (notice.code, notice.action, notice.level) == (
        "JOURNAL_NEWER",
        NoticeAction.NONE,
        NoticeLevel.ERROR,
    )


def test_an_entry_without_a_merchant_points_to_the_settings(notices: NoticeModel) -> None:
    notices.failed(NotSetUpError())
    notice = notices.notice(NOW)
    assert notice is not None
    assert notice.action is NoticeAction.SET_UP


def test_a_bug_is_told_without_details_until_someone_has_read_it(notices: NoticeModel) -> None:
    notices.bug("KeyError")
    notice = notices.notice(NOW)
    assert notice is not None
    assert "KeyError" in notice.message
    notices.dismiss()
    assert notices.notice(NOW) is None


def test_damaged_journal_is_told_after_the_bug_that_hid_it_was_dismissed(
    notices: NoticeModel,
) -> None:
    notices.salvaged(Salvage("journal-damaged-20260315T034207.sqlite3", 2))
    notices.bug("KeyError")
    notices.dismiss()
    notice = notices.notice(NOW)
    assert notice is not None
    assert "journal-damaged-20260315T034207.sqlite3" in notice.message
    notices.dismiss()
    assert notices.notice(NOW) is None


class TestClock:
    @pytest.mark.parametrize(
        ("offset", "message"),
        [
            (59.0, None),
            (60.0, "电脑时间与微信相差 1 分钟，请管理员校准"),
            (-185.0, "电脑时间与微信相差 3 分钟，请管理员校准"),
            (-90_000.0, "电脑时间与微信相差 25 小时，请管理员校准"),
        ],
    )
    def test_offset_of_a_minute_or_more_is_a_lasting_warning(
        self, notices: NoticeModel, make_record: RecordMaker, offset: float, message: str | None
    ) -> None:
        notices.delivered(_with_offset(make_record(), offset))
        notices.delivered(make_record(sequence=2))
        notice = notices.notice(NOW)
        assert (notice.message if notice else None) == message

    def test_warning_leaves_with_a_smaller_offset(
        self, notices: NoticeModel, make_record: RecordMaker
    ) -> None:
        notices.delivered(_with_offset(make_record(), 300.0))
        notices.delivered(_with_offset(make_record(sequence=2), 2.0))
        assert notices.notice(NOW) is None

    def test_entries_that_wait_come_first(
        self, notices: NoticeModel, make_record: RecordMaker
    ) -> None:
        waiting = make_record(state=DeliveryState.WAITING, cause=Cause.BUSY)
        notices.delivered(_with_offset(waiting, 300.0))
        notices.backlog_changed(WAITING)
        notice = notices.notice(NOW)
        assert notice is not None
        assert notice.message.startswith("微信系统繁忙")


def _with_offset(record: EntryRecord, offset: float) -> EntryRecord:
    assert record.outcome is not None
    return replace(record, outcome=replace(record.outcome, clock_offset=offset))


def test_several_held_merchants_are_counted_and_the_first_is_named(
    notices: NoticeModel, make_record: RecordMaker
) -> None:
    held = [
        make_record(sequence=n, state=DeliveryState.WAITING, cause=Cause.SIGNATURE_REFUSED)
        for n in (2, 1)
    ]
    notices.backlog_changed(Backlog(2, NOW, tuple(held)))
    notice = notices.notice(NOW)
    assert notice is not None
    assert notice.message.startswith("2 个商户的记录暂停发送。欢乐海岸停车场：密钥或商户参数不对")
    assert notice.action is NoticeAction.OPEN_SETTINGS


def test_account_held_by_the_keyring_says_to_unlock_it_and_offers_a_retry(
    notices: NoticeModel, make_record: RecordMaker
) -> None:
    held = make_record(state=DeliveryState.WAITING, cause=Cause.KEY_UNAVAILABLE)
    notices.backlog_changed(Backlog(1, NOW, (held,)))
    notice = notices.notice(NOW)
    assert notice is not None
    assert "请解锁密钥环" in notice.message
    assert notice.action is NoticeAction.RETRY


def test_keyring_trouble_leaves_with_the_next_answer(
    notices: NoticeModel, make_record: RecordMaker
) -> None:
    notices.failed(KeyringLockedError())
    notices.delivered(make_record())
    assert notices.notice(NOW) is None


def test_sentence_of_the_panel_is_not_repeated(
    notices: NoticeModel, make_record: RecordMaker
) -> None:
    notices.delivered(make_record(state=DeliveryState.WAITING, cause=Cause.BUSY))
    notices.backlog_changed(WAITING)
    notice = notices.notice(NOW, "微信系统繁忙：已存本机，稍后自动补发")
    assert notice is not None
    assert notice.action is NoticeAction.RETRY
    assert notice.message == "3 条已存本机，最早 4 分钟前。"


def test_failure_of_the_disk_is_not_told_twice(notices: NoticeModel) -> None:
    notices.failed(JournalWriteError())
    alone = notices.notice(NOW)
    assert alone is not None
    assert alone.message.startswith("没有存下来")
    beside = notices.notice(NOW, "没有存下来：磁盘已满或不能写入。\n请先用笔记下，并联系管理员。")
    assert beside is not None
    assert beside.message == "新的记录现在无法保存。"
    assert (beside.code, beside.action) == (alone.code, alone.action)


def test_lost_archive_is_named_until_it_is_dismissed_or_restored(
    notices: NoticeModel, booth: FakeBooth
) -> None:
    for end in (notices.dismiss, lambda: booth.journal.archivesLost.emit(())):
        booth.journal.archivesLost.emit(("2026-03",))
        notice = notices.notice(NOW)
        assert notice is not None
        assert "2026-03" in notice.message
        assert (notice.action, notice.level) == (NoticeAction.DISMISS, NoticeLevel.ERROR)
        end()
        assert notices.notice(NOW) is None


class TestSeveral:
    """All problems are told, each once, the worst one first."""

    def test_order_is_that_of_severity(
        self, notices: NoticeModel, make_record: RecordMaker
    ) -> None:
        notices.delivered(make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE))
        notices.backlog_changed(WAITING)
        notices.door_changed(DoorPortTakenError("8765"))
        notices.archives_lost(("2026-01",))
        notices.crashed_before()
        notices.bug("KeyError")
        notices.failed(EntryReplacedError())
        notices.failed(JournalWriteError())
        codes = [notice.code or notice.message[:5] for notice in notices.notices(NOW)]
        assert codes == [
            "JOURNAL_NOT_WRITTEN",
            "ENTRY_REPLACED",
            "程序出错（",
            "以前的记录",
            "上次运行时",
            "网络不通：",
            "DOOR_PORT_TAKEN",
        ]
        assert notices.notice(NOW) == notices.notices(NOW)[0]

    def test_dismissed_one_makes_room_for_the_next(self, notices: NoticeModel) -> None:
        notices.crashed_before()
        notices.archives_lost(("2026-01",))
        notices.bug("KeyError")
        before = notices.notices(NOW)
        for gone in (1, 2, 3):
            notices.dismiss()
            assert notices.notices(NOW) == before[gone:]

    @pytest.mark.parametrize(
        "error", [KeyringLockedError(), SettingsUnreadableError("line 3")], ids=lambda e: e.code
    )
    def test_cause_and_effect_are_told_once(
        self, notices: NoticeModel, error: ReadableError
    ) -> None:
        notices.apply_settings(Settings())
        notices.key_changed(KeyringLockedError())
        notices.failed(error)
        assert [notice.code for notice in notices.notices(NOW)] == [error.code]

    def test_none_are_none(self, notices: NoticeModel) -> None:
        assert notices.notices(NOW) == ()
