"""The window end to end, by clicks and keys, on a model that is exact and instant."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gdm_studio.gallery import read, save
from gdm_studio.request import Request
from gdm_studio.run import Result, State
from gdm_studio.ui.create import keeping
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.session import Session
from gdm_studio.ui.shell.app import application, event_loop
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.opened import click, drop, notices, offered, opened, press, told, until


def pictures(home: Path) -> list[Path]:
    return sorted((home / "pictures").glob("*.png"))


def generate(window: Window) -> None:
    click(window.create_page.controls.button)
    assert window.making.job is not None


async def generated(window: Window, count: int = 1) -> None:
    """Presses Generate and waits for the pictures in the gallery."""
    await until(lambda: window.shelf.looked)  # pictures of an earlier window are counted by then
    before = window.shelf.beside.rowCount()
    generate(window)
    await until(lambda: window.shelf.beside.rowCount() >= before + count and window.making.job is None)


def test_a_first_run_has_a_prompt_a_model_and_one_button(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        assert controls.request().prompt == "a cheerful red disc"
        assert controls.request().model == "gaussian" and controls.request().steps == 8
        assert controls.button.isEnabled() and window.shelf.beside.rowCount() == 0

    opened(play)


def test_generate_shows_every_step_and_keeps_the_picture(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        run = window.viewer.run
        assert run is not None and run.state is State.DONE
        assert [view.index for view in run.views[0]] == list(range(1, 9))
        (path,) = pictures(home)
        request = read(path).request
        assert request is not None and request.prompt == "a cheerful red disc"
        assert request.seed == window.create_page.controls.seed.value()
        assert np.array_equal(np.asarray(Image.open(path)), run.results[0].rgba)
        assert np.array_equal(window.create_page.stage.canvas.picture(), run.results[0].rgba)

    opened(play)


def test_the_file_names_the_device_that_made_the_picture(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        window.making.set_device("NVIDIA H200")  # which had no memory left, say
        await generated(window)
        (result,) = window.viewer.run.results
        assert result.made is not None and result.made.device.startswith("CPU")
        assert read(pictures(home)[0]).made_with["device"] == result.made.device
        pictures(home)[0].parent.rename(home / "away")
        (home / "pictures").write_text("a file where the folder should be")
        generate(window)
        await until(lambda: any("The picture is not lost" in notice for notice in notices(window)))
        await window.making.keeping.save_elsewhere(tmp_path)
        (elsewhere,) = tmp_path.glob("*.png")
        assert read(elsewhere).made_with["device"] == result.made.device

    opened(play)


def test_every_run_has_a_new_seed_unless_it_is_locked_or_typed(home: Path) -> None:
    async def play(window: Window) -> None:
        seed = window.create_page.controls.seed
        seeds = []
        for _ in range(2):
            await generated(window)
            seeds.append(seed.value())
        assert seeds[0] != seeds[1]
        click(seed.lock)
        await generated(window)
        assert seed.value() == seeds[1]
        click(seed.lock)
        seed.edit.setFocus()
        seed.edit.selectAll()
        QTest.keyClicks(seed.edit, "4321")
        QTest.keyClick(seed.edit, Qt.Key.Key_Return)
        await generated(window)
        assert seed.value() == 4321
        seed.edit.selectAll()
        QTest.keyClicks(seed.edit, "987")
        await generated(window)  # a click on the button leaves the keys in the field
        assert seed.value() == 987
        assert {read(path).request.seed for path in pictures(home)} == {*seeds, 4321, 987}  # type: ignore[union-attr]

    opened(play)


def test_stop_takes_effect_within_a_step_and_what_was_reached_can_be_kept(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(steps=60)
        generate(window)
        run = window.viewer.run
        assert run is not None
        await until(lambda: run.steps_done >= 2)
        click(window.create_page.controls.button)
        made = run.steps_done
        assert "Stopping" in window.create_page.controls.button.text()
        await until(lambda: window.making.job is None)
        assert run.state is State.STOPPED and run.steps_done <= made + 1
        assert not pictures(home)
        await told(window, "Stopped at step")
        window.create_page.stage.bar.keep_clicked.emit()
        await until(lambda: pictures(home))
        assert read(pictures(home)[0]).stopped_at == run.steps_done

    opened(play, library=GaussianLibrary(step_seconds=0.05))


def test_space_pauses_right_steps_on_and_space_goes_on(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(steps=30)
        generate(window)
        run = window.viewer.run
        assert run is not None
        window.create_page.stage.canvas.setFocus()
        await until(lambda: run.steps_done >= 1)
        press(window, Qt.Key.Key_Space)
        await until(lambda: run.state is State.PAUSED)
        made = run.steps_done
        press(window, Qt.Key.Key_Right)
        await until(lambda: run.steps_done == made + 1 and run.state is State.PAUSED)
        await until(lambda: all(view.decoded for view in run.views[0]) and window.viewer.view() is run.views[0][-1])
        press(window, Qt.Key.Key_Left)
        assert not window.viewer.live and window.viewer.view() is run.views[0][-2]
        press(window, Qt.Key.Key_Right)
        assert window.viewer.live and window.viewer.view() is run.views[0][-1]
        press(window, Qt.Key.Key_Space)
        await until(lambda: run.state is State.DONE)
        await until(lambda: pictures(home))

    opened(play, library=GaussianLibrary(step_seconds=0.05))


def test_started_from_the_prompt_space_pauses_and_writes_nothing(home: Path) -> None:
    async def play(window: Window) -> None:
        prompt = window.create_page.controls.prompt
        prompt.set_text("a calm disc")
        prompt.setFocus()
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.viewer.view() is not None)
        press(window, Qt.Key.Key_Space)
        run = window.viewer.run
        assert run is not None
        await until(lambda: run.state is State.PAUSED)
        assert prompt.text() == "a calm disc"

    opened(play, library=GaussianLibrary(step_seconds=0.1))


def test_keep_is_offered_for_what_is_on_the_stage_alone(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, keep = window.create_page.controls, window.create_page.stage.bar._keep
        await generated(window)
        earlier = window.shelf.beside.picture(0)
        controls.draft.change(steps=60)
        library.step_seconds = 0.05
        generate(window)
        run = window.viewer.run
        await until(lambda: run.steps_done >= 2)
        controls.stop.emit()
        await until(keep.isVisible)
        window.create_page.gallery.grid.select(earlier.id)
        await until(lambda: window.steps.earlier.reel() is not None)
        assert not keep.isVisible()
        press(window, Qt.Key.Key_K)
        window.viewer.go_live()
        assert keep.isVisible() and window.viewer.on_stage is run
        window.viewer.show_still(np.zeros((8, 8, 4), np.uint8), "Start picture", "")
        assert not keep.isVisible() and len(pictures(home)) == 1
        window.viewer.go_live()
        assert np.array_equal(window.create_page.stage.canvas.picture(), window.viewer.view().predicted)

    library = GaussianLibrary()
    opened(play, library=library)


def test_a_new_run_withdraws_the_offer_to_keep_the_last(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        click(controls.button)
        await until(lambda: window.viewer.view() is not None)
        window.create_page.controls.prompt.editor.setFocus()
        press(window, Qt.Key.Key_Escape)
        assert window.create_page.stage.hasFocus() and not window.making.job.cancelled, "it only leaves the prompt"
        press(window, Qt.Key.Key_Escape)
        await told(window, "Stopped at step")
        click(controls.button)
        await until(lambda: window.making.job is not None)
        await until(lambda: not any("Stopped at step" in notice for notice in notices(window)))

    opened(play, library=GaussianLibrary(step_seconds=0.1))


def test_looking_back_leaves_the_run_going_and_end_returns(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(steps=60)
        generate(window)
        run = window.viewer.run
        assert run is not None
        window.create_page.stage.canvas.setFocus()
        await until(lambda: run.steps_done >= 3)
        press(window, Qt.Key.Key_Home)
        made = run.steps_done
        assert window.viewer.view() is run.views[0][0]
        for key, index in ((Qt.Key.Key_Left, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_Left, 0)):  # no further back
            press(window, key)
            assert window.viewer.view() is run.views[0][index] and not window.viewer.live
        await until(lambda: run.steps_done >= made + 2)
        assert window.viewer.view() is run.views[0][0]
        press(window, Qt.Key.Key_End)
        await until(lambda: window.making.job is None)
        await until(lambda: window.viewer.live and window.viewer.view() is run.views[0][-1])

    opened(play, library=GaussianLibrary(step_seconds=0.03))


def test_who_looks_back_stays_there_and_the_details_are_of_the_picture_on_the_canvas(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(steps=40, count=2, batch=1)
        generate(window)
        run, details = window.viewer.run, window.create_page.gallery.details
        assert run is not None
        window.create_page.stage.canvas.setFocus()
        for image in (0, 1):
            await until(lambda image=image: len(run.views[image]) >= 3 and window.viewer.image == image)
            press(window, Qt.Key.Key_Home)
            await until(lambda image=image: details.isVisible() and details.picture().id == run.kept.get(image))
            await until(lambda image=image: window.making.job is None or any(map(len, run.views[image + 1 :])))
            assert window.viewer.view() is run.views[image][0]
            press(window, Qt.Key.Key_End)

    opened(play, library=GaussianLibrary(step_seconds=0.02))


def test_a_finished_picture_of_a_batch_shows_its_own_steps(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(count=3)
        await generated(window, 3)
        run = window.viewer.run
        assert run is not None and len(pictures(home)) == 3
        second = next(path for path in pictures(home) if read(path).request.seed == run.request.seed + 1)
        picture = next(p for p in map(window.shelf.beside.picture, range(3)) if p.path == second)
        window.create_page.gallery.grid.select(picture.id)
        assert window.viewer.view() is run.views[1][-1]
        assert window.viewer.seed() == run.request.seed + 1

    opened(play)


def test_while_a_run_goes_on_the_gallery_rings_no_other_picture(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        panel = window.create_page.gallery
        first = panel.grid.current()
        assert first is not None and panel.details.isVisible()
        window.create_page.controls.button.click()
        await until(lambda: window.making.job is not None)
        assert panel.grid.current() is None and not panel.grid.selected() and not panel.details.isVisible()
        await until(lambda: window.making.job is None and panel.grid.current() is not None)
        newest = panel.grid.current()
        assert newest is not None and newest.id != first.id and panel.details.picture() is newest

    opened(play, library=GaussianLibrary(step_seconds=0.03))


def test_a_dropped_picture_restores_its_settings_and_makes_itself_again(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        (path,) = pictures(home)
        first = np.asarray(Image.open(path))
        controls = window.create_page.controls
        controls.prompt.set_text("something else")
        await generated(window)
        drop(window, path)
        await until(lambda: controls.request().prompt == "a cheerful red disc")
        await told(window, "restored")
        await generated(window)
        newest = window.shelf.beside.picture(0).path
        assert newest != path and np.array_equal(np.asarray(Image.open(newest)), first)

    opened(play)


def test_a_dropped_picture_of_another_model_says_what_was_not_used(home: Path, tmp_path: Path) -> None:
    request = Request(model="elsewhere", style="noto", prompt="a green disc", steps=5, size=(64, 64))
    picture = save(Result(0, request, np.zeros((64, 64, 4), np.uint8)), tmp_path)

    async def play(window: Window) -> None:
        drop(window, picture.path)
        await until(lambda: window.create_page.controls.request().prompt == "a green disc")
        assert window.create_page.controls.request().steps == 5
        assert window.settings.left_out(request) == ["model", "style", "size"]
        await told(window, "Not used: model, style, size")
        await generated(window)

    opened(play)


def test_a_dropped_picture_without_settings_says_so_and_is_started_from(home: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.png"
    Image.new("RGB", (8, 8)).save(plain)

    async def play(window: Window) -> None:
        drop(window, plain)
        await told(window, "does not say how it was made")
        assert window.create_page.controls.request().image

    opened(play)


def test_an_error_is_a_notice_and_the_window_goes_on(home: Path) -> None:
    class Broken(GaussianLibrary):
        broken = False

        def load(self, name, *, device, dtype):  # type: ignore[no-untyped-def]
            if self.broken:
                self.card("gone")
            return super().load(name, device=device, dtype=dtype)

    library = Broken()

    async def play(window: Window) -> None:
        library.broken = True
        generate(window)
        await until(lambda: window.making.job is None)
        await told(window, "There is no model called 'gone'")
        library.broken = False
        await generated(window)
        assert len(pictures(home)) == 1

    opened(play, library=library)


def test_a_disk_that_comes_back_by_itself_has_the_pictures_and_nothing_is_said_any_more(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AGAIN_MS", 20)
    (home / "pictures").write_text("a file where the folder should be")

    async def play(window: Window) -> None:
        generate(window)
        await told(window, "The picture is not lost")
        assert window.making.keeping.is_stuck
        (home / "pictures").unlink()
        await until(lambda: len(pictures(home)) == 1 and not window.making.keeping.is_stuck)
        await until(lambda: not any("The picture is not lost" in notice for notice in notices(window)))

    opened(play)


def test_a_full_or_closed_folder_loses_nothing(home: Path) -> None:
    (home / "pictures").write_text("a file where the folder should be")

    async def play(window: Window) -> None:
        generate(window)
        await told(window, "The picture is not lost")
        for way_out in ("Try again", "Save elsewhere…", "Try again"):  # by turns
            await until(lambda way_out=way_out: offered(window, way_out))
            if way_out == "Try again":
                click(offered(window, way_out))  # type: ignore[arg-type]
            else:
                await window.making.keeping.save_unsaved()  # as who chooses no folder after all
        await until(lambda: offered(window, "Save elsewhere…"))
        (home / "pictures").unlink()
        await window.making.keeping.save_unsaved()
        await until(lambda: len(pictures(home)) == 1)

    opened(play)


def test_a_picture_that_could_not_be_saved_is_saved_on_closing(home: Path) -> None:
    (home / "pictures").write_text("a file where the folder should be")

    async def play(window: Window) -> None:
        generate(window)
        await until(lambda: window.making.job is None)
        (home / "pictures").unlink()

    opened(play)
    assert len(pictures(home)) == 1


def test_deleting_can_be_undone(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        picture = window.shelf.beside.picture(0)
        window.create_page.gallery.asks.delete.emit([picture.id])
        await until(lambda: window.shelf.beside.rowCount() == 0)
        assert not picture.path.exists()
        window.create_page.gallery.grid.setFocus()
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.shelf.beside.rowCount() == 1 and picture.path.exists())

    opened(play)


def test_state_is_remembered(home: Path) -> None:
    async def first(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.set_text("a calm blue disc")
        controls.draft.change(steps=5)
        click(controls.seed.lock)
        window.gallery_page.set_look(160, oldest_first=True)
        window.resize(window.width(), 700)

    async def second(window: Window) -> None:
        request = window.create_page.controls.request()
        assert (request.prompt, request.steps) == ("a calm blue disc", 5)
        assert window.create_page.controls.seed.lock.isChecked()
        assert window.height() == 700
        assert window.gallery_page.search.cell() == 160 and window.shelf.all.is_oldest_first()

    opened(first)
    opened(second)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"geometry": 3}', '{"request": {"steps": -1}}'])
def test_damaged_state_gives_the_defaults(home: Path, damage: str) -> None:
    (home / "data").mkdir()
    (home / "data" / "window.json").write_text(damage)

    async def play(window: Window) -> None:
        assert window.create_page.controls.request().prompt == "a cheerful red disc"

    opened(play)
    assert json.loads((home / "data" / "window.json").read_text())["request"]["steps"] == 8


def test_a_folder_that_cannot_be_written_does_not_keep_it_from_closing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "data").write_text("a file where the folder should be")

    async def play(window: Window) -> None:
        generate(window)
        await until(lambda: window.making.job is None)

    opened(play)
    assert "data is a file, not a folder" in capsys.readouterr().err


def test_closing_in_mid_run_keeps_what_is_finished(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(count=2)
        window.create_page.controls.draft.change(batch=1)
        generate(window)
        run = window.viewer.run
        assert run is not None
        await until(lambda: len(run.results) == 1 and len(run.views[1]) >= 1)

    opened(play, library=GaussianLibrary(step_seconds=0.02))
    assert len(pictures(home)) == 1


def test_a_short_run_can_be_replayed(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        window.create_page.stage.canvas.setFocus()
        seen = set()
        press(window, Qt.Key.Key_R)
        await until(lambda: not window.viewer.live)
        while not window.viewer.live:
            view = window.viewer.view()
            assert view is not None
            seen.add(view.index)
            await until(lambda shown=view: window.viewer.view() is not shown or window.viewer.live)
        assert seen == set(range(1, 9))

    opened(play)


def test_a_replay_asked_for_again_begins_anew(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        first = window.tasks.start(window.viewer.replay())
        await until(lambda: not window.viewer.live)
        second = window.tasks.start(window.viewer.replay())
        await asyncio.wait_for(first, 1.5)  # a replay takes 2.5 s at least
        assert not second.done() and not window.viewer.live
        window.viewer.go_live()
        await asyncio.wait_for(second, 1.5)
        assert window.viewer.live

    opened(play)


def test_keys_turn_pages_and_find_the_search(home: Path) -> None:
    async def play(window: Window) -> None:
        press(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
        assert window.pages.currentWidget() is window.models_page
        press(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        assert window.pages.currentWidget() is window.create_page
        window.create_page.stage.canvas.setFocus()
        press(window, Qt.Key.Key_Slash)
        assert QApplication.focusWidget() is window.create_page.gallery.search

    opened(play)


@pytest.mark.parametrize("where", ["prompt", "number", "search"])
def test_a_picture_can_be_dropped_on_any_field(home: Path, tmp_path: Path, where: str) -> None:
    request = Request(model="gaussian", prompt="a green disc", steps=5, size=(128, 128))
    picture = save(Result(0, request, np.zeros((128, 128, 4), np.uint8)), tmp_path)

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        field = {
            "prompt": controls.prompt.editor.viewport(),
            "number": controls.steps.edit,
            "search": window.create_page.gallery.search,
        }[where]
        drop(window, picture.path, on=field)
        await until(lambda: controls.request().prompt == "a green disc")
        assert controls.request().steps == 5 and not window.create_page.gallery.search.text()

    opened(play)


def test_settings_of_a_stopped_picture_go_on_to_its_end_in_its_precision(home: Path, tmp_path: Path) -> None:
    request = Request(model="gaussian", prompt="a green disc", steps=5, size=(128, 128), dtype="bf16")
    picture = save(Result(0, request, np.zeros((128, 128, 4), np.uint8), stopped_at=3), tmp_path)

    async def play(window: Window) -> None:
        drop(window, picture.path)
        await until(lambda: window.create_page.controls.request().dtype == "bf16")
        await told(window, "Generate goes on to its end.")

    opened(play)


def test_the_chosen_device_is_remembered_and_pictures_are_shown_as_predicted(home: Path) -> None:
    async def first(window: Window) -> None:
        window.create_page.controls.draft.change(device="cpu")
        window.viewer.set_shown("noisy")
        await generated(window)

    async def second(window: Window) -> None:
        assert window.create_page.controls.request().device == "cpu"
        assert window.viewer.shown == "predicted"
        await until(lambda: window.shelf.beside.rowCount() == 1)
        await generated(window)
        run = window.viewer.run
        assert run is not None and run.request.device == "cpu"
        shown, result = window.create_page.stage.canvas.picture, run.results[0].rgba
        await until(lambda: np.array_equal(shown(), result))

    opened(first)
    opened(second)


def test_closing_before_the_devices_are_known_forgets_none(home: Path) -> None:
    (home / "data").mkdir()
    remembered = Session(request=Request(model="gaussian", device="cuda:3"))
    remembered.save(home / "data")

    async def play() -> None:
        window = Window(app.findChild(Theme) or Theme(app), GaussianLibrary())
        window.show()
        await window.painted.wait()
        window.start()
        window.close()
        await window.closed.wait()
        window.deleteLater()

    app = QApplication.instance() or application()
    assert isinstance(app, QApplication)
    with event_loop(app) as loop:
        loop.run_until_complete(play())
    kept = Session.load(home / "data").request
    assert kept is not None and kept.device == "cuda:3"


def test_each_notice_brings_back_its_own_pictures(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(count=3)
        await generated(window, 3)
        model = window.shelf.beside
        one, *two = [model.picture(row) for row in range(3)]
        for pictures in ([one], two):
            left = model.rowCount() - len(pictures)
            window.create_page.gallery.asks.delete.emit([picture.id for picture in pictures])
            await until(lambda left=left: model.rowCount() == left)
        shown = window.create_page.stage.notices.shown
        await until(lambda: [notice.title for notice in shown] == ["Picture deleted", "2 pictures deleted"])
        click(shown[0]._button)
        await until(lambda: model.rowCount() == 1)
        assert model.picture(0).id == one.id and not any(picture.path.exists() for picture in two)
        window.create_page.gallery.grid.setFocus()
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: all(picture.path.exists() for picture in (one, *two)))
        await until(lambda: not any("deleted" in notice for notice in notices(window)))

    opened(play)


def test_a_search_stays_as_it_is_while_pictures_come(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        model, found = window.shelf.beside, window.shelf.beside.picture(0)
        model.set_query("cheerful")
        await until(lambda: not model.is_waiting())
        window.create_page.gallery.grid.select(found.id)
        resets = []
        model.modelReset.connect(lambda: resets.append(True))
        generate(window)
        await until(lambda: model.rowCount() == 2 and window.making.job is None)
        window.create_page.controls.prompt.set_text("something else")
        generate(window)
        await until(lambda: len(pictures(home)) == 3 and window.making.job is None)
        await window.shelf.remember(Session(), home / "data")  # behind everything else that the disk has to do
        assert model.rowCount() == 2 and not resets

    opened(play)
