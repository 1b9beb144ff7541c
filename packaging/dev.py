"""The developer's commands. They need only the Python of a fresh machine.

python3 packaging/dev.py run [ARGUMENT …]     start the window in training mode
python3 packaging/dev.py test [ARGUMENT …]    run every check; the arguments go to pytest
python3 packaging/dev.py bench [--quick] [--json FILE]
                                              measure the program, each figure beside its floor
python3 packaging/dev.py bench NAME [ARGUMENT …]
                                              run one benchmark of tests/bench
python3 packaging/dev.py package [--for-old-systems]
                                              build the package for this operating system
python3 packaging/dev.py prove [ARGUMENT …]   test the window in every size, language and colour,
                                              and every generated example; then build the Debian
                                              package twice, and install and use it in a minimal
                                              system (as root)
python3 packaging/dev.py prove-long [--quick] [--page FILE] [NAME …]
                                              run the trials of `tests/faults` with large numbers,
                                              which takes hours, and print one table
python3 packaging/dev.py windows [--short] [ARGUMENT …]
                                              run the tests and the package with a Python for
                                              Windows, under Wine on Linux; arguments as for `test`
python3 packaging/dev.py lock                 write the lock files with the newest versions
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 10):  # noqa: UP036 - started by whatever Python the machine has
    sys.exit("This needs Python 3.10 or newer; it was started with " + sys.version.split()[0])

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import contents
import debian
import mac_image
import machine
import windows_installer
import windows_signature
from environment import Environment
from failure import SetUpError
from freeze import freeze, frozen_folder
from lock import FOR_OLD_SYSTEMS, LOCKS, renew
from progress import Counter

ROOT = Path(__file__).resolve().parent.parent
TOUR = ROOT / "build" / "tour"
CONTACT_SHEET = "contact-sheet.png"
ASK_TOUR_LENGTH = "from wxpark_gui.tour.stops import LOOKS, STOPS; print(len(LOOKS) * len(STOPS))"
SECONDS_BETWEEN_COUNTS = 0.25

CHECKS = {
    "lint": ["ruff", "check"],
    "format": ["ruff", "format", "--check"],
    "imports": ["lint-imports"],
    "types": ["mypy"],
    "tests": ["pytest"],
}
"""Command of each check, by its name in the summary."""

KEEPS_THE_WHOLE_SUITE = ("--junitxml=", "--durations=", "-q", "-v")
"""Beginnings of pytest options that do not restrict the selection of tests."""
MOST_PROCESSES = 4
WHOLE_FILES = ("--dist=loadfile", "--no-loadscope-reorder")
SINGLE_TESTS = ("--dist=load", "--maxschedchunk=1")
"""Options for tests of which one file has most, and another one the longest."""

INSTALLED_ELSEWHERE = (
    "Tests marked `installed` are left to `prove`: they build the package twice and use it"
    " in a bare system, which takes root and minutes. So are those marked `matrix`: the same"
    " states in further sizes, text scales, languages and colours; and most generated examples."
)

LEFT_TO_PROVE = ("-m", "(matrix or hypothesis) and not windows", "--hypothesis-profile=thorough")
"""Options of pytest for the tests that `test` leaves out: combinations and generated examples."""
MARKS_LEFT_TO_PROVE = ("matrix", "hypothesis")
"""Marks of those tests. `tests/conftest.py` checks that their files contain the word."""
SLOWEST_TEST_SECONDS = 900
"""Timeout of one test of the proof: its fixtures build the package and make a system."""

QT_WITH_TYPES = (6, 10)
"""First version of Qt for Python whose type information is correct enough for mypy."""

BUILDERS: dict[str, Callable[[], Path]] = {
    "linux": lambda: debian.build(ROOT),
    "win32": lambda: windows_installer.build(ROOT, sign_command=windows_signature.sign_command()),
    "darwin": lambda: mac_image.build(ROOT),
}
"""The package builder of each operating system, by `sys.platform`."""
OLD_SYSTEMS = "--for-old-systems"

MEGABYTE = 1_000_000
FROZEN_START = "frozen_start"
"""Name of the benchmark that needs the frozen program."""
ALL_ROWS = "all_rows"
"""Name of the benchmark that makes one table of several."""


def main(arguments: Sequence[str]) -> int:
    """Run one verb; return its exit code, or 2 if it could not start."""
    verb = arguments[0] if arguments else ""
    if verb not in VERBS:
        print(f"{__doc__}\nFurther verbs: {', '.join(VERBS)}.")
        return 2
    os.chdir(ROOT)
    try:
        return VERBS[verb](arguments[1:])
    except SetUpError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def run(arguments: Sequence[str]) -> int:
    """Start the window in training mode, and return its exit code.

    Without a display, take a picture of each of its states.

    Args:
        arguments: passed to the window.

    Raises:
        SetUpError: something is missing and cannot be installed.
    """
    display = has_display(os.environ, sys.platform)
    machine.provide(machine.needs(display=display, tests=False))
    environment = Environment(ROOT)
    environment.prepare(development=False)
    if display:
        say("Starting the window in training mode: nothing goes to WeChat.")
        return subprocess.call([environment.program("wxpark-gui"), "--training", *arguments])
    say("There is no display here. Taking the tour instead: a picture of every state.")
    return take_tour(environment, arguments)


def take_tour(environment: Environment, arguments: Sequence[str]) -> int:
    """Run the window's tour, and put the pictures on one sheet.

    Returns:
        The exit code of the window; if that is 0, the exit code of the sheet.
    """
    for picture in TOUR.glob("*.png"):
        picture.unlink()
    python = environment.program("python")
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    total = int(subprocess.check_output([python, "-c", ASK_TOUR_LENGTH], env=variables))
    command = [environment.program("wxpark-gui"), "--tour", str(TOUR), *arguments]
    code = count_pictures(command, variables, total)
    taken = count(TOUR)
    if code != 0:
        say(f"The tour ended with exit code {code} after {taken} of {total} pictures.")
        return code
    say("Putting them on one sheet")
    sheet = [python, str(ROOT / "packaging" / "contact_sheet.py"), str(TOUR)]
    code = subprocess.call(sheet, env=variables)
    if code == 0:
        folder = TOUR.relative_to(ROOT)
        say(f"{taken} pictures are in {folder}; {folder / CONTACT_SHEET} shows them all.")
    return code


def count_pictures(command: Sequence[str], variables: Mapping[str, str], total: int) -> int:
    """Run the tour, show the number of pictures meanwhile, and return the exit code."""
    counter = Counter(total, "pictures")
    with subprocess.Popen(command, env=variables) as process:
        try:
            while process.poll() is None:
                counter.show(count(TOUR))
                time.sleep(SECONDS_BETWEEN_COUNTS)
        except BaseException:
            process.kill()
            raise
    counter.show(count(TOUR))
    counter.close()
    return process.returncode


def count(folder: Path) -> int:
    """Return the number of pictures in a folder."""
    return sum(1 for _ in folder.glob("*.png"))


def test(arguments: Sequence[str]) -> int:
    """Run every check, even after a failed one; return 1 if one failed.

    Raises:
        SetUpError: something is missing and cannot be installed.
    """
    machine.provide(machine.needs(display=False, tests=True))
    environment = Environment(ROOT)
    environment.prepare(development=True)
    variables = offscreen(environment)
    failed = []
    for name, (tool, *options) in CHECKS.items():
        if name == "types" and qt_version(environment) < QT_WITH_TYPES:
            say("--> types: left out, as this Qt says too little of its own")
            continue
        is_last = name == "tests"
        more = [*options_of_tests(arguments, sys.platform, os.environ), *arguments]
        command = [environment.program(tool), *options, *(more if is_last else [])]
        if not check(name, command, variables, show=is_last):
            failed.append(name)
    say(INSTALLED_ELSEWHERE)
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def options_of_tests(
    arguments: Sequence[str], platform: str, variables: Mapping[str, str]
) -> list[str]:
    """Return the options of pytest for the whole suite; none for a selection.

    A selection takes less time than starting several processes. Windows lacks the locks of
    `tests.turns`. Coverage costs a third of the time, so it is measured only by CI on Linux, where
    every test runs.
    """
    if not all(argument.startswith(KEEPS_THE_WHOLE_SUITE) for argument in arguments):
        return []
    options = processes(platform)
    if platform == "linux" and variables.get("CI") == "true":
        options += ["--cov", "--cov-report="]
    return options


def processes(platform: str, units: Sequence[str] = WHOLE_FILES) -> list[str]:
    """Return the options of pytest for parallel processes; none on Windows.

    Args:
        units: options that say which tests stay in one process.
    """
    if platform == "win32":
        return []
    # One more than there are cores, as many tests wait.
    number = min((os.cpu_count() or 1) + 1, MOST_PROCESSES)
    # A new process would begin with the test that ended the one before.
    return [f"--numprocesses={number}", *units, "--max-worker-restart=0"]


def qt_version(environment: Environment) -> tuple[int, ...]:
    """Return major and minor version of the environment's Qt.

    Raises:
        subprocess.CalledProcessError: PySide6 cannot be imported there.
    """
    ask = "import PySide6; print(PySide6.__version__)"
    done = subprocess.run(
        [environment.program("python"), "-c", ask], check=True, stdout=subprocess.PIPE, text=True
    )
    return tuple(map(int, done.stdout.split(".")[:2]))


def check(name: str, command: Sequence[str], variables: Mapping[str, str], *, show: bool) -> bool:
    """Run one check; return True on success.

    Args:
        show: True shows its output while it runs, False only after a failure.
    """
    print(f"--> {name}: {Path(command[0]).stem} {' '.join(command[1:])}".rstrip(), flush=True)
    started = time.monotonic()
    done = subprocess.run(
        command,
        check=False,
        env=variables,
        stdout=None if show else subprocess.PIPE,
        stderr=None if show else subprocess.STDOUT,
    )
    passed = done.returncode == 0
    if not passed and done.stdout:
        sys.stdout.flush()
        sys.stdout.buffer.write(done.stdout)
    word = "passed" if passed else f"FAILED (exit code {done.returncode})"
    print(f"    {name} {word} in {time.monotonic() - started:.1f} s", flush=True)
    return passed


def bench(arguments: Sequence[str]) -> int:
    """Run one benchmark by its name, or make the table of `ALL_ROWS`; return the exit code.

    Args:
        arguments: a name and the arguments of that benchmark, or the options of the table.

    Raises:
        SetUpError: no benchmark has the name, or something is missing and cannot be installed.
    """
    there = sorted(path.stem for path in (ROOT / "tests" / "bench").glob("*.py"))
    is_table = not arguments or arguments[0].startswith("-")
    name, *more = (ALL_ROWS, *arguments) if is_table else arguments
    if name not in there:
        raise SetUpError(f"There is no benchmark {name}, but: {', '.join(there)}.")
    machine.provide(machine.needs_for_benchmarks())
    environment = Environment(ROOT)
    environment.prepare(development=True)
    if name == FROZEN_START:
        freeze(ROOT)
    python = environment.program("python")
    return subprocess.call([python, "-m", f"tests.bench.{name}", *more], env=offscreen(environment))


def variables_of(environment: Environment) -> dict[str, str]:
    """Return the variables for programs of the environment.

    A variable that forbids bytecode would make each process compile the whole program.
    """
    variables = {**os.environ, "PATH": environment.search_path()}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    return variables


def offscreen(environment: Environment) -> dict[str, str]:
    """Return the variables for tests, which need no display."""
    return {"QT_QPA_PLATFORM": "offscreen", **variables_of(environment)}


def package(arguments: Sequence[str]) -> int:
    """Build the package for this operating system in `dist`, and print the size of its parts.

    Return 0.

    Raises:
        SetUpError: the arguments are unknown, or a step failed.
    """
    if list(arguments) not in ([], [OLD_SYSTEMS]):
        raise SetUpError(f"There is no {' '.join(arguments)}: package takes {OLD_SYSTEMS} alone.")
    machine.provide(machine.needs_for_packages())
    made = debian.build(ROOT, FOR_OLD_SYSTEMS) if arguments else BUILDERS[sys.platform]()
    say(f"{made.relative_to(ROOT)}: {made.stat().st_size / MEGABYTE:.1f} MB")
    for line in contents.report(frozen_folder(ROOT)):
        print(line)
    return 0


def prove(arguments: Sequence[str]) -> int:
    """Run the tests that `test` leaves out, and a benchmark; return 1 if one failed.

    The tests marked `installed` build the Debian package and use it in a minimal system. At the end
    the parts of `windows` that take little time are run.

    Args:
        arguments: passed to pytest for the tests marked `installed`.

    Raises:
        SetUpError: the system is not Linux, the user is not root, or something is missing and
            cannot be installed.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        raise SetUpError("The proof makes a bare system beside this one: it needs Linux and root.")
    machine.provide(machine.needs_for_the_proof())
    environment = Environment(ROOT)
    environment.prepare(development=True)
    variables = variables_of(environment)
    pytest = environment.program("pytest")
    spread = processes(sys.platform, SINGLE_TESTS)
    matrix = [pytest, *LEFT_TO_PROVE, *spread, *files_left_to_prove(ROOT / "tests")]
    patience = ["-o", f"faulthandler_timeout={SLOWEST_TEST_SECONDS}"]
    installed = [pytest, "-m", "installed", *patience, "tests/installed", *arguments]
    start = [environment.program("python"), "-m", f"tests.bench.{FROZEN_START}"]
    for name, command in (("matrix", matrix), ("proof", installed), ("start", start)):
        if not check(name, command, variables, show=True):
            return 1
    print(*contents.report(frozen_folder(ROOT)), sep="\n", flush=True)
    return windows(["--short"])


def files_left_to_prove(folder: Path) -> list[str]:
    """Return the test files of a folder that may hold tests for `LEFT_TO_PROVE`.

    Collecting the tests of all files would take each process three times as long.
    """
    return [
        str(file)
        for file in sorted(folder.rglob("test_*.py"))
        if any(mark in file.read_text(encoding="utf-8") for mark in MARKS_LEFT_TO_PROVE)
    ]


def prove_long(arguments: Sequence[str]) -> int:
    """Run the long form of every trial of `tests/faults`; return 1 if one failed.

    Args:
        arguments: passed to `tests/faults/long_trials.py`.

    Raises:
        SetUpError: something is missing and cannot be installed.
    """
    machine.provide(machine.needs(display=False, tests=True))
    environment = Environment(ROOT)
    environment.prepare(development=True)
    variables = variables_of(environment)
    command = [environment.program("python"), "-m", "tests.faults.long_trials", *arguments]
    return subprocess.call(command, env=variables)


def windows(arguments: Sequence[str]) -> int:
    """Run the tests and the package with a Python for Windows; return 1 if one failed.

    Without Wine on another system than Windows nothing is run, and 0 is returned.

    Args:
        arguments: passed to `packaging/windows_proof.py`.

    Raises:
        SetUpError: something is missing and cannot be installed.
    """
    machine.provide(machine.needs_for_windows())
    if sys.platform != "win32" and not shutil.which("wine"):
        say("--> windows: left out, as there is no Wine here")
        return 0
    environment = Environment(ROOT)
    environment.prepare(development=True)
    variables = variables_of(environment)
    command = [environment.program("python"), str(ROOT / "packaging" / "windows_proof.py")]
    return 0 if check("windows", [*command, *arguments], variables, show=True) else 1


def renew_locks(_arguments: Sequence[str]) -> int:
    """Write the lock files with the newest permitted versions.

    Raises:
        SetUpError: a step failed.
    """
    for lock in LOCKS:
        renew(ROOT, lock)
    return 0


def has_display(variables: Mapping[str, str], platform: str) -> bool:
    """Test if a window can be shown; always true on Windows and macOS."""
    if platform in {"win32", "darwin"}:
        return True
    return bool(variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY"))


def say(sentence: str) -> None:
    """Print without buffering, to keep the order with the output of child processes."""
    print(sentence, flush=True)


VERBS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "test": test,
    "bench": bench,
    "package": package,
    "prove": prove,
    "prove-long": prove_long,
    "windows": windows,
    "lock": renew_locks,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
