"""Measured score norms of a Gaussian, whose exact ones are known, and samplers and spacings that use them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.score_norms import generate_latents, measure_score_norms
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.optimal_variance import ScoreNorms
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Request
from tests.helpers.gaussian_model import CARD, DEVIATION, GaussianLibrary, GaussianModel

REQUEST = Request(model="gaussian", prompt="a cheerful red disc", seed=11, steps=10, guidance_scale=1.0, device="cpu")


def load_gaussian() -> GaussianModel:
    return GaussianLibrary().load("gaussian", device=torch.device("cpu"), dtype=torch.float32)


def sample(count: int) -> torch.Tensor:
    """Return samples of the Gaussian."""
    mean = load_gaussian().told([Conditioning("a cheerful red disc")])
    return mean + DEVIATION * torch.randn(count, *mean.shape[1:], generator=torch.Generator().manual_seed(3))


def measure_norms(levels: int = 24) -> ScoreNorms:
    (*_, norms) = measure_score_norms(
        load_gaussian(), sample(24), [Conditioning("a cheerful red disc")] * 24, levels=levels
    )
    return norms


class MeasuredLibrary(GaussianLibrary):
    """A library with score norms in the card of the Gaussian model."""

    def __init__(self, norms: ScoreNorms) -> None:
        super().__init__()
        self._card = replace(CARD, score_norms=norms.table)

    def card(self, name: str):
        return self._card

    def load(self, name: str, **place) -> GaussianModel:
        return replace(super().load(name, **place), card=self._card)


def test_score_norms_of_a_gaussian_equal_the_formula() -> None:
    norms = measure_norms()
    assert len(norms.table) == 24
    for log_ratio, g in norms.table:
        exact = np.exp(2 * log_ratio) / (np.exp(2 * log_ratio) + DEVIATION**2)
        assert g == pytest.approx(exact, abs=0.01)
    for ratio in (0.01, 0.3, 5.0):
        exact = 1 / (1 / DEVIATION**2 + 1 / ratio**2)
        assert norms.covariance(NoiseLevel(1.0, ratio)) == pytest.approx(exact, rel=0.03)


def test_measuring_reports_progress() -> None:
    sizes = [
        len(norms.table) for norms in measure_score_norms(load_gaussian(), sample(2), [Conditioning("")] * 2, levels=5)
    ]
    assert sizes == [1, 2, 3, 4, 5]


def test_generated_latents_can_be_measured() -> None:
    (latents,) = generate_latents(GaussianLibrary(), [replace(REQUEST, count=3, batch=3)])
    assert latents.shape == (3, 4, 16, 16)
    mean = load_gaussian().told([Conditioning("a cheerful red disc")])
    assert float((latents - mean).std()) == pytest.approx(DEVIATION, rel=0.25)


@pytest.mark.parametrize("sampler", ["analytic_ddpm", "analytic_ddim"])
def test_analytic_samplers_need_score_norms_in_the_card(sampler: str) -> None:
    request = replace(REQUEST, sampler=sampler, spacing="karras", count=4, batch=4, knobs={"last_noise": 1.0})
    with pytest.raises(BadRequest, match="score norms"):
        next(generate(request, GaussianLibrary()))
    events = list(generate(request, MeasuredLibrary(measure_norms())))
    last = [event.step for event in events if isinstance(event, StepEvent)][-1]
    spread = float((last.x - load_gaussian().told([Conditioning("a cheerful red disc")])).std())
    assert spread == pytest.approx(DEVIATION, rel=0.05), "the variance is exact at any number of steps"


def test_optimal_spacing_needs_score_norms_in_the_card() -> None:
    request = replace(REQUEST, spacing="optimal", sampler="ddim", knobs={})
    with pytest.raises(BadRequest, match="no table for the spacing"):
        list(generate(request, GaussianLibrary()))
    for steps in (1, 5, 8, 25):
        events = generate(replace(request, steps=steps), MeasuredLibrary(measure_norms()))
        path = next(event for event in events if isinstance(event, StepEvent)).path
        ratios = [at.ratio for at in path]
        assert len(path) == steps + 1 and ratios == sorted(ratios, reverse=True) and ratios[0] == pytest.approx(80.0)
