"""The developer's commands. Works with nothing but the Python of a fresh machine.

python3 packaging/dev.py run [ARGUMENT …]     the window, in training mode
python3 packaging/dev.py test [ARGUMENT …]    every check; the arguments go to pytest
python3 packaging/dev.py bench [NAME [ARGUMENT …]]
                                              the figures, each beside its floor
python3 packaging/dev.py package [--for-old-systems]
                                              what booths install, for the system this runs on
python3 packaging/dev.py prove [ARGUMENT …]   the window in every size, language and colour, and
                                              every generated example; then make the Debian
                                              package twice, install it in a bare system and use
                                              it there (as root)
python3 packaging/dev.py windows [--short] [ARGUMENT …]
                                              the tests and the package with a Python for Windows,
                                              under Wine on Linux; the arguments go to pytest
python3 packaging/dev.py lock                 renew the versions that packages are made of
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
"""Each check by the name it has in the summary."""

KEEPS_THE_WHOLE_SUITE = ("--junitxml=", "--durations=", "-q", "-v")
"""Arguments of pytest that select no tests."""
MOST_PROCESSES = 4

INSTALLED_ELSEWHERE = (
    "Tests marked `installed` are left to `prove`: they build the package twice and use it"
    " in a bare system, which takes root and minutes. So are those marked `matrix`: the same"
    " states in further sizes, text scales, languages and colours; and most generated examples."
)

LEFT_TO_PROVE = ("-m", "(matrix or hypothesis) and not windows", "--hypothesis-profile=thorough")
"""Options of pytest for what `test` leaves out: combinations, and examples that are generated."""

QT_WITH_TYPES = (6, 10)
"""From here on what Qt for Python says of its types is what it does."""

BUILDERS: dict[str, Callable[[], Path]] = {
    "linux": lambda: debian.build(ROOT),
    "win32": lambda: windows_installer.build(ROOT, sign_command=windows_signature.sign_command()),
    "darwin": lambda: mac_image.build(ROOT),
}
"""The package builder of each system."""
OLD_SYSTEMS = "--for-old-systems"

MEGABYTE = 1_000_000
FROZEN_START = "frozen_start"
"""The benchmark of what is frozen, by its name."""


def main(arguments: Sequence[str]) -> int:
    """Run one verb; 2 when it could not begin, else the exit code of what it ran."""
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
    """The window in training mode; without a display, a picture of each of its states."""
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
    """Let the window photograph itself, and put the pictures on one sheet.

    Returns:
        The exit code of the window, or of the sheet.
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
    """Run the tour, and show how many pictures there are: the exit code."""
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
    """The number of pictures in a folder."""
    return sum(1 for _ in folder.glob("*.png"))


def test(arguments: Sequence[str]) -> int:
    """Every check, whatever the ones before it said; 1 when one of them failed."""
    machine.provide(machine.needs(display=False, tests=True))
    environment = Environment(ROOT)
    environment.prepare(development=True)
    variables = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PATH": environment.search_path()}
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

    A selection is smaller than what starting processes costs. Windows lacks the locks of
    `tests.turns`. Coverage costs a third of the time, so only CI measures it and holds it against
    the floor, on Linux, where every test runs.
    """
    if not all(argument.startswith(KEEPS_THE_WHOLE_SUITE) for argument in arguments):
        return []
    options = processes(platform)
    if platform == "linux" and variables.get("CI") == "true":
        options += ["--cov", "--cov-report="]
    return options


def processes(platform: str) -> list[str]:
    """Return the options of pytest for parallel processes; none on Windows."""
    if platform == "win32":
        return []
    # One more than there are cores, as many tests wait. A file stays in one process.
    number = min((os.cpu_count() or 1) + 1, MOST_PROCESSES)
    # A new process would begin with the test that ended the one before.
    return [
        f"--numprocesses={number}",
        "--dist=loadfile",
        "--no-loadscope-reorder",
        "--max-worker-restart=0",
    ]


def qt_version(environment: Environment) -> tuple[int, ...]:
    """Major and minor version of the Qt that the environment has."""
    ask = "import PySide6; print(PySide6.__version__)"
    done = subprocess.run(
        [environment.program("python"), "-c", ask], check=True, stdout=subprocess.PIPE, text=True
    )
    return tuple(map(int, done.stdout.split(".")[:2]))


def check(name: str, command: Sequence[str], variables: Mapping[str, str], *, show: bool) -> bool:
    """Run one check; its output is shown as it comes, or only when it failed."""
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
    """The benchmarks, or one by its name: each prints its figures beside the floor of its run."""
    there = sorted(path.stem for path in (ROOT / "tests" / "bench").glob("*.py"))
    if arguments and arguments[0] not in there:
        raise SetUpError(f"There is no benchmark {arguments[0]}, but: {', '.join(there)}.")
    machine.provide(machine.needs_for_benchmarks())
    environment = Environment(ROOT)
    environment.prepare(development=True)
    chosen = arguments[:1] or there
    if FROZEN_START in chosen:
        freeze(ROOT)
    variables = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PATH": environment.search_path()}
    python = environment.program("python")
    codes = [
        subprocess.call([python, "-m", f"tests.bench.{name}", *arguments[1:]], env=variables)
        for name in chosen
    ]
    return max(codes)


def package(arguments: Sequence[str]) -> int:
    """The package for the system this runs on, in `dist`, and what its size is spent on."""
    if list(arguments) not in ([], [OLD_SYSTEMS]):
        raise SetUpError(f"There is no {' '.join(arguments)}: package takes {OLD_SYSTEMS} alone.")
    machine.provide(machine.needs_for_packages())
    made = debian.build(ROOT, FOR_OLD_SYSTEMS) if arguments else BUILDERS[sys.platform]()
    say(f"{made.relative_to(ROOT)}: {made.stat().st_size / MEGABYTE:.1f} MB")
    for line in contents.report(frozen_folder(ROOT)):
        print(line)
    return 0


def prove(arguments: Sequence[str]) -> int:
    """Install the Debian package in a bare system and use it there; the arguments go to pytest."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise SetUpError("The proof makes a bare system beside this one: it needs Linux and root.")
    machine.provide(machine.needs_for_the_proof())
    environment = Environment(ROOT)
    environment.prepare(development=True)
    variables = {**os.environ, "PATH": environment.search_path()}
    matrix = [environment.program("pytest"), *LEFT_TO_PROVE, *processes(sys.platform), "tests"]
    installed = [environment.program("pytest"), "-m", "installed", "tests/installed", *arguments]
    start = [environment.program("python"), "-m", f"tests.bench.{FROZEN_START}"]
    for name, command in (("matrix", matrix), ("proof", installed), ("start", start)):
        if not check(name, command, variables, show=True):
            return 1
    print(*contents.report(frozen_folder(ROOT)), sep="\n", flush=True)
    return windows(["--short"])


def windows(arguments: Sequence[str]) -> int:
    """The tests and the package with a Python for Windows; left out where there is no Wine."""
    machine.provide(machine.needs_for_windows())
    if sys.platform != "win32" and not shutil.which("wine"):
        say("--> windows: left out, as there is no Wine here")
        return 0
    environment = Environment(ROOT)
    environment.prepare(development=True)
    variables = {**os.environ, "PATH": environment.search_path()}
    command = [environment.program("python"), str(ROOT / "packaging" / "windows_proof.py")]
    return 0 if check("windows", [*command, *arguments], variables, show=True) else 1


def renew_locks(_arguments: Sequence[str]) -> int:
    """Write down the newest versions that packages may be made of."""
    for lock in LOCKS:
        renew(ROOT, lock)
    return 0


def has_display(variables: Mapping[str, str], platform: str) -> bool:
    """Test if a window can be shown; always true on Windows and macOS."""
    if platform in {"win32", "darwin"}:
        return True
    return bool(variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY"))


def say(sentence: str) -> None:
    """Print at once, so that the order holds beside what the started programs print."""
    print(sentence, flush=True)


VERBS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "test": test,
    "bench": bench,
    "package": package,
    "prove": prove,
    "windows": windows,
    "lock": renew_locks,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
