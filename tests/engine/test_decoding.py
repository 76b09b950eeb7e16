"""Decoding with little memory: one image at a time, in tiles, and in a run."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio.common.errors import DeviceError
from gdm_studio.engine.decoding import DecodingError, decode_events, decode_latents
from gdm_studio.engine.generation_loop import generate
from gdm_studio.maths.processes import edm
from gdm_studio.request.generation_events import Phase, Result, StepEvent
from gdm_studio.request.generation_request import Request
from tests.helpers.gaussian_model import CARD, GaussianLibrary, GaussianModel

REQUEST = Request(model="gaussian", prompt="a cheerful red disc", seed=4, steps=3, guidance_scale=1.0, device="cpu")


class TightDecoder(GaussianModel):
    """A model that runs out of memory above `room` latent positions, and records the shapes to decode."""

    def __init__(self, room: int) -> None:
        super().__init__(CARD, edm(), torch.device("cpu"), torch.float32)
        object.__setattr__(self, "room", room)
        object.__setattr__(self, "asked", [])

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        self.asked.append(tuple(x0.shape))  # type: ignore[attr-defined]
        if x0.shape[0] * x0.shape[2] * x0.shape[3] > self.room:  # type: ignore[attr-defined]
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
        return super().decode(x0)


class TightLibrary(GaussianLibrary):
    def __init__(self, room: int) -> None:
        super().__init__()
        self.tight = TightDecoder(room)

    def load(self, name: str, **place: Any) -> GaussianModel:
        return self.tight


def smooth_latents(count: int, height: int = 16, width: int = 16) -> torch.Tensor:
    """Return latents of slowly changing colours, with alpha from transparent to opaque."""
    generator = torch.Generator().manual_seed(5)
    coarse = torch.rand(count, 4, 3, 3, generator=generator) * 2 - 1
    return torch.nn.functional.interpolate(coarse, size=(height, width), mode="bilinear", align_corners=True)


def notes_and_pictures(model: GaussianModel, x0: torch.Tensor) -> tuple[list[str], np.ndarray]:
    notes, attempts = [], decode_events(model, x0)
    while True:
        try:
            phase = next(attempts)
        except StopIteration as end:
            return notes, end.value.numpy()
        notes += [phase.note] if phase.note else []


def test_with_enough_memory_the_models_own_decoder_is_used() -> None:
    model = TightDecoder(room=10_000)
    notes, pictures = notes_and_pictures(model, smooth_latents(3))
    assert notes == [] and len(model.asked) == 1  # type: ignore[attr-defined]
    assert np.array_equal(pictures, GaussianModel.decode(model, smooth_latents(3)).numpy())


def test_images_decoded_one_by_one_are_equal() -> None:
    model = TightDecoder(room=256)
    notes, pictures = notes_and_pictures(model, smooth_latents(3))
    assert notes == ["Out of memory: decoding one picture at a time."]
    assert np.array_equal(pictures, GaussianModel.decode(model, smooth_latents(3)).numpy())


def test_tiles_are_blended_over_a_quarter_of_their_side() -> None:
    class Uneven(TightDecoder):
        def decode(self, x0: torch.Tensor) -> torch.Tensor:
            shades = torch.full_like(super().decode(x0), 100 + 30 * (len(self.asked) % 2))  # type: ignore[attr-defined]
            shades[..., 3:] = 255
            return shades

    _, pictures = notes_and_pictures(Uneven(room=80), smooth_latents(1, 8, 20))
    row = pictures[0, 32, :, 0].astype(int)
    assert pictures.shape == (1, 64, 160, 4) and row.max() - row.min() > 20
    assert np.abs(np.diff(row)).max() <= 3, "30 over 16 pixels, not at once"


@pytest.mark.parametrize(("height", "width"), [(16, 16), (10, 23), (5, 40)])
@pytest.mark.parametrize("room", [80, 20])
def test_tiled_decoding_gives_nearly_the_same_image(room: int, height: int, width: int) -> None:
    model, x0 = TightDecoder(room), smooth_latents(2, height, width)
    notes, pictures = notes_and_pictures(model, x0)
    assert notes[0] == "Out of memory: decoding one picture at a time."
    assert notes[1:] and all("in tiles of" in note for note in notes[1:])
    whole = GaussianModel.decode(model, x0).numpy()
    assert pictures.shape == whole.shape and pictures.dtype == np.uint8
    apart = np.abs(pictures.astype(int) - whole)
    # The edge of a tile lacks its neighbours, but there must be no visible seam.
    assert apart[..., 3].max() <= 24
    steps = np.abs(np.diff(pictures[..., 3].astype(int), axis=2)).max()
    assert steps <= np.abs(np.diff(whole[..., 3].astype(int), axis=2)).max() + 6
    assert float(apart[..., 3].mean()) < 2
    solid = (whole[..., 3] > 60) & (pictures[..., 3] > 60)
    assert apart[solid].max() <= 40 and apart[solid].mean() < 3


def test_a_uniform_image_stays_uniform_in_tiles() -> None:
    x0 = torch.tensor([0.2, -0.4, 0.7, 0.5])[None, :, None, None].expand(1, 4, 16, 16)
    model = TightDecoder(room=64)
    assert np.abs(decode_latents(model, x0).numpy().astype(int) - GaussianModel.decode(model, x0).numpy()).max() <= 1


def test_a_decoding_error_is_raised_if_no_tile_fits() -> None:
    with pytest.raises(DecodingError):
        decode_latents(TightDecoder(room=3), smooth_latents(1))


def test_other_errors_are_not_treated_as_lack_of_memory() -> None:
    class Broken(GaussianModel):
        def decode(self, x0: torch.Tensor) -> torch.Tensor:
            raise RuntimeError("a kernel failed")

    with pytest.raises(RuntimeError, match="a kernel failed"):
        decode_latents(Broken(CARD, edm(), torch.device("cpu"), torch.float32), smooth_latents(2))


def test_a_run_reports_decoding_remedies_without_denoising_again() -> None:
    events = list(generate(replace(REQUEST, count=2, batch=2), TightLibrary(room=80)))  # type: ignore[arg-type]
    assert len([event for event in events if isinstance(event, StepEvent)]) == 3
    assert len([event for event in events if isinstance(event, Result)]) == 2
    notes = [event.note for event in events if isinstance(event, Phase) and event.note]
    assert [note.partition(":")[0] for note in notes] == ["Out of memory"] * 2


def test_a_failing_decoder_ends_the_run_and_the_next_run_works() -> None:
    library = TightLibrary(room=3)
    with pytest.raises(DeviceError, match="not enough memory"):
        list(generate(replace(REQUEST, count=4, batch=4), library))  # type: ignore[arg-type]
    library.tight = TightDecoder(room=10_000)
    assert any(isinstance(event, Result) for event in generate(REQUEST, library))  # type: ignore[arg-type]
