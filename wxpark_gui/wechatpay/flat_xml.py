"""Strict parsing of a body of one flat level of XML fields, as the gateway sends it."""

from __future__ import annotations

import re
from xml.parsers.expat import ExpatError, ParserCreate

import xmltodict

REPLY_BYTES = 64 * 1024

_DECLARATION = re.compile("<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_TEXT_BETWEEN = "#text"
_DEEPEST = 2
"""Levels of a reply: the root and its fields."""


class MalformedReply(ValueError):  # noqa: N818 - named for what arrived, in requests and replies
    """The body is not one flat level of XML fields. The message never quotes it."""


def parse_flat_xml(body: bytes) -> dict[str, str]:
    """Return the fields of `<xml><name>value</name>…</xml>`, with the white space in the values.

    Raises:
        MalformedReply: the body is larger than 64 KiB, not UTF-8 or not XML, declares a document
            type or an entity, or has another root, a nested or repeated field, an attribute or text
            between the fields.
    """
    if len(body) > REPLY_BYTES:
        raise MalformedReply("too large")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The `UnicodeDecodeError` would carry the whole body.
        raise MalformedReply("not UTF-8") from None
    if "\0" in text:
        # The XML reader would take the text for UTF-16, in which `_DECLARATION` finds nothing.
        raise MalformedReply("not UTF-8")
    if _DECLARATION.search(text):
        raise MalformedReply("declares a document type or an entity")
    try:
        _refuse_depth(text)
        document = xmltodict.parse(text, strip_whitespace=False)
    except MalformedReply:
        raise
    except (ExpatError, ValueError):
        raise MalformedReply("not XML") from None
    root = document.get("xml")
    if len(document) != 1 or not isinstance(root, dict):
        raise MalformedReply("no fields in an xml element")
    return dict(_read_fields(root))


def _refuse_depth(text: str) -> None:
    """Read up to the first element below the fields; thousands of levels take `xmltodict` long.

    Raises:
        MalformedReply: there is such an element.
        ExpatError: the text before it is not XML.
    """
    depth = 0

    def begin(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise MalformedReply("a nested or repeated field")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    # Another encoding in the XML declaration does not count: the text was decoded already.
    parser = ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.Parse(text.encode(), True)


def _read_fields(root: dict[str, object]) -> list[tuple[str, str]]:
    fields = []
    for name, value in root.items():
        if name == _TEXT_BETWEEN and isinstance(value, str) and not value.strip():
            continue
        if not _NAME.fullmatch(name):
            raise MalformedReply("an attribute, text or a foreign name between the fields")
        if value is not None and not isinstance(value, str):
            raise MalformedReply("a nested or repeated field")
        fields.append((name, value or ""))
    return fields
