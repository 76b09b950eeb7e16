"""The system's trash: deleted images move there when the window closes, and refused ones wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from _pytest.capture import CaptureResult

from gdm_studio import preferences
from gdm_studio.cli.main import run as main
from gdm_studio.common import paths
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery
from gdm_studio.models.model_library import Library
from gdm_studio.preferences import Preferences
from gdm_studio.ui.gallery.service import empty_bin, to_trash
from gdm_studio.ui.gallery.undoable_commands import generation_command
from gdm_studio.ui.shell.window import Window
from tests.helpers.library import result
from tests.helpers.window import notices, run_in_window


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


@pytest.mark.parametrize("empties", [True, False])
def test_closing_moves_only_what_the_window_deleted_and_what_is_a_month_old(
    home: Path, trash: Path, capsys: pytest.CaptureFixture[str], *, empties: bool
) -> None:
    preferences.save(Preferences(empty_bin_on_exit=empties))
    window = Gallery.open()
    fox, owl, hen, cat = (window.save(result(f"a {name}")) for name in ("fox", "owl", "hen", "cat"))
    # An undone deletion is none.
    window.trash.restore(window.trash.delete([cat.id]))
    old = window.trash.delete([hen.id])
    old.folder.rename(old.folder.with_name("1000000000-abcdef12-listed"))
    window.trash.delete([fox.id])
    assert main(["gallery", "delete", "owl", "--yes"]) == 0
    empty_bin(window)
    window.close()
    expected = {hen.path.name, fox.path.name} if empties else {hen.path.name}
    assert {path.name for path in trash.iterdir()} == expected
    # A window that deleted nothing.
    another = Gallery.open()
    empty_bin(another)
    another.close()
    assert {path.name for path in trash.iterdir()} == expected
    assert main(["gallery", "undelete"]) == 0
    assert "1 image restored" in capsys.readouterr().out
    assert owl.path.is_file() and cat.path.is_file()
    while "0 images" not in (said := _undelete(capsys)).out:
        pass
    assert "look in the system's trash" in said.err
    assert owl.path.is_file() and fox.path.is_file() != empties


NOTHING = "Nothing to undo: another program has done it"


def test_undo_of_what_another_program_undid_says_so(home: Path, shipped: Library) -> None:
    async def play(window: Window) -> None:
        commands = window.gallery.commands
        fox, owl = await window.gallery.ask(lambda there: [there.save(result(f"a {name}")) for name in ("fox", "owl")])
        ids = [fox.id, owl.id]

        async def undo() -> bool:
            """Undo the latest command. Return True if this has shown that there was nothing to undo."""
            window._notifier.withdraw(NOTHING)
            await window._notifier.undo()
            return any(text.startswith(NOTHING) for text in notices(window))

        async def elsewhere(work: Callable[[Gallery], object]) -> None:
            await asyncio.to_thread(_in_another_program, work)

        await commands.delete(ids)
        assert not await undo()
        await commands.delete(ids)
        await elsewhere(lambda there: there.trash.restore(there.trash.all()[0]))
        assert await undo()
        await commands.tag(ids, ["one"], True)
        # What is left is undone.
        await elsewhere(lambda there: there.tags.set(ids[:1], "one", False))
        assert not await undo()
        await commands.tag(ids, ["one"], True)
        await elsewhere(lambda there: there.tags.set(ids, "one", False))
        assert await undo()
        await commands.favourite(ids, True)
        await elsewhere(lambda there: there.favourites.set(ids, False))
        assert await undo()
        name = await commands.new_collection(ids)
        await commands.rename_collection(name, "other")
        await elsewhere(lambda there: there.collections.delete("other"))
        assert await undo() and await undo()
        commands.note_done(generation_command("", [fox.id]))
        await elsewhere(lambda there: there.trash.delete([fox.id]))
        await undo()
        assert len(await window.gallery.ask(lambda there: there.trash.all())) == 1

    run_in_window(play, library=shipped)


def _in_another_program(work: Callable[[Gallery], object]) -> None:
    gallery = Gallery.open()
    try:
        work(gallery)
    finally:
        gallery.close()


def _undelete(capsys: pytest.CaptureFixture[str]) -> CaptureResult[str]:
    assert main(["gallery", "undelete"]) == 0
    return capsys.readouterr()


def test_images_that_the_trash_refuses_are_reported(home: Path) -> None:
    with pytest.raises(StorageError, match="delete it yourself"):
        to_trash(home / "nowhere.png")
