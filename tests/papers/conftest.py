"""Fixtures of all tests of systems."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.score_norms import measured_with_few


@pytest.fixture(scope="module", autouse=True)
def _measured_with_few() -> Iterator[None]:
    """Measure score norms with little work."""
    with measured_with_few():
        yield
