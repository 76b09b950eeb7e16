"""Selecting by word: from a word map to a mask at the edges of the picture, and on pictures of the built-in model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.engine.word_maps import measure_word_maps, select_word
from gdm_studio.engine.word_selection import WordMaps, offered_words, select_by_map
from gdm_studio.gallery import read
from gdm_studio.maths.noise_path import NoiseLevel, NoisePath
from gdm_studio.models.families import read_prompt
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.studio.studio import Studio
from tests.helpers import tiny_model
from tests.helpers.gaussian_model import GaussianLibrary


def overlap(mask: np.ndarray, truth: np.ndarray) -> float:
    selected = mask > 0
    return float((selected & truth).sum() / (selected | truth).sum())


def two_discs(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture of two red discs on noisy grey, and the first disc."""
    down, across = np.mgrid[:side, :side] / side
    first = np.hypot(across - 0.3, down - 0.35) < 0.17
    second = np.hypot(across - 0.8, down - 0.75) < 0.12
    rgb = np.random.default_rng(0).normal(140, 8, (side, side, 3)).clip(0, 255)
    rgb[first | second] = (200, 30, 30)
    return np.dstack([rgb, np.full((side, side), 255.0)]).astype(np.uint8), first


@pytest.mark.parametrize("side", [120, 600])
def test_a_blurred_map_becomes_the_area_with_its_edges(side: int) -> None:
    picture, disc = two_discs(side)
    down, across = np.mgrid[:16, :16] / 15
    blurred = np.exp(-((across - 0.33) ** 2 + (down - 0.3) ** 2) / 0.03)
    mask = select_by_map(picture, blurred)
    assert mask.shape == (side, side) and set(np.unique(mask)) == {0, 255} and overlap(mask, disc) > 0.95
    assert not mask[int(0.6 * side) :, int(0.6 * side) :].any(), "the other disc has the same colour"
    assert not select_by_map(picture, np.ones((16, 16))).any()


@pytest.mark.slow
def test_the_area_of_a_map_depends_on_no_unit_of_the_map() -> None:
    """The map is split by shares of its variance, so that a factor or an offset of all levels changes nothing."""
    picture, disc = two_discs(120)
    down, across = np.mgrid[:16, :16] / 15
    away = np.hypot(across - 0.33, down - 0.3)
    for levels in (np.exp(-(away**2) / 0.03), (away < 0.2) + 0.05 * across, (away < 0.45) + 0.0):
        masks = [select_by_map(picture, factor * levels + offset) for factor, offset in ((1, 0), (40, 0), (1 / 16, 5))]
        assert masks[0].any() and all((each == masks[0]).all() for each in masks)


def test_words_are_found_in_the_prompt() -> None:
    maps = WordMaps(("a", "Straw", "hat"), np.arange(3.0)[:, None, None])
    assert maps.find("straw hat") == 1.5 and maps.find("HAT") == 2 and maps.find("hat straw") is maps.find("") is None
    assert offered_words("A (red:1.2) car, a Red car at 5", {"a", "at"}) == ["red", "car"]


def test_articles_and_prepositions_of_other_languages_are_not_offered(shipped: Library) -> None:
    card = shipped.card("icons-2")
    for prompt, words in (
        ("ein Fuchs mit Hut für einen König", ["fuchs", "hut", "könig"]),
        ("un renard avec un chapeau", ["renard", "chapeau"]),
        ("a fox with a hat for the king", ["fox", "hat", "king"]),
    ):
        assert offered_words(prompt, card.stop_words(prompt)) == words
    plain = replace(card, dictionary=None)
    assert offered_words("ein Fuchs mit Hut", plain.stop_words("ein Fuchs mit Hut")) == ["fuchs", "hut"]


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("teddy bear holding a heart", ["teddy bear", "heart"]),
        ("a cat next to a fire truck", ["cat", "fire truck"]),
        ("three blue stars, zyxx", ["blue", "stars"]),
        ("ein Fuchs mit Hut", ["fuchs", "hut"]),
        ("a Zyxx of the", ["zyxx"]),
    ],
)
def test_the_names_that_the_model_draws_are_offered_whole(shipped: Library, prompt: str, words: list[str]) -> None:
    card = shipped.card("icons-2")
    assert offered_words(prompt, card.stop_words(prompt), read_prompt(card, prompt).parts) == words


@pytest.mark.slow
def test_a_thing_with_a_name_of_two_words_is_selected_alone(shipped: Library) -> None:
    """The areas are those of the drafts, whether or not the prompt names two things in every style."""
    request = Request(prompt="teddy bear holding a heart", seed=3, steps=10)
    picture = next(event.rgba for event in generate(request, shipped) if isinstance(event, Result))
    opaque = picture[..., 3] >= 128
    bear, heart = (select_word(picture, word, shipped, request, is_own=True) > 0 for word in ("teddy bear", "heart"))
    assert overlap(bear | heart, opaque) > 0.85 and (bear & heart).mean() < 0.02
    assert np.nonzero(heart)[1].mean() < 100 < 150 < np.nonzero(bear)[1].mean(), "the heart is on the left"


@pytest.mark.slow
def test_two_things_of_the_built_in_model_are_told_apart(shipped: Library) -> None:
    request = Request(prompt="a dog and a red car", seed=3, steps=10)
    picture = next(event.rgba for event in generate(request, shipped) if isinstance(event, Result))
    opaque = picture[..., 3] >= 128
    dog, car = (select_word(picture, word, shipped, request, is_own=True) > 0 for word in ("dog", "car"))
    assert overlap(dog | car, opaque) > 0.85 and (dog & car).mean() < 0.02
    assert np.argwhere(dog).mean() < 110 < 145 < np.argwhere(car).mean(), "the first thing is above and left"
    # As a file from elsewhere, on white, the picture is no less opaque than the rest.
    alone = replace(request, prompt="a red apple")
    picture = next(event.rgba for event in generate(alone, shipped) if isinstance(event, Result))
    opaque = picture[..., 3] >= 128
    white = np.array(Image.alpha_composite(Image.new("RGBA", picture.shape[1::-1], "white"), Image.fromarray(picture)))
    assert overlap(select_word(white, "apple", shipped, Request(seed=1)), opaque) > 0.7


def test_a_model_without_word_maps_says_so(tmp_path: Path) -> None:
    picture = np.zeros((64, 64, 4), np.uint8)
    with pytest.raises(BadRequest, match="has no word maps; paint the mask"):
        select_word(picture, "disc", GaussianLibrary(), Request(model="gaussian"))
    model = tiny_model.write(tmp_path / "tiny")
    request = Request(model=str(model))
    with pytest.raises(BadRequest, match="Name a word"):
        select_word(picture, " ", Library(), request)
    with pytest.raises(BadRequest, match="finds no 'xyz'"):
        select_word(picture, "xyz", Library(), request)
    photo = np.random.default_rng(1).integers(0, 256, (50, 90, 4), np.uint8)
    maps = measure_word_maps(photo, Library(), replace(request, prompt="a red disc", image="0" * 64, mask="1" * 64))
    assert maps.words == ("a", "red", "disc") and maps.maps.shape[0] == 3 and maps.maps.max() > 0


def test_the_seed_chooses_a_draft_for_the_picture_that_it_generated_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attention is measured at three noise levels of the run, on the picture with the noise of the seed."""
    seen: list[tuple[Any, list[tuple[torch.Tensor, NoiseLevel]]]] = []
    attention = IconsModel.attention

    def watched(model: IconsModel, conditions: Any, path: NoisePath) -> Any:
        read, inputs = attention(model, conditions, path), list[tuple[torch.Tensor, NoiseLevel]]()
        seen.append((conditions, inputs))

        def noted(x: torch.Tensor, at: NoiseLevel) -> Any:
            inputs.append((x, at))
            return read(x, at)

        return noted

    monkeypatch.setattr(IconsModel, "attention", watched)
    model = tiny_model.write(tmp_path / "tiny")
    request = Request(model=str(model), prompt="a red disc", seed=3, steps=20)
    photo = np.random.default_rng(1).integers(0, 256, (64, 64, 4), np.uint8)
    image = image_inputs.store(photo)
    cases = ((request, True), (request, False), (replace(request, image=image), True))
    maps = [measure_word_maps(photo, Library(), given, is_own=is_own) for given, is_own in cases]
    variations = [conditions[0].variation for conditions, _ in seen]
    assert [each is None for each in variations] == [False, True, True]
    assert not np.allclose(maps[0].maps, 0) and np.array_equal(maps[1].maps, maps[2].maps)
    for conditions, inputs in seen:
        assert len(conditions) == 1 and conditions[0].text == "a red disc"
        ratios = [float(at.ratio) for _, at in inputs]
        assert len(ratios) == 3 and sorted(ratios) == ratios
        ((low, at), _, (high, much)) = inputs
        noise = KeyedNoise([3])(0, low)
        data = low - at.sigma * noise
        torch.testing.assert_close(high, data + much.sigma * noise, atol=1e-4, rtol=1e-4)


def test_a_word_is_the_mask_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = str(tiny_model.write(tmp_path / "tiny"))
    (tmp_path / "in").mkdir()
    for seed, name in enumerate(("photo.png", "other.png")):
        coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), np.uint8)
        Image.fromarray(coarse).resize((64, 64)).save(tmp_path / "in" / name)
    photo = str(tmp_path / "in" / "photo.png")
    base = ["--model", model, "--steps", "2", "--device", "cpu", "--seed", "4", "--mask-word", "disc"]
    assert run(["generate", "a fox", *base, "--image", photo, "--out", str(tmp_path / "out"), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (path,) = (line["path"] for line in lines if line["event"] == "saved")
    made = read(Path(path)).request
    assert made is not None and made.mask and made.prompt == "a fox"
    with Studio() as studio:
        mask = studio.select_word(photo, "disc", model=model)
    outside = np.array(Image.open(path).convert("RGB"))[mask == 0]
    assert mask.any() and (outside == np.array(Image.open(photo))[mask == 0]).all()
    folder = ["edit", str(tmp_path / "in"), "--prompt", "a fox", *base, "--out", str(tmp_path / "edited")]
    assert run(folder) == 0 and len(list((tmp_path / "edited").glob("*.png"))) == 2
    edited = read(tmp_path / "edited" / "photo.png").request
    assert edited is not None and edited.mask == made.mask
    capsys.readouterr()
    assert run(folder) == 0 and "2 of 2 pictures were finished before" in capsys.readouterr().err
    for more, problem in (
        (["--image", photo, "--mask", photo], "leave out --mask"),
        ([], "need a start image"),
    ):
        assert run(["generate", "a fox", *base, *more]) == 2 and problem in capsys.readouterr().err
