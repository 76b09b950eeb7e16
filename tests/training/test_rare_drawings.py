"""Building of the table of drawings that a model has not memorised."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.icons.family import ICONS
from gdm_studio.models.families.icons.family import card as read_card
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.models.model_library import Library
from gdm_studio.training.table_builders.rare_training_images import build
from tests.training.made_up_pictures import SIZE, write_pictures

STYLES = {"flat": "twemoji", "soft": "noto"}


@pytest.fixture
def model_card(tmp_path: Path) -> Path:
    """Return the card of a copy of the built-in model without rarer drawings."""
    shipped = Library().card("icons-2").path
    assert shipped is not None
    (tmp_path / "model").mkdir()
    for path in (shipped.with_name("card.json"), *shipped.parent.glob("icons-2.*safetensors")):
        if ".rare." not in path.name:
            (tmp_path / "model" / path.name).symlink_to(path)
    return tmp_path / "model" / "card.json"


@pytest.fixture
def data(tmp_path: Path, model_card: Path) -> Path:
    """Write made-up images of the model's size in two of its styles."""
    size = json.loads(model_card.read_text("utf-8"))["size"]
    folder = write_pictures(tmp_path / "pictures")
    pixels = np.fromfile(folder / "pictures.u8", np.uint8).reshape(-1, SIZE, SIZE, 4)
    factor = size // SIZE
    (folder / "pictures.u8").write_bytes(pixels.repeat(factor, 1).repeat(factor, 2).tobytes())
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    (folder / "meta.json").write_text(json.dumps(meta | {"size": size}), encoding="utf-8")
    _change(folder, lambda row: row | {"style": STYLES[row["style"]]})
    return folder


def _change(folder: Path, change: object) -> None:
    assert callable(change)
    lines = (folder / "manifest.jsonl").read_text("utf-8").splitlines()
    rows = [json.dumps(change(json.loads(line))) + "\n" for line in lines]
    (folder / "manifest.jsonl").write_text("".join(rows), encoding="utf-8")


def load(model_card: Path) -> IconsModel:
    model = ICONS.load(
        read_card(read_entry(model_card.with_name("icons-2.safetensors"))), torch.device("cpu"), torch.float32, Store()
    )
    assert isinstance(model, IconsModel)
    return model


@pytest.mark.slow
def test_drawings_are_added(model_card: Path, data: Path) -> None:
    # Tinted drawings, and another drawing of the same name and style, are left out.
    _change(data, lambda row: row | {"tint": "red"} if row["name"] == "red ring" else row)
    _change(data, lambda row: row | {"caption": "blue disc"} if row["name"] == "blue ring" else row)
    assert load(model_card).all_drawings is None
    assert build(data, model_card, subset="all") == 14
    model = load(model_card)
    assert model.recall is not None and model.all_drawings is not None and model.unet.sketch is not None
    row = tuple(model.tokenizer.encode("green disc", "twemoji"))
    assert not model.recall.drawings(row[1:])
    known, components = model.all_drawings(torch.tensor([row]), torch.tensor([row[0]]))
    assert bool(known)
    latents = model.unet.sketch.from_components(components, torch.Size(model.card.latent[1:]))
    middle = model.decode(latents)[0, 128, 128].tolist()
    assert middle[1] > 120 > middle[0] and middle[3] > 200


@pytest.mark.slow
def test_recoloured_drawings_are_added_if_their_style_has_no_others(model_card: Path, data: Path) -> None:
    _change(data, lambda row: row | {"tint": row["colour"]} if row["style"] == "noto" or "ring" in row["name"] else row)
    # All nine of one style, and six of the other.
    assert build(data, model_card, subset="all") == 15


@pytest.mark.slow
def test_damaged_table(model_card: Path, data: Path) -> None:
    build(data, model_card, subset="all")
    path = model_card.with_name("icons-2.rare.safetensors")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelError, match="damaged"):
        load(model_card)


@pytest.mark.slow
def test_nothing_is_missing(model_card: Path, data: Path) -> None:
    _change(data, lambda row: row | {"tone": True})
    with pytest.raises(ModelError, match="nothing is missing"):
        build(data, model_card, subset="all")
