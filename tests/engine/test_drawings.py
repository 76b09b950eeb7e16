"""Pictures of the drawings from which images start."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gdm_studio.engine.training_image_thumbnails import read_drawings
from gdm_studio.models.attribution import find_origin
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN, Request
from tests.helpers.gaussian_model import GaussianLibrary


@pytest.mark.slow
def test_a_drawing_shows_the_thing_of_its_name() -> None:
    library = Library()
    request = replace(library.card(BUILT_IN).default_request(), model=BUILT_IN, device="cpu")
    found = read_drawings(request, library, ["violin", "chess pawn", "frobnicate", "salsa"])
    assert list(found) == ["violin", "chess pawn"], "the others were never drawn"
    for name, rgba in found.items():
        assert rgba.shape == (256, 256, 4) and rgba.dtype == np.uint8
        origin = find_origin(library.card(BUILT_IN), rgba)
        assert origin is not None and origin.thing == name


def test_other_models_have_no_drawings() -> None:
    library: Any = GaussianLibrary()
    assert not read_drawings(Request(model="gaussian", device="cpu"), library, ["violin"])
