"""Interpolation from the image of a request towards other images, by mixing their initial noise and the model's
predictions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.numeric_parameters import check_number
from gdm_studio.request.prompts import encodable
from gdm_studio.request.setting import check_whole

SEED_LIMIT = 2**63
AMOUNTS = (0.0, 1.0)
# The maximum number of targets in a chain of interpolations.
MAX_TARGETS = 24


@dataclass(frozen=True)
class Interpolation:
    """Interpolation from a request's image towards a target, which is another prompt and seed.

    `amount` is the fraction of the way to the target, from 0 (the request's own image) to 1 (the target). `then`
    continues from the interpolated point towards another target.
    """

    prompt: str
    seed: int
    amount: float
    then: Interpolation | None = None

    def picture(self, index: int) -> Interpolation:
        """Return the interpolation for image number `index` of a request. The seed of each target is increased by
        `index`.
        """
        return replace(self, seed=(self.seed + index) % SEED_LIMIT, then=self.then and self.then.picture(index))


def iter_targets(interpolation: Interpolation | None) -> Iterator[Interpolation]:
    """Yield the targets of an interpolation in order, from the first to the last. Each target refers to the next one by
    its field `then`. Yields nothing if there is no interpolation.
    """
    while interpolation is not None:
        yield interpolation
        interpolation = interpolation.then


def append_target(interpolation: Interpolation | None, leg: Interpolation) -> Interpolation:
    """Return an interpolation with one more target, `leg`, at its end."""
    return leg if interpolation is None else replace(interpolation, then=append_target(interpolation.then, leg))


def replace_prompt(interpolation: Interpolation | None, before: str, after: str) -> Interpolation | None:
    """Return the interpolation for a request whose prompt changes from `before` to `after`.

    Targets that have the old prompt get the new one.
    """
    if interpolation is None:
        return None
    prompt = after if interpolation.prompt == before else interpolation.prompt
    return replace(interpolation, prompt=prompt, then=replace_prompt(interpolation.then, before, after))


def without_prompts(interpolation: Interpolation | None) -> Interpolation | None:
    """Return an interpolation that mixes only initial noise, for a model without prompts.

    It is None if the seeds of all targets have no share.
    """
    return _remove_prompts(interpolation) if any(target.amount for target in iter_targets(interpolation)) else None


def _remove_prompts(interpolation: Interpolation | None) -> Interpolation | None:
    return interpolation and replace(interpolation, prompt="", then=_remove_prompts(interpolation.then))


def seed_weights(seed: int, interpolation: Interpolation | None) -> dict[int, float]:
    """Return the weight of each seed for mixing the initial noise of an interpolation, as {seed: weight}.

    `seed` is the seed of the request's own image. The squared weights sum to 1, so that the mixed noise has unit
    variance. Seeds with weight 0 are left out.
    """
    weights = {seed: 1.0}
    for leg in iter_targets(interpolation):
        # The sine is exactly 0 and 1 at the ends, unlike a cosine.
        weights = {seed: math.sin((1 - leg.amount) * math.pi / 2) * weight for seed, weight in weights.items()}
        weights[leg.seed] = weights.get(leg.seed, 0.0) + math.sin(leg.amount * math.pi / 2)
        length = math.hypot(*weights.values())
        weights = {seed: weight / length for seed, weight in weights.items() if weight}
    return weights


def prompt_weights(prompt: str, interpolation: Interpolation | None) -> dict[str, float]:
    """Return the weight of each prompt for mixing the model's predictions in an interpolation, as {prompt: weight}.

    The weights sum to 1.
    """
    weights = {prompt: 1.0}
    for leg in iter_targets(interpolation):
        weights = {prompt: (1 - leg.amount) * weight for prompt, weight in weights.items()}
        weights[leg.prompt] = weights.get(leg.prompt, 0.0) + leg.amount
        total = math.fsum(weights.values())
        weights = {prompt: weight / total for prompt, weight in weights.items() if weight}
    return weights


def check_interpolation(word: str, interpolation: Any) -> None:
    """Check the interpolation of a request.

    Raises BadRequest unless it is None or has at most MAX_TARGETS valid targets.
    """
    for number, leg in enumerate(iter_targets(interpolation)):
        if not isinstance(leg, Interpolation):
            raise BadRequest(f"{word} must be one picture and then another, not {leg!r}.")
        if not isinstance(leg.prompt, str):
            raise BadRequest(f"The prompt to go towards must be text, not {leg.prompt!r}.")
        check_whole("the seed to go towards", leg.seed, 0, SEED_LIMIT - 1)
        check_number("the amount to go towards another picture", leg.amount, *AMOUNTS)
        if number == MAX_TARGETS:
            raise BadRequest(f"This is {MAX_TARGETS} steps away from the first picture; start again from this one.")


def interpolation_from_json(values: Mapping[str, Any] | None) -> Interpolation | None:
    """Create the interpolation of a saved request from its JSON object. Returns None if the request has none.

    May raise any of `MALFORMED`.
    """
    if values is None:
        return None
    return Interpolation(
        encodable(values["prompt"]), values["seed"], values["amount"], interpolation_from_json(values.get("then"))
    )
