"""Private names of urllib3 and http.client that `transport` overrides or calls.

A release that renames one must fail here, not in use. Each name is listed with the class that
defines it as a method; `pyproject.toml` limits urllib3 to major version 2.
"""

from __future__ import annotations

import http.client
import inspect

import pytest
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

METHODS = [
    (HTTPConnection, "_new_conn", ["self"]),
    (HTTPConnection, "_tunnel", ["self"]),
    (HTTPConnectionPool, "_new_conn", ["self"]),
    (HTTPConnectionPool, "_get_conn", ["self", "timeout"]),
    (HTTPConnectionPool, "_put_conn", ["self", "conn"]),
    (HTTPSConnectionPool, "_prepare_proxy", ["self", "conn"]),
    (http.client.HTTPResponse, "_read_status", ["self"]),
]


@pytest.mark.parametrize(("owner", "name", "parameters"), METHODS)
def test_method_has_the_parameters_it_is_called_with(
    owner: type, name: str, parameters: list[str]
) -> None:
    assert list(inspect.signature(getattr(owner, name)).parameters) == parameters


def test_urllib3_calls_what_is_overridden() -> None:
    assert "self._new_conn()" in inspect.getsource(HTTPSConnection.connect)
    assert "self._tunnel()" in inspect.getsource(HTTPSConnection.connect)
    assert "._read_status()" in inspect.getsource(http.client.HTTPResponse.begin)
    assert "self.response_class(" in inspect.getsource(http.client.HTTPConnection.getresponse)


def test_public_hooks_are_there() -> None:
    for name in ("proxy_is_tunneling", "is_connected"):
        assert isinstance(inspect.getattr_static(HTTPConnection, name), property)
    assert HTTPConnectionPool.ConnectionCls is HTTPConnection
    assert hasattr(urllib3.PoolManager(), "pool_classes_by_scheme")
    assert callable(http.client.parse_headers)
