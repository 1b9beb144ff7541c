"""The disk image for macOS: its content, and the commands that sign, pack and notarise it."""

from __future__ import annotations

import json
import os
import platform
import plistlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

import mac_image
from failure import SetUpError
from mac_image import AD_HOC, Notary

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "packaging" / "macos"
ONE_PROCESSOR, SEVERAL = b"\xcf\xfa\xed\xfe\x0c", b"\xca\xfe\xba\xbe\x00"
IDENTITY = "Developer ID Application: Example (TEAM123456)"
NOTARY = Notary("/keys/notary.p8", "KEY1234567", "issuer-id")
WHO = "--key /keys/notary.p8 --key-id KEY1234567 --issuer issuer-id"
NOTARY_VARIABLES = {
    "WXPARK_NOTARY_KEY": NOTARY.key,
    "WXPARK_NOTARY_KEY_ID": NOTARY.key_id,
    "WXPARK_NOTARY_ISSUER": NOTARY.issuer,
}
SIGNER = {"WXPARK_SIGNING_IDENTITY": IDENTITY}

STAND_IN = """#!{python}
import json, pathlib, sys

here = pathlib.Path(__file__).parent
with (here / "calls").open("a") as calls:
    print(*sys.argv[1:], file=calls)
print(json.dumps(json.loads((here / "answers").read_text())[sys.argv[2]]))
"""

Xcrun = Callable[[Mapping[str, object]], Path]
"""Function that takes the answers by verb, and returns the file with one line per call."""


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """Folder as PyInstaller makes it: programs, libraries, a framework, data and links."""
    if sys.platform == "win32":
        pytest.skip("links are not for everybody there")
    application = tmp_path / "build" / "frozen" / "wxpark-gui.app"
    files = {
        "MacOS/wxpark-gui": ONE_PROCESSOR,
        "MacOS/wxpark": ONE_PROCESSOR,
        "Frameworks/libpython3.13.dylib": SEVERAL,
        "Frameworks/PySide6/QtCore.abi3.so": ONE_PROCESSOR,
        "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore": SEVERAL,
        "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/Helpers/probe": ONE_PROCESSOR,
        "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/Resources/Info.plist": b"<?xml",
        "Resources/wxpark_gui/resources/icons/ok.svg": b"<svg",
        "Resources/empty": b"",
        "Info.plist": b"<?xml",
    }
    for name, content in files.items():
        file = application / "Contents" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    contents = application / "Contents"
    framework = contents / "Frameworks/PySide6/Qt/lib/QtCore.framework"
    (framework / "Versions/Current").symlink_to("A")
    (framework / "QtCore").symlink_to("Versions/Current/QtCore")
    (contents / "Frameworks/QtCore.framework").symlink_to("PySide6/Qt/lib/QtCore.framework")
    (contents / "Resources/PySide6").symlink_to("../Frameworks/PySide6")
    return application


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Commands that would be run; none is run."""
    taken: list[list[str]] = []
    monkeypatch.setattr(mac_image, "run_step", lambda _what, command: taken.append(command))
    monkeypatch.setattr(mac_image, "freeze", lambda _root: None)
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    for name in (*SIGNER, *NOTARY_VARIABLES):
        monkeypatch.delenv(name, raising=False)
    return taken


def state_version(root: Path, version: str = "1.2.3") -> Path:
    package = root / "wxpark_gui"
    package.mkdir(exist_ok=True)
    (package / "__init__.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
    return root


def names(application: Path, paths: Sequence[Path]) -> list[str]:
    return [path.relative_to(application / "Contents").as_posix() for path in paths]


LOCAL_NETWORK = {
    "en": "Used only to reach a proxy, gateway or version file that the settings name.",
    "zh-Hans": "仅用于连接设置里填写的代理、网关或版本文件。",
}


class TestInformation:
    def test_says_what_macos_asks_for(self) -> None:
        properties = plistlib.loads((TEMPLATE / "Info.plist").read_bytes())
        assert properties == {
            "CFBundleDevelopmentRegion": "en",
            "CFBundleDisplayName": "wxpark-gui",
            # PyInstaller takes the first program and asks the last one whether it has a window.
            "CFBundleExecutable": "wxpark-gui",
            "LSBackgroundOnly": False,
            "CFBundleLocalizations": ["en", "zh-Hans"],
            "CFBundleName": "wxpark-gui",
            "LSApplicationCategoryType": "public.app-category.business",
            "LSHasLocalizedDisplayName": True,
            # Of Qt 6.11 for Python, whose wheels are named for it.
            "LSMinimumSystemVersion": "13.0",
            "NSHighResolutionCapable": True,
            "NSHumanReadableCopyright": "Copyright © 2026 The wxpark-gui authors. MIT License.",
            # Without it macOS 15 keeps a program from the local network and asks nobody.
            "NSLocalNetworkUsageDescription": LOCAL_NETWORK["en"],
            "NSRequiresAquaSystemAppearance": False,
        }

    def test_its_copyright_is_that_of_the_licence(self) -> None:
        licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
        copyright_line = mac_image.information(ROOT)["NSHumanReadableCopyright"].partition(".")[0]
        assert copyright_line.replace("©", "(c)") in licence

    def test_holds_the_version(self, tmp_path: Path) -> None:
        properties = mac_image.information(state_version(tmp_path, "1.2.3"))
        assert properties["CFBundleVersion"] == "1.2.3"
        assert properties["CFBundleShortVersionString"] == "1.2.3"

    @pytest.mark.parametrize(
        ("language", "name"), [("en", "Parking entry"), ("zh-Hans", "停车入场")]
    )
    def test_every_language_has_the_name_of_the_window(self, language: str, name: str) -> None:
        names = plistlib.loads((TEMPLATE / f"{language}.lproj/InfoPlist.strings").read_bytes())
        assert names == {
            "CFBundleDisplayName": name,
            "CFBundleName": name,
            "NSLocalNetworkUsageDescription": LOCAL_NETWORK[language],
        }

    def test_no_language_is_forgotten(self, application: Path) -> None:
        mac_image.add_names(application)
        folders = {path.stem for path in application.glob("Contents/Resources/*.lproj")}
        assert folders == set(mac_image.information(ROOT)["CFBundleLocalizations"])


class TestSigning:
    def test_what_is_inside_comes_before_what_is_around(self, application: Path) -> None:
        assert names(application, mac_image.code_within(application)) == [
            "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/Helpers/probe",
            "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A",
            "Frameworks/PySide6/QtCore.abi3.so",
            "Frameworks/libpython3.13.dylib",
            "MacOS/wxpark",
        ]

    def test_with_a_certificate_it_is_hardened_and_stamped(self, application: Path) -> None:
        library = application / "Contents/Frameworks/libpython3.13.dylib"
        sign = [
            *("codesign", "--force", "--sign", IDENTITY, "--timestamp"),
            *("--options", "runtime"),
        ]
        assert mac_image.signing(application, [library], IDENTITY) == [
            [*sign, str(library)],
            [*sign, str(application)],
            ["codesign", "--verify", "--deep", "--strict", "--verbose=2", str(application)],
        ]

    def test_without_one_nobody_is_asked(self, application: Path) -> None:
        sign, *_ = mac_image.signing(application, [], AD_HOC)
        assert sign == ["codesign", "--force", "--sign", "-", "--timestamp=none", str(application)]

    def test_no_exception_is_made_from_the_hardened_runtime(self, application: Path) -> None:
        commands = mac_image.signing(application, mac_image.code_within(application), IDENTITY)
        assert not [command for command in commands if "--entitlements" in command]
        assert not list(TEMPLATE.rglob("*entitlements*"))


class TestImage:
    def test_shows_the_application_and_the_place_to_drag_it_to(
        self, application: Path, tmp_path: Path
    ) -> None:
        folder = mac_image.fill(tmp_path / "image", application)
        assert sorted(path.name for path in folder.iterdir()) == ["Applications", application.name]
        assert (folder / "Applications").readlink() == Path("/Applications")
        framework = "Contents/Frameworks/PySide6/Qt/lib/QtCore.framework"
        assert (folder / application.name / framework / "QtCore").is_symlink()

    def test_nothing_of_an_earlier_one_is_left(self, application: Path, tmp_path: Path) -> None:
        (tmp_path / "image").mkdir()
        (tmp_path / "image" / "old.txt").write_text("old", encoding="utf-8")
        folder = mac_image.fill(tmp_path / "image", application)
        assert not (folder / "old.txt").exists()

    def test_is_compressed_and_read_only(self, steps: list[list[str]]) -> None:
        mac_image.pack(Path("folder"), Path("a.dmg"))
        assert " ".join(steps[0]) == (
            "hdiutil create -volname wxpark -srcfolder folder -fs HFS+ -format UDZO -ov a.dmg"
        )

    @pytest.mark.parametrize("machine", ["arm64", "x86_64"])
    def test_is_named_for_version_and_processor(self, machine: str) -> None:
        assert mac_image.image_name("1.2.3", machine) == f"wxpark-1.2.3-macos-{machine}.dmg"


class TestAttempts:
    @pytest.fixture
    def failures(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Errors of the next attempts, last first; an attempt succeeds once the list is empty."""
        failures: list[str] = []

        def take(_what: str, _command: Sequence[str]) -> None:
            if failures:
                raise SetUpError(failures.pop())

        monkeypatch.setattr(mac_image, "run_step", take)
        monkeypatch.setattr(mac_image, "PAUSE_SECONDS", 0)
        return failures

    @pytest.mark.parametrize("reason", mac_image.PASSING)
    def test_what_passes_is_waited_for(self, failures: list[str], reason: str) -> None:
        failures += [f"hdiutil: create failed - {reason}"] * (mac_image.ATTEMPTS - 1)
        mac_image.persist("Making", ["hdiutil"])
        assert failures == []

    def test_not_for_ever(self, failures: list[str]) -> None:
        failures += ["Resource busy"] * (mac_image.ATTEMPTS + 1)
        with pytest.raises(SetUpError, match="busy"):
            mac_image.persist("Making", ["hdiutil"])
        assert failures == ["Resource busy"]

    def test_nor_after_another_failure(self, failures: list[str]) -> None:
        failures += ["Resource busy", "No space left on device"]
        with pytest.raises(SetUpError, match="No space"):
            mac_image.persist("Making", ["hdiutil"])
        assert failures == ["Resource busy"]


class TestNotary:
    @pytest.fixture
    def xcrun(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Xcrun:
        """Replace Apple's `xcrun` by a script.

        The returned function sets its answer to each verb.
        """
        if sys.platform == "win32":
            pytest.skip("a script in the place of a program")
        tool, answers, calls = (tmp_path / name for name in ("xcrun", "answers", "calls"))
        tool.write_text(STAND_IN.format(python=sys.executable), encoding="utf-8")
        tool.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

        def answer(by_verb: Mapping[str, object]) -> Path:
            answers.write_text(json.dumps(by_verb), encoding="utf-8")
            return calls

        return answer

    def test_what_it_accepts_gets_its_ticket_and_is_looked_at(
        self, xcrun: Xcrun, steps: list[list[str]]
    ) -> None:
        calls = xcrun({"submit": {"id": "7c", "status": "Accepted"}})
        mac_image.notarise(Path("a.dmg"), NOTARY)
        assert calls.read_text(encoding="utf-8") == (
            f"notarytool submit a.dmg --wait --timeout 45m {WHO} --output-format json\n"
        )
        assert [" ".join(step) for step in steps] == [
            "xcrun stapler staple a.dmg",
            "spctl --assess --type open --context context:primary-signature --verbose=2 a.dmg",
        ]

    def test_what_it_refuses_comes_with_its_reasons(
        self, xcrun: Xcrun, steps: list[list[str]]
    ) -> None:
        reasons = {"issues": [{"message": "The signature is invalid."}]}
        calls = xcrun({"submit": {"id": "7c", "status": "Invalid"}, "log": reasons})
        with pytest.raises(SetUpError, match=r"(?s)refused a\.dmg.*The signature is invalid"):
            mac_image.notarise(Path("a.dmg"), NOTARY)
        assert calls.read_text(encoding="utf-8").splitlines()[-1] == f"notarytool log 7c {WHO}"
        assert steps == []

    def test_a_tool_that_fails_is_quoted(self, xcrun: Xcrun, steps: list[list[str]]) -> None:
        xcrun({})
        with pytest.raises(SetUpError, match=r"(?s)KeyError.*could not be asked"):
            mac_image.notarise(Path("a.dmg"), NOTARY)


class TestCredentials:
    @pytest.mark.parametrize(
        ("variables", "expected"),
        [
            ({}, None),
            (dict.fromkeys(NOTARY_VARIABLES, ""), None),
            (SIGNER, None),
            ({**SIGNER, **NOTARY_VARIABLES}, NOTARY),
        ],
    )
    def test_are_all_there_or_not_at_all(
        self, variables: Mapping[str, str], expected: Notary | None
    ) -> None:
        assert mac_image.read_notary(variables) == expected

    @pytest.mark.parametrize("missing", NOTARY_VARIABLES)
    def test_a_part_of_them_is_a_mistake(self, missing: str) -> None:
        variables = {**SIGNER, **NOTARY_VARIABLES, missing: ""}
        with pytest.raises(SetUpError, match=missing):
            mac_image.read_notary(variables)

    def test_the_notary_takes_nothing_unsigned(self) -> None:
        with pytest.raises(SetUpError, match="WXPARK_SIGNING_IDENTITY"):
            mac_image.read_notary(NOTARY_VARIABLES)


class TestBuild:
    def test_goes_from_the_frozen_programs_to_the_image(
        self, application: Path, tmp_path: Path, steps: list[list[str]]
    ) -> None:
        image = mac_image.build(state_version(tmp_path))
        assert image == tmp_path / "dist" / "wxpark-1.2.3-macos-arm64.dmg"
        assert [step[0] for step in steps] == ["codesign"] * 7 + ["hdiutil"]
        assert steps[-1][-1] == str(image)

    def test_with_credentials_the_image_is_signed_and_notarised(
        self,
        application: Path,
        tmp_path: Path,
        steps: list[list[str]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for name, value in {**SIGNER, **NOTARY_VARIABLES}.items():
            monkeypatch.setenv(name, value)
        asked: list[tuple[Path, Notary]] = []
        monkeypatch.setattr(mac_image, "notarise", lambda *what: asked.append(what))
        image = mac_image.build(state_version(tmp_path))
        sign = ["codesign", "--force", "--sign", IDENTITY, "--timestamp"]
        assert steps[-1] == [*sign, str(image)]
        assert asked == [(image, NOTARY)]

    def test_says_which_variables_it_reads(self) -> None:
        for name in (*SIGNER, *NOTARY_VARIABLES):
            assert name in (mac_image.__doc__ or "")
