"""The connection test as the program builds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from wxpark_gui.assembly import Assembly
from wxpark_gui.domain.delivery import MAIN_HOST
from wxpark_gui.domain.settings import SYSTEM_PROXY
from wxpark_gui.support import make_connection_test

SYSTEM_URL, TYPED_URL = "http://10.0.0.1:3128", "http://10.0.0.2:3128"


class Proxies:
    """Resolver whose system has a proxy."""

    def resolve(self, wanted: str, host: str) -> str:
        assert host == MAIN_HOST
        return SYSTEM_URL if wanted == SYSTEM_PROXY else wanted


@pytest.mark.parametrize(
    ("wanted", "used"), [(SYSTEM_PROXY, SYSTEM_URL), (TYPED_URL, TYPED_URL), ("", "")]
)
def test_connection_is_tested_through_the_proxy_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, used: str
) -> None:
    with Assembly(tmp_path) as parts:
        monkeypatch.setattr(parts, "proxies", Proxies())
        asked: list[str] = []
        monkeypatch.setattr(parts, "open_gateway", lambda proxy, **_: asked.append(proxy()))
        make_connection_test(parts).open_gateway(wanted)
    assert asked == [used]
