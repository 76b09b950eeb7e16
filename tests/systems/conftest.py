"""Fixtures of all tests of systems."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def _measured_with_few() -> Iterator[None]:
    """Score norms are measured with two pictures: most of the time of a recipe of four steps went into them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gdm_studio.systems.recipe.MEASURED", 2)
        yield
