"""Fixture with a running server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.http_client import RunningServer, running_server


@pytest.fixture
def server() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running
