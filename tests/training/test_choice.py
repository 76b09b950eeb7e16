"""Sampling frequency of training images, by how often users request their subjects."""

from typing import Any

import numpy as np
import pytest

from gdm_studio.training.data.catalogue import captions_of, catalogue, load_demand
from gdm_studio.training.data.dataset import Pictures
from gdm_studio.training.icons.denoiser_recipe import FREQUENCY_POWER, STYLE_POWER, TINT_WEIGHT, sampling_probabilities


def row(concept: str, **more: Any) -> dict[str, Any]:
    plain = {"set": "twemoji", "style": "twemoji", "concept": concept, "caption": concept, "weight": 1.0}
    return plain | {"narrow": True, "tint": "", "tone": False} | more


def odds(*rows: dict[str, Any]) -> list[float]:
    numbered = [each | {"index": index} for index, each in enumerate(rows)]
    chosen, chances = sampling_probabilities(
        Pictures(len(rows), 8, numbered, np.zeros((len(rows), 8, 8, 4), np.uint8)), "best"
    )
    found = dict(zip(chosen.tolist(), chances.tolist(), strict=True))
    return [found.get(index, 0.0) for index in range(len(rows))]


def test_what_people_ask_for_often_is_shown_oftener() -> None:
    asked = load_demand()
    house, pizza, seldom, other, glossy = odds(
        row("house"), row("pizza"), row("carp streamer"), row("Bahamas", narrow=False),
        row("house", set="fluent-emoji", style="fluent-emoji"),
    )  # fmt: skip
    assert house / pizza == pytest.approx((asked["house"] / asked["pizza"]) ** FREQUENCY_POWER) and asked["house"] > 5
    assert house > pizza > seldom > 5 * other > 0 and glossy == 0
    assert house + pizza + seldom + other == pytest.approx(1)


def test_tints_and_tones_are_shown_less() -> None:
    house, tint, tone = odds(row("house"), row("house", tint="red"), row("house", tone=True))
    assert tint == pytest.approx(TINT_WEIGHT * house) and tint < tone < house


def test_a_style_with_few_plain_things_is_shown_oftener_than_its_share() -> None:
    """The same thing drawn in lines, under another name there: shares of 3 to 1 become 3^0.6 to 1."""
    lines = row("house", set="icon-park", style="icon-park", caption="home", narrow=False)
    *flat, drawn = odds(row("house"), row("house"), row("house"), lines)
    assert sum(flat) / drawn == pytest.approx(3**STYLE_POWER) and drawn > flat[0]


def test_things_are_known_by_names_that_drawings_have() -> None:
    captions = {name for entry in catalogue() for name in captions_of(entry.concept)[:1]}
    assert len(load_demand()) > 500 and set(load_demand()) <= captions
