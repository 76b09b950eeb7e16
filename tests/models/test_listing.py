"""Listing models: nothing is opened again that has not changed, and whatever has changed is seen."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gdm_studio import paths
from gdm_studio.errors import ModelError
from gdm_studio.models.fingerprint import fingerprint
from gdm_studio.models.library import Library
from tests.helpers import tiny_model
from tests.helpers.openings import openings

COUNT = 5


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "tiny"
    tiny_model.write(folder)
    return folder


@pytest.fixture
def folders(sound: Path, _own_home: Path) -> list[Path]:
    """Models of people's own, of another day: mine-0, mine-1, …, and a file that is none."""
    made = [Path(shutil.copytree(sound, paths.models_dir() / f"mine-{number}")) for number in range(COUNT)]
    for number, folder in enumerate(made):
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        (folder / "card.json").write_text(json.dumps(card | {"name": f"mine-{number}"}), encoding="utf-8")
        save_file({"w": torch.full((1,), float(number))}, folder / "other.safetensors")
    for file in paths.models_dir().rglob("*.*"):
        old(file)
    return made


def old(file: Path, day: int = 1) -> None:
    """Gives a file a time long ago: one that was changed just now is read again to be sure."""
    os.utime(file, (day * 86_400, day * 86_400))


def own(library: Library) -> list[str]:
    return sorted(card.name for card in library.cards() if card.name.startswith("mine"))


def of_people(seen: list[tuple[str, str]]) -> set[str]:
    """The names of the files in people's folder that were opened."""
    return {Path(path).name for _, path in seen if path.startswith(str(paths.models_dir()))}


def cache() -> Path:
    return paths.cache_dir() / "models" / "cards.json"


def test_a_listing_of_what_was_listed_before_opens_no_file(folders: list[Path]) -> None:
    first = Library()
    with openings() as seen:
        cards, refused = first.cards(), first.refused()
    assert own(first) == [f"mine-{number}" for number in range(COUNT)]
    assert {"tiny.safetensors", "tiny.vae.safetensors", "card.json"} <= of_people(seen)
    for library in (first, Library()):
        with openings() as seen:
            library.refresh()
            again = library.cards()
        assert of_people(seen) == set()
        assert again == cards and library.refused() == refused and len(refused) == COUNT
        assert [card.vocabulary for card in again] == [card.vocabulary for card in cards]


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "removed": (lambda folder: shutil.rmtree(folder), "gone"),
    "without a part": (lambda folder: (folder / "tiny.vae.safetensors").unlink(), "gone"),
    "half copied": (
        lambda folder: (folder / "tiny.safetensors").write_bytes((folder / "tiny.safetensors").read_bytes()[:-8]),
        "gone",
    ),
    "another card": (
        lambda folder: (folder / "card.json").write_text(
            (folder / "card.json").read_text(encoding="utf-8").replace('"mine-0"', '"mine-9"'), encoding="utf-8"
        ),
        "renamed",
    ),
}


@pytest.mark.parametrize(("change", "becomes"), CHANGES.values(), ids=CHANGES)
def test_what_has_changed_is_seen(folders: list[Path], change: Callable[[Path], object], becomes: str) -> None:
    library = Library()
    before = own(library)
    change(folders[0])
    assert library.refresh() and own(library) == own(Library())
    assert "mine-0" not in own(library) and ("mine-9" in own(library)) == (becomes == "renamed")
    assert set(own(library)) - {"mine-9"} == set(before) - {"mine-0"}
    with pytest.raises(ModelError):
        library.card("mine-0")


def test_a_model_is_asked_for_by_name_as_its_files_are_now(folders: list[Path]) -> None:
    library = Library()
    assert library.card("mine-0").title == "Tiny"
    path = folders[0] / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"title": "Anew"}), encoding="utf-8")
    assert library.card("mine-0").title == "Anew"
    shutil.copytree(folders[0], paths.models_dir() / "late")
    late = paths.models_dir() / "late" / "card.json"
    late.write_text(path.read_text(encoding="utf-8").replace('"mine-0"', '"late"'), encoding="utf-8")
    assert library.card("late").path == late.with_name("tiny.safetensors")


@pytest.mark.parametrize("size", [0, 1], ids=["the same size", "longer"])
def test_a_file_that_was_written_just_now_is_not_taken_for_what_it_was(folders: list[Path], size: int) -> None:
    """Two writings so close together have one time."""
    path = folders[0] / "card.json"
    now = time.time_ns()

    def write(title: str) -> None:
        data = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(data | {"title": title}), encoding="utf-8")
        os.utime(path, ns=(now, now))

    write("One")
    assert Library().card("mine-0").title == "One"
    write("Two" + size * "!")
    assert Library().card("mine-0").title == "Two" + size * "!"


def lied(data: bytes) -> bytes:
    return data.replace(b"mine-0", b"mine-8")


@pytest.mark.parametrize(
    "damage",
    [lied, lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"\xff" * 99, lambda data: b"\n"],
    ids=["lies", "half", "empty", "noise", "a line"],
)  # fmt: skip
def test_a_cache_that_is_damaged_is_made_anew(folders: list[Path], damage: Callable[[bytes], bytes]) -> None:
    before = own(Library())
    cache().write_bytes(damage(cache().read_bytes()))
    assert own(Library()) == before
    with openings() as seen:
        assert own(Library()) == before
    assert of_people(seen) == set()


def test_without_room_for_a_cache_models_are_listed_all_the_same(folders: list[Path]) -> None:
    paths.cache_dir().parent.mkdir(parents=True, exist_ok=True)
    paths.cache_dir().write_text("in the way")
    assert len(own(Library())) == COUNT and len(fingerprint(Library().card("mine-0"))) == 10


def test_weights_are_read_for_their_hash_once(folders: list[Path]) -> None:
    card = Library().card("mine-0")
    assert card.path is not None
    found = fingerprint(card)
    kept = json.loads((paths.cache_dir() / "models" / "hashes.json").read_bytes().partition(b"\n")[2])["facts"]
    assert kept.keys() == {str(file) for file in card.weights}
    data = bytearray(card.path.read_bytes())
    data[-1] ^= 1
    card.path.write_bytes(data)
    old(card.path, day=2)
    assert fingerprint(card) not in ("", found)
    with openings() as seen:
        fingerprint(card)
    assert seen == []
