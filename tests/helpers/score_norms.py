"""Score norms that are measured with little work, for tests that train systems."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from gdm_studio.engine.score_norms import measure_score_norms


@contextmanager
def measured_with_few() -> Iterator[None]:
    """Measure score norms with few images or points and at few levels within a `with` block.

    Otherwise this takes most of the time of a recipe.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gdm_studio.papers.training.denoising_recipe.MEASURED", 2)
        patch.setattr("gdm_studio.papers.training.denoising_recipe.MEASURED_POINTS", 512)
        patch.setattr(
            "gdm_studio.papers.training.denoising_recipe.measure_score_norms", partial(measure_score_norms, levels=8)
        )
        yield
