"""Initial states: noised images, masked regions, and inverted noise."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, DeviceError, StorageError
from gdm_studio.engine import image_inputs
from gdm_studio.engine.decoding import decode_partial_results
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.inversion import invert, preview_noised
from gdm_studio.maths.noise_path import NoiseLevel, Step
from gdm_studio.maths.processes import edm, flow, vp
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.forward_process import noise_level_at, start_step
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Branch, Request
from tests.helpers.gaussian_model import CARD, LATENT, SIDE, GaussianLibrary, GaussianModel
from tests.helpers.sampler_cases import SUITABLE_SAMPLERS, least_counts

REQUEST = Request(model="gaussian", prompt="a cheerful red disc", seed=11, steps=10, guidance_scale=2.0, device="cpu")


def load_gaussian() -> GaussianModel:
    return GaussianLibrary().load("gaussian", device=torch.device("cpu"), dtype=torch.float32)


def block_image(seed: int = 1) -> np.ndarray:
    """Return an image of blocks as large as the model's latents, with all colours and alphas."""
    blocks = np.random.default_rng(seed).integers(0, 256, (LATENT[1], LATENT[2], 4), np.uint8)
    return blocks.repeat(SIDE // LATENT[1], axis=0).repeat(SIDE // LATENT[2], axis=1)


def left_half_mask() -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:, : SIDE // 2] = 255
    return mask


def generate_images(request: Request) -> list[np.ndarray]:
    return [event.rgba for event in generate(request, GaussianLibrary()) if isinstance(event, Result)]


def step_events(request: Request) -> list[StepEvent]:
    return [event for event in generate(request, GaussianLibrary()) if isinstance(event, StepEvent)]


def test_a_stored_image_is_named_by_its_content(tmp_path: Path) -> None:
    name = image_inputs.store(block_image())
    Image.fromarray(block_image()).save(tmp_path / "a.png")
    Image.fromarray(block_image()).save(tmp_path / "b.tiff")
    assert image_inputs.store(tmp_path / "a.png") == image_inputs.store(tmp_path / "b.tiff") == name
    assert [path.stem for path in paths.inputs_dir().iterdir()] == [name]
    assert np.array_equal(image_inputs.load(name), block_image())
    assert image_inputs.store(block_image(2)) != name
    assert Request(image=name).checked().image == name


def test_a_photo_is_rotated_by_its_exif_orientation(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "a.jpg", exif=exif)
    assert image_inputs.load(image_inputs.store(tmp_path / "a.jpg")).size == (20, 40)


def test_an_unreadable_image_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"not a picture")
    Image.fromarray(block_image()).save(tmp_path / "b.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "b.png").read_bytes()[:400])
    for name in ("a.png", "b.png", "c.png"):
        with pytest.raises(StorageError, match=name):
            image_inputs.store(tmp_path / name)


def test_a_missing_or_changed_input_image_is_reported() -> None:
    name = image_inputs.store(block_image())
    path = paths.inputs_dir() / f"{name}.png"
    Image.fromarray(block_image(2)).save(path)
    with pytest.raises(BadRequest, match="has been changed"):
        generate_images(replace(REQUEST, image=name))
    path.unlink()
    with pytest.raises(BadRequest, match="choose it again"):
        generate_images(replace(REQUEST, image=name))
    for damage in (b"", b"not a picture"):
        path.write_bytes(damage)
        assert image_inputs.store(block_image()) == name and np.array_equal(image_inputs.load(name), block_image())


@pytest.mark.parametrize("size", [(300, 100), (100, 300), (9, 9), (128, 128), (1000, 999)])
def test_an_image_of_any_size_is_fitted_and_centred(size: tuple[int, int]) -> None:
    name = image_inputs.store(np.full((size[1], size[0], 3), (200, 100, 50), np.uint8))
    fitted = image_inputs.load_fitted(name, (128, 128))
    assert fitted.shape == (128, 128, 4)
    rows, columns = np.flatnonzero(fitted[..., 3].any(axis=1)), np.flatnonzero(fitted[..., 3].any(axis=0))
    inside = len(columns) / len(rows)
    assert inside == pytest.approx(size[0] / size[1], rel=0.03) and max(len(rows), len(columns)) == 128
    assert abs(rows[0] - (127 - rows[-1])) <= 1 and abs(columns[0] - (127 - columns[-1])) <= 1
    solid = fitted[fitted[..., 3] > 0]
    assert (solid == (200, 100, 50, 255)).all()


def test_transparent_pixels_do_not_bleed_into_edges() -> None:
    picture = np.zeros((256, 256, 4), np.uint8)
    picture[:, :128] = (255, 0, 0, 255)
    picture[:, 128:] = (0, 255, 0, 0)
    fitted = image_inputs.load_fitted(image_inputs.store(picture), (128, 128))
    assert fitted[fitted[..., 3] > 0][:, 1].max() == 0


@pytest.mark.parametrize("process", [edm(), vp(), flow()], ids=lambda process: process.name)
def test_strength_is_a_share_of_the_time_of_the_process(process) -> None:
    path = process.path("karras" if process.name == "edm" else "trailing", 12)
    ratios = [noise_level_at(process, strength).ratio for strength in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert ratios == sorted(ratios) and ratios[0] == process.ratios[0] and ratios[-1] == process.ratios[-1]
    indices = [start_step(process, path, strength) for strength in (0.0, 0.3, 0.6, 0.9, 1.0)]
    assert indices == sorted(indices, reverse=True) and indices[0] == 11 and indices[-1] == 0


def test_img2img_runs_only_the_rest_of_the_path() -> None:
    request = replace(REQUEST, image=image_inputs.store(block_image()), strength=0.5)
    steps = step_events(request)
    first = steps[0]
    index = first.first
    assert 0 < index < 10 and [event.step.index for event in steps] == list(range(index + 1, 11))
    ratios = [abs(np.log(at.ratio / noise_level_at(edm(), 0.5).ratio)) for at in first.path[:-1]]
    assert index == int(np.argmin(ratios))


def test_the_distance_from_the_image_rises_with_strength() -> None:
    image = image_inputs.store(block_image())
    low, middle, high = (
        generate_images(replace(REQUEST, image=image, strength=s))[0].astype(int) for s in (0.0, 0.45, 1.0)
    )
    blurred = load_gaussian().decode(load_gaussian().encode(torch.from_numpy(block_image())[None]))[0].numpy()
    apart = [np.abs(picture - blurred).mean() for picture in (low, middle, high)]
    assert apart[0] < 1 and apart[0] < apart[1] < apart[2]
    assert np.abs(high - generate_images(REQUEST)[0]).mean() < 5


def test_images_of_a_batch_have_their_own_noise() -> None:
    request = replace(REQUEST, image=image_inputs.store(block_image()), strength=0.5, count=3)
    together = generate_images(replace(request, batch=3))
    assert not np.array_equal(together[0], together[1])
    for index, picture in enumerate(together):
        assert np.abs(picture.astype(int) - generate_images(request.picture(index))[0]).max() <= 1


@pytest.mark.parametrize(("sampler", "strength"), [*((name, 0.5) for name in SUITABLE_SAMPLERS), ("euler_a", 1.0)])
def test_unmasked_pixels_are_unchanged_for_every_sampler(sampler: str, strength: float) -> None:
    image, mask = image_inputs.store(block_image()), image_inputs.store(left_half_mask())
    request = replace(
        REQUEST,
        sampler=sampler,
        knobs=least_counts(sampler),
        spacing="karras",
        image=image,
        mask=mask,
        strength=strength,
    )
    events = list(generate(request, GaussianLibrary()))
    (picture,) = (event.rgba for event in events if isinstance(event, Result))
    assert np.array_equal(picture[:, SIDE // 2 :], block_image()[:, SIDE // 2 :])
    assert np.abs(picture[:, : SIDE // 2 - 8].astype(int) - block_image()[:, : SIDE // 2 - 8]).mean() > 5
    last = [event for event in events if isinstance(event, StepEvent)][-1].step
    known = load_gaussian().encode(torch.from_numpy(block_image())[None])
    assert torch.allclose(last.denoised[..., 8:], known[..., 8:], atol=1e-6)


def test_an_empty_mask_is_refused_and_a_full_one_has_no_effect() -> None:
    image = image_inputs.store(block_image())
    black, white = (image_inputs.store(np.full((SIDE, SIDE), level, np.uint8)) for level in (0, 255))
    request = replace(REQUEST, image=image, strength=0.5)
    with pytest.raises(BadRequest, match="marks nothing"):
        generate_images(replace(request, mask=black))
    assert np.array_equal(generate_images(replace(request, mask=white))[0], generate_images(request)[0])


def test_a_thin_masked_line_is_regenerated() -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:, 60:62] = 255
    request = replace(REQUEST, image=image_inputs.store(block_image()), mask=image_inputs.store(mask), strength=1.0)
    (picture,) = generate_images(request)
    assert np.array_equal(picture[:, :60], block_image()[:, :60]) and np.array_equal(
        picture[:, 62:], block_image()[:, 62:]
    )
    assert np.abs(picture[:, 60:62].astype(int) - block_image()[:, 60:62]).mean() > 5


@pytest.mark.parametrize("grey", [255, 100])
def test_a_mask_of_one_pixel_affects_its_whole_latent(grey: int) -> None:
    """Check that a latent is as new as its most masked pixel; this model's latents are independent."""
    image, all_over, a_dot = (image_inputs.store(block_image()), *(np.zeros((SIDE, SIDE), np.uint8) for _ in range(2)))
    all_over[:], a_dot[70, 61] = grey, grey
    request = replace(REQUEST, image=image, strength=0.7)
    everywhere, there = (
        step_events(replace(request, mask=image_inputs.store(mask)))[-1].step.x for mask in (all_over, a_dot)
    )
    row, column = 70 * LATENT[1] // SIDE, 61 * LATENT[2] // SIDE
    assert torch.allclose(there[..., row, column], everywhere[..., row, column], atol=1e-5)
    assert not torch.allclose(there[..., row, column + 1], everywhere[..., row, column + 1], atol=1e-2)


def test_a_mask_is_fitted_like_its_image_and_needs_its_proportions() -> None:
    wide = image_inputs.store(np.full((50, 100, 3), 255, np.uint8))
    mask = image_inputs.load_fitted_mask(image_inputs.store(np.full((25, 50), 255, np.uint8)), wide, (128, 128))
    assert mask[64].min() == 1 and mask[:31].max() == 0 and mask[97:].max() == 0
    with pytest.raises(BadRequest, match="50x50 and its picture 100x50"):
        image_inputs.load_fitted_mask(image_inputs.store(np.zeros((50, 50), np.uint8)), wide, (128, 128))


def test_a_stopped_run_keeps_unmasked_pixels() -> None:
    request = replace(REQUEST, image=image_inputs.store(block_image()), mask=image_inputs.store(left_half_mask()))
    (result,) = decode_partial_results(request, step_events(request)[2])
    assert np.array_equal(result.rgba[:, SIDE // 2 :], block_image()[:, SIDE // 2 :])


def test_composites_for_opaque_models_are_on_white() -> None:
    half_clear = np.full((SIDE, SIDE, 4), (200, 100, 50, 255), np.uint8)
    half_clear[SIDE // 2 :, :, 3] = 0
    over = image_inputs.restore_original(
        np.zeros((SIDE, SIDE, 3), np.uint8), half_clear, image_inputs.feathered(left_half_mask() / 255)
    )
    assert over.shape == (SIDE, SIDE, 3) and over[:, : SIDE // 2 - 8].max() == 0
    assert (over[: SIDE // 2, SIDE // 2 :] == (200, 100, 50)).all() and (over[SIDE // 2 :, SIDE // 2 :] == 255).all()


def inverted_state(request: Request) -> Step:
    return [event for event in invert(request, GaussianLibrary()) if isinstance(event, StepEvent)][-1].step


@pytest.mark.parametrize("strength", [0.6, 1.0])
def test_inverted_noise_reproduces_the_image(strength: float) -> None:
    image = image_inputs.store(generate_images(replace(REQUEST, guidance_scale=1.0))[0])
    request = replace(REQUEST, image=image, sampler="ddim", guidance_scale=1.0, strength=strength, steps=40)
    original = load_gaussian().encode(torch.from_numpy(np.array(image_inputs.load(image)))[None])

    def distance(again: Request) -> float:
        return float((step_events(again)[-1].step.x - original).square().mean().sqrt())

    assert distance(replace(request, inverted=True)) < 0.01
    assert distance(request) > 0.1


def test_inversion_yields_its_steps_and_ends_at_the_initial_state() -> None:
    image = image_inputs.store(generate_images(REQUEST)[0])
    request = replace(REQUEST, image=image, inverted=True, strength=1.0, sampler="ddim", guidance_scale=1.0)
    steps = [event for event in invert(request, GaussianLibrary()) if isinstance(event, StepEvent)]
    assert [event.step.index for event in steps] == list(range(1, 11))
    assert steps[0].path[0].sigma == 0 and steps[-1].step.at == steps[-1].path[-1] == step_events(request)[0].path[0]
    ratios = [event.step.at.ratio for event in steps]
    assert ratios == sorted(ratios)
    again = list(generate(request, GaussianLibrary(), resume=Step(0, 10, steps[-1].step.at, steps[-1].step.x, None)))
    assert np.array_equal(again[-1].rgba, generate_images(request)[0])


def test_another_prompt_on_inverted_noise_is_a_branch_from_step_0() -> None:
    image = image_inputs.store(generate_images(REQUEST)[0])
    source = CARD.checked(replace(REQUEST, image=image, inverted=True, strength=1.0, sampler="ddim"))
    edited = replace(source, prompt="a calm blue disc", branch=Branch(source, 0))
    assert not np.array_equal(generate_images(edited)[0], generate_images(source)[0])
    assert not np.array_equal(generate_images(edited)[0], generate_images(replace(edited, branch=None))[0])
    partly = replace(source, strength=0.5)
    with pytest.raises(BadRequest, match="begins at step"):
        generate_images(replace(partly, branch=Branch(partly, 1)))


def test_inversion_needs_an_image() -> None:
    with pytest.raises(BadRequest, match="Choose a picture to invert"):
        next(invert(REQUEST, GaussianLibrary()))


def test_inversion_without_memory_is_reported() -> None:
    class Full(GaussianModel):
        def denoised(self, x: torch.Tensor, at: NoiseLevel, conditioning: torch.Tensor) -> torch.Tensor:
            raise MemoryError

    request = replace(REQUEST, image=image_inputs.store(block_image()))
    with pytest.raises(DeviceError, match="too little memory"):
        list(invert(request, GaussianLibrary(kind=Full)))


def test_the_noised_preview_goes_from_the_image_to_noise() -> None:
    name = image_inputs.store(block_image())
    views = [preview_noised(load_gaussian(), name, strength, seed=3) for strength in (0.0, 0.4, 0.7, 1.0)]
    clean = preview_noised(load_gaussian(), name, 0.0, seed=4)
    assert views[0].shape == (SIDE, SIDE, 4) and np.abs(views[0].astype(int) - clean).max() <= 2
    apart = [float(np.abs(view.astype(int) - views[0]).mean()) for view in views]
    assert apart == sorted(apart) and apart[-1] > 20
    assert np.array_equal(views[1], preview_noised(load_gaussian(), name, 0.4, seed=3))


def test_a_model_without_an_encoder_refuses_an_image() -> None:
    with pytest.raises(BadRequest, match="gaussian cannot begin from a picture"):
        replace(CARD, accepts=Capabilities(picture=False)).checked(replace(REQUEST, image="0" * 64))
