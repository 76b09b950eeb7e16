"""Generation of large images in overlapping windows, whose predictions are averaged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.guided_denoiser import sample
from gdm_studio.engine.initial_state import RunState
from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.engine.previews import Previews
from gdm_studio.gallery import read, save
from gdm_studio.gallery.metadata import a1111_parameters
from gdm_studio.maths.exact.gaussian import gaussian_denoiser
from gdm_studio.maths.noise_path import Denoise, NoisePath
from gdm_studio.maths.processes import edm
from gdm_studio.models import tiled_model
from gdm_studio.models.families.stable_diffusion import model as stable_diffusion
from gdm_studio.models.image_tiles import Window, average, window_weights, windows_of
from gdm_studio.models.loaded_model import Conditioning, LoadedControlImage
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.models.tiled_model import TiledStage, tiled_stage_of
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import ControlImage, Request
from tests.helpers import tiny_stable
from tests.helpers.gaussian_model import CARD

CPU = torch.device("cpu")
LARGE: dict[str, Any] = {"size": (128, 96), "tile": 64, "tile_overlap": 32}


@dataclass
class PixelStage:
    """Stage with the exact denoiser of Gaussian pixels, which records the conditioning of its rows."""

    device: torch.device = CPU
    rows: list[Conditioning] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: object) -> Denoise:
        self.rows += conditions
        exact = gaussian_denoiser(0.25, 0.2)

        def denoise(x: Tensor, at: Any) -> Tensor:
            self.batches.append(len(x))
            found: Tensor = exact(x, at)
            return found

        return denoise


@dataclass
class PromptStage(PixelStage):
    """Stage that encodes the prompts of all windows together, and counts how often."""

    encoded: int = 0

    def denoisers(self, batches: Sequence[Sequence[Conditioning]], path: NoisePath, noise: object) -> list[Denoise]:
        self.encoded += 1
        return [self.denoiser(each, path, noise) for each in batches]


def tiled(stage: PixelStage, card: ModelCard = CARD) -> TiledStage:
    return TiledStage(stage, card, (64, 64), 24, 8)


def trajectory(denoise: Denoise, x: Tensor) -> Tensor:
    request = Request(sampler="dpmpp_2m", steps=6, seed=4)
    path = edm().path("karras", 6)
    state = RunState(path[0].sigma * x, path, 0)
    *_, last = sample(denoise, request, (0,), state, card=CARD, process=edm())
    return last.x


def test_a_denoiser_of_pixels_gives_the_same_image_in_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    x = KeyedNoise([3])(0, torch.empty(1, 4, 21, 30))
    conditions = [Conditioning(size=(240, 168))]
    path = edm().path("karras", 6)
    whole = trajectory(PixelStage().denoiser(conditions, path, None), x)
    stage = PixelStage()
    found = trajectory(tiled(stage).denoiser(conditions, path, None), x)  # type: ignore[arg-type]
    assert (found - whole).abs().max() <= 1e-5
    # Four rows of six windows, each of which is an image of its own size.
    assert {row.size for row in stage.rows} == {(64, 64)} and set(stage.batches) == {24}

    order = windows_of
    for most, shuffled in ((1, False), (4, True)):
        monkeypatch.setattr(tiled_model, "MAX_WINDOWS", most)
        if shuffled:
            monkeypatch.setattr(tiled_model, "windows_of", lambda *given: order(*given)[::-1])
        stage = PixelStage()
        again = trajectory(tiled(stage).denoiser(conditions, path, None), x)  # type: ignore[arg-type]
        assert torch.equal(again, found) and max(stage.batches) == most


def test_windows_cover_everything_with_weights_above_zero() -> None:
    for size, window, overlap in (((21, 30), (8, 8), 3), ((8, 40), (16, 16), 8), ((9, 9), (8, 8), 1)):
        windows = windows_of(size, window, overlap)
        pieces = [(each, torch.ones(1, 1, each.height, each.width)) for each in windows]
        assert torch.allclose(average(pieces, size, overlap), torch.ones(1, 1, *size))
        starts = sorted({each.left for each in windows})
        assert all(b - a <= max(1, windows[0].width - overlap) for a, b in zip(starts, starts[1:], strict=False))
    # Predictions that differ by 1 change smoothly into each other.
    windows = windows_of((16, 40), (16, 16), 8)
    pieces = [(each, torch.full((1, 1, 16, 16), float(number % 2))) for number, each in enumerate(windows)]
    assert average(pieces, (16, 40), 8).diff(dim=-1).abs().max() <= 0.25
    weights = window_weights(9, 8, 4)
    assert weights.min() > 0 and torch.allclose(weights[4, :4] + weights[4, 4:], torch.ones(4))
    assert Window(1, 2, 4, 8).scaled(8) == Window(8, 16, 32, 64)
    # An overlap of half a latent is one of a whole latent.
    lefts = [each.left for each in TiledStage(PixelStage(), CARD, (64, 64), 8, 16).windows(torch.empty(1, 4, 8))]
    assert lefts == [0, 2, 4]


@pytest.mark.parametrize("stage", [PixelStage(), PromptStage()])
def test_what_depends_on_the_place_is_cropped(stage: PixelStage) -> None:
    places = torch.arange(240).expand(168, 240)
    rgba = places.to(torch.uint8)[None, ..., None].repeat(1, 1, 1, 4)
    rest = places[::8, ::8].float()[None, None].repeat(1, 4, 1, 1)
    hints = tuple(LoadedControlImage(kind, rgba, 0.5) for kind in ("edges", "reference", "look"))
    card = replace(CARD, accepts=replace(CARD.accepts, image_prompts=("look",)))
    condition = Conditioning(
        size=(240, 168), rest=rest, mask=rest[:, :1], picture=rest, pixel_mask=places.float()[None, None], hints=hints
    )
    denoise = tiled(stage, card).denoiser([condition], edm().path("karras", 2), None)  # type: ignore[arg-type]
    denoise(torch.zeros(1, 4, 21, 30), edm().path("karras", 2)[0])
    assert set(stage.batches) == {1} and len(stage.rows) == 24
    for row in stage.rows:
        assert row.rest is not None and row.mask is not None and row.picture is not None and row.pixel_mask is not None
        left = row.rest[0, 0, 0, 0].item()
        assert row.rest.shape == row.picture.shape == (1, 4, 8, 8) and row.mask[0, 0, 0, 0] == left
        assert row.pixel_mask.shape == (1, 1, 64, 64) and row.pixel_mask[0, 0, 0, 0] == left
        control, reference, prompt = row.hints
        assert control.rgba.shape == (1, 64, 64, 4) and control.rgba[0, 0, 0, 0] == left
        assert reference.rgba is rgba and prompt.rgba is rgba
    assert getattr(stage, "encoded", 1) == 1


@pytest.fixture
def library() -> Library:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    return Library()


def request_for(library: Library, **settings: Any) -> Request:
    card = library.card("tiny")
    given = {"model": "tiny", "prompt": "a red house", "steps": 3, "seed": 5, **settings}
    return card.checked(replace(card.default_request(), **given))


def run(library: Library, request: Request) -> tuple[np.ndarray, list[StepEvent]]:
    events = list(generate(request, library))
    (found,) = (event.rgba for event in events if isinstance(event, Result))
    return found, [event for event in events if isinstance(event, StepEvent)]


@pytest.mark.slow
def test_a_large_image_has_no_seams_and_is_reproduced_from_its_file(library: Library, tmp_path: Path) -> None:
    request = request_for(library, **LARGE)
    events = list(generate(request, library))
    steps = [event.step for event in events if isinstance(event, StepEvent)]
    (result,) = (event for event in events if isinstance(event, Result))
    assert result.rgba.shape[:2] == (96, 128)
    kept = save(result, tmp_path)
    found = read(kept.path).request
    assert found == request
    for resume in (None, steps[0]):
        again = generate(found, Library(), resume=resume)
        assert np.array_equal(next(each.rgba for each in again if isinstance(each, Result)), result.rgba)
    text = a1111_parameters.write_text(request, size=(128, 96), version="9")
    assert "Tile: 64, Tile overlap: 32" in text
    assert seam_ratio(steps[-1].x, request) <= 1.1

    # An image no larger than a tile is denoised as a whole.
    small = request_for(library, size=(64, 64))
    assert np.array_equal(run(library, small)[0], run(library, replace(small, tile=64))[0])


def seam_ratio(x: Tensor, request: Request) -> float:
    """Return the mean gradient of latents at the borders of windows, divided by that at all other places."""
    windows = windows_of((x.shape[-2], x.shape[-1]), (8, 8), request.tile_overlap // 8)
    across = x.diff(dim=-1).abs().mean((0, 1, 2))
    borders = {each.left - 1 for each in windows if each.left}
    borders |= {each.left + each.width - 1 for each in windows if each.left + each.width < x.shape[-1]}
    at = torch.tensor([place in borders for place in range(len(across))])
    return (across[at].mean() / across[~at].mean()).item()


@pytest.mark.slow
def test_a_start_image_with_a_mask_is_refined_in_tiles(library: Library) -> None:
    rows, columns = np.mgrid[:96, :128]
    photo = np.stack([2 * columns, 2 * rows, 0 * rows, 255 + 0 * rows], axis=-1).astype(np.uint8)
    mask = np.where(columns < 64, 255, 0).astype(np.uint8)
    request = request_for(
        library, **LARGE, image=image_inputs.store(photo), mask=image_inputs.store_mask(mask), strength=0.5
    )
    image, _ = run(library, request)
    assert np.array_equal(image[:, 80:, :3], photo[:, 80:, :3]) and not np.array_equal(image[..., :3], photo[..., :3])
    assert image_inputs.size_for(library.card("tiny"), request) == (128, 96)
    second = request_for(library, size=(64, 64), tile=64, tile_overlap=32, factors={"enlarged": 1.5})
    assert run(library, second)[0].shape[:2] == (96, 96)


@pytest.mark.slow
def test_windows_with_images_of_their_own_share_the_encoded_prompts(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    model: Any = library.load("tiny", device=CPU, dtype=torch.float32)
    encoded: list[object] = []
    encode = stable_diffusion.encode_prompts
    monkeypatch.setattr(stable_diffusion, "encode_prompts", lambda *a, **b: encoded.append(a) or encode(*a, **b))
    path = model.card.points(model.diffusion.process, "linspace", 2)
    factors = {"clip_skip": 1.0}
    conditions = [Conditioning(text, negative=not text, size=(64, 64), factors=factors) for text in ("a fox", "")]
    x = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    (alone,) = model.denoisers([conditions], path, None)
    first, second = model.denoisers([conditions, conditions], path, None)
    assert len(encoded) == 4
    assert torch.equal(first(x, path[0]), alone(x, path[0])) and torch.equal(second(x, path[0]), alone(x, path[0]))


def test_half_precision_is_averaged_in_single_precision() -> None:
    windows = windows_of((8, 40), (8, 16), 12)
    pieces = [(each, torch.full((1, 1, 8, 16), 1 + number / 256)) for number, each in enumerate(windows)]
    wide = average(pieces, (8, 40), 12)
    narrow = average([(each, piece.bfloat16()) for each, piece in pieces], (8, 40), 12)
    exact = average([(each, piece.bfloat16().float()) for each, piece in pieces], (8, 40), 12)
    assert narrow.dtype == torch.bfloat16 and torch.equal(narrow, exact.bfloat16()) and wide.dtype == torch.float32


@pytest.mark.slow
def test_large_latents_are_never_decoded_whole(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    request = request_for(library, size=(192, 64), tile=64, tile_overlap=16)
    model = load_for_request(library, request, device=CPU, dtype=torch.float32)
    stage = tiled_stage_of(model.stages[0])
    assert stage is not None
    sides: list[int] = []

    def note(function: Callable[[Any, Tensor], Any]) -> Callable[[Any, Tensor], Any]:
        def noted(self: object, x0: Tensor) -> Any:
            sides.append(max(x0.shape[-2:]))
            return function(self, x0)

        return noted

    for name in ("decode", "fast_decode", "preview"):
        monkeypatch.setattr(type(stage.stage), name, note(getattr(type(stage.stage), name)))
    image, steps = run(library, request)
    previews = Previews()
    views = [view for step in steps for view in previews.views(step)]
    views += previews.decode_waiting()
    assert image.shape[:2] == (64, 192) and max(sides) == 8 and len(views) >= 3
    assert {view.predicted.shape[:2] for view in views} == {(24, 64)}


def test_what_a_model_cannot_do_in_tiles_is_refused(library: Library) -> None:
    for settings, sentence in (
        ({"cache_interval": 2}, "cannot reuse features of earlier steps in tiles"),
        ({"attention": True}, "cannot record where words act in tiles"),
        ({"tile": 60}, "cannot denoise tiles of 60 pixels; set the tile to 64"),
        ({"size": (129, 96)}, "makes pictures of"),
        ({"tile": 0, "size": (8192, 64)}, "is made in tiles, .* set the tile to 64"),
        ({"size": (4096, 4096)}, "4096x4096 pixels take 16129 tiles of 64 pixels; the limit is 1024"),
        ({"hints": (ControlImage("edges", "a" * 64),)}, "edges"),
    ):
        with pytest.raises(BadRequest, match=sentence):
            request_for(library, **{**LARGE, **settings})
    with pytest.raises(BadRequest, match="cannot generate a picture in tiles; set the tile to 0"):
        CARD.checked(Request(model="gaussian", tile=128, grammar="auto", style="plain"))
