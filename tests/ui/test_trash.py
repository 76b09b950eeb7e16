"""The system's trash: deleted images move there when the window closes, and refused ones wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdm_studio.common import paths, preferences
from gdm_studio.common.errors import StorageError
from gdm_studio.common.preferences import Preferences
from gdm_studio.gallery import Gallery
from gdm_studio.ui.gallery.service import empty_bin, to_trash
from tests.helpers.library import result


@pytest.fixture
def trash(home: Path) -> Path:
    return home / "share" / "Trash" / "files"


def test_deleted_images_move_to_the_system_trash_on_closing(home: Path, trash: Path) -> None:
    gallery = Gallery.open()
    fox, owl = gallery.save(result("a fox")), gallery.save(result("an owl"))
    gallery.trash.delete([fox.id])
    empty_bin(gallery)
    assert [path.name for path in trash.iterdir()] == [fox.path.name]
    assert gallery.trash.all() == [] and gallery.page() == [owl]
    preferences.save(Preferences(empty_bin_on_exit=False))
    gallery.trash.delete([owl.id])
    empty_bin(gallery)
    assert len(gallery.trash.all()) == 1 and len(list(trash.iterdir())) == 1
    gallery.close()
    assert paths.data_dir().is_relative_to(home)


def test_images_that_the_trash_refuses_are_reported(home: Path) -> None:
    with pytest.raises(StorageError, match="delete it yourself"):
        to_trash(home / "nowhere.png")
