"""Read generated replies, genuine and hostile, and compare each outcome with the expected one.

    python -m tests.faults.hostile_replies [--replies 100000] [--signatures 10000] [--seed 1]

A genuine reply is signed here by a second implementation of the signature, so that an error of the
program's own cannot cancel itself out. Each hostile reply is made from a genuine one, so what is
expected follows from how it was made: a state is believed only if the reply is signed with the
merchant's key, names the merchant and is new.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import hmac
import random
import string
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.verdict import Severity, judge
from wxpark_gui.wechatpay.flat_xml import REPLY_BYTES
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.reply import read_reply

MOST_MS = 50.0
"""Most CPU milliseconds that the reading of one reply may take."""

MERCHANT = MerchantProfile(
    appid="wxcbda96de0b165486",
    mch_id="10000098",
    sub_mch_id="1900000109",
    sub_appid="wxcbda96de0b165489",
    parking_name="欢乐海岸停车场",
    free_time=1200,
)
STATES = ("NORMAL", "OVERDUE", "PAUSED", "BLOCKED", "UNAUTHORIZED", "VEHICLE_AUTH_ERROR")

Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """One reply.

    Attributes:
        kind: how it was made.
        body: as received.
        state: the state to believe; None if the reply proves nothing.
        headers: of the HTTP reply.
        status: of the HTTP reply.
    """

    kind: str
    body: bytes
    state: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(slots=True)
class Figures:
    """Counts of one run.

    Attributes:
        read: replies by kind.
        believed: hostile replies whose state was believed.
        refused: genuine replies that were not believed.
        raised: replies at which an exception was raised.
        worst_ms: longest CPU time of one reply, in milliseconds.
        slowest: kind of that reply.
        examples: kinds and bodies of the first wrong outcomes.
    """

    read: Counter[str] = field(default_factory=Counter)
    believed: int = 0
    refused: int = 0
    raised: int = 0
    worst_ms: float = 0.0
    slowest: str = ""
    examples: list[str] = field(default_factory=list)

    @property
    def are_good(self) -> bool:
        return not (self.believed or self.refused or self.raised or self.worst_ms > MOST_MS)

    def __str__(self) -> str:
        return (
            f"{sum(self.read.values())} replies of {len(self.read)} kinds: {self.believed} hostile"
            f" ones believed, {self.refused} genuine ones refused, {self.raised} exceptions;"
            f" worst {self.worst_ms:.1f} ms ({self.slowest})"
        )


class Forger:
    """Makes genuine replies, and hostile ones from them.

    Attributes:
        key: the merchant's key.
    """

    def __init__(self, source: random.Random) -> None:
        self._source = source
        self.key = Secret(self._letters(32))
        self._genuine: list[Sample] = []
        self._signatures: Sequence[Callable[[], Sample]] = (
            self.missing,
            self.other_key,
            self.md5,
            self.changed,
            self.added,
            self.dropped,
            self.other_merchant,
            self.replayed,
            self.lower_case,
        )
        self._forms: Sequence[Callable[[], Sample]] = (
            self.document_type,
            self.deep,
            self.repeated,
            self.other_encoding,
            self.control_character,
            self.surrogate,
            self.oversized,
            self.cut_off,
            self.packed,
            self.other_status,
            self.noise,
            self.mutated,
            self.wrapped,
        )

    def signature(self) -> Sample:
        """Return a reply whose signature, ids or novelty is wrong."""
        return self._source.choice(self._signatures)()

    def reply(self) -> Sample:
        """Return a reply of any kind; one in five is genuine."""
        if self._source.random() < 0.2:
            return self.genuine()
        return self._source.choice(self._forms)()

    def genuine(self) -> Sample:
        fields = self._fields()
        form = self._source.choice((to_xml, to_cdata, to_spaced))
        sample = Sample("genuine", form(self._signed(fields)), fields["user_state"])
        self._genuine.append(sample)
        return sample

    def missing(self) -> Sample:
        return Sample("signature missing", to_xml(self._fields()))

    def other_key(self) -> Sample:
        return Sample("other key", to_xml(self._signed(self._fields(), self._letters(32))))

    def md5(self) -> Sample:
        fields = self._fields()
        text = f"{canonical(fields)}&key={self.key.reveal()}"
        sign = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()
        return Sample("MD5", to_xml(fields | {"sign": sign}))

    def changed(self) -> Sample:
        fields = self._signed(self._fields())
        name = self._source.choice(sorted(set(fields) - {"sign"}))
        return Sample("changed", to_xml(fields | {name: fields[name] + "1"}))

    def added(self) -> Sample:
        fields = self._signed(self._fields())
        return Sample("added", to_xml(fields | {self._letters(6): "1"}))

    def dropped(self) -> Sample:
        fields = self._signed(self._fields())
        del fields[self._source.choice(sorted(set(fields) - {"sign"}))]
        return Sample("dropped", to_xml(fields))

    def other_merchant(self) -> Sample:
        name = self._source.choice(["appid", "mch_id", "sub_mch_id", "sub_appid"])
        other = self._fields() | {name: self._letters(10)}
        return Sample("other merchant", to_xml(self._signed(other)))

    def replayed(self) -> Sample:
        if not self._genuine:
            return self.genuine()
        return Sample("replayed", self._source.choice(self._genuine).body)

    def lower_case(self) -> Sample:
        fields = self._signed(self._fields())
        return Sample("lower case", to_xml(fields | {"sign": fields["sign"].lower()}))

    def document_type(self) -> Sample:
        beginning = self._source.choice(
            (
                "<!DOCTYPE xml>",
                "<!doctype xml [<!ENTITY a 'NORMAL'>]>",
                "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
                "<!DOCTYPE x [" + "".join(self._entities()) + "]>",
            )
        )
        return Sample("document type", beginning.encode() + self._body())

    def deep(self) -> Sample:
        # One level would be an empty field, which a signature does not cover.
        levels = self._source.randint(2, 8000)
        inside = b"<a>" * levels + b"</a>" * levels
        return Sample("deep", self._body().replace(b"</xml>", inside + b"</xml>"))

    def repeated(self) -> Sample:
        name = self._source.choice(["user_state", "sign", "return_code", "mch_id"])
        more = f"<{name}>NORMAL</{name}></xml>".encode()
        return Sample("repeated", self._body().replace(b"</xml>", more))

    def other_encoding(self) -> Sample:
        coding = self._source.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp500"])
        return Sample("other encoding", self._body().decode().encode(coding))

    def control_character(self) -> Sample:
        character = self._source.choice([b"\0", b"\x01", b"\x08", b"\x0b", b"\x1f"])
        body = self._body()
        place = self._source.randrange(body.index(b">") + 1, body.rindex(b"<"))
        return Sample("control character", body[:place] + character + body[place:])

    def surrogate(self) -> Sample:
        return Sample(
            "surrogate", self._body().replace(b"NORMAL", b"NORMAL\xed\xa0\x80").replace(
                b"<xml>", b"<xml><a>\xed\xa0\xbd</a>"
            )
        )  # fmt: skip

    def oversized(self) -> Sample:
        filling = b" " * (REPLY_BYTES + self._source.randint(1, 4))
        return Sample("oversized", self._body().replace(b"</xml>", filling + b"</xml>"))

    def cut_off(self) -> Sample:
        body = self._body()
        return Sample("cut off", body[: self._source.randrange(body.rindex(b"</xml>"))])

    def packed(self) -> Sample:
        body = gzip.compress(self._body())
        headers = self._source.choice(
            ({"Content-Encoding": "gzip"}, {"Content-Encoding": "br"}, {})
        )
        return Sample("packed", body, headers=headers)

    def other_status(self) -> Sample:
        status = self._source.choice((204, 301, 302, 400, 403, 407, 408, 429, 500, 502, 503, 999))
        return Sample("other status", self._body(), status=status)

    def noise(self) -> Sample:
        return Sample("noise", self._source.randbytes(self._source.randint(0, 600)))

    def mutated(self) -> Sample:
        """Change bytes of a signed reply; it stays genuine if all fields are still the same."""
        fields = self._signed(self._fields())
        body = bytearray(to_xml(fields))
        for _ in range(self._source.randint(1, 3)):
            place = self._source.randrange(len(body))
            body[place] = self._source.randrange(256)
        same = parsed(bytes(body)) == fields
        return Sample("mutated", bytes(body), fields["user_state"] if same else None)

    def wrapped(self) -> Sample:
        """Put a signed reply into a web page, as a captive portal might."""
        page = b"<html><body>%s</body></html>" % self._body()
        headers = self._source.choice(({}, {"Content-Type": "text/html"}))
        return Sample("web page", page, headers=headers)

    def _body(self) -> bytes:
        return to_xml(self._signed(self._fields()))

    def _fields(self) -> Fields:
        return {
            "return_code": "SUCCESS",
            "return_msg": "OK",
            "result_code": "SUCCESS",
            "appid": MERCHANT.appid,
            "mch_id": MERCHANT.mch_id,
            "sub_mch_id": MERCHANT.sub_mch_id,
            "sub_appid": MERCHANT.sub_appid,
            "nonce_str": self._letters(32),
            "user_state": self._source.choice(STATES),
        }

    def _signed(self, fields: Fields, key: str = "") -> Fields:
        secret = key or self.key.reveal()
        text = f"{canonical(fields)}&key={secret}"
        sign = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest().upper()
        return fields | {"sign": sign}

    def _letters(self, number: int) -> str:
        return "".join(self._source.choices(string.ascii_letters, k=number))

    def _entities(self) -> list[str]:
        """Return ten entities of which each is ten times the one before."""
        made = ["<!ENTITY e0 'ha'>"]
        made += [f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10)]
        return made


def canonical(fields: Fields) -> str:
    """Return the text to sign, without the key."""
    pairs = sorted((name, value) for name, value in fields.items() if value)
    return "&".join(f"{name}={value}" for name, value in pairs)


def to_xml(fields: Fields) -> bytes:
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{inside}</xml>".encode()


def to_cdata(fields: Fields) -> bytes:
    inside = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<xml>{inside}</xml>".encode()


def to_spaced(fields: Fields) -> bytes:
    inside = "\n  ".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f"\ufeff<xml>\n  {inside}\n</xml>".encode()


def parsed(body: bytes) -> Fields | None:
    """Return the fields by another XML reader; None if it refuses the body."""
    try:
        root = ElementTree.fromstring(body.decode("utf-8"))
    except (ElementTree.ParseError, UnicodeDecodeError, ValueError):
        return None
    return {child.tag: child.text or "" for child in root}


def run(replies: int, signatures: int, seed: int) -> Figures:
    """Read `replies` replies of any kind and `signatures` ones with a wrong signature."""
    source = random.Random(seed)
    forger = Forger(source)
    seen = SeenReplies(())
    figures = Figures()
    for _ in range(replies):
        _read(forger.reply(), forger.key, seen, figures)
    for number in range(signatures):
        # Genuine replies stay among them, so that there is always a recent one to replay.
        _read(forger.signature() if number % 10 else forger.genuine(), forger.key, seen, figures)
    return figures


def _read(sample: Sample, key: Secret, seen: SeenReplies, figures: Figures) -> None:
    figures.read[sample.kind] += 1
    before = time.thread_time()
    try:
        outcome = read_reply(
            sample.status, sample.body, sample.headers, merchant=MERCHANT, key=key, seen=seen
        )
    except Exception as error:  # noqa: BLE001 - any exception is a finding
        figures.raised += 1
        figures.examples.append(f"{sample.kind}: {error!r}")
        return
    took_ms = (time.thread_time() - before) * 1000
    if took_ms > figures.worst_ms:
        figures.worst_ms, figures.slowest = took_ms, sample.kind
    believed = _believed_state(outcome)
    if believed == sample.state:
        return
    figures.examples.append(f"{sample.kind}: {outcome.cause.value}: {sample.body[:90]!r}")
    if sample.state is None:
        figures.believed += 1
    else:
        figures.refused += 1


def _believed_state(outcome: Outcome) -> str | None:
    """Return the state that the program would show; None if it shows none as verified."""
    is_green = judge(DeliveryState.ANSWERED, outcome, None).severity is Severity.OK
    if outcome.cause is Cause.ANSWERED and outcome.fingerprint:
        return outcome.user_state
    return "GREEN WITHOUT PROOF" if is_green else None


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Read genuine and hostile replies.")
    parser.add_argument("--replies", type=int, default=100_000)
    parser.add_argument("--signatures", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    figures = run(options.replies, options.signatures, options.seed)
    print(figures, *figures.examples[:20], sep="\n  ")  # noqa: T201 - the figures are what it is for
    return 0 if figures.are_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
