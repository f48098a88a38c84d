"""Tests talk to this machine alone: a connection to any other address fails at once."""

import socket
from typing import Any

import pytest

_LOOPBACK = {"localhost", "127.0.0.1", "::1", ""}


def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and str(address[0]) not in _LOOPBACK:
            raise PermissionError(f"a test tried to reach {address[0]}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
