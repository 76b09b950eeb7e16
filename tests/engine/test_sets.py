"""A set: pictures of different prompts as one run, each the same as made alone."""

from __future__ import annotations

import numpy as np

from gdm_studio.engine.generate import generate
from gdm_studio.engine.sets import generate_set
from gdm_studio.request import Request
from gdm_studio.run import Advance, Result
from tests.helpers.gaussian_model import GaussianLibrary


def test_each_picture_of_a_set_is_the_one_its_request_makes_alone() -> None:
    library = GaussianLibrary()
    singles = [Request(model="gaussian", prompt=thing, seed=7 + i, steps=3) for i, thing in enumerate(("fox", "owl"))]
    events = list(generate_set(singles, library))
    assert [event.images for event in events if isinstance(event, Advance)] == [(0,)] * 3 + [(1,)] * 3
    made = [event for event in events if isinstance(event, Result)]
    assert [(result.image, result.request.prompt) for result in made] == [(0, "fox"), (1, "owl")]
    for single, result in zip(singles, made, strict=True):
        (alone,) = (event for event in generate(single, library) if isinstance(event, Result))
        assert np.array_equal(result.rgba, alone.rgba)
