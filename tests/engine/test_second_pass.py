"""The second pass of a run: the image is enlarged, by a network or by interpolation, noised and denoised again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.upscale import Upscaler, finish_upscaling
from gdm_studio.gallery import read, save
from gdm_studio.gallery.metadata import a1111_parameters
from gdm_studio.models.loaded_model import StageWithSlowStart
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.models.upscalers import overlapping_tiles
from gdm_studio.models.upscalers.network import UpscalingNetwork
from gdm_studio.networks.upscalers.configurations import CompactConfig
from gdm_studio.request.generation_events import Phase, Result, StepEvent
from gdm_studio.request.generation_request import Request
from tests.helpers import tiny_stable, tiny_transformers
from tests.helpers.upscalers import write_upscaler

CPU = torch.device("cpu")
LARGER: dict[str, Any] = {"factors": {"enlarged": 1.5, "enlarged_strength": 0.5}, "upscaler": "2x_Foo"}
KINDS = ("sd1", "flux1 dev", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("klein", "sd3", "z-image")))


@pytest.fixture(autouse=True)
def upscaler() -> Path:
    config = CompactConfig(width=8, depth=1, scale=2)
    return write_upscaler(paths.models_dir() / "2x_Foo.safetensors", config, "compact")


def library_of(kind: str) -> Library:
    if kind in tiny_transformers.KINDS:
        tiny_transformers.write_files(paths.models_dir(), kind)
    else:
        tiny_stable.write(paths.models_dir() / "tiny.safetensors", kind)
    return Library()


def sides_of(library: Library) -> tuple[int, int]:
    return (64, 96) if library.card("tiny").family == "stable_diffusion" else (128, 192)


def request_for(library: Library, **settings: Any) -> Request:
    usual = library.card("tiny").default_request()
    given = {
        "model": "tiny",
        "prompt": "a red house",
        "size": 2 * (sides_of(library)[0],),
        "steps": 4,
        "seed": 5,
        **settings,
    }
    return library.card("tiny").checked(replace(usual, **given))


def image_of(events: Iterator[object]) -> np.ndarray:
    (found,) = (event for event in events if isinstance(event, Result))
    return found.rgba


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_with_an_upscaler_is_reproduced_and_resumed(kind: str) -> None:
    library = library_of(kind)
    request = request_for(library, **LARGER)
    events = list(generate(request, library))
    steps = [event.step for event in events if isinstance(event, StepEvent)]
    assert [step.index for step in steps] == [1, 2, 3, 4, 5, 6] and steps[1].x.shape != steps[-1].x.shape
    found = image_of(iter(events))
    side = sides_of(library)[1]
    assert found.shape[:2] == (side, side)
    assert "enlarging, 100%" in [event.title for event in events if isinstance(event, Phase)]
    assert np.array_equal(found, image_of(generate(request, Library())))
    last_of_first = max(index for index, step in enumerate(steps) if step.x.shape == steps[0].x.shape)
    for index in (last_of_first, len(steps) - 2):
        assert np.array_equal(found, image_of(generate(request, library, resume=steps[index])))
    # Which upscaler it is does not depend on the family.
    others = (replace(request, upscaler=name) for name in ("", "GDM Studio 2x") if kind == "sd1")
    for other in others:
        assert not np.array_equal(found, image_of(generate(other, library)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sd1", "flux1 dev"])
def test_the_second_pass_starts_from_the_enlarged_image(kind: str, upscaler: Path) -> None:
    library = library_of(kind)
    request = request_for(library, **LARGER)
    model = load_for_request(library, request, device=CPU, dtype=torch.float32)
    first, second = model.stages
    assert isinstance(second, StageWithSlowStart) and not isinstance(first, StageWithSlowStart)
    latents = torch.randn(1, *first.shape(request), generator=torch.Generator().manual_seed(3))
    (condition,) = _conditions(latents)
    side = sides_of(library)[1]
    path = second.noise_path(model.card, request, 2, 4)  # type: ignore[attr-defined]
    empty = torch.empty(1, *second.shape(request))
    x = second.start([condition], path, lambda step, like: torch.zeros_like(like), empty)
    levels = first.decode(latents).numpy()[0, ..., :3]
    rgba = np.dstack([levels, np.full_like(levels[..., :1], 255)])
    larger = finish_upscaling(Upscaler(upscaler, "cpu").steps_to((side, side), rgba))
    expected = path[0].alpha * second.encode(torch.from_numpy(larger[None].copy()))
    assert (x - expected).abs().max() <= 1e-4 * expected.abs().max()
    # The second pass adds at most half of the noise.
    process = second.diffusion.process
    assert path[0].ratio <= process.at(0.5 * (len(process.ratios) - 1)).ratio * (1 + 1e-9) and path[-1].sigma == 0


def _conditions(latents: torch.Tensor) -> list[Any]:
    from gdm_studio.models.loaded_model import Conditioning

    return [Conditioning(before=latents)]


def test_the_noise_levels_of_a_transformer_suit_the_size_of_each_pass() -> None:
    library = library_of("flux1 dev")
    card = library.card("tiny")
    request = request_for(library, **LARGER)
    alone = card.for_request(replace(request, factors={}, upscaler="", size=(192, 192)))
    assert card.for_second_pass(request).process_numbers["shift"] == alone.process_numbers["shift"]
    assert card.for_request(request).process_numbers["shift"] < alone.process_numbers["shift"]
    assert card.second_pass_size(replace(request, factors={"enlarged": 1.3})) == (160, 160), "multiples of 16"


@pytest.mark.slow
def test_an_enlargement_stops_between_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    library = library_of("sd1")
    monkeypatch.setattr(overlapping_tiles, "LARGEST", 32)
    calls = []
    forward = UpscalingNetwork.forward
    monkeypatch.setattr(UpscalingNetwork, "forward", lambda self, x: calls.append(1) or forward(self, x))
    events = generate(request_for(library, **LARGER), library)
    shown = next(event for event in events if isinstance(event, Phase) and event.title.startswith("enlarging"))
    assert shown.title == "enlarging, 25%" and len(calls) == 1
    events.close()
    assert len(calls) == 1


@pytest.mark.slow
def test_the_upscaler_is_stored_with_the_image_and_restored(tmp_path: Path) -> None:
    library = library_of("sd1")
    request = request_for(library, **LARGER)
    (result,) = (event for event in generate(request, library) if isinstance(event, Result))
    path = save(result, tmp_path).path
    metadata = read(path)
    assert metadata.request is not None and metadata.request.upscaler == "2x_Foo"
    assert len(metadata.made_with["upscaler_hash"]) == 10
    text = a1111_parameters.write_text(result.request, size=(96, 96), version="1")
    assert "Hires upscaler: 2x_Foo" in text
    assert metadata.request.digest() != replace(metadata.request, upscaler="").digest()


def test_an_unusable_upscaler_is_refused() -> None:
    library = library_of("sd1")
    with pytest.raises(ModelError, match="no upscaler called '4x_Bar'; there are: 2x_Foo, GDM Studio 2x"):
        list(generate(request_for(library, **LARGER | {"upscaler": "4x_Bar"}), library))
    with pytest.raises(BadRequest, match="uses an upscaler in a second pass only"):
        request_for(library, upscaler="2x_Foo")
