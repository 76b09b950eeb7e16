"""Model listing: unchanged files are not opened again, and every change is noticed."""

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

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.fingerprint import fingerprint
from gdm_studio.models.model_library import Library
from tests.helpers import tiny_model
from tests.helpers.file_openings import record_openings

COUNT = 5


@pytest.fixture(scope="module")
def valid_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "tiny"
    tiny_model.write(folder)
    return folder


@pytest.fixture
def folders(valid_model: Path, _own_home: Path) -> list[Path]:
    """Create a user's models mine-0, mine-1, … with old modification times, and a file that is no model."""
    made = [Path(shutil.copytree(valid_model, paths.models_dir() / f"mine-{number}")) for number in range(COUNT)]
    for number, folder in enumerate(made):
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        (folder / "card.json").write_text(json.dumps(card | {"name": f"mine-{number}"}), encoding="utf-8")
        save_file({"w": torch.full((1,), float(number))}, folder / "other.safetensors")
    for file in paths.models_dir().rglob("*.*"):
        make_old(file)
    return made


def make_old(file: Path, day: int = 1) -> None:
    """Set an old modification time, because recently changed files are read again."""
    os.utime(file, (day * 86_400, day * 86_400))


def own_models(library: Library) -> list[str]:
    return sorted(card.name for card in library.cards() if card.name.startswith("mine"))


def opened_user_files(seen: list[tuple[str, str]]) -> set[str]:
    """Return the names of the opened files in the user's models folder."""
    return {Path(path).name for _, path in seen if path.startswith(str(paths.models_dir()))}


def cache() -> Path:
    return paths.cache_dir() / "models" / "cards.json"


def test_a_listing_of_what_was_listed_before_opens_no_file(folders: list[Path]) -> None:
    first = Library()
    with record_openings() as seen:
        cards, refused = first.cards(), first.refused()
    assert own_models(first) == [f"mine-{number}" for number in range(COUNT)]
    assert {"tiny.safetensors", "tiny.vae.safetensors", "card.json"} <= opened_user_files(seen)
    for library in (first, Library()):
        with record_openings() as seen:
            library.refresh()
            again = library.cards()
        assert opened_user_files(seen) == set()
        assert again == cards and library.refused() == refused and len(refused) == COUNT
        assert [card.vocabulary for card in again] == [card.vocabulary for card in cards]


def test_a_model_outside_the_folders_is_read_once_until_it_changes(valid_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    shutil.copytree(valid_model, folder)
    file = folder / "tiny.safetensors"
    library = Library()
    first = library.card(str(file))
    with record_openings() as seen:
        assert library.card(str(file)) == first
    assert not [path for _, path in seen if Path(path).is_relative_to(folder)]
    (folder / "tiny.vae.safetensors").unlink()
    with pytest.raises(ModelError):
        library.card(str(file))


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
def test_every_change_is_noticed(folders: list[Path], change: Callable[[Path], object], becomes: str) -> None:
    library = Library()
    before = own_models(library)
    change(folders[0])
    assert library.refresh() and own_models(library) == own_models(Library())
    assert "mine-0" not in own_models(library) and ("mine-9" in own_models(library)) == (becomes == "renamed")
    assert set(own_models(library)) - {"mine-9"} == set(before) - {"mine-0"}
    with pytest.raises(ModelError):
        library.card("mine-0")


def test_a_model_requested_by_name_is_up_to_date(folders: list[Path]) -> None:
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
def test_a_recently_written_file_is_read_again(folders: list[Path], size: int) -> None:
    """Detect a change although two writes share one modification time."""
    path = folders[0] / "card.json"
    # A time that counts as recent however long the test takes.
    now = time.time_ns() + 300 * 10**9

    def write(title: str) -> None:
        data = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(data | {"title": title}), encoding="utf-8")
        os.utime(path, ns=(now, now))

    write("One")
    assert Library().card("mine-0").title == "One"
    write("Two" + size * "!")
    assert Library().card("mine-0").title == "Two" + size * "!"


def with_other_name(data: bytes) -> bytes:
    return data.replace(b"mine-0", b"mine-8")


@pytest.mark.parametrize(
    "damage",
    [
        with_other_name,
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"\xff" * 99,
        lambda data: b"\n",
    ],
    ids=["lies", "half", "empty", "noise", "a line"],
)
def test_a_damaged_cache_is_rebuilt(folders: list[Path], damage: Callable[[bytes], bytes]) -> None:
    before = own_models(Library())
    cache().write_bytes(damage(cache().read_bytes()))
    assert own_models(Library()) == before
    with record_openings() as seen:
        assert own_models(Library()) == before
    assert opened_user_files(seen) == set()


@pytest.mark.slow
def test_models_are_listed_without_a_writable_cache(folders: list[Path]) -> None:
    shutil.rmtree(paths.cache_dir())
    paths.cache_dir().write_text("in the way")
    assert len(own_models(Library())) == COUNT and len(fingerprint(Library().card("mine-0"))) == 10


def test_weights_are_read_for_their_hash_once(folders: list[Path]) -> None:
    card = Library().card("mine-0")
    assert card.path is not None
    found = fingerprint(card)
    kept = json.loads((paths.cache_dir() / "models" / "hashes.json").read_bytes().partition(b"\n")[2])["facts"]
    assert kept.keys() == {str(file) for file in card.weights}
    data = bytearray(card.path.read_bytes())
    data[-1] ^= 1
    card.path.write_bytes(data)
    make_old(card.path, day=2)
    assert fingerprint(card) not in ("", found)
    with record_openings() as seen:
        fingerprint(card)
    assert seen == []
