"""Exploring through the real window: variations to walk among, and the pictures between two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.gallery import Gallery
from gdm_studio.request import Request, Toward
from gdm_studio.ui.create.exploring import explore as explore_desk
from gdm_studio.ui.create.exploring.explore_view import MIDDLE, PLACES
from gdm_studio.ui.shell.window import Window
from tests.helpers.fast_model import FastLibrary
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.opened import click, opened, press, until
from tests.ui.test_flow import generated, pictures

BASE = Request(prompt="a cheerful red disc", model="gaussian", seed=11, steps=4)


async def filled(window: Window) -> None:
    view, batch = window.tools.sheets.explore.view, window.tools.sheets.batch
    await until(lambda: batch.job is None and all(cell.isEnabled() for cell in view.cells))


def test_eight_variations_lie_around_the_picture_at_the_distance_that_is_set(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        (first,) = pictures(home)
        explore = window.tools.sheets.explore
        press(window, Qt.Key.Key_X)
        assert explore.view.isVisible() and len(explore.view.cells) == PLACES
        await filled(window)
        nine = explore.requests()
        assert nine[MIDDLE].seed == window.create_page.controls.request().seed and nine[MIDDLE].toward is None
        amounts = {one.toward.amount for one in nine if one.toward}
        seeds = {one.toward.seed for one in nine if one.toward}
        assert amounts == {0.2} and len(seeds) == 8
        middle = explore._picture(nine[MIDDLE])
        assert middle is not None and np.array_equal(middle, np.asarray(Image.open(first)))
        near = _apart(window, middle)
        explore.view.distance.changed.emit(0.5)
        explore.view.distance.set_value(0.5)
        explore.view._settle.timeout.emit()
        await filled(window)
        assert {one.toward.amount for one in explore.requests() if one.toward} == {0.5}
        assert seeds == {one.toward.seed for one in explore.requests() if one.toward}
        assert _apart(window, middle) > 1.5 * near

    opened(play)


def _apart(window: Window, middle: np.ndarray) -> float:
    """How far the eight are from the middle, on average."""
    explore = window.tools.sheets.explore
    others = [explore._picture(request) for place, request in enumerate(explore.requests()) if place != MIDDLE]
    return float(np.mean([np.abs(one.astype(float) - middle).mean() for one in others if one is not None]))


def test_beyond_what_is_remembered_it_is_the_eldest_that_go(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore_desk, "KEPT", 14)

    async def play(window: Window) -> None:
        explore = window.tools.sheets.explore
        explore.open(BASE)
        await filled(window)
        first = explore.requests()
        click(explore.view.cells[8])
        await filled(window)
        assert all(explore._picture(request) is not None for request in explore.requests())
        assert [explore._picture(first[place]) is None for place in (MIDDLE, 0, 7, 8)] == [True, True, False, False]

    opened(play)


def test_one_walks_from_picture_to_picture_and_back_and_keeps_what_one_likes(home: Path) -> None:
    async def play(window: Window) -> None:
        explore = window.tools.sheets.explore
        explore.open(BASE)
        await filled(window)
        there, picture = explore.requests()[2], explore._picture(explore.requests()[2])
        click(explore.view.cells[2])
        assert explore.requests()[MIDDLE].toward == there.toward
        assert explore._picture(explore.requests()[MIDDLE]) is picture  # it is not made again
        await filled(window)
        click(explore.view.cells[0])
        await filled(window)
        assert len(explore.view.crumbs) == 3
        far = explore.requests()[MIDDLE].toward
        assert far is not None and far.then is not None
        click(explore.view.crumbs[1])
        assert len(explore.way) == 2 and explore.requests()[MIDDLE].toward == there.toward
        assert window.tools.sheets.batch.job is None  # all of them are remembered
        press(window, Qt.Key.Key_F)
        await until(lambda: Gallery.open().count("is:favorite") == 1)
        click(explore.view.cells[MIDDLE])
        assert not explore.view.isVisible() and window.create_page.controls.row.toward.isVisible()
        await generated(window)

    opened(play)
    gallery = Gallery.open()
    (walk,) = gallery.collections()
    assert walk.count == 25 and walk.name == f"Variations of {BASE.prompt}"  # nine, then eight around each of two
    (liked,) = gallery.page("is:favorite")
    assert isinstance(liked.request.toward, Toward)
    newest = gallery.page(limit=1)[0]
    assert newest.id != liked.id
    assert np.array_equal(np.asarray(Image.open(newest.path)), np.asarray(Image.open(liked.path)))


def test_others_are_eight_others_and_the_quick_version_makes_them_where_there_is_one(home: Path) -> None:
    async def play(window: Window) -> None:
        explore = window.tools.sheets.explore
        explore.open(BASE)
        assert explore.view.fast.isVisible() and explore.view.fast.isChecked()
        await filled(window)
        assert explore._as_made(explore.requests()[0]).model == "gaussian-fast"
        first = {one.toward.seed for one in explore.requests() if one.toward}
        click(explore.view.again)
        await filled(window)
        assert not first & {one.toward.seed for one in explore.requests() if one.toward}
        click(explore.view.fast)
        assert explore._as_made(explore.requests()[0]).model == "gaussian"
        await filled(window)

    opened(play, library=FastLibrary())


def test_a_picture_of_the_gallery_is_varied_whatever_model_made_it(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        window.turn_to("gallery")
        page = window.gallery_page
        await until(lambda: window.shelf.all.rowCount() == 1)
        page.asks.vary.emit(window.shelf.all.picture(0))
        explore = window.tools.sheets.explore
        assert window.page() == "create" and explore.view.isVisible()
        await filled(window)
        window.tools.sheets.vary(Request(prompt="a fox", model="from elsewhere", seed=3))
        assert explore.requests()[MIDDLE].model == "gaussian"
        await filled(window)

    opened(play)


def test_the_way_on_is_cleared_below_the_seed(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.set_request(BASE.walked(Toward(BASE.prompt, 7, 0.2)))
        assert controls.request().toward == Toward(BASE.prompt, 7, 0.2)
        controls.prompt.set_text("a calm blue disc")
        assert controls.request().toward == Toward("a calm blue disc", 7, 0.2)  # the way keeps to the prompt
        click(controls.row.toward._close)
        assert controls.request().toward is None and not controls.row.toward.isVisible()

    opened(play)


def test_a_row_between_two_prompts_is_scrubbed_and_saved_as_a_film(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        between = window.tools.sheets.between
        between.open(BASE, Toward("a calm blue disc", BASE.seed, 1.0))
        await until(lambda: window.tools.sheets.batch.job is None and between.view.film.isEnabled())
        rows = [between._picture(place) for place in range(len(between.frames))]
        colours = np.array([row[64, 64, :3] for row in rows if row is not None], float)
        assert len(colours) == 9
        ways = np.abs(colours - colours[0]).sum(axis=1)
        assert ways[0] == 0 and (np.diff(ways) >= 0).all() and ways[-1] > 100  # ever further from the first
        between.view.track.setFocus()
        press(window, Qt.Key.Key_Right)
        assert between.view.track.value() == 1 and between.view.panes._items[0].rgba is rows[1]
        await between.film(tmp_path / "way.gif")
        press(window, Qt.Key.Key_F)
        await until(lambda: Gallery.open().count("is:favorite") == 1)

    opened(play)
    film = Image.open(tmp_path / "way.gif")
    assert film.n_frames > 4  # type: ignore[attr-defined]  # those that are alike to the last bit are one
    (liked,) = Gallery.open().page("is:favorite")
    assert liked.request.toward == Toward("a calm blue disc", BASE.seed, 0.125)
    assert [collection.count for collection in Gallery.open().collections()] == [9]


def test_a_row_is_stopped_and_goes_on(home: Path) -> None:
    async def play(window: Window) -> None:
        between = window.tools.sheets.between
        window.tools.sheets.go_between()
        QTest.keyClicks(between.view._line, "a calm blue disc")
        click(between.view.make)
        assert between.view.make.text() == "Stop"
        await until(lambda: between._made)
        click(between.view.make)
        await until(lambda: window.tools.sheets.batch.job is None)
        there = len(between._made)
        assert 0 < there < 9 and between.view.make.text() == "Make"
        click(between.view.make)
        await until(lambda: len(between._made) == 9)

    opened(play, library=GaussianLibrary(step_seconds=0.01))
