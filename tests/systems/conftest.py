"""Fixtures of all tests of systems."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def _measured_with_few() -> Iterator[None]:
    """Measure score norms with only a few images or points, since they take most of the time of a short recipe."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gdm_studio.systems.recipe.MEASURED", 2)
        patch.setattr("gdm_studio.systems.recipe.MEASURED_POINTS", 512)
        yield
