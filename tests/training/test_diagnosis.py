"""The diagnosis of training runs: floors, findings, and tiny runs of which one is sabotaged."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch

from gdm_studio.training.diagnosis import (
    Evidence,
    MeasuredImages,
    ReferenceErrors,
    count_copies,
    diagnose,
    information_of,
    levels_for,
)
from tests.drills.training_runs import SABOTAGES, SOUND, evidence_of, shapes

RATIOS = levels_for(1.0)


@pytest.fixture(scope="module")
def floors() -> ReferenceErrors:
    """Return the floors of Gaussian data with a large and small variances."""
    generator = torch.Generator().manual_seed(0)
    spreads = torch.tensor([2.0, *[0.5] * 7])
    images, others = (spreads * torch.randn(count, 8, generator=generator) for count in (2000, 1500))
    return ReferenceErrors.of(images, others, RATIOS)


@pytest.mark.slow
def test_the_floors_of_gaussian_data_are_the_analytic_ones(floors: ReferenceErrors) -> None:
    variances = torch.tensor([4.0, *[0.25] * 7])
    assert floors.constant == pytest.approx(float(variances.mean()), rel=0.1)
    for ratio, found in zip(RATIOS, floors.gaussian, strict=True):
        exact = float((variances * ratio**2 / (variances + ratio**2)).mean())
        assert found == pytest.approx(exact, rel=0.1)
    assert floors.copying[0] < 1e-3 < floors.copying_others[0]


def test_few_images_do_not_give_a_floor_below_what_is_possible() -> None:
    generator = torch.Generator().manual_seed(0)
    images, others = torch.randn(5, 64, generator=generator), torch.randn(50, 64, generator=generator)
    found = ReferenceErrors.of(images, others, (0.5,))
    assert found.gaussian[0] > 0.95 * 0.25 / 1.25


def sound(floors: ReferenceErrors) -> Evidence:
    best = floors.gaussian
    return Evidence(1.0, 0.3, 1.1, best, best, tuple(2 * each for each in best[1:]))


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({}, "learning", "Layout and details are learned; 100 %"),
        ({"loss": math.nan}, "overflow", "fp32"),
        ({"scale": 4.0}, "scale", "4 times"),
        ({"scale": 4.0, "bias": 2.0}, "scale", "4 times"),
        ({"scale": 0.4}, "scale", "0.4 times"),
        # Clipped data.
        ({"scale": 0.4, "bias": 1.0}, "range", "range of the data"),
        ({"unchanged": ("down.0",)}, "frozen", "down.0"),
        ({"is_unaveraged": True}, "average", "not averaged"),
        ({"peak_loss": 50.0, "others": (1.0,) * 9}, "rate", "learning rate"),
        ({"others": (1.0,) * 9, "loss": 0.99}, "rate", "learning rate"),
        ({"others": (1.0,) * 9, "noise_share": 0.9}, "target", "another target"),
        # Runs with a hundred times their learning rate also have the signs of other defects.
        ({"others": (1.0,) * 9, "noise_share": 0.9, "growth": 2.0}, "rate", "grow too fast"),
        ({"growth": 2.0}, "learning", "100 %"),
        ({"others": (1.0,) * 9, "loss": 0.5, "growth": 0.02}, "learning", "not learned yet"),
        # A LoRA of a model with another target than its card says: the error has not fallen either.
        ({"others": (1.0,) * 9, "noise_share": 0.9, "loss": 1.0}, "target", "another target"),
        ({"bias": 2.0, "others": (0.5,) * 9}, "range", "range of the data"),
        ({"wrong_level": (1e-9,) * 8}, "noise", "more noise"),
    ],
)
def test_each_finding_has_its_evidence(floors: ReferenceErrors, changes: dict[str, Any], kind: str, words: str) -> None:
    found = diagnose(replace(sound(floors), **changes), floors)
    assert found.kind == kind and words in found.sentence


def test_a_gap_between_training_images_and_others_is_copying() -> None:
    generator = torch.Generator().manual_seed(0)
    images, others = torch.randn(5, 64, generator=generator), torch.randn(50, 64, generator=generator)
    few = ReferenceErrors.of(images, others, RATIOS)
    copied = replace(sound(few), train=few.copying, others=few.copying_others)
    assert diagnose(copied, few).sentence == "It is copying: stop, or add images."
    assert diagnose(replace(copied, train=few.gaussian, others=few.gaussian), few).kind == "learning"


def test_progress_is_told_by_the_levels_that_are_learned(floors: ReferenceErrors) -> None:
    blurred = tuple(max(each, 0.5) for each in floors.gaussian)
    found = diagnose(replace(sound(floors), others=blurred, train=blurred), floors)
    assert found.kind == "learning" and found.sentence.startswith("Layout is learned down to σ = 2; details are not")
    assert 0.2 < found.share < 0.9
    rising = (9 * floors.gaussian[1], *floors.gaussian[1:])
    found = diagnose(replace(sound(floors), others=rising, train=rising), floors)
    assert found.kind == "details" and found.sentence == "Broken: the error rises below σ = 0.12."
    wrong = replace(sound(floors), wrong_captions=floors.gaussian, information=0.3)
    assert diagnose(wrong, floors).kind == "captions"
    assert diagnose(replace(wrong, wrong_captions=tuple(1.2 * e for e in floors.gaussian)), floors).kind == "learning"


def test_no_progress_is_told_in_the_first_steps(floors: ReferenceErrors) -> None:
    blurred = tuple(max(each, 0.5) for each in floors.gaussian)
    for others in (floors.gaussian, blurred, (1.0,) * 9):
        early = replace(sound(floors), train=others, others=others, is_early=True)
        assert diagnose(early, floors).sentence == "It is too early to tell what is learned."
        assert "%" in diagnose(replace(early, loss=0.5, first_loss=1.0, is_early=False), floors).sentence


def test_measurements_tell_the_mean_from_the_noise() -> None:
    images, labels = shapes(32, 0)
    measured, blank = MeasuredImages(images, labels), images.mean(0, keepdim=True).expand_as(images)
    assert abs(measured.high_noise_signs(lambda x, ratio, _: blank, 8.0)[0]) < 0.1
    assert measured.high_noise_signs(lambda x, ratio, _: x / ratio, 8.0)[0] > 0.9
    assert measured.high_noise_signs(lambda x, ratio, _: blank + 1, 8.0)[1] > 1
    assert measured.errors(lambda x, ratio, _: x, (0.5,))[0] == pytest.approx(0.25, rel=0.05)
    assert information_of(images, labels.tolist()) > 0.05
    assert information_of(images, range(32)) == 0.0


@pytest.mark.filterwarnings("error")
def test_a_single_held_out_image_is_not_compared_with_its_own_mean(floors: ReferenceErrors) -> None:
    """A mean over one image has no variance, and differs from that of the training images."""
    measured = MeasuredImages(torch.randn(1, 3, 8, 8) + 2, torch.zeros(1))

    def blank(x: torch.Tensor, ratio: float, _: torch.Tensor) -> torch.Tensor:
        return torch.zeros_like(x)

    constant = measured.constant_output_errors(blank, floors.ratios)
    noise_share, bias = measured.high_noise_signs(blank, 8.0)
    assert (constant, noise_share, bias) == ((), 0.0, 0.0)
    found = diagnose(replace(sound(floors), constant_output=constant, noise_share=noise_share, bias=bias), floors)
    assert found == diagnose(sound(floors), floors)


def test_a_constant_output_is_compared_with(floors: ReferenceErrors) -> None:
    """A run is stuck if it is no better than a constant output. A slow run may still be bad at the highest noise."""
    constant = tuple(2 * each for each in floors.gaussian)
    assert diagnose(replace(sound(floors), constant_output=constant), floors).kind == "learning"
    stuck = diagnose(replace(sound(floors), others=constant, constant_output=constant), floors)
    assert stuck.kind == "stuck" and "no better than an untrained one" in stuck.sentence
    slow = replace(sound(floors), others=(*floors.gaussian[:-1], 1.05), first_loss=1.0, loss=1.05)
    assert diagnose(slow, floors).kind == "rate"
    assert diagnose(replace(slow, constant_output=constant), floors).kind == "learning"
    worse = replace(slow, constant_output=constant, others=(*floors.gaussian[:-1], 1.5))
    assert diagnose(worse, floors).kind == "rate", "worse than a new network"
    rising = (*floors.gaussian[:3], 2 * floors.gaussian[8], *floors.gaussian[4:])
    lagging = replace(sound(floors), others=rising, train=rising)
    assert diagnose(lagging, floors).kind == "details"
    assert diagnose(replace(lagging, is_early=True), floors).kind == "learning"
    assert diagnose(replace(lagging, constant_output=(0.8 * rising[3],) * 9), floors).kind == "details"
    # At that level, the network is still as good as a new one.
    new = (*constant[:3], rising[3], *constant[4:])
    assert diagnose(replace(lagging, constant_output=new), floors).kind == "learning"


def test_a_run_that_damages_a_trained_network_has_too_high_a_rate(floors: ReferenceErrors) -> None:
    best = floors.gaussian
    for factor, kind in ((2.0, "rate"), (1.2, "learning"), (0.5, "learning")):
        changed = replace(sound(floors), initial=tuple(each / factor for each in best))
        assert diagnose(changed, floors).kind == diagnose(replace(changed, is_early=True), floors).kind == kind
    # The signs of other defects of the drill: a network that is wrecked is also worst at the lowest levels.
    wrecked = (9 * best[1], *best[1:])
    details = replace(sound(floors), train=wrecked, others=wrecked)
    assert diagnose(details, floors).kind == "details"
    assert diagnose(replace(details, initial=tuple(each / 3 for each in wrecked)), floors).kind == "rate"
    one_level = replace(details, initial=(best[0], *best[1:]))
    assert diagnose(one_level, floors).kind == "details"


def test_the_error_of_a_constant_output_is_measured() -> None:
    images, labels = shapes(256, 0)
    blank = images.mean(0, keepdim=True).expand_as(images) + 3
    measured = MeasuredImages(images, labels)
    found = measured.constant_output_errors(lambda x, ratio, _: blank, RATIOS)
    assert found == pytest.approx([float(images.var(0).mean())] * len(RATIOS), rel=1e-4)
    identity = measured.constant_output_errors(lambda x, ratio, _: x, (0.5,))
    assert identity == pytest.approx([0.25], rel=0.05)


def test_samples_like_training_images_are_counted() -> None:
    images, _ = shapes(200, 1)
    others, _ = shapes(100, 2)
    fresh, _ = shapes(10, 3)
    assert count_copies(fresh, images, others) <= 1
    assert count_copies(torch.cat([fresh, images[:3] + 0.001]), images, others) >= 3


@pytest.mark.slow
@pytest.mark.parametrize(("name", "changes"), [("five images", {"batch": 5}), ("very early", {})])
def test_a_run_is_diagnosed(name: str, changes: dict[str, int]) -> None:
    """Train tiny networks. `python -m tests.drills.training_runs` trains twenty."""
    run = replace((SABOTAGES | SOUND)[name], **changes)
    assert diagnose(*evidence_of(run)).kind == (run.sabotage or "learning")
