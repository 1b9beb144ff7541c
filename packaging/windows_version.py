"""Version resource of a Windows program, in PyInstaller's format."""

from __future__ import annotations

from identity import AUTHORS

ENGLISH_IN_UNICODE = "040904B0"
TRANSLATION = [0x0409, 0x04B0]
NAMES = {
    "wxpark-gui": "wxpark Parking entry",
    "wxpark": "wxpark Parking entry, console tool",
}


def version_resource(program: str, version: str) -> str:
    """Return the text of PyInstaller's version file.

    Args:
        program: one of `identity.PROGRAMS`.
        version: three numbers, such as `1.2.3`.
    """
    numbers = (*map(int, version.split(".")), 0)
    strings = {
        "CompanyName": AUTHORS,
        "FileDescription": NAMES[program],
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": f"{AUTHORS}, MIT",
        "OriginalFilename": f"{program}.exe",
        "ProductName": "wxpark",
        "ProductVersion": version,
    }
    table = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in strings.items())
    return f"""\
VSVersionInfo(
    ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}),
    kids=[
        StringFileInfo([StringTable({ENGLISH_IN_UNICODE!r}, [{table}])]),
        VarFileInfo([VarStruct('Translation', {TRANSLATION})]),
    ],
)
"""
