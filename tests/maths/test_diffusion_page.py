"""`docs/diffusion.py`: its formulas agree with the papers and the library, and its network learns to draw moons."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

PAGE = Path(__file__).parents[2] / "docs" / "diffusion.py"


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Use one thread as the page does; several threads on a busy machine would take ten times as long."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("diffusion_page", PAGE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_many_forward_steps_equal_the_closed_form(page: ModuleType) -> None:
    """Compare mean and variance of x_t after t steps, which are exact because each step is linear in x and in the
    noise."""
    x, mean, variance = page.moons(3, np.random.default_rng(0)), 1.0, 0.0
    for t in range(page.T):
        mean *= page.forward_step(np.ones(1), t, np.zeros(1))[0]
        kept, added = page.forward_step(np.ones(1), t, np.zeros(1))[0], page.forward_step(np.zeros(1), t, np.ones(1))[0]
        variance = kept**2 * variance + added**2
        at = np.full(3, t)
        np.testing.assert_allclose(page.noised(x, at, 0 * x), mean * x, atol=1e-12)
        np.testing.assert_allclose(page.noised(0 * x, at, np.ones_like(x)), np.sqrt(variance), atol=1e-12)
    # Nothing of the image is left.
    assert mean < 0.01


@pytest.mark.slow
def test_the_library_gives_the_same_images_from_the_same_noise(page: ModuleType) -> None:
    network = page.train(30, say=lambda line: None)
    draws = np.random.default_rng(1).standard_normal((page.T + 1, 2, page.SIDE**2))
    ours = page.sample(network, draws)
    scale = np.abs(ours).max()
    np.testing.assert_allclose(page.sample_by_the_library(network, draws) / scale, ours / scale, atol=1e-4)


@pytest.mark.slow(seconds=8)
def test_the_network_learns_to_draw_moons(page: ModuleType) -> None:
    """Check that generated images are near real ones, by the distance to the nearest of 4,000 moons."""
    said: list[str] = []
    network = page.train(700, say=said.append)
    drawn = page.sample(network, np.random.default_rng(7).standard_normal((page.T + 1, 64, page.SIDE**2)))
    true = page.moons(4000, np.random.default_rng(3))
    off = ((drawn[:, None] - true[None]) ** 2).mean(-1).min(-1)
    assert len(said) == 10 and np.median(off) < 0.15 < 0.3 < true.var()
