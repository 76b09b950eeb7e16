"""Details of finished pictures: areas of a word that are generated again, on the command line and in scripts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs
from gdm_studio.gallery import read
from gdm_studio.jobs.detail_redrawing import MAX_AREAS, Detail, detail_request, find_areas
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import MAX_SIDE, ONLY_MASKED, Request
from gdm_studio.studio.model_compatibility import drop_unsupported
from gdm_studio.studio.studio import Studio
from tests.helpers import tiny_model

QUICK = ["--model", tiny_model.NAME, "--steps", "3", "--device", "cpu"]


@pytest.fixture(autouse=True)
def _tiny() -> None:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)


def pixels(path: Path | str) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGBA"))


def select_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every word describe two squares and a speck, except "nothing"."""

    def select(rgba: np.ndarray, word: str, *_: Any, **more: Any) -> np.ndarray:
        from gdm_studio.engine.word_maps import WordNotFoundError

        if word == "nothing":
            raise WordNotFoundError("")
        mask = np.zeros(rgba.shape[:2], np.uint8)
        mask[4:20, 4:24] = mask[40:56, 40:50] = mask[30, 30] = 255
        return mask

    monkeypatch.setattr("gdm_studio.engine.word_maps.select_word", select)


def saved(text: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, text.splitlines()) if line["event"] == "saved"]


@pytest.mark.slow
def test_areas_are_detailed_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    select_squares(monkeypatch)
    out = tmp_path / "out"
    words = ["--detail", "disc: a blue fox", "--detail", "nothing", "--detail-strength", "0.7"]
    made = ["generate", "a red disc", *QUICK, "--seed", "4", "--count", "2", "--out", str(out), "--json"]
    assert run([*made, *words]) == 0
    text = capsys.readouterr()
    lines = [json.loads(line) for line in text.out.splitlines()]
    assert text.err.splitlines() == 2 * ["There is no 'nothing' in the picture, which stays as it is."]
    first, second, *detailed = saved(text.out)
    assert [line.get("detail_of") for line in (first, second, *detailed)] == [None, None, 0, 1]
    assert lines[-1] | {"seconds": 0} == {"event": "done", "pictures": 4, "seconds": 0}
    starts = [line["request"] for line in lines if line["event"] == "start" and line.get("detail_of") == 1]
    assert len(starts) == 2, "the speck is left out"
    for original, line in zip((first, second), detailed, strict=True):
        before, after, request = pixels(original["path"]), pixels(line["path"]), read(Path(line["path"])).request
        assert request is not None and (request.prompt, request.strength) == ("a blue fox", 0.7)
        assert request.inpaint_area == ONLY_MASKED and request.seed == original["seed"]
        changed = (before != after).any(axis=-1)
        assert changed[6:18, 6:22].any() and changed[42:54, 42:48].any()
        changed[3:21, 3:25] = changed[39:57, 39:51] = False
        assert not changed.any()
        # The last area starts from the picture with the first one.
        assert np.asarray(image_inputs.load(request.image))[6:18, 6:22].tolist() == after[6:18, 6:22].tolist()
        assert run(["reproduce", line["path"]]) == 0
    # Scripts get the same picture.
    with Studio() as studio:
        *_, last = studio.detail(first["path"], "disc", prompt="a blue fox", strength=0.7, device="cpu")
        assert (last.image == pixels(detailed[0]["path"])).all() and studio.keep(last).path.is_file()
        (single,) = (step for step in studio.generate("a fox", model="tiny", seed=1, steps=1, device="cpu"))
        *_, last = studio.detail(single, "fox")
        assert (last.request.prompt, last.request.steps, last.request.strength) == ("fox", 1, 0.4)
        with pytest.raises(BadRequest, match="no 'nothing' in the picture"):
            studio.detail(single, "nothing")
        with pytest.raises(BadRequest, match="`detail` sets `mask` itself"):
            studio.detail(single, "fox", mask="0" * 64)


def test_the_pictures_of_a_folder_are_detailed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    select_squares(monkeypatch)
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for seed in range(2):
        coarse = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), np.uint8)
        Image.fromarray(coarse).resize((80, 64)).save(folder / f"{seed}.png")
    edit = ["edit", str(folder), *QUICK, "--out", str(out), "--detail"]
    assert run([*edit, "disc"]) == 0
    for seed in range(2):
        after, request = pixels(out / f"{seed}.png"), read(out / f"{seed}.png").request
        changed = (pixels(folder / f"{seed}.png") != after).any(axis=-1)
        assert changed[6:18, 6:22].any() and not changed[:, 52:].any() and not changed[:3].any()
        assert request is not None and request.prompt == "disc"
    capsys.readouterr()
    assert run([*edit, "disc"]) == 0 and "2 of 2 pictures were finished before" in capsys.readouterr().err
    assert run([*edit, "nothing"]) == 0
    assert "1.png: There is no 'nothing' in the picture" in capsys.readouterr().err
    assert (pixels(out / "1 (2).png") == pixels(folder / "1.png")).all()
    with Studio() as studio:
        arguments: dict[str, Any] = {"model": tiny_model.NAME, "steps": 3, "details": [Detail("disc")]}
        edited = dict(studio.edit_folder(folder, out=tmp_path / "more", device="cpu", **arguments))
        assert edited == {folder / name: tmp_path / "more" / name for name in ("0.png", "1.png")}
        with pytest.raises(BadRequest, match="`details` change nothing else"):
            list(studio.edit_folder(folder, "a fox", **arguments))
    assert run([*edit, "disc", "--strength", "0.5"]) == 2 and "changes nothing else" in capsys.readouterr().err


def test_a_detail_that_cannot_be_made_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    cases = (
        (["--detail", " : a fox"], "Name a word"),
        (["--detail", "x" * 201], "at most 200 characters"),
        (["--detail", "fox", "--detail-strength", "2"], "must be"),
        (["--detail", "fox", "--detail-strength", "nan"], "must be"),
        (["--detail-strength", "0.5"], "needs --detail"),
        ([*["--detail", "fox"] * 17], "at most 16 details"),
        (["--detail", "fox", "--prompts", str(tmp_path / "list")], "--prompts and --detail"),
    )
    for options, problem in cases:
        assert run(["generate", "a fox", *QUICK, "--out", str(out), *options]) == 2
        assert problem in capsys.readouterr().err
    assert not out.exists(), "nothing was generated"
    with Studio() as studio, pytest.raises(BadRequest, match=f"at most {MAX_SIDE} pixels a side"):
        studio.detail(np.zeros((8, MAX_SIDE + 1, 3), np.uint8), "fox", model="tiny")
    with pytest.raises(BadRequest, match="must be"):
        Detail("fox", padding=-1)


def test_a_detail_forgets_the_prompt_of_the_former_start_image() -> None:
    """With it, Icons would leave out of the detail what the former start image shows."""
    library = Library()
    card = library.card(Request().model)
    start = image_inputs.store(np.full((64, 64, 4), 200, np.uint8))
    mask = image_inputs.store_mask(np.full((64, 64), 255, np.uint8))
    base = card.default_request()
    base = replace(base, prompt="a hat", image=start, mask=mask, image_prompt="a cat")
    detail = detail_request(card, base, Detail("cat"), start, mask)
    assert detail.mask and detail.shown_prompt == ""
    assert base.shown_prompt == "a cat"
    # A file may have any prompt, and reading it takes time.
    assert replace(base, image_prompt="a cat " * 100_000).shown_prompt == ""
    assert drop_unsupported(base, card.accepts).image_prompt == "a cat"
    assert drop_unsupported(replace(base, image="", mask=""), card.accepts).image_prompt == ""


def test_a_noisy_area_is_split_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mask of many specks, as a hostile picture may have, makes few areas."""

    def select(rgba: np.ndarray, *_: Any, **more: Any) -> np.ndarray:
        mask = np.zeros((400, 400), np.uint8)
        mask[::20, ::20] = 255
        return mask

    monkeypatch.setattr("gdm_studio.engine.word_maps.select_word", select)
    name = image_inputs.store(np.zeros((400, 400), np.uint8))
    assert len(find_areas(name, "fox", Library(), Request(model=tiny_model.NAME))) == 1 < MAX_AREAS
