"""Moving the library: no file is deleted before all are copied, and an interruption loses nothing."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery
from gdm_studio.gallery.storage import library_move
from tests.helpers.library import result


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Create a library of three images with steps, one of them in a subfolder, and a file of another kind."""
    gallery = Gallery(tmp_path / "old", tmp_path / "data", tmp_path / "cache")
    for seed in range(3):
        gallery.save(replace(result(f"picture {seed}", seed=seed), steps=b"steps"))
    (gallery.pictures / "sub").mkdir()
    gallery.page()[0].path.rename(gallery.pictures / "sub" / "inside.png")
    (gallery.pictures / "notes.txt").write_text("not a picture")
    gallery.close()
    return gallery.pictures


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in found}


def move_and_record(old: Path, new: Path) -> list[Path]:
    """Move the library and return the folders passed to the switch callback."""
    to: list[Path] = []
    for _ in library_move.move_library(old, new, to.append):
        pass
    return to


def test_all_files_are_moved_and_the_old_folder_is_removed(library: Path, tmp_path: Path) -> None:
    before = contents(library)
    new = tmp_path / "another" / "place"
    progress = list(library_move.move_library(library, new, lambda folder: None))
    assert contents(new) == before and not library.exists()
    assert progress == sorted(progress)
    assert progress[-1][0] == progress[-1][1] == sum(len(data) for data, _ in before.values())
    gallery = Gallery(new, tmp_path / "data", tmp_path / "cache")
    assert {picture.request.prompt for picture in gallery.page()} == {"picture 0", "picture 1", "picture 2"}
    assert all(gallery.steps.path(picture.id).exists() for picture in gallery.page())
    gallery.close()


def test_partial_files_of_other_processes_are_not_moved(library: Path, tmp_path: Path) -> None:
    (library / ".half.part").write_bytes(b"half a picture")
    total = sum(path.stat().st_size for path in library.rglob("*") if path.is_file()) - len(b"half a picture")
    steps = list(library_move.move_library(library, tmp_path / "elsewhere", lambda folder: None))
    assert steps[0] == (0, total) and steps[-1] == (total, total) and steps == sorted(steps)
    assert not list((tmp_path / "elsewhere").rglob("*.part"))
    assert [path.name for path in library.rglob("*") if path.is_file()] == [".half.part"]


def test_a_cancelled_move_changes_nothing_and_can_be_resumed(library: Path, tmp_path: Path) -> None:
    before, new = contents(library), tmp_path / "new"
    for steps in range(len(before)):
        attempt = library_move.move_library(library, new, lambda folder: pytest.fail("not yet"))
        for _ in range(steps + 1):
            next(attempt)
        attempt.close()
        assert contents(library) == before
    assert move_and_record(library, new) == [new] and contents(new) == before and not library.exists()


def test_resuming_needs_no_space_for_copied_files(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, new = contents(library), tmp_path / "new"
    attempt = library_move.move_library(library, new, lambda folder: None)
    # This copies all files but one.
    for _ in range(len(before)):
        next(attempt)
    attempt.close()
    missing = before.keys() - contents(new).keys()
    room = sum(len(before[name][0]) for name in missing)
    assert len(missing) == 1 and 0 < room < sum(len(data) for data, _ in before.values())
    usage = shutil.disk_usage(new)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=room))
    assert move_and_record(library, new) == [new] and contents(new) == before


@pytest.mark.parametrize("failing", ["fsync", "replace", "utime"])
def test_a_failing_disk_loses_nothing(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    before, new, calls = contents(library), tmp_path / "new", []
    real = getattr(os, failing)

    def full(*arguments: object, **options: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        return real(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, failing, full)
        with pytest.raises(StorageError, match="is full; free some space"):
            move_and_record(library, new)
    assert contents(library) == before
    assert move_and_record(library, new) == [new] and contents(new) == before


def test_a_failing_switch_keeps_the_old_folder(library: Path, tmp_path: Path) -> None:
    before = contents(library)

    def fails(folder: Path) -> None:
        raise StorageError("The settings cannot be written; free some space.")

    with pytest.raises(StorageError, match="settings"):
        list(library_move.move_library(library, tmp_path / "new", fails))
    assert contents(library) == before


def test_an_image_saved_during_the_move_is_moved(library: Path, tmp_path: Path) -> None:
    attempt = library_move.move_library(library, tmp_path / "new", lambda folder: None)
    next(attempt)
    (library / "a late one.png").write_bytes(b"late")
    list(attempt)
    assert (tmp_path / "new" / "a late one.png").read_bytes() == b"late" and not library.exists()


def test_a_file_changed_during_the_move_is_copied_again(library: Path, tmp_path: Path) -> None:
    attempt = library_move.move_library(library, tmp_path / "new", lambda folder: None)
    for _ in range(len(contents(library)) + 1):
        next(attempt)
    (library / "notes.txt").write_text("changed")
    list(attempt)
    assert (tmp_path / "new" / "notes.txt").read_text() == "changed" and not library.exists()


def test_a_file_changed_during_the_switch_is_not_removed(library: Path, tmp_path: Path) -> None:
    for _ in library_move.move_library(
        library, tmp_path / "new", lambda folder: (library / "notes.txt").write_text("changed")
    ):
        pass
    assert {name: data for name, (data, _) in contents(library).items()} == {"notes.txt": b"changed"}


def test_the_gallery_continues_in_the_new_folder(library: Path, tmp_path: Path) -> None:
    gallery = Gallery(library, tmp_path / "data", tmp_path / "cache")
    remembered: list[Path] = []
    gallery.sync()
    before = gallery.page()
    held = gallery.trash.delete([before[0].id])
    gallery.notes.set(before[1].id, "look")
    for _ in gallery.move_library(tmp_path / "new", remembered.append):
        assert gallery.count("look") == 1
    assert remembered == [tmp_path / "new"] == [gallery.pictures]
    assert gallery.sync() == 0, "the index came along"
    gallery.trash.restore(held)
    assert [picture.id for picture in gallery.page()] == [picture.id for picture in before]
    assert gallery.save(result()).path.parent == tmp_path / "new" and len(list((tmp_path / "cache").glob("g*e"))) == 1
    gallery.close()


def test_nothing_is_overwritten(library: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    shutil.copy(library / "notes.txt", new)
    (new / "own.txt").write_text("was here before")
    (new / "sub").mkdir()
    (new / "sub" / "inside.png").write_text("another")
    with pytest.raises(StorageError, match="is another file; choose an empty folder"):
        move_and_record(library, new)
    assert (new / "sub" / "inside.png").read_text() == "another" and (library / "sub" / "inside.png").exists()
    (new / "sub" / "inside.png").unlink()
    move_and_record(library, new)
    assert (new / "own.txt").exists() and not library.exists()


def test_an_unsuitable_target_is_refused(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    for target, said in (
        (library, "already"),
        (library / "sub", "contain one another"),
        (library.parent, "contain one another"),
        (tmp_path / "file", "is a file, not a folder"),
    ):
        with pytest.raises(StorageError, match=said):
            next(library_move.move_library(library, target, lambda folder: None))
    with pytest.raises(StorageError, match="is not there"):
        next(library_move.move_library(tmp_path / "nowhere", tmp_path / "new", lambda folder: None))
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(StorageError, match="too little room"):
        next(library_move.move_library(library, tmp_path / "new", lambda folder: None))
