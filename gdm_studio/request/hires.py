"""Stages of an image: the model, then a refiner, then a second pass at a larger size ("hires fix")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.numeric_parameters import Param

REFINER_SHARE = Param(
    QT_TRANSLATE_NOOP("Setting", "Refiner's share"),
    0.05,
    0.95,
    QT_TRANSLATE_NOOP("Setting", "Share of the steps, the last ones, that the refiner makes if one is chosen"),
    "refined",
    0.2,
    "Stable Diffusion",
)
# Heading of the parameters of the second pass.
_GROUP = QT_TRANSLATE_NOOP("Setting", "Hires fix")
SECOND_PASS_SCALE = Param(
    QT_TRANSLATE_NOOP("Setting", "Second pass"),
    1.0,
    2.5,
    QT_TRANSLATE_NOOP("Setting", "How many times as wide and high the second pass makes the picture; 1 for none"),
    "enlarged",
    1.0,
    _GROUP,
)
SECOND_PASS_STRENGTH = Param(
    QT_TRANSLATE_NOOP("Setting", "Second pass, noise"),
    0.05,
    1.0,
    QT_TRANSLATE_NOOP("Setting", "How much noise is added before the steps of the second pass"),
    "enlarged_strength",
    0.5,
    _GROUP,
)
SECOND_PASS_STEPS = Param(
    QT_TRANSLATE_NOOP("Setting", "Second pass, steps"),
    0.0,
    150.0,
    QT_TRANSLATE_NOOP(
        "Setting",
        "Steps of a whole run, of which the second pass makes the part given by its strength; 0: as the first pass",
    ),
    "enlarged_steps",
    0.0,
    _GROUP,
)
# Parameters of the second pass.
SECOND_PASS = (SECOND_PASS_SCALE, SECOND_PASS_STRENGTH, SECOND_PASS_STEPS)
# First version of the rules by which a second pass has its own steps, like image-to-image. Earlier, it used part of the
# request's steps.
HAS_OWN_STEPS = 4


class StagedRequest(Protocol):
    """Protocol with the fields of a `Request` that determine the stages of an image: the model, the refiner and the
    second pass.

    (This module cannot import `Request`, which depends on it.)
    """

    @property
    def steps(self) -> int: ...
    @property
    def factors(self) -> Mapping[str, float]: ...
    @property
    def refiner(self) -> str: ...
    @property
    def rules(self) -> int: ...


def has_second_pass(request: StagedRequest) -> bool:
    """Return True if a request includes a second pass, which generates the image again at a larger size ("hires
    fix").
    """
    return _value_of(SECOND_PASS_SCALE, request.factors) > 1


def second_pass_steps(request: StagedRequest) -> int:
    """Return the number of steps of the second, larger pass of an image, which are added to the steps of the request.

    It is 0 under earlier generation rules, by which the second pass used part of the request's steps.
    """
    if not has_second_pass(request) or request.rules < HAS_OWN_STEPS:
        return 0
    whole = round(_value_of(SECOND_PASS_STEPS, request.factors)) or request.steps
    # The margin is for products such as 0.29 · 100, which is less than 29.
    return max(1, int(whole * second_pass_strength(request.factors) + 1e-9))


def total_steps(request: StagedRequest) -> int:
    """Return the number of denoising steps of one image, summed over all stages: model, refiner and second pass."""
    return request.steps + second_pass_steps(request)


def stage_shares(request: StagedRequest) -> tuple[float, ...]:
    """Return the share of the steps that each stage of an image has, as relative numbers: the model, the refiner and
    the second pass. Unused stages are left out.
    """
    refined = _value_of(REFINER_SHARE, request.factors) if request.refiner else 0.0
    first = (1 - refined, refined) if refined else (1.0,)
    if own := second_pass_steps(request):
        return (*(request.steps * share for share in first), own)
    return (*first, second_pass_strength(request.factors)) if has_second_pass(request) else first


def second_pass_strength(factors: Mapping[str, float]) -> float:
    """Return the noise strength at which the second pass starts, from 0 (no noise) to 1 (pure noise)."""
    return _value_of(SECOND_PASS_STRENGTH, factors)


def second_pass_size(size: tuple[int, int], factors: Mapping[str, float], multiple: int) -> tuple[int, int]:
    """Return the image size (width, height) of the second pass, given the size of the first pass.

    Both sides are multiples of `multiple`.
    """
    width, height = (multiple * round(side * _value_of(SECOND_PASS_SCALE, factors) / multiple) for side in size)
    return width, height


def _value_of(param: Param, factors: Mapping[str, float]) -> float:
    return factors.get(param.name, param.default)
