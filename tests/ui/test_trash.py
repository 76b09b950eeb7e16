"""The system's trash: what it gets when the window closes, and what waits on."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdm_studio import paths, preferences
from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery
from gdm_studio.preferences import Preferences
from gdm_studio.ui.gallery.trash import empty_bin, to_trash
from tests.helpers.library import result


@pytest.fixture
def trash(home: Path) -> Path:
    return home / "share" / "Trash" / "files"


def test_on_closing_deleted_pictures_go_where_people_look_for_them(home: Path, trash: Path) -> None:
    gallery = Gallery.open()
    fox, owl = gallery.keep(result("a fox")), gallery.keep(result("an owl"))
    gallery.delete([fox.id])
    empty_bin(gallery)
    assert [path.name for path in trash.iterdir()] == [fox.path.name]
    assert gallery.held() == [] and gallery.page() == [owl]
    preferences.save(Preferences(empty_bin_on_exit=False))
    gallery.delete([owl.id])
    empty_bin(gallery)
    assert len(gallery.held()) == 1 and len(list(trash.iterdir())) == 1
    gallery.close()
    assert paths.data_dir().is_relative_to(home)


def test_what_the_trash_does_not_take_is_told(home: Path) -> None:
    with pytest.raises(StorageError, match="delete it yourself"):
        to_trash(home / "nowhere.png")
