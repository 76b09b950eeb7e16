"""Regions drawn on the map of the panel and on the canvas."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from gdm_studio.common import paths
from gdm_studio.engine import image_inputs
from gdm_studio.gallery import read
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.request.generation_request import Region
from gdm_studio.request.regions import ATTENTION
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.panel.changed_settings import list_changes
from gdm_studio.ui.create.panel.region_section import RegionMap
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.window_state_file import Session
from tests.helpers.window import click, press, run_in_window, until

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def drag_in(widget: QWidget, frame: QRectF, start: tuple[float, float], end: tuple[float, float]) -> None:
    first, last = (
        QPointF(frame.left() + x * frame.width(), frame.top() + y * frame.height()).toPoint() for x, y in (start, end)
    )
    QTest.mousePress(widget, LEFT, pos=first)
    QTest.mouseMove(widget, QPoint((first.x() + last.x()) // 2, (first.y() + last.y()) // 2))
    QTest.mouseMove(widget, last)
    QTest.mouseRelease(widget, LEFT, pos=last)


def test_the_area_of_a_region_is_painted_stored_and_undone() -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        section = controls.regions
        click(section.head)
        await until(lambda: section.map.isVisible())
        click(section.add_button)
        (row,) = section.rows()
        QTest.keyClicks(row.prompt, "a red disc")
        click(row.paint)
        drag_in(section.map, section.map.frame(), (0.75, 0.2), (0.75, 0.8))
        # A run begins with the area as it is on the map.
        controls.generate.emit()
        await until(lambda: window.generation.job is None and [*paths.default_pictures_dir().rglob("*.png")])
        (file,) = paths.default_pictures_dir().rglob("*.png")
        found = read(file)
        assert found is not None and found.request is not None
        (region,) = found.request.regions
        assert region.mask and (region.box[:2], region.prompt) == ((0, 0), "a red disc") and region.box[2] > 0.75
        marked = image_inputs.load_region_mask(region.mask)
        middle = marked.shape[0] // 2
        assert marked[middle, int(0.75 * marked.shape[1])] == 1 and marked[2, -2] == 0 and marked[2, 2] == 1
        assert controls.request().regions == found.request.regions

        # The area continues from its mask, and the right button erases.
        assert not row.paint.isChecked() and row.box.isVisible()
        click(row.paint)
        canvas = window.create_page.canvas_panel.canvas
        assert canvas.tool() is not None
        QTest.mouseClick(section.map, Qt.MouseButton.RightButton, pos=section.map.rect().center())
        click(row.paint)
        assert canvas.tool() is None
        await until(lambda: controls.request().regions[0].mask not in ("", region.mask))
        assert image_inputs.load_region_mask(controls.request().regions[0].mask)[middle, middle] == 0
        click(section.undo_button)
        assert controls.request().regions == (region,)
        click(row.box)
        assert controls.request().regions[0].mask == "" and not row.box.isVisible()

        # The area stays if another region is removed meanwhile.
        click(section.add_button)
        click(row.paint)
        drag_in(section.map, section.map.frame(), (0.75, 0.2), (0.75, 0.8))
        section.boxes.remove(1)
        await until(lambda: controls.request().regions[0].mask != "")
        assert len(controls.request().regions) == 1

    run_in_window(play)


def test_an_area_that_is_being_painted_survives_the_end_of_the_program(home: Path) -> None:
    saved = []

    async def paint(window: Window) -> None:
        section = window.create_page.controls.regions
        click(section.head)
        await until(lambda: section.map.isVisible())
        click(section.add_button)
        QTest.keyClicks(section.rows()[0].prompt, "a red disc")
        click(section.rows()[0].paint)
        drag_in(section.map, section.map.frame(), (0.75, 0.2), (0.75, 0.8))
        # A crash loses no stroke.
        await until(lambda: Session.load(paths.data_dir()).painted_region)
        drag_in(section.map, section.map.frame(), (0.2, 0.5), (0.9, 0.5))
        first = Session.load(paths.data_dir())
        await until(lambda: Session.load(paths.data_dir()).painted_region != first.painted_region)
        saved.append(Session.load(paths.data_dir()))
        await until(lambda: not (paths.inputs_dir() / f"{first.painted_region[1]}.png").exists())
        assert window.create_page.controls.request().regions[0].mask == ""

    async def go_on(window: Window) -> None:
        await until(lambda: window.create_page.controls.request().regions[0].mask)
        (region,) = window.create_page.controls.request().regions
        place, name, _ = saved[0].painted_region
        assert (
            place == "0" and (image_inputs.load_region_mask(name) == image_inputs.load_region_mask(region.mask)).all()
        )
        await until(lambda: not Session.load(paths.data_dir()).painted_region)

    run_in_window(paint)
    saved[0].save(paths.data_dir())
    run_in_window(go_on)


def test_regions_are_drawn_edited_undone_and_generated() -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        section = controls.regions
        controls.prompt.editor.setPlainText("two discs")
        click(section.head)
        await until(section.map.isVisible)
        drawn: RegionMap = section.map
        window.create_page.canvas_panel.canvas.setFocus()
        drag_in(drawn, drawn.frame(), (0.3, 0.3), (0.6, 0.6))
        # What is typed next is the prompt of the new box.
        assert len(controls.request().regions) == 1 and section.rows()[0].prompt.hasFocus()
        drag_in(drawn, drawn.frame(), (0.4, 0.4), (0.4, 0.4))
        assert drawn.hasFocus() and len(controls.request().regions) == 1
        # The keys of the map are not the window's, whose Ctrl+Z undoes what was done elsewhere.
        press(window, Qt.Key.Key_Delete)
        assert controls.request().regions == ()
        press(window, Qt.Key.Key_Z, CONTROL)
        assert len(controls.request().regions) == 1
        press(window, Qt.Key.Key_Z, CONTROL)
        assert controls.request().regions == ()
        # The second half begins at the edge of the first.
        drag_in(drawn, drawn.frame(), (0.01, 0.01), (0.5, 0.99))
        window.resize(1280, 600)
        drag_in(drawn, drawn.frame(), (0.515, 0.01), (0.99, 0.99))
        prompt = section.rows()[-1].prompt
        assert prompt.hasFocus()
        await until(lambda: prompt.visibleRegion().boundingRect() == prompt.rect())
        assert [region.box for region in controls.request().regions] == [(0, 0, 0.5, 1), (0.5, 0, 1, 1)]
        click(section.clear_button)
        drag_in(drawn, drawn.frame(), (0.01, 0.01), (0.51, 0.99))
        click(section.add_button)
        assert [region.box for region in controls.request().regions] == [(0, 0, 0.5, 1), (0.5, 0, 1, 1)]
        for row, text in zip(section.rows(), ("a red disc", "a calm blue disc"), strict=True):
            QTest.keyClicks(row.prompt, text)
        # All letters of a prompt are one edit.
        click(section.undo_button)
        assert [region.prompt for region in controls.request().regions] == ["a red disc", ""]
        QTest.keyClicks(section.rows()[1].negative, "grey")
        section.rows()[1].weight.edit.setText("0.5")
        QTest.keyClick(section.rows()[1].weight.edit, Qt.Key.Key_Return)
        second = Region("", (0.5, 0, 1, 1), negative="grey", weight=0.5)
        assert controls.request().regions == (Region("a red disc", (0, 0, 0.5, 1)), second)

        canvas = window.create_page.canvas_panel.canvas
        assert not section.draw_button.isVisible()
        controls.generate.emit()
        await until(lambda: window.generation.job is None and [*paths.default_pictures_dir().rglob("*.png")])
        (file,) = paths.default_pictures_dir().rglob("*.png")
        found = read(file)
        assert found is not None and found.request is not None
        assert found.request.regions == controls.request().regions
        click(section.draw_button)
        canvas.grab()
        drag_in(canvas, canvas._frame(), (0.5, 0.5), (0.26, 0.5))
        # The second box is selected, so that its edge is in front.
        assert [region.box for region in controls.request().regions] == [(0, 0, 0.5, 1), (0.25, 0, 1, 1)]
        QTest.keyClick(canvas, Qt.Key.Key_Delete)
        assert len(controls.request().regions) == 1
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        assert canvas.tool() is None and not section.draw_button.isChecked()
        click(section.clear_button)
        assert controls.request().regions == () and section.rows() == []

    run_in_window(play)


def test_the_region_mode_is_chosen_where_the_model_has_it() -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        section = controls.regions
        click(section.head)
        await until(section.map.isVisible)
        section.set_accepts(Capabilities(region_attention=True))
        assert not section.mode.isVisible(), "there are no regions yet"
        click(section.add_button)
        assert section.mode.isVisible() and section.mode.choice() == "predictions"
        titles = [each for each in section.findChildren(QLabel) if each.buddy() is section.mode and each.isVisible()]
        assert [title.text() for title in titles] == ["Region mode"]
        section.mode.set_choice(ATTENTION)
        section.mode.chosen.emit(ATTENTION)
        draft = controls.request_draft
        assert draft["region_mode"] == ATTENTION
        assert draft.card is not None
        able = RequestDraft(replace(draft.card, accepts=replace(draft.card.accepts, region_attention=True)))
        able.put(regions=draft["regions"], region_mode=ATTENTION)
        assert [each.text for each in list_changes(able)] == ["1 region", "region mode Attention"]
        # The built-in model adds predictions, and so does its request.
        section.set_accepts(Capabilities())
        assert not section.mode.isVisible() and controls.request().region_mode == "predictions"

    run_in_window(play)
