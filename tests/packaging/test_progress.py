"""Progress output of a long step, on a terminal and in a log."""

from __future__ import annotations

from io import StringIO

from progress import Clock, Counter


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def count_to(total: int, stream: StringIO) -> list[str]:
    """Return the output after each number up to `total` was shown twice."""
    counter = Counter(total, "pictures", stream)
    for number in range(total + 1):
        counter.show(number)
        counter.show(number)
    counter.close()
    return stream.getvalue().splitlines(keepends=True)


def test_a_log_gets_a_line_for_each_quarter() -> None:
    assert count_to(200, StringIO()) == [
        "    50 of 200 pictures\n",
        "    100 of 200 pictures\n",
        "    150 of 200 pictures\n",
        "    200 of 200 pictures\n",
    ]


def test_a_log_gets_no_line_twice_for_a_small_total() -> None:
    assert count_to(2, StringIO()) == ["    1 of 2 pictures\n", "    2 of 2 pictures\n"]


def test_a_terminal_shows_every_count_in_place() -> None:
    shown = "".join(count_to(3, Terminal()))
    assert shown == "\r    1 of 3 pictures\r    2 of 3 pictures\r    3 of 3 pictures\n"


def tick_through(stream: StringIO) -> str:
    """Return the output of a step of two and a half minutes."""
    seconds = iter(range(1000))
    clock = Clock(stream, lambda: next(seconds))
    for _ in range(150):
        clock.tick()
    clock.close()
    return stream.getvalue()


def test_a_log_gets_the_time_once_a_minute() -> None:
    assert tick_through(StringIO()) == "    60 s\n    120 s\n"


def test_a_terminal_shows_each_second_and_is_left_clean() -> None:
    shown = tick_through(Terminal())
    assert shown.startswith("\r    1 s\r    2 s\r    3 s")
    assert shown.endswith("\r    150 s\r         \r")
    assert "\n" not in shown


def test_a_short_step_shows_no_time() -> None:
    terminal = Terminal()
    Clock(terminal).close()
    assert terminal.getvalue() == ""
