"""The nearest training drawing of an image, from a real index of a real model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.gallery import save
from gdm_studio.models.attribution import find_origin, load_origins
from gdm_studio.models.credits import credit_text
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import BUILT_IN, Request
from gdm_studio.training.data.dataset import Pictures, open_pictures
from tests.helpers import tiny_model
from tests.training.made_up_pictures import write_pictures

SOURCES = [
    {"set": "flat", "author": "Nobody", "licence": "MIT", "url": "https://example.org"},
    {"set": "other", "author": "Ann", "licence": "CC-BY-4.0", "url": "https://example.com"},
]


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    """Create the training drawings of the model "tiny" with their index. It was not trained on the style "soft"."""
    folder = write_pictures(tmp_path / "drawings")
    styles = [{"id": "flat", "title": "Flat"}]
    tiny_model.write(paths.models_dir() / "tiny", card={"styles": styles, "sources": SOURCES})
    assert run(["train", "origins", "--data", str(folder), "--subset", "all", "--model", "tiny"]) == 0
    return open_pictures(folder)


def transformed(rgba: np.ndarray) -> np.ndarray:
    """Return the image slightly larger, further right, darker and with half as many pixels."""
    large = Image.fromarray(rgba).resize((140, 140)).crop((0, 6, 128, 134)).resize((64, 64))
    darker = np.asarray(large).astype(np.float32) * (0.94, 0.96, 0.94, 1)
    return darker.astype(np.uint8)


def test_near_copies_are_named_with_set_and_licence(pictures: Pictures) -> None:
    card = Library().card("tiny")
    for row in pictures.rows[:9]:
        for picture in (pictures.pixels[row["index"]], transformed(pictures.pixels[row["index"]])):
            found = find_origin(card, np.asarray(picture))
            assert found is not None and found.words == f"“{row['caption']}” of flat (Nobody, MIT)"
    drawing, said = np.asarray(pictures.pixels[pictures.rows[0]["index"]]), pictures.rows[0]["caption"]
    for room in (((96, 0), (0, 0)), ((0, 96), (0, 0)), ((0, 0), (96, 0)), ((0, 0), (0, 96))):
        found = find_origin(card, np.pad(drawing, (*room, (0, 0))))
        assert found is not None and found.thing == said, "at an edge of a picture that is not square"


def cross() -> np.ndarray:
    rgba = np.zeros((96, 96, 4), np.uint8)
    rgba[40:56], rgba[:, 40:56] = (250, 200, 0, 255), (250, 200, 0, 255)
    return rgba


def test_other_images_have_no_origin(pictures: Pictures) -> None:
    card, across = Library().card("tiny"), np.linspace(0, 255, 96).astype(np.uint8)
    photograph = np.random.default_rng(1).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    gradient = np.dstack([np.tile(across, (96, 1))] * 3)
    for picture in (cross(), photograph, gradient, np.zeros((96, 96, 4), np.uint8)):
        assert find_origin(card, picture) is None
    (paths.models_dir() / "tiny" / "origins.xz").unlink()
    assert find_origin(Library().card("tiny"), np.asarray(pictures.pixels[0])) is None


def test_inspect_and_credits_name_the_drawing(
    pictures: Pictures, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = np.asarray(pictures.pixels[1])
    near = save(Result(0, Request(model="tiny", prompt="a bar", seed=1), drawn), tmp_path / "made").path
    far = save(Result(0, Request(model="tiny", prompt="a bar", seed=2), cross()), tmp_path / "made").path
    capsys.readouterr()
    assert run(["inspect", str(near)]) == 0
    assert "close to            “red bar” of flat (Nobody, MIT), https://example.org" in capsys.readouterr().out
    assert run(["inspect", "--json", str(near)]) == 0
    told = json.loads(capsys.readouterr().out)["close_to"]
    assert (told["thing"], told["set"], told["licence"]) == ("red bar", "flat", "MIT") and told["distance"] < 0.03
    for path, named in ((near, ["“red bar” of flat"]), (far, ["by Ann"])):
        out = tmp_path / path.stem
        assert run(["export", str(path), "--credits", "--out", str(out)]) == 0
        text = (out / "CREDITS.txt").read_text(encoding="utf-8")
        assert all(each in text for each in named), text
        assert ("by Ann" in text) == (path == far)


def test_credits_combine_drawings_and_sets(pictures: Pictures) -> None:
    card = Library().card("tiny")
    text = credit_text(card, [find_origin(card, np.asarray(pictures.pixels[1])), None])
    assert "- “red bar” by Nobody" not in text and "“red bar” of flat by Nobody, MIT, https://example.org" in text
    assert "- other by Ann, CC-BY-4.0" in text


def test_a_damaged_index_is_reported_and_inspect_still_works(
    pictures: Pictures, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index, drawn = paths.models_dir() / "tiny" / "origins.xz", np.asarray(pictures.pixels[0])
    whole = index.read_bytes()
    for number, data in enumerate((b"", b"nonsense", whole[:-60], whole[:200])):
        index.write_bytes(data)
        with pytest.raises(ModelError, match="is damaged"):
            find_origin(Library().card("tiny"), drawn), number
    path = save(Result(0, Request(model="tiny", prompt="a disc"), drawn), tmp_path / "made").path
    assert run(["inspect", str(path)]) == 0
    assert "close to" not in capsys.readouterr().out


def test_the_shipped_index_is_small_and_part_of_the_model() -> None:
    for name in (BUILT_IN, f"{BUILT_IN}-fast"):
        card = Library().card(name)
        assert card.path is not None
        index = card.path.with_name("origins.xz")
        assert index in card.files and index.stat().st_size <= 400_000
    sample = Image.open(card.path.parent / "styles" / "twemoji.png").convert("RGBA")
    origins = load_origins(card)
    assert origins is not None
    found = origins.nearest(np.asarray(sample))
    assert found is not None and found.source.licence in {"MIT", "Apache-2.0", "CC-BY-4.0"}
