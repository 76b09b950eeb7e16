"""Home folders of the tests: unchanged ones are used again under another name, and changed ones are removed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.home_folders import HomeFolders


def fill(home: Path) -> None:
    (home / "share").mkdir()
    (home / "cache").mkdir()
    (home / "cache" / "cards.json").write_text("{}")


def test_an_unchanged_folder_is_used_again(tmp_path: Path) -> None:
    folders = HomeFolders(tmp_path, fill)
    home, content = folders.take()
    inode = home.stat().st_ino
    folders.give_back(home, content)
    other, content = folders.take()
    assert other != home and other.stat().st_ino == inode and not home.exists()
    # Two tests at once have two folders.
    third, _ = folders.take()
    assert third not in (home, other) and (third / "cache" / "cards.json").read_text() == "{}"
    folders.give_back(other, content)
    assert folders.take()[0].stat().st_ino == inode


@pytest.mark.parametrize(
    "change",
    [
        lambda home: (home / "new").touch(),
        lambda home: (home / "share" / "new").mkdir(),
        lambda home: (home / "share").rmdir(),
        lambda home: (home / "cache" / "cards.json").write_text("[]"),
        lambda home: (home / "cache").chmod(0o500),
        lambda home: home.rename(home.with_name("elsewhere")),
    ],
    ids=["a file", "a folder", "a folder less", "another content", "another mode", "no home"],
)
def test_a_changed_folder_is_not_used_again(tmp_path: Path, change: Callable[[Path], object]) -> None:
    folders = HomeFolders(tmp_path, fill)
    home, content = folders.take()
    change(home)
    folders.give_back(home, content)
    again, _ = folders.take()
    assert sorted(path.name for path in again.rglob("*")) == ["cache", "cards.json", "share"]
    assert (again / "cache" / "cards.json").read_text() == "{}" and again != home and not home.exists()
    assert (again / "cache").stat().st_mode & 0o200
