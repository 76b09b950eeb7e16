"""Walks: how a picture goes some of the way to others, whose noise and predictions are mixed with its own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.maths.knobs import check_number
from gdm_studio.setting import check_whole

SEED_LIMIT = 2**63
AMOUNTS = (0.0, 1.0)
MAX_LEGS = 24  # of a walk from picture to picture


@dataclass(frozen=True)
class Toward:
    """Another picture's prompt and seed, and how far to go there: 0 stays with the request's own, 1 is all the way.

    `then` goes on from that point between to a third picture, and so on.
    """

    prompt: str
    seed: int
    amount: float
    then: Toward | None = None

    def picture(self, index: int) -> Toward:
        """Where picture `index` of the request goes: towards a seed as much further as its own."""
        return replace(self, seed=(self.seed + index) % SEED_LIMIT, then=self.then and self.then.picture(index))


def legs(walk: Toward | None) -> Iterator[Toward]:
    """Of a walk, one after another."""
    while walk is not None:
        yield walk
        walk = walk.then


def walked(walk: Toward | None, leg: Toward) -> Toward:
    """The walk, and then that leg."""
    return leg if walk is None else replace(walk, then=walked(walk.then, leg))


def with_prompt(walk: Toward | None, before: str, now: str) -> Toward | None:
    """The same walk from another prompt: legs that kept to the one before keep to the one now."""
    if walk is None:
        return None
    prompt = now if walk.prompt == before else walk.prompt
    return replace(walk, prompt=prompt, then=with_prompt(walk.then, before, now))


def seed_weights(seed: int, walk: Toward | None) -> dict[int, float]:
    """By seed, how much of its noise goes into the picture that begins at `seed`: the squares sum to 1.

    So sums of independent normal draws are normal draws again, of unit variance. A seed of no weight is left out.
    """
    weights = {seed: 1.0}
    for leg in legs(walk):
        # the sine is exactly 0 and 1 at the ends, which a cosine is not
        weights = {seed: math.sin((1 - leg.amount) * math.pi / 2) * weight for seed, weight in weights.items()}
        weights[leg.seed] = weights.get(leg.seed, 0.0) + math.sin(leg.amount * math.pi / 2)
        length = math.hypot(*weights.values())
        weights = {seed: weight / length for seed, weight in weights.items() if weight}
    return weights


def prompt_weights(prompt: str, walk: Toward | None) -> dict[str, float]:
    """By prompt, how much of the prediction under it goes into the picture that begins at `prompt`: they sum to 1."""
    weights = {prompt: 1.0}
    for leg in legs(walk):
        weights = {prompt: (1 - leg.amount) * weight for prompt, weight in weights.items()}
        weights[leg.prompt] = weights.get(leg.prompt, 0.0) + leg.amount
        total = math.fsum(weights.values())
        weights = {prompt: weight / total for prompt, weight in weights.items() if weight}
    return weights


def check_walk(word: str, walk: Any) -> None:
    """Raises BadRequest for what is no walk, and for one too long."""
    for number, leg in enumerate(legs(walk)):
        if not isinstance(leg, Toward):
            raise BadRequest(f"{word} must be one picture and then another, not {leg!r}.")
        if not isinstance(leg.prompt, str):
            raise BadRequest(f"The prompt to go towards must be text, not {leg.prompt!r}.")
        check_whole("the seed to go towards", leg.seed, 0, SEED_LIMIT - 1)
        check_number("the amount to go towards another picture", leg.amount, *AMOUNTS)
        if number == MAX_LEGS:
            raise BadRequest(f"This is {MAX_LEGS} steps away from the first picture; begin anew from this one.")


def walk_from(values: Mapping[str, Any] | None) -> Toward | None:
    """The walk as JSON has it; raises what its values give cause for."""
    if values is None:
        return None
    return Toward(values["prompt"], values["seed"], values["amount"], walk_from(values.get("then")))
