"""Sums of a shift, compared with numbers counted by hand."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import EntryDraft, check_draft
from wxpark_gui.domain.record import EntryRecord, Link, Origin
from wxpark_gui.domain.shift_report import ShiftEntry, ShiftSummary, summarise

NOW = datetime(2026, 3, 15, 3, 42, tzinfo=timezone.utc)
STATES = ("NORMAL", "OVERDUE", "BLOCKED", "PAUSED", "?!")


def _origin(attendant: str) -> Origin:
    return Origin("a", "1", "2", "l", "b", attendant=attendant)


@st.composite
def records(draw: st.DrawFn) -> list[EntryRecord]:
    made: list[EntryRecord] = []
    for number in range(draw(st.integers(0, 25))):
        state = draw(st.sampled_from(DeliveryState))
        answered = state is DeliveryState.ANSWERED
        user_state = draw(st.sampled_from(STATES)) if answered else ""
        link = draw(st.sampled_from([None, *Link]))
        made.append(
            EntryRecord(
                entry_id=str(number),
                position=number + 1,
                sequence=number + 1,
                entry=check_draft(EntryDraft(f"粤B{number:05}"), NOW + timedelta(seconds=number)),
                origin=_origin(draw(st.sampled_from(["甲", "乙", ""]))),
                saved_at=NOW,
                state=state,
                outcome=Outcome(Cause.ANSWERED, user_state) if answered else None,
                outcome_at=NOW if answered else None,
                replaces=draw(st.sampled_from(["", "0", "x"])) if link else "",
                link=link,
                replaced_by=draw(st.sampled_from(["", "1"])),
                backfilled=draw(st.booleans()),
            )
        )  # fmt: skip
    return made


@given(records(), records())
def test_sum_is_that_of_a_count_entry_by_entry(
    entries: list[EntryRecord], earlier: list[EntryRecord]
) -> None:
    found = summarise(map(ShiftEntry.of, entries), map(ShiftEntry.of, earlier))
    counts: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for record in entries:
        counts["entered"] += 1
        people[record.origin.attendant] += 1
        if record.state is DeliveryState.ANSWERED:
            raw = record.outcome.user_state if record.outcome else ""
            counts[{"NORMAL": "normal", "OVERDUE": "owing"}.get(raw, "other")] += 1
        elif record.state is DeliveryState.VOIDED:
            counts["voided"] += 1
        elif record.state.value in ("saved", "sending", "waiting"):
            counts["waiting"] += 1
        else:
            counts["failed"] += 1
        if record.link:
            counts[record.link.value] += 1
        counts["backfilled"] += record.backfilled
        if not record.replaced_by and record.state is not DeliveryState.VOIDED:
            counts["cars"] += 1
    for name in ("entered", "cars", "normal", "owing", "other", "waiting", "failed", "voided",
                 "corrected", "resent", "backfilled"):  # fmt: skip
        assert getattr(found, name) == counts[name], name
    assert dict(found.by_person) == {k: v for k, v in people.items() if k}
    assert found.unsigned == people[""]


@given(records(), records())
def test_parts_of_the_sum_add_up_and_match_their_lists(
    entries: list[EntryRecord], earlier: list[EntryRecord]
) -> None:
    found = summarise(map(ShiftEntry.of, entries), map(ShiftEntry.of, earlier))
    assert found.entered == found.answered + found.waiting + found.failed + found.voided
    assert found.entered == sum(count for _, count in found.by_person) + found.unsigned
    assert len(found.carried) == found.waiting + len(earlier)
    assert len(found.owing_list) == found.owing
    assert len(found.failed_list) == found.failed
    assert len(found.voided_list) == found.voided
    assert len(found.corrected_list) == found.corrected


def test_shift_without_entries_sums_to_nothing() -> None:
    assert summarise([]) == ShiftSummary()


def test_carried_entry_tells_plate_time_and_if_an_earlier_shift_left_it() -> None:
    def waiting(number: int) -> EntryRecord:
        entry = check_draft(EntryDraft(f"粤B0000{number}"), NOW)
        origin = Origin("a", "1", "2", "l", "b", attendant="李师傅")
        return EntryRecord(str(number), number, number, entry, origin, NOW)

    earlier, own = summarise([ShiftEntry.of(waiting(2))], [ShiftEntry.of(waiting(1))]).carried
    assert (earlier.label, earlier.is_earlier) == ("粤B·00001", True)
    assert (own.label, own.entered_at, own.is_earlier) == ("粤B·00002", NOW, False)


def test_correction_names_the_plate_it_corrects() -> None:
    def entered(number: int, plate: str, replaces: str = "") -> EntryRecord:
        origin = Origin("a", "1", "2", "l", "b")
        link = Link.CORRECTED if replaces else None
        entry = check_draft(EntryDraft(plate), NOW)
        return EntryRecord(
            str(number), number, number, entry, origin, NOW, replaces=replaces, link=link
        )

    both = [entered(1, "粤B12345"), entered(2, "粤B12346", "1")]
    (item,) = summarise(map(ShiftEntry.of, both)).corrected_list
    assert (item.label, item.was) == ("粤B·12346", "粤B·12345")
