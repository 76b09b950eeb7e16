"""Films of an image's steps and of interpolations, read back frame by frame."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.common.errors import BadRequest, StorageError, StudioError
from gdm_studio.engine import animation_file, step_history
from gdm_studio.engine.animation_file import Film, write_film
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.step_animation import frames_of, generate_frames, interpolate, views_of
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.request.generation_events import Event, Result, View
from gdm_studio.request.generation_request import Branch, Interpolation, Request
from gdm_studio.request.view_modes import difference_image, view_of
from tests.helpers.gaussian_model import GaussianLibrary

REQUEST = Request(model="gaussian", prompt="a cheerful red disc", seed=11, steps=6, guidance_scale=2.0, device="cpu")


def generate_result(request: Request = REQUEST, **options) -> Result:
    return [event for event in generate(request, GaussianLibrary(), **options) if isinstance(event, Result)][0]


def discs(count: int, side: int = 48) -> list[np.ndarray]:
    """Return opaque discs of `count` hues on a transparent background."""
    axis = np.linspace(-1, 1, side)
    inside = axis[:, None] ** 2 + axis**2 < 0.7
    frames = np.zeros((count, side, side, 4), np.uint8)
    for place, frame in enumerate(frames):
        frame[inside] = (200, 255 * place // count, 40, 255)
    return list(frames)


def read_film(file: Path) -> tuple[list[np.ndarray], list[float], Image.Image]:
    """Return the frames, the seconds of each, and the opened file."""
    opened, frames, seconds = Image.open(file), [], []
    for place in range(opened.n_frames):
        opened.seek(place)
        opened.load()
        seconds.append(opened.info["duration"] / 1000)
        frames.append(np.asarray(opened.convert("RGBA")))
    return frames, seconds, opened


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_frames_keep_their_colours_and_transparency(suffix: str, tmp_path: Path) -> None:
    frames, file = discs(5), tmp_path / f"a{suffix}"
    assert list(write_film(iter(frames), file, Film(fps=5, hold=1))) == [1, 2, 3, 4, 5]
    found, seconds, opened = read_film(file)
    assert seconds == pytest.approx([0.2, 0.2, 0.2, 0.2, 1.0])
    assert opened.info.get("loop") == 0
    for frame, back in zip(frames, found, strict=True):
        assert np.array_equal(back[..., 3] >= 128, frame[..., 3] >= 128)
        solid = (frame[..., 3] == 255) & (back[..., 3] == 255)
        assert np.abs(back[solid].astype(int) - frame[solid]).mean() < 6
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_loop_size_and_background_are_applied(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"a{suffix}"
    list(write_film(discs(4), file, Film(loop="once", size=96, background=(0, 0, 255))))
    found, _, opened = read_film(file)
    assert opened.info.get("loop") == (1 if suffix == ".webp" else None)
    assert found[0].shape == (96, 96, 4) and found[0][..., 3].min() == 255
    assert np.abs(found[0][2, 2, :3].astype(int) - (0, 0, 255)).max() < 12
    list(write_film(discs(4), file, Film(loop="back", hold=1)))
    found, seconds, _ = read_film(file)
    assert len(found) == 6 and seconds[3] == 1.0
    seen = [frame * (frame[..., 3:] / 255) for frame in found]
    assert all(np.abs(seen[3 + k] - seen[3 - k]).mean() < 2 < np.abs(seen[3 + k] - seen[3]).mean() for k in (1, 2))
    list(write_film(discs(4), file, Film(fps=5, hold=0)))
    # The last frame is shown at least as long as the others.
    assert read_film(file)[1] == [0.2] * 4


@pytest.mark.parametrize(("rows", "columns"), [(48, 24), (24, 48)])
def test_the_size_is_that_of_the_longer_side(rows: int, columns: int, tmp_path: Path) -> None:
    file = tmp_path / "a.webp"
    list(write_film([np.full((rows, columns, 3), 200, np.uint8)], file, Film(size=96)))
    assert read_film(file)[0][0].shape[:2] == (2 * rows, 2 * columns)


def test_a_gif_of_many_colours_keeps_them_nearly(tmp_path: Path) -> None:
    ramp = np.linspace(0, 255, 64, dtype=np.uint8)
    frame = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None, :], 128, 255), axis=-1).astype(np.uint8)
    list(write_film([frame, frame[::-1]], tmp_path / "a.gif", Film()))
    found, _, _ = read_film(tmp_path / "a.gif")
    assert np.abs(found[0].astype(int) - frame).mean() < 5


@pytest.mark.slow
def test_mp4_is_written_with_its_package(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    list(write_film(discs(4, side=47), tmp_path / "a.mp4", Film(fps=5, hold=1)))
    with av.open(str(tmp_path / "a.mp4")) as opened:
        found = [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]
    assert len(found) == 3 + 5 and found[0].shape == (48, 48, 3)
    assert np.abs(found[0][2, 2].astype(int) - 255).max() < 8
    assert np.abs(found[0][24, 24].astype(int) - (200, 0, 40)).max() < 16


def test_mp4_without_its_package_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(StudioError, match="This needs av; run `.*`.* GIF and WebP work without it"):
        animation_file.check(tmp_path / "a.mp4")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"fps": 0}, "frames a second must be from 0.1 to 60"),
        ({"hold": "long"}, "seconds on the last frame must be a number"),
        ({"size": 7}, "the size of a film must be from 16"),
        ({"size": "big"}, "the size of a film must be a number"),
        ({"loop": "twice"}, "choose one of forever, once, back"),
    ],
)
def test_an_invalid_film_is_refused_before_the_first_frame(change: dict, says: str, tmp_path: Path) -> None:
    def frames() -> Iterator[np.ndarray]:
        pytest.fail("a frame was asked for")
        yield

    with pytest.raises(BadRequest, match=says):
        next(write_film(frames(), tmp_path / "a.gif", Film(**change)))
    with pytest.raises(BadRequest, match="can be .gif, .webp, .mp4"):
        next(write_film(frames(), tmp_path / "a.avi", Film()))


def test_a_cancelled_or_failed_film_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(b"before")
    work = write_film(discs(4), tmp_path / "a.gif", Film())
    next(work)
    work.close()
    with pytest.raises(BadRequest, match="needs at least one picture"):
        list(write_film([], tmp_path / "a.gif", Film()))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.gif": b"before"}
    with pytest.raises(StorageError):
        list(write_film(discs(2), tmp_path / "gone" / "a.gif", Film()))


@pytest.mark.parametrize("budget", [2_000_000, 60_000])
def test_every_view_mode_has_a_frame_per_step_and_ends_with_the_image(budget: int) -> None:
    result = generate_result(replace(REQUEST, sampler="heun"), steps_budget=budget)
    kept, library = step_history.load(result.steps), GaussianLibrary()
    looks = {look: list(frames_of(kept, library, look)) for look in ("predicted", "noisy", "difference", "noise")}
    assert {len(frames) for frames in looks.values()} == {6}
    assert np.abs(looks["predicted"][-1].astype(int) - result.rgba).max() <= 1
    assert np.array_equal(looks["difference"][3], difference_image(looks["predicted"][3], looks["predicted"][2]))
    assert (looks["difference"][0][..., :3] == 128).all()
    spreads = [float(frame[..., :3].std()) for frame in looks["noise"][:-1]]
    assert min(spreads) > 20
    ending = np.zeros_like(result.rgba)
    assert np.array_equal(list(frames_of(kept, library, picture=ending))[-1], ending)
    with pytest.raises(BadRequest, match="no view called 'x-ray'"):
        next(frames_of(kept, library, "x-ray"))
    assert [view.index for view in views_of(kept, library)] == [1, 2, 3, 4, 5, 6]


def test_the_steps_of_a_branch_are_counted_from_one() -> None:
    result = generate_result(replace(REQUEST, prompt="a calm blue disc", branch=Branch(REQUEST, 2)))
    kept, library, ending = step_history.load(result.steps), GaussianLibrary(), np.zeros_like(result.rgba)
    assert [(view.index, view.of) for view in views_of(kept, library)] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    *_, before, last = frames_of(kept, library, picture=ending)
    assert before.any() and np.array_equal(last, ending)


def test_a_difference_is_signed_around_grey_for_any_sizes() -> None:
    one = np.full((8, 8, 4), (100, 150, 200, 255), np.uint8)
    other = np.full((4, 4, 4), (110, 150, 190, 255), np.uint8)
    assert (difference_image(one, one)[..., :3] == 128).all()
    assert (difference_image(one, other)[0, 0] == (108, 128, 148, 255)).all()
    wide = np.full((8, 16, 4), (100, 150, 200, 255), np.uint8)
    assert (difference_image(wide, other[:2]) == (108, 128, 148, 255)).all() and difference_image(
        wide, other
    ).shape == wide.shape


def test_a_difference_is_to_the_previous_step() -> None:
    views = [make_view(level) for level in (0, 50, 60)]
    assert (view_of(views, "difference")[..., :3] == 128 + 2 * 10).all()
    assert (view_of(views[1:], "difference") == view_of(views, "difference")).all()
    assert (view_of(views[:2], "difference")[..., :3] == 128 + 2 * 50).all()
    assert (view_of(views[:1], "difference")[..., :3] == 128).all()
    assert view_of(views, "predicted") is views[-1].predicted


def make_view(level: int) -> View:
    picture = np.full((8, 8, 4), (level, level, level, 255), np.uint8)
    return View(0, 1, 3, NoiseLevel(1.0, 2.0), 0.0, picture, picture, picture, True)


def collect_frames(events: Iterator[Event]) -> list[np.ndarray]:
    while True:
        try:
            next(events)
        except StopIteration as end:
            return end.value


def test_an_interpolation_film_starts_and_ends_with_the_images() -> None:
    requests = interpolate(REQUEST, Interpolation("a calm blue disc", 99, 1.0), 4)
    way = collect_frames(generate_frames(requests, GaussianLibrary()))
    assert len(way) == 4 and len({request.digest() for request in requests}) == 4
    assert np.array_equal(way[0], generate_result().rgba)
    assert np.array_equal(way[-1], generate_result(replace(REQUEST, prompt="a calm blue disc", seed=99)).rgba)
    apart = [np.abs(each.astype(int) - way[0]).mean() for each in way]
    assert apart == sorted(apart) and apart[1] > 0
    walked = interpolate(
        REQUEST.with_target(Interpolation(REQUEST.prompt, 5, 0.3)), Interpolation(REQUEST.prompt, 6, 0.5), 3
    )
    assert [request.toward.then.amount for request in walked] == [0, 0.25, 0.5]
    with pytest.raises(BadRequest, match="from 2 to 1000"):
        interpolate(REQUEST, Interpolation("", 1, 1.0), 1)
