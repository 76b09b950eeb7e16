"""Preprocessors of control images: edges as in OpenCV, and the properties of the others."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs
from gdm_studio.engine.preprocessors import preprocess
from gdm_studio.request.conditioning import PREPROCESSORS
from gdm_studio.request.generation_request import ControlImage, Request

# Pixels of edges that cv2.Canny(image, 100, 200) of OpenCV 5.0.0 finds, and the sha256 of its result.
OPENCV = {
    "scene": (776, "02abaf6b9e5d3a97b5c227d8f096577dbdbd60c6a9763bbe3b4d00c0eeee10d2"),
    "noise": (2294, "bb87371bb11d1a9c2aaff1cd9a30dd303401f15f0ca03950e3bdd82acc90ccc6"),
}


def scene() -> np.ndarray:
    """Return shapes with soft and hard edges, (96, 128, 3) uint8."""
    rows, columns = np.mgrid[:96, :128]
    disc = np.hypot(rows - 40, columns - 50)
    image = np.stack([2 * columns, 200 - rows, 90 + 0 * rows], axis=-1).astype(np.float64)
    image[disc < 25] = (220, 40, 30)
    image += 60 * np.exp(-((disc - 34) ** 2) / 8)[..., None]
    image[70:90, 80:120] = (10, 10, 60)
    return image.clip(0, 255).astype(np.uint8)


def noise() -> np.ndarray:
    return np.random.Generator(np.random.PCG64(11)).integers(0, 256, (90, 70, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", OPENCV)
def test_edges_are_those_of_opencv(name: str) -> None:
    found = preprocess({"scene": scene, "noise": noise}[name](), "canny")
    assert (found == found[..., :1]).all()
    edges = np.ascontiguousarray(found[..., 0])
    assert (int(edges.sum()) // 255, hashlib.sha256(edges.tobytes()).hexdigest()) == OPENCV[name]


def test_a_spiral_of_weak_edges_is_followed_to_its_end() -> None:
    """Only its first pixels are a strong edge, and it is thousands of pixels long."""
    image = np.full((300, 300, 3), 100, np.uint8)
    row, column, run, turns = 4, 4, 290, [(0, 1), (1, 0), (0, -1), (-1, 0)]
    place = 0
    while run > 8:
        down, across = turns[place % 4]
        for _ in range(run):
            image[row, column] = 130
            row, column = row + down, column + across
        run -= 8 if place % 2 else 0
        place += 1
    cut = preprocess(image, "canny")[..., 0].any()
    image[4, 4:10] = 255
    assert not cut and preprocess(image, "canny")[..., 0].sum() > 255 * 10_000


def test_other_preprocessors_keep_the_size_and_simplify_the_image() -> None:
    image = scene()
    found = {name: preprocess(image, name) for name in PREPROCESSORS if name != "none"}
    assert {(each.shape, each.dtype) for each in found.values()} == {(image.shape, np.dtype(np.uint8))}
    assert (found["grey"] == found["grey"][..., :1]).all() and not (image == image[..., :1]).all()
    detail = {name: np.abs(np.diff(each.astype(int), axis=0)).max() for name, each in found.items()}
    assert max(detail["blur"], detail["tile"]) < np.abs(np.diff(image.astype(int), axis=0)).max() / 2


def test_dark_strokes_become_white_lines() -> None:
    paper = np.full((64, 64, 3), 230, np.uint8)
    paper[30:32] = 20
    lines = preprocess(paper, "line")[..., 0]
    assert lines[30:32].min() > 120 and lines[:20].max() == lines[44:].max() == 0
    assert not preprocess(np.full((8, 8, 3), 7, np.uint8), "line").any()


def test_borders_are_transparent_and_have_no_edges() -> None:
    name = image_inputs.store(np.full((40, 20, 3), 250, np.uint8))
    found = image_inputs.load_control_image(name, (64, 64), "canny")
    assert found.shape == (64, 64, 4) and not found[..., :3].any()
    assert not found[:, :16, 3].any() and found[:, 17:47, 3].min() == 255
    assert np.array_equal(
        image_inputs.load_control_image(name, (64, 64), "none"), image_inputs.load_fitted(name, (64, 64))
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"preprocessor": "pose"}, "no preprocessor called 'pose'; choose one of none, canny"),
        ({"preprocessor": ["canny"]}, "no preprocessor called"),
        ({"start": 0.5, "end": 0.5}, "must end after its start"),
        ({"start": -0.1}, "the start of a hint must be"),
        ({"end": 1.5}, "the end of a hint must be"),
        ({"end": float("nan")}, "the end of a hint must be"),
    ],
)
def test_impossible_settings_of_a_control_image_are_refused(changes: dict[str, object], sentence: str) -> None:
    request = Request(hints=(ControlImage("edges", "0" * 64, **changes),))  # type: ignore[arg-type]
    with pytest.raises(BadRequest, match=sentence):
        request.checked()


def test_control_images_of_earlier_files_keep_their_meaning_and_digest() -> None:
    text = '{"version": 2, "hints": [{"kind": "edges", "image": "' + "0" * 64 + '", "weight": 0.8}]}'
    request = Request.from_json(text)
    assert request.hints == (ControlImage("edges", "0" * 64, 0.8),)
    assert Request.from_json(request.to_json()) == request
    assert request.digest() == "a1cb654adc1bcb6716a18bfa280c7aa7"
    later = ControlImage("edges", "0" * 64, 0.8, "canny", 0.1, 0.6)
    other = Request.from_json(Request(hints=(later,)).to_json())
    assert other.hints == (later,) and other.digest() != request.digest()
