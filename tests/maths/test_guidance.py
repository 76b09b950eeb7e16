"""Guidance: classifier-free and by a classifier, thresholding, temperature, and their fixed order."""

import math

import numpy as np
import pytest
import torch

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.arrays import image_deviation, image_mean, image_quantile
from gdm_studio.maths.exact import Mixture, gaussian_denoiser
from gdm_studio.maths.exact.distance import normal_quantiles
from gdm_studio.maths.guidance import (
    GUIDANCE,
    apply_guidance,
    classifier_guided,
    clipped,
    guided,
    limited_interval,
    tempered,
    thresholded,
)
from gdm_studio.maths.noise_path import Array, Denoise, NoiseLevel
from gdm_studio.maths.numeric_parameters import checked_params
from gdm_studio.maths.processes import edm, vp
from gdm_studio.maths.samplers import SAMPLERS
from tests.helpers.sampling import karras_between

VARIANCE = 0.25
MODES = Mixture(np.array([0.5, 0.5]), np.array([[-1.0], [1.0]]), np.full(2, 0.1))
RIGHT = np.array([0.0, 1.0])
AT = NoiseLevel(0.8, 0.6)


def constant(x0: Array) -> Denoise:
    return lambda x, at: x0


def test_temperature_one_is_the_same_denoiser() -> None:
    denoise = gaussian_denoiser(VARIANCE)
    assert tempered(denoise, 1.0, 0.5) is denoise


@pytest.mark.parametrize("temperature", (0.1, 2.0))
def test_the_variance_of_each_noise_level_replaces_that_of_all_data(temperature: float) -> None:
    denoise = gaussian_denoiser(VARIANCE)
    x = np.linspace(-2, 2, 9)
    for level in (AT, NoiseLevel(0.2, 3.0)):
        exact = gaussian_denoiser(temperature * VARIANCE)(x, level)
        # The whole data may be far wider than what is not decided at the noise level.
        found = tempered(denoise, temperature, 9.0, lambda at: VARIANCE)(x, level)
        assert np.allclose(found, exact)
        assert not np.allclose(tempered(denoise, temperature, 9.0)(x, level), exact)


@pytest.mark.parametrize("temperature", (0.1, 0.5, 1.0, 2.0))
@pytest.mark.parametrize("at", [NoiseLevel(1.0, 3.0), NoiseLevel(0.6, 0.8), NoiseLevel(0.0, 1.0)])
def test_a_tempered_gaussian_has_the_tempered_variance(at: NoiseLevel, temperature: float) -> None:
    for mean in (0.0, 0.4):
        x = 0.7
        wanted = gaussian_denoiser(temperature * VARIANCE, mean)(x, at)
        assert tempered(gaussian_denoiser(VARIANCE, mean), temperature, 0.5)(x, at) == pytest.approx(wanted, abs=1e-12)


def test_guidance_adds_the_gradient_of_the_implicit_classifier() -> None:
    """Check (1 + w)·score(x|y) − w·score(x) = score(x|y) + w·grad log p(y|x), with w = guidance_scale − 1."""
    x = np.linspace(-3, 3, 13)[:, None]
    right = MODES.only(1)
    strong = guided(lambda x, at: (right.denoise(x, at), MODES.denoise(x, at)), 4.0)(x, AT)
    wanted = classifier_guided(right.denoise, lambda x, at: MODES.classifier_gradient(x, at, RIGHT), 3.0)(x, AT)
    assert np.allclose(strong, wanted, atol=1e-10)


def test_a_classifier_of_strength_one_gives_the_conditional_denoiser() -> None:
    x = np.linspace(-3, 3, 13)[:, None]
    for at in (AT, NoiseLevel(1.0, 5.0), NoiseLevel(0.999, 0.05)):
        steered = classifier_guided(MODES.denoise, lambda x, at: MODES.classifier_gradient(x, at, RIGHT), 1.0)
        assert np.allclose(steered(x, at), MODES.only(1).denoise(x, at), atol=1e-10)
    assert np.array_equal(steered(x, NoiseLevel(0.0, 1.0)), MODES.denoise(x, NoiseLevel(0.0, 1.0)))
    assert classifier_guided(MODES.denoise, lambda x, at: x, 0.0) == MODES.denoise


def test_an_uncertain_classifier_reweights_the_mixture() -> None:
    """Check weights (.2, .5, .3) under odds (.9, .1, .5), which are (.18, .05, .15)/.38, pointwise and in samples."""
    three = Mixture(np.array([0.2, 0.5, 0.3]), np.array([[-1.5], [0.0], [1.2]]), np.array([0.02, 0.01, 0.04]))
    odds = np.array([0.9, 0.1, 0.5])
    steered = classifier_guided(three.denoise, lambda x, at: three.classifier_gradient(x, at, odds), 1.0)
    weights = np.array([0.18, 0.05, 0.15]) / 0.38
    x = np.linspace(-3, 3, 13)[:, None]
    for at in (AT, NoiseLevel(0.1, 0.995), NoiseLevel(0.999, 0.05)):
        wanted = Mixture(weights, three.means, three.variances).denoise(x, at)
        assert np.allclose(steered(x, at), wanted, atol=1e-9)
    noise = normal_quantiles(2000)
    *_, end = SAMPLERS["heun"].fn(steered, noise, vp("linear").path("karras", 100), lambda *_: noise)
    assert np.allclose(three.mode_shares(end.x), weights, atol=0.01)


@pytest.mark.parametrize(("w", "mean", "deviation"), [(0, 0.993, 0.316), (1, 1.199, 0.227), (3, 1.424, 0.183)])
def test_guidance_overshoots_as_computed(w: float, mean: float, deviation: float) -> None:
    """Sample modes ±1 of variance 0.1 by Heun over the flow: guidance overshoots and narrows, but does not sharpen
    p(x|y)."""
    right, path = MODES.only(1), vp("linear").path("karras", 60)
    denoise = guided(lambda x, at: (right.denoise(x, at), MODES.denoise(x, at)), 1.0 + w)
    # The quantiles of a normal start replace random numbers.
    x = np.array([math.sqrt(2) * torch.erfinv(torch.tensor(2 * (i + 0.5) / 2000 - 1.0)).item() for i in range(2000)])
    *_, last = SAMPLERS["heun"].fn(denoise, x[:, None], path, None)
    assert last.x.mean() == pytest.approx(mean, rel=0.01)
    assert last.x.std() == pytest.approx(deviation, rel=0.02)


def test_rescale_restores_the_standard_deviation_of_each_image() -> None:
    rng = np.random.default_rng(1)
    with_prompt, without = rng.normal(size=(2, 3, 4, 5, 5)) * np.array([1.0, 2.0, 0.5])[:, None, None, None]
    plain = guided(lambda x, at: (with_prompt, without), 7.0)(None, AT)
    full = guided(lambda x, at: (with_prompt, without), 7.0, rescale=1.0)(None, AT)
    part = guided(lambda x, at: (with_prompt, without), 7.0, rescale=0.7)(None, AT)
    for row in range(3):
        assert full[row].std() == pytest.approx(with_prompt[row].std())
        factor = with_prompt[row].std() / plain[row].std()
        assert np.allclose(part[row], (0.7 * factor + 0.3) * plain[row])
    flat = guided(lambda x, at: (np.ones((1, 4)), np.ones((1, 4))), 7.0, rescale=1.0)(None, AT)
    assert np.isfinite(flat).all()


def test_guidance_can_leave_the_norm_of_each_patch() -> None:
    rng = np.random.default_rng(2)
    with_prompt, without, rest = rng.normal(size=(3, 2, 4, 6, 4))
    found = guided(lambda x, at: (with_prompt, without), 5.0, skip=lambda x, at: rest, normed_patch=2)(None, AT)
    plain = guided(lambda x, at: (with_prompt, without), 5.0)(None, AT)
    for row in range(2):
        for top in range(0, 6, 2):
            for left in range(0, 4, 2):
                patch = row, slice(None), slice(top, top + 2), slice(left, left + 2)
                own, strong = (each[patch] - rest[patch] for each in (with_prompt, plain))
                factor = np.sqrt((own**2).sum()) / np.sqrt((strong**2).sum())
                assert np.allclose(found[patch], rest[patch] + factor * strong)
    tensors = [torch.from_numpy(each) for each in (with_prompt, without, rest)]
    again = guided(lambda x, at: tuple(tensors[:2]), 5.0, skip=lambda x, at: tensors[2], normed_patch=2)(None, AT)
    assert np.allclose(found, again.numpy())


@pytest.mark.parametrize(
    ("interval", "steps_inside"), [((0, 1), range(10)), ((0.2, 0.7), range(2, 7)), ((0.5, 0.5), [])]
)
def test_a_guidance_interval_is_measured_in_steps(interval: tuple[float, float], steps_inside: range) -> None:
    path = edm().path("karras", 10)
    denoise = limited_interval(constant(1.0), constant(0.0), path, interval)
    assert [i for i in range(10) if denoise(None, path[i]) == 1.0] == list(steps_inside)
    if steps_inside:
        last = steps_inside[-1]
        between = NoiseLevel(1.0, math.sqrt(path[last].ratio * path[last - 1].ratio))
        # An evaluation ahead within a step belongs to that step.
        assert denoise(None, between) == 1.0


def test_guidance_outside_its_interval_costs_one_evaluation() -> None:
    path, asked = edm().path("karras", 10), []

    def alone(x: Array, at: NoiseLevel) -> Array:
        asked.append("alone")
        return 0.5 * x

    def pair(x: Array, at: NoiseLevel) -> tuple[Array, Array]:
        asked.append("pair")
        return 0.5 * x, 0.4 * x

    denoise = apply_guidance(alone, path, pair=pair, guidance_scale=5.0, guidance_from=0.2, guidance_until=0.6)
    list(SAMPLERS["euler"].fn(denoise, np.ones((1, 2)), path, None))
    assert asked == 2 * ["alone"] + 4 * ["pair"] + 4 * ["alone"]


def numpy_and_torch(values: np.ndarray) -> list[Array]:
    return [values, torch.from_numpy(values)]


def test_image_statistics_are_per_image_in_numpy_and_torch() -> None:
    values = np.random.default_rng(2).normal(size=(3, 4, 6, 6))
    for x in numpy_and_torch(values):
        assert np.allclose(image_mean(x)[:, 0, 0, 0], values.mean(axis=(1, 2, 3)))
        assert np.allclose(image_deviation(x)[:, 0, 0, 0], values.std(axis=(1, 2, 3)))
        for share in (0.0, 0.37, 0.995, 1.0):
            found = image_quantile(x, share)
            assert found.shape == (3, 1, 1, 1)
            assert np.allclose(found[:, 0, 0, 0], np.quantile(values.reshape(3, -1), share, axis=1))
    assert image_mean(np.ones(4)).shape == (4,)


def test_dynamic_thresholding_is_that_of_imagen() -> None:
    """Check that images within the bound are unchanged, and others are clipped at their quantile and scaled to the
    bound."""
    calm = np.random.default_rng(3).uniform(-0.9, 0.9, size=(1, 3, 8, 8))
    loud = np.random.default_rng(4).normal(size=(1, 3, 8, 8)) * 3
    for both in numpy_and_torch(np.concatenate([calm, loud])):
        x0 = np.asarray(thresholded(constant(both), 0.95, 1.0)(None, AT))
        assert np.array_equal(x0[:1], calm)
        s = np.quantile(np.abs(loud), 0.95)
        assert np.allclose(x0[1:], np.clip(loud, -s, s) / s)
        assert (np.abs(x0) > 0.99).mean() < 0.5 * (
            np.abs(np.asarray(clipped(constant(both), 1.0)(None, AT))) > 0.99
        ).mean()


def test_controls_at_their_defaults_change_no_bit() -> None:
    denoise, path = gaussian_denoiser(VARIANCE), edm().path("karras", 4)
    assert apply_guidance(denoise, path) is denoise
    assert apply_guidance(denoise, path, pair=lambda x, at: (x, x)) is denoise
    defaults = {knob.name: knob.default for knob in GUIDANCE}
    assert apply_guidance(denoise, path, **defaults) is denoise


def test_controls_are_applied_in_their_order() -> None:
    """Compare with guidance, classifier, temperature, threshold and clip composed by hand."""
    path, x = edm().path("karras", 4), np.array([[2.0, -8.0, 5.0, 0.3]])
    at = path[2]

    def pair(x: Array, at: NoiseLevel) -> tuple[Array, Array]:
        return 0.5 * x, 0.3 * x - 0.1

    def gradient(x: Array, at: NoiseLevel) -> Array:
        return np.sign(x) - x

    by_hand = guided(pair, 3.0, rescale=0.4)
    by_hand = classifier_guided(by_hand, gradient, 0.5)
    by_hand = tempered(by_hand, 0.7, 0.5)
    by_hand = thresholded(by_hand, 0.9, 2.0 * 0.5)
    by_hand = clipped(by_hand, 2.0 * 0.5)
    together = apply_guidance(
        lambda x, at: pair(x, at)[0],
        path,
        pair=pair,
        guidance_scale=3.0,
        gradient=gradient,
        classifier_scale=0.5,
        temperature=0.7,
        data_scale=0.5,
        guidance_rescale=0.4,
        dynamic_threshold=0.9,
        clip=2.0,
    )
    assert np.array_equal(together(x, at), by_hand(x, at))
    only_clip = apply_guidance(lambda x, at: x, path, data_scale=0.5, clip=2.0)
    assert np.array_equal(only_clip(x, at), [[1.0, -1.0, 1.0, 0.3]])


def test_a_clipped_sampler_stays_within_its_bounds() -> None:
    path = (*karras_between(20.0, 0.1, 12), NoiseLevel(1.0, 0.0))
    wild = apply_guidance(gaussian_denoiser(9.0), path, data_scale=0.5, clip=2.0)
    *_, last = SAMPLERS["dpmpp_2m"].fn(wild, 20 * np.array([[-3.0, 2.0, 0.1]]), path, None)
    assert np.abs(last.x).max() <= 1.0


def test_controls_are_validated_like_sampler_parameters() -> None:
    assert [knob.name for knob in GUIDANCE] == [
        "guidance_rescale",
        "guidance_from",
        "guidance_until",
        "dynamic_threshold",
        "clip",
    ]
    assert checked_params(GUIDANCE, {"clip": 2}, of="a request")["clip"] == 2.0
    with pytest.raises(BadRequest, match="guidance_rescale must be from 0 to 1"):
        checked_params(GUIDANCE, {"guidance_rescale": 2}, of="a request")
