"""Reference images of FLUX.2 Klein and FLUX.1 Kontext, and FLUX.1 Fill: against diffusers, and as settings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import denoise_pipeline, generate
from gdm_studio.engine.initial_state import RunState
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.request.conditioning import REFERENCE, ControlImage
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.studio.model_compatibility import fit_request
from tests.helpers import tiny_transformers
from tests.parity import references as parity
from tests.parity.weights import inputs

WANTED: dict[str, Any] = json.loads(parity.FILE.read_text())
ALLOWED = 1e-3
_NARROW = {(672, 1568), (688, 1504), (720, 1456), (752, 1392), (800, 1328), (832, 1248), (880, 1184), (944, 1104)}
KONTEXT_SIZES = _NARROW | {(height, width) for width, height in _NARROW} | {(1024, 1024)}


@pytest.mark.slow
@pytest.mark.parametrize("name", parity.CASES)
def test_an_image_equals_that_of_diffusers(name: str) -> None:
    case = parity.CASES[name]
    library = library_with(case.kind)
    pictures = tuple(reference(parity.image(number, *size)) for number, size in enumerate(case.references))
    changes: dict[str, Any] = {"hints": pictures}
    if case.distilled_guidance:
        changes["factors"] = {"told_guidance": case.distilled_guidance}
    if case.fills:
        image = image_inputs.store(parity.image(0, *parity.SIZE))
        changes |= {"image": image, "mask": image_inputs.store(parity.mask(*parity.SIZE)), "strength": 1.0}
    asked = request(library, prompt=parity.PROMPT, steps=parity.STEPS, size=parity.SIZE, **changes)
    model: Any = load_for_request(library, asked, device=torch.device("cpu"), dtype=torch.float32)
    if case.kind == "flux1 kontext":
        # Small references, at their own size, keep the test quick.
        assert set(model.card.accepts.reference_sizes) == KONTEXT_SIZES
        model = replace(model, card=replace(model.card, accepts=replace(model.card.accepts, reference_sizes=())))
    pipeline = Pipeline(model, asked, (0,))
    (stage,) = pipeline.stages
    x = inputs(f"references {case.kind}", 1, *stage.model.shape(asked)).float()
    *_, last = denoise_pipeline(pipeline, RunState(x, pipeline.path))
    wanted = torch.tensor(WANTED[name]["latents"])
    found = last.x.flatten()[:: parity.EVERY_LATENT]
    assert found.shape == wanted.shape and (found - wanted).abs().max() < ALLOWED * wanted.abs().max()
    levels = stage.model.decode(last.x).permute(0, 3, 1, 2).flatten()[:: parity.EVERY_PIXEL]
    assert (levels - 255 * torch.tensor(WANTED[name]["picture"])).abs().max() < 1


@pytest.mark.slow
def test_references_are_recorded_and_their_order_matters() -> None:
    library = library_with("klein")
    first, second = reference(parity.image(0, 64, 64)), reference(parity.image(1, 64, 96))
    asked = request(library, prompt="a red house", hints=(first, second))
    (result,) = results(generate(asked, library))
    assert result.request.hints == (first, second)
    assert Request.from_json(result.request.to_json()) == result.request
    assert image_inputs.names_in(result.request) == [first.image, second.image]
    (again,) = results(generate(result.request, Library()))
    assert np.array_equal(result.rgba, again.rgba)
    for hints in ((second, first), (first,), ()):
        (other,) = results(generate(replace(asked, hints=hints), library))
        assert not np.array_equal(result.rgba, other.rgba)


def test_more_references_and_weaker_ones_are_refused() -> None:
    library = library_with("klein")
    card = library.card("tiny")
    assert card.accepts.hints == (REFERENCE,) and card.accepts.references == 4
    pictures = tuple(reference(parity.image(number, 64, 64)) for number in range(5))
    assert request(library, hints=pictures[:4]).hints == pictures[:4]
    with pytest.raises(BadRequest, match="takes at most 4 reference pictures"):
        request(library, hints=pictures)
    fitted, left_out = fit_request(replace(card.default_request(), model="tiny", hints=pictures), card)
    assert fitted.hints == pictures[:4] and left_out == ["pictures to follow"]
    for change in ({"weight": 0.5}, {"start": 0.2}, {"preprocessor": "canny"}):
        with pytest.raises(BadRequest, match="sees reference pictures as they are"):
            request(library, hints=(replace(pictures[0], **change),))


def test_models_without_references_refuse_them() -> None:
    library = library_with("flux1 dev")
    assert not library.card("tiny").accepts.hints
    with pytest.raises(BadRequest, match="follows no hint of the kind 'reference'"):
        request(library, hints=(reference(parity.image(0, 64, 64)),))


@pytest.mark.slow
def test_a_fill_keeps_the_rest_of_the_picture() -> None:
    library = library_with("flux1 fill")
    card = library.card("tiny")
    assert card.base == "FLUX.1 Fill" and card.accepts.sees_rest and card.accepts.factors[0].default == 30
    image, mask = parity.image(3, 128, 128), np.zeros((128, 128), np.uint8)
    mask[:, :64] = 255
    start = {"image": image_inputs.store(image), "mask": image_inputs.store(mask), "strength": 1.0}
    (found,) = results(generate(request(library, prompt="a red house", **start), library))
    assert np.array_equal(found.rgba[:, 64:], image[:, 64:]) and not np.array_equal(found.rgba[:, :64], image[:, :64])
    # Without a start picture, all of a grey picture is filled.
    (alone,) = results(generate(request(library, prompt="a red house"), library))
    assert alone.rgba.std() > 4


@pytest.mark.slow
def test_the_second_pass_of_a_fill_has_a_larger_mask() -> None:
    library = library_with("flux1 fill")
    mask = np.zeros((128, 128), np.uint8)
    mask[:, :64] = 255
    start = {"image": image_inputs.store(parity.image(3, 128, 128)), "mask": image_inputs.store(mask), "strength": 1.0}
    factors = {"enlarged": 1.5, "enlarged_strength": 0.5}
    (found,) = results(generate(request(library, prompt="a red house", steps=4, factors=factors, **start), library))
    assert found.rgba.shape[:2] == (192, 192)


@pytest.mark.parametrize(
    ("size", "sizes", "wanted"),
    [
        ((64, 96), (), (64, 96)),
        ((75, 100), (), (64, 96)),
        ((5, 400), (), (16, 400)),
        ((2048, 1024), (), (1440, 720)),
        ((100, 100), ((672, 1568), (1024, 1024)), (1024, 1024)),
        ((100, 300), ((672, 1568), (1024, 1024)), (672, 1568)),
    ],
)
def test_the_size_of_a_reference(
    size: tuple[int, int], sizes: tuple[tuple[int, int], ...], wanted: tuple[int, int]
) -> None:
    name = image_inputs.store(np.zeros((size[1], size[0], 3), np.uint8))
    found = image_inputs.load_reference(name, 16, sizes)
    assert found.shape == (wanted[1], wanted[0], 4)


def library_with(kind: str) -> Library:
    if kind == "flux1 kontext":
        # Kontext has the tensors of FLUX.1 dev and is known by the pipeline of its folder.
        folder = paths.models_dir() / "tiny"
        tiny_transformers.write_folder(folder, kind)
        index = folder / "model_index.json"
        index.write_text(json.dumps(json.loads(index.read_text()) | {"_class_name": "FluxKontextPipeline"}))
    else:
        tiny_transformers.write_files(paths.models_dir(), kind)
    return Library()


def reference(pixels: np.ndarray) -> ControlImage:
    return ControlImage(REFERENCE, image_inputs.store(pixels))


def request(library: Library, **changes: Any) -> Request:
    card = library.card("tiny")
    given: dict[str, Any] = {"model": "tiny", "steps": 2, "seed": 7, "size": (128, 128), "device": "cpu"}
    return card.checked(replace(card.default_request(), **{**given, "dtype": "fp32", **changes}))


def results(events: Iterable[object]) -> list[Result]:
    return [event for event in events if isinstance(event, Result)]
