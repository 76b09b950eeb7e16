"""Beginnings: a picture noised part of the way, a part of it painted anew, its noise found again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gdm_studio import paths
from gdm_studio.engine import inputs
from gdm_studio.engine.generate import generate
from gdm_studio.engine.invert import invert, noised
from gdm_studio.engine.results import reached
from gdm_studio.errors import BadRequest, DeviceError, StorageError
from gdm_studio.maths.path import Point, Step
from gdm_studio.maths.processes import edm, flow, vp
from gdm_studio.models.accepts import Accepts
from gdm_studio.models.process import point_at, start_of
from gdm_studio.request import Branch, Request
from gdm_studio.run import Advance, Result
from tests.helpers.briefly import SUITABLE, fewest
from tests.helpers.gaussian_model import CARD, LATENT, SIDE, GaussianLibrary, GaussianModel

REQUEST = Request(model="gaussian", prompt="a cheerful red disc", seed=11, steps=10, guidance_scale=2.0, device="cpu")


def model() -> GaussianModel:
    return GaussianLibrary().load("gaussian", device=torch.device("cpu"), dtype=torch.float32)


def painted(seed: int = 1) -> np.ndarray:
    """A picture of blocks as large as the model's latents, of every colour and transparency."""
    blocks = np.random.default_rng(seed).integers(0, 256, (LATENT[1], LATENT[2], 4), np.uint8)
    return blocks.repeat(SIDE // LATENT[1], axis=0).repeat(SIDE // LATENT[2], axis=1)


def left_half() -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:, : SIDE // 2] = 255
    return mask


def made(request: Request) -> list[np.ndarray]:
    return [event.rgba for event in generate(request, GaussianLibrary()) if isinstance(event, Result)]


def steps_of(request: Request) -> list[Advance]:
    return [event for event in generate(request, GaussianLibrary()) if isinstance(event, Advance)]


def test_a_kept_picture_has_the_name_of_its_content(tmp_path: Path) -> None:
    name = inputs.keep(painted())
    Image.fromarray(painted()).save(tmp_path / "a.png")
    Image.fromarray(painted()).save(tmp_path / "b.tiff")
    assert inputs.keep(tmp_path / "a.png") == inputs.keep(tmp_path / "b.tiff") == name
    assert [path.stem for path in paths.inputs_dir().iterdir()] == [name]
    assert np.array_equal(inputs.load(name), painted())
    assert inputs.keep(painted(2)) != name
    assert Request(image=name).checked().image == name


def test_a_photograph_is_turned_as_its_camera_was_held(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "a.jpg", exif=exif)
    assert inputs.load(inputs.keep(tmp_path / "a.jpg")).size == (20, 40)


def test_what_is_no_picture_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"not a picture")
    Image.fromarray(painted()).save(tmp_path / "b.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "b.png").read_bytes()[:400])
    for name in ("a.png", "b.png", "c.png"):
        with pytest.raises(StorageError, match=name):
            inputs.keep(tmp_path / name)


def test_a_picture_that_is_not_here_any_more_is_asked_for() -> None:
    name = inputs.keep(painted())
    path = paths.inputs_dir() / f"{name}.png"
    Image.fromarray(painted(2)).save(path)
    with pytest.raises(BadRequest, match="has been changed"):
        made(replace(REQUEST, image=name))
    path.unlink()
    with pytest.raises(BadRequest, match="choose it again"):
        made(replace(REQUEST, image=name))
    for damage in (b"", b"not a picture"):
        path.write_bytes(damage)
        assert inputs.keep(painted()) == name and np.array_equal(inputs.load(name), painted())


@pytest.mark.parametrize("size", [(300, 100), (100, 300), (9, 9), (128, 128), (1000, 999)])
def test_a_picture_of_any_size_is_fitted_whole_and_in_the_middle(size: tuple[int, int]) -> None:
    name = inputs.keep(np.full((size[1], size[0], 3), (200, 100, 50), np.uint8))
    fitted = inputs.fitted(name, (128, 128))
    assert fitted.shape == (128, 128, 4)
    rows, columns = np.flatnonzero(fitted[..., 3].any(axis=1)), np.flatnonzero(fitted[..., 3].any(axis=0))
    inside = len(columns) / len(rows)
    assert inside == pytest.approx(size[0] / size[1], rel=0.03) and max(len(rows), len(columns)) == 128
    assert abs(rows[0] - (127 - rows[-1])) <= 1 and abs(columns[0] - (127 - columns[-1])) <= 1
    solid = fitted[fitted[..., 3] > 0]
    assert (solid == (200, 100, 50, 255)).all()


def test_clear_pixels_lend_no_colour_to_an_edge() -> None:
    picture = np.zeros((256, 256, 4), np.uint8)
    picture[:, :128] = (255, 0, 0, 255)
    picture[:, 128:] = (0, 255, 0, 0)
    fitted = inputs.fitted(inputs.keep(picture), (128, 128))
    assert fitted[fitted[..., 3] > 0][:, 1].max() == 0


@pytest.mark.parametrize("process", [edm(), vp(), flow()], ids=lambda process: process.name)
def test_strength_is_a_share_of_the_processs_time(process) -> None:
    path = process.path("karras" if process.name == "edm" else "trailing", 12)
    ratios = [point_at(process, strength).ratio for strength in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert ratios == sorted(ratios) and ratios[0] == process.ratios[0] and ratios[-1] == process.ratios[-1]
    indices = [start_of(process, path, strength) for strength in (0.0, 0.3, 0.6, 0.9, 1.0)]
    assert indices == sorted(indices, reverse=True) and indices[0] == 11 and indices[-1] == 0


def test_a_picture_is_noised_as_the_process_says_and_only_the_rest_of_the_path_is_made() -> None:
    request = replace(REQUEST, image=inputs.keep(painted()), strength=0.5)
    steps = steps_of(request)
    first = steps[0]
    index = first.first
    assert 0 < index < 10 and [event.step.index for event in steps] == list(range(index + 1, 11))
    ratios = [abs(np.log(at.ratio / point_at(edm(), 0.5).ratio)) for at in first.path[:-1]]
    assert index == int(np.argmin(ratios))


def test_little_strength_keeps_the_picture_and_full_strength_forgets_it() -> None:
    image = inputs.keep(painted())
    low, middle, high = (made(replace(REQUEST, image=image, strength=s))[0].astype(int) for s in (0.0, 0.45, 1.0))
    blurred = model().decode(model().encode(torch.from_numpy(painted())[None]))[0].numpy()
    apart = [np.abs(picture - blurred).mean() for picture in (low, middle, high)]
    assert apart[0] < 1 and apart[0] < apart[1] < apart[2]
    assert np.abs(high - made(REQUEST)[0]).mean() < 5


def test_pictures_of_a_batch_begin_with_their_own_noise_and_come_out_alone_too() -> None:
    request = replace(REQUEST, image=inputs.keep(painted()), strength=0.5, count=3)
    together = made(replace(request, batch=3))
    assert not np.array_equal(together[0], together[1])
    for index, picture in enumerate(together):
        assert np.abs(picture.astype(int) - made(request.picture(index))[0]).max() <= 1


@pytest.mark.parametrize(("sampler", "strength"), [*((name, 0.5) for name in SUITABLE), ("euler_a", 1.0)])
def test_what_is_not_masked_keeps_its_bytes_whatever_the_sampler(sampler: str, strength: float) -> None:
    image, mask = inputs.keep(painted()), inputs.keep(left_half())
    request = replace(
        REQUEST, sampler=sampler, knobs=fewest(sampler), spacing="karras", image=image, mask=mask, strength=strength
    )
    events = list(generate(request, GaussianLibrary()))
    (picture,) = (event.rgba for event in events if isinstance(event, Result))
    assert np.array_equal(picture[:, SIDE // 2 :], painted()[:, SIDE // 2 :])
    assert np.abs(picture[:, : SIDE // 2 - 8].astype(int) - painted()[:, : SIDE // 2 - 8]).mean() > 5
    last = [event for event in events if isinstance(event, Advance)][-1].step
    known = model().encode(torch.from_numpy(painted())[None])
    assert torch.allclose(last.denoised[..., 8:], known[..., 8:], atol=1e-6)


def test_a_mask_of_nothing_gives_the_picture_back_and_one_of_everything_is_no_mask() -> None:
    image = inputs.keep(painted())
    black, white = (inputs.keep(np.full((SIDE, SIDE), level, np.uint8)) for level in (0, 255))
    request = replace(REQUEST, image=image, strength=0.5)
    assert np.array_equal(made(replace(request, mask=black))[0], painted())
    assert np.array_equal(made(replace(request, mask=white))[0], made(request)[0])


def test_a_thin_line_is_painted_anew() -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:, 60:62] = 255
    request = replace(REQUEST, image=inputs.keep(painted()), mask=inputs.keep(mask), strength=1.0)
    (picture,) = made(request)
    assert np.array_equal(picture[:, :60], painted()[:, :60]) and np.array_equal(picture[:, 62:], painted()[:, 62:])
    assert np.abs(picture[:, 60:62].astype(int) - painted()[:, 60:62]).mean() > 5


@pytest.mark.parametrize("grey", [255, 100])
def test_what_a_mask_marks_is_painted_anew_as_much_as_it_says_however_little_it_is(grey: int) -> None:
    """A latent is as new as the most masked of its pixels: this model's latents know nothing of each other."""
    image, all_over, a_dot = (inputs.keep(painted()), *(np.zeros((SIDE, SIDE), np.uint8) for _ in range(2)))
    all_over[:], a_dot[70, 61] = grey, grey
    request = replace(REQUEST, image=image, strength=0.7)
    everywhere, there = (steps_of(replace(request, mask=inputs.keep(mask)))[-1].step.x for mask in (all_over, a_dot))
    row, column = 70 * LATENT[1] // SIDE, 61 * LATENT[2] // SIDE
    assert torch.allclose(there[..., row, column], everywhere[..., row, column], atol=1e-5)
    assert not torch.allclose(there[..., row, column + 1], everywhere[..., row, column + 1], atol=1e-2)


def test_a_mask_is_fitted_as_its_picture_and_must_have_its_proportions() -> None:
    wide = inputs.keep(np.full((50, 100, 3), 255, np.uint8))
    mask = inputs.fitted_mask(inputs.keep(np.full((25, 50), 255, np.uint8)), wide, (128, 128))
    assert mask[64].min() == 1 and mask[:31].max() == 0 and mask[97:].max() == 0
    with pytest.raises(BadRequest, match="50x50 and its picture 100x50"):
        inputs.fitted_mask(inputs.keep(np.zeros((50, 50), np.uint8)), wide, (128, 128))


def test_a_stopped_run_keeps_what_was_not_painted_anew() -> None:
    request = replace(REQUEST, image=inputs.keep(painted()), mask=inputs.keep(left_half()))
    (result,) = reached(request, steps_of(request)[2])
    assert np.array_equal(result.rgba[:, SIDE // 2 :], painted()[:, SIDE // 2 :])


def test_what_is_put_under_a_mask_is_opaque_where_the_model_has_no_transparency() -> None:
    half_clear = np.full((SIDE, SIDE, 4), (200, 100, 50, 255), np.uint8)
    half_clear[SIDE // 2 :, :, 3] = 0
    over = inputs.composite(np.zeros((SIDE, SIDE, 3), np.uint8), half_clear, left_half() / 255)
    assert over.shape == (SIDE, SIDE, 3) and over[:, : SIDE // 2 - 8].max() == 0
    assert (over[: SIDE // 2, SIDE // 2 :] == (200, 100, 50)).all() and (over[SIDE // 2 :, SIDE // 2 :] == 255).all()


def inverted(request: Request) -> Step:
    return [event for event in invert(request, GaussianLibrary()) if isinstance(event, Advance)][-1].step


@pytest.mark.parametrize("strength", [0.6, 1.0])
def test_the_noise_of_a_picture_makes_it_again(strength: float) -> None:
    image = inputs.keep(made(replace(REQUEST, guidance_scale=1.0))[0])
    request = replace(REQUEST, image=image, sampler="ddim", guidance_scale=1.0, strength=strength, steps=40)
    original = model().encode(torch.from_numpy(np.array(inputs.load(image)))[None])

    def distance(again: Request) -> float:
        return float((steps_of(again)[-1].step.x - original).square().mean().sqrt())

    assert distance(replace(request, inverted=True)) < 0.01
    assert distance(request) > 0.1


def test_inverting_shows_its_steps_and_ends_where_the_picture_begins() -> None:
    image = inputs.keep(made(REQUEST)[0])
    request = replace(REQUEST, image=image, inverted=True, strength=1.0, sampler="ddim", guidance_scale=1.0)
    steps = [event for event in invert(request, GaussianLibrary()) if isinstance(event, Advance)]
    assert [event.step.index for event in steps] == list(range(1, 11))
    assert steps[0].path[0].sigma == 0 and steps[-1].step.at == steps[-1].path[-1] == steps_of(request)[0].path[0]
    ratios = [event.step.at.ratio for event in steps]
    assert ratios == sorted(ratios)
    again = list(generate(request, GaussianLibrary(), resume=Step(0, 10, steps[-1].step.at, steps[-1].step.x, None)))
    assert np.array_equal(again[-1].rgba, made(request)[0])


def test_another_prompt_on_the_found_noise_is_a_branch_from_its_beginning() -> None:
    image = inputs.keep(made(REQUEST)[0])
    source = CARD.checked(replace(REQUEST, image=image, inverted=True, strength=1.0, sampler="ddim"))
    edited = replace(source, prompt="a calm blue disc", branch=Branch(source, 0))
    assert not np.array_equal(made(edited)[0], made(source)[0])
    assert not np.array_equal(made(edited)[0], made(replace(edited, branch=None))[0])
    partly = replace(source, strength=0.5)
    with pytest.raises(BadRequest, match="begins at step"):
        made(replace(partly, branch=Branch(partly, 1)))


def test_inverting_needs_a_picture() -> None:
    with pytest.raises(BadRequest, match="no picture whose noise"):
        next(invert(REQUEST, GaussianLibrary()))


def test_inverting_without_memory_is_a_sentence() -> None:
    class Full(GaussianModel):
        def denoised(self, x: torch.Tensor, at: Point, conditioning: torch.Tensor) -> torch.Tensor:
            raise MemoryError

    request = replace(REQUEST, image=inputs.keep(painted()))
    with pytest.raises(DeviceError, match="too little memory"):
        list(invert(request, GaussianLibrary(kind=Full)))


def test_the_noise_slider_goes_from_the_picture_to_noise() -> None:
    name = inputs.keep(painted())
    views = [noised(model(), name, strength, seed=3) for strength in (0.0, 0.4, 0.7, 1.0)]
    clean = noised(model(), name, 0.0, seed=4)
    assert views[0].shape == (SIDE, SIDE, 4) and np.abs(views[0].astype(int) - clean).max() <= 2
    apart = [float(np.abs(view.astype(int) - views[0]).mean()) for view in views]
    assert apart == sorted(apart) and apart[-1] > 20
    assert np.array_equal(views[1], noised(model(), name, 0.4, seed=3))


def test_a_model_without_an_encoder_says_so() -> None:
    with pytest.raises(BadRequest, match="gaussian cannot begin from a picture"):
        replace(CARD, accepts=Accepts(picture=False)).checked(replace(REQUEST, image="0" * 64))
