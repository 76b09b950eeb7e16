"""Building of the silhouettes from a small archive of icons."""

import io
import json
import tarfile
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from gdm_studio.common.errors import StudioError
from gdm_studio.models.families.icons.silhouettes import ANY_COLOUR, PALETTE, read_silhouettes
from gdm_studio.models.model_library import Library
from gdm_studio.training.data.licences import SOURCES, Source
from gdm_studio.training.table_builders import silhouettes

SETS = {
    "made-up": {
        "prefix": "made-up",
        "width": 64,
        "height": 64,
        "icons": {
            # A square in a corner, and a bar that is twice as wide as high.
            "corner": {"body": '<path fill="currentColor" d="M0 0h16v16h-16z"/>'},
            "bar": {"body": '<path fill="currentColor" d="M8 24h48v24h-48z"/>'},
        },
    },
    "other": {"prefix": "other", "icons": {"dot": {"body": '<circle cx="8" cy="8" r="4"/>'}}},
}
LISTED = {
    "square": ["made-up:corner", "red"],
    "bar": ["made-up:bar", "any", "beam"],
    "dot": ["other:dot", "blue"],
    "block": ["made-up:corner", "grey"],
    "queen": "princess",
}


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """Write a card of the built-in model's name to an empty folder."""
    path = tmp_path / "card.json"
    path.write_text('{"name": "icons-2"}', encoding="utf-8")
    return path


def archive(folder: Path) -> Path:
    with tarfile.open(folder / "iconify-json-2.2.535.tgz", "w:gz") as tar:
        for prefix, document in SETS.items():
            data = json.dumps(document).encode()
            info = tarfile.TarInfo(f"package/json/{prefix}.json")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return folder


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Use LISTED instead of the shipped list, and return a copy that a test may change."""
    changed: dict[str, object] = dict(LISTED)
    monkeypatch.setattr(silhouettes, "listed_drawings", lambda: changed)
    sets = {name: Source(f"{name} icons", "Author", "https://example.org", "CC0-1.0") for name in SETS}
    monkeypatch.setattr(silhouettes, "SOURCES", sets)
    return changed


def test_the_table_is_built(card: Path, tmp_path: Path, listed: dict[str, object]) -> None:
    size = silhouettes.build(card, source=archive(tmp_path))
    path = card.with_name("icons-2.silhouettes.safetensors")
    assert path.stat().st_size == size
    table = read_silhouettes(path)
    assert table.drawings["bar"] == (table.drawings["beam"][0], ANY_COLOUR)
    assert table.same_as == {"queen": "princess"}
    # An icon that is listed twice is stored once.
    assert table.drawings["square"][0] == table.drawings["block"][0] and len(table.masks) == 3
    # Each drawing fills the mask in one direction.
    square, bar = (table.masks[table.drawings[name][0]] for name in ("square", "bar"))
    assert square.all()
    rows = np.flatnonzero(bar.any(axis=1))
    assert bar[rows].all() and len(rows) == silhouettes.SIDE // 2
    assert rows[0] == silhouettes.SIDE // 4


def test_the_card_names_the_authors_once(card: Path, tmp_path: Path, listed: dict[str, object]) -> None:
    card.write_text('{"name": "icons-2", "sources": [{"set": "noto", "count": 7}]}', encoding="utf-8")
    for _ in range(2):
        silhouettes.build(card, source=archive(tmp_path))
        sources = json.loads(card.read_text("utf-8"))["sources"]
        assert [(each["set"], each["count"]) for each in sources] == [("noto", 7), ("made-up", 2), ("other", 1)]
    assert sources[1]["author"] == "Author" and sources[1]["title"] == "made-up icons"


def test_the_shipped_card_names_the_authors() -> None:
    path = Library().card("icons-2").path
    assert path is not None
    named = json.loads(path.with_name("card.json").read_text("utf-8"))["sources"]
    assert all(each in named for each in silhouettes.sources_of(silhouettes.listed_drawings()))


def test_an_icon_that_the_archive_lacks(card: Path, tmp_path: Path, listed: dict[str, object]) -> None:
    listed["star"] = ["other:star", "red"]
    with pytest.raises(StudioError, match="no icon named star"):
        silhouettes.build(card, source=archive(tmp_path))


def test_missing_archive(card: Path, tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="npm pack @iconify/json"):
        silhouettes.build(card, source=tmp_path)


def test_the_shipped_table_has_the_drawings_of_the_list() -> None:
    path = Library().card("icons-2").path
    assert path is not None
    table = read_silhouettes(path.with_name("icons-2.silhouettes.safetensors"))
    listed = json.loads((files("gdm_studio.training.data") / silhouettes.LIST).read_text("utf-8"))
    names = [(name, *entry[2:]) for name, entry in listed.items() if not isinstance(entry, str)]
    flat = [each for group in names for each in group]
    assert sorted(flat) == sorted(table.drawings)
    assert len(flat) == len(set(flat))
    for name, entry in listed.items():
        if isinstance(entry, str):
            assert table.same_as[name] == entry
        else:
            icon, colour, *_ = entry
            assert table.drawings[name][1] == colour and colour in (*PALETTE, ANY_COLOUR)
            # Authors are named in NOTICE.
            assert icon.partition(":")[0] in SOURCES
