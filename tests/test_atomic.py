"""A name never stands for half a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gdm_studio.atomic import PART, check_writable, make_folder, remove_abandoned, replacing, write
from gdm_studio.errors import StorageError


def test_the_old_content_stands_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write(path, b"old")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_while_writing_keeps_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    write(tmp_path / "file", b"old")
    with pytest.raises(error), replacing(tmp_path / "file") as file:
        file.write(b"half")
        raise error
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_two_writers_of_one_name_do_not_mix(tmp_path: Path) -> None:
    with replacing(tmp_path / "file") as one, replacing(tmp_path / "file") as other:
        one.write(b"one")
        other.write(b"other")
    assert (tmp_path / "file").read_bytes() == b"one"  # the last to be finished


def test_where_nothing_can_be_written_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="a file, not a folder"):
        make_folder(tmp_path / "file")
    with pytest.raises(StorageError, match="a part of it is a file"):
        write(tmp_path / "file" / "inside", b"")
    with pytest.raises(StorageError, match="a part of it is a file"):
        check_writable(tmp_path / "file")
    with pytest.raises(StorageError, match="is not there"):
        write(tmp_path / "nowhere" / "inside", b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError, match="is a folder, not a file"):
        write(tmp_path / "folder", b"")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_only_what_was_left_long_ago_is_removed(tmp_path: Path) -> None:
    old, new = tmp_path / f".old{PART}", tmp_path / f".new{PART}"
    for part in (old, new, tmp_path / "other"):
        part.write_bytes(b"half")
        remove_abandoned(part)
    os.utime(old, (1, 1))
    remove_abandoned(old)
    assert not old.exists() and new.exists()
