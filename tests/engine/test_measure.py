"""What is measured of a model, against the Gaussian whose score norms are known, and what samplers make of it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.engine.generate import generate
from gdm_studio.engine.measure import own_latents, score_norms
from gdm_studio.errors import BadRequest
from gdm_studio.maths.analytic import ScoreNorms
from gdm_studio.maths.path import Point
from gdm_studio.models.loaded import Ask
from gdm_studio.request import Request
from gdm_studio.run import Advance
from tests.helpers.gaussian_model import CARD, DEVIATION, GaussianLibrary, GaussianModel

REQUEST = Request(model="gaussian", prompt="a cheerful red disc", seed=11, steps=10, guidance_scale=1.0, device="cpu")


def model() -> GaussianModel:
    return GaussianLibrary().load("gaussian", device=torch.device("cpu"), dtype=torch.float32)


def drawn(count: int) -> torch.Tensor:
    """Pictures of the Gaussian's own law."""
    mean = model().told([Ask("a cheerful red disc")])
    return mean + DEVIATION * torch.randn(count, *mean.shape[1:], generator=torch.Generator().manual_seed(3))


def measured(levels: int = 24) -> ScoreNorms:
    (*_, norms) = score_norms(model(), drawn(24), [Ask("a cheerful red disc")] * 24, levels=levels)
    return norms


class MeasuredLibrary(GaussianLibrary):
    """The Gaussian model with its norms in its card."""

    def __init__(self, norms: ScoreNorms) -> None:
        super().__init__()
        self._card = replace(CARD, score_norms=norms.table)

    def card(self, name: str):
        return self._card

    def load(self, name: str, **place) -> GaussianModel:
        return replace(super().load(name, **place), card=self._card)


def test_the_norms_of_a_gaussian_are_those_of_its_formula() -> None:
    norms = measured()
    assert len(norms.table) == 24
    for log_ratio, g in norms.table:
        exact = np.exp(2 * log_ratio) / (np.exp(2 * log_ratio) + DEVIATION**2)
        assert g == pytest.approx(exact, abs=0.01)
    for ratio in (0.01, 0.3, 5.0):
        exact = 1 / (1 / DEVIATION**2 + 1 / ratio**2)
        assert norms.covariance(Point(1.0, ratio)) == pytest.approx(exact, rel=0.03)


def test_measuring_tells_how_far_it_is() -> None:
    sizes = [len(norms.table) for norms in score_norms(model(), drawn(2), [Ask("")] * 2, levels=5)]
    assert sizes == [1, 2, 3, 4, 5]


def test_a_models_own_pictures_can_be_measured() -> None:
    (latents,) = own_latents(GaussianLibrary(), [replace(REQUEST, count=3, batch=3)])
    assert latents.shape == (3, 4, 16, 16)
    mean = model().told([Ask("a cheerful red disc")])
    assert float((latents - mean).std()) == pytest.approx(DEVIATION, rel=0.25)


@pytest.mark.parametrize("sampler", ["analytic_ddpm", "analytic_ddim"])
def test_analytic_samplers_use_the_norms_of_the_card_and_refuse_without(sampler: str) -> None:
    request = replace(REQUEST, sampler=sampler, spacing="karras", count=4, batch=4, knobs={"last_noise": 1.0})
    with pytest.raises(BadRequest, match="score norms"):
        next(generate(request, GaussianLibrary()))
    events = list(generate(request, MeasuredLibrary(measured())))
    last = [event.step for event in events if isinstance(event, Advance)][-1]
    spread = float((last.x - model().told([Ask("a cheerful red disc")])).std())
    assert spread == pytest.approx(DEVIATION, rel=0.05), "the variance is exact at any number of steps"


def test_optimal_spacing_goes_by_the_norms_of_the_card_and_is_refused_without() -> None:
    request = replace(REQUEST, spacing="optimal", sampler="ddim", knobs={})
    with pytest.raises(BadRequest, match="no table for the spacing"):
        list(generate(request, GaussianLibrary()))
    for steps in (1, 5, 8, 25):
        events = generate(replace(request, steps=steps), MeasuredLibrary(measured()))
        path = next(event for event in events if isinstance(event, Advance)).path
        ratios = [at.ratio for at in path]
        assert len(path) == steps + 1 and ratios == sorted(ratios, reverse=True) and ratios[0] == pytest.approx(80.0)
