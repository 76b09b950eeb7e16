"""Measured effect of the feature cache on the images of a model: how much time it saves and how far images change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gdm_studio.models.files.checkpoints import stamp_of
from gdm_studio.models.files.json_cache import JsonCache
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import BUILT_IN

_ERROR_CACHE = JsonCache("feature_cache", "1")


class CacheError(NamedTuple):
    """Measured effect of a cache interval on the images of a model with its default settings."""

    # Time of the steps, relative to that without the cache.
    time: float
    # Mean absolute difference from the image without the cache, of premultiplied RGBA with values 0 … 255.
    difference: float


# Errors of the built-in model by cache interval, measured over 16 prompts in 20 steps on a CPU; see docs/measured.md.
BUILT_IN_ERRORS: Mapping[str, Mapping[int, CacheError]] = {
    BUILT_IN: {2: CacheError(0.53, 0.8), 3: CacheError(0.48, 1.5), 4: CacheError(0.45, 2.4), 5: CacheError(0.42, 3.3)},
}


def cache_errors(card: ModelCard) -> dict[int, CacheError]:
    """Return the errors that were measured for a model, by cache interval: those that `save_cache_errors` saved on this
    computer, or else those that come with the program.
    """
    try:
        found = _ERROR_CACHE.load().get(_key_of(card), {})
        return {int(interval): CacheError(*map(float, error)) for interval, error in found.items()} or dict(
            BUILT_IN_ERRORS.get(card.name, {})
        )
    except (AttributeError, TypeError, ValueError):
        return {}


def save_cache_errors(card: ModelCard, errors: Mapping[int, CacheError]) -> None:
    """Save the measured errors of a model, by cache interval."""
    _ERROR_CACHE.save(
        {**_ERROR_CACHE.load(), _key_of(card): {str(interval): [*error] for interval, error in errors.items()}}
    )


def _key_of(card: ModelCard) -> str:
    return f"{card.path} {stamp_of(card.path) if card.path is not None else ''}"
