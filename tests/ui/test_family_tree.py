"""The family tree in the window: by mouse and keyboard, side by side, a system tried or its command copied."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QTableView, QToolButton

from gdm_studio.gallery import read
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.systems.family import STRIPS, own
from gdm_studio.ui.family_tree.graph import Node
from gdm_studio.ui.family_tree.layout import Kin, laid_out
from gdm_studio.ui.shell.window import Window
from tests.helpers.opened import offered, opened, until
from tests.ui.accessibility import problems


def told(window: Window) -> str:
    details = window.family_page.details
    return " ".join(each.text() for each in details.findChildren(QLabel) if each.isVisibleTo(details))


def heights(table: QTableView) -> list[int]:
    return [table.rowHeight(row) for row in range(table.model().rowCount())]


def asked(table: QTableView) -> list[int]:
    """What the texts of each row need at the widths that the columns have now."""
    return [table.sizeHintForRow(row) for row in range(table.model().rowCount())]


def test_the_tree_is_walked_by_mouse_and_keyboard(home: Path) -> None:
    async def play(window: Window) -> None:
        window.turn_to("models")
        window.models_page.family_tree.click()
        assert window.page() == "family-tree"
        page = window.family_page
        await until(lambda: page.graph.choice() == "ddpm")
        await until(lambda: "Gaussian noise, N(0, I)." in told(window))
        assert "the claim holds" in told(window)
        (area,) = page.details.findChildren(QScrollArea)
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        QTest.mouseClick(page.graph.node("cold"), Qt.MouseButton.LeftButton)
        assert area.verticalScrollBar().value() == 0, "another system is read from its top"
        assert page.graph.choice() == "cold"
        await until(lambda: "No noise." in told(window))
        node = page.graph.node("cold")
        node.setFocus()
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
            at = QApplication.focusWidget()
            assert isinstance(at, Node)
            QTest.keyClick(at, key)
        assert page.graph.choice() == "ddpm", "to DDPM, to what it goes on from, and back"
        assert QApplication.focusWidget() is page.graph.node("ddpm")
        assert problems(page) == []
        tabbed = [node for node in page.graph.findChildren(Node) if node.focusPolicy() & Qt.FocusPolicy.TabFocus]
        assert tabbed == [page.graph.node("ddpm")]

        page.details.action.click()
        assert QGuiApplication.clipboard().text() == "gdm-studio train ddpm --data DIR --out RUN"
        next(each for each in page.view.findChildren(QToolButton) if each.text() == "Side by side").click()
        assert page.table.isVisible() and page.table.model().rowCount() == len(page._members)
        await until(lambda: heights(page.table) == asked(page.table))
        page.table.selectRow(0)
        assert page.graph.choice() == "vae"
        await until(lambda: "unpacked" in told(window))
        page.back.click()
        assert window.page() == "models"

    opened(play)


def test_a_system_with_weights_is_tried(home: Path) -> None:
    strips = own() / STRIPS
    strips.mkdir(parents=True)
    Image.fromarray(np.full((132, 540, 4), 200, np.uint8)).save(strips / "ddim.png")
    (strips / "ddpm.png").write_bytes(b"no picture")

    async def made(count: int) -> Request:
        """What the newest of so many pictures was asked for by."""
        await until(lambda: len(list((home / "pictures").glob("*.png"))) == count)
        newest = max((home / "pictures").glob("*.png"), key=lambda path: path.stat().st_mtime_ns)
        request = read(newest).request
        assert request is not None
        return request

    async def play(window: Window) -> None:
        window.turn_to("family-tree")
        page, controls = window.family_page, window.create_page.controls
        await until(lambda: page.graph.choice() == "ddpm")
        assert page.details.action.text() == "Try it"
        page.choose("ddim")
        await window.tools.starting.use(np.full((32, 32, 4), 90, np.uint8))
        window.draft.change(prompt="a fox with a hat")
        strip = page.details._strip
        await until(lambda: strip.isVisible() and strip.height() > 40)
        page.details.action.click()
        asked = await made(1)
        assert (asked.model, asked.sampler, asked.steps, asked.guidance_scale) == ("ddpm", "ddim", 10, 1.0)
        assert asked.label == "airplane" and asked.image == "" and window.page() == "create"
        await until(lambda: offered(window, "Bring it back"))
        assert window.draft.written.prompt == "a fox with a hat"
        window.top.page_chosen.emit("models")
        assert window.page() == "family-tree", "where people were"
        page.choose("dp-trajectory")
        page.details.action.click()
        another = await made(2)
        assert another.spacing == "optimal" and another.seed == asked.seed, "from the same noise"
        window.turn_to("family-tree")
        page.choose("vae")
        page.details.action.click()
        assert (await made(3)).steps == 1 and not controls.row.steps.isVisible() and not controls.curve.isVisible()

    opened(play, library=Library())


def test_nothing_lies_on_anything_else() -> None:
    kin = {f"{year}-{n}": Kin(year, tuple(f"{before}-0" for before in (2013, 2018, 2020) if before < year))
           for year in (2013, 2014, 2018, 2020, 2021) for n in range(4)}  # fmt: skip
    kin["late"] = Kin(2021, ("2021-1",))
    found = laid_out(kin)
    assert found.headings == ("2013 – 2014", "2018", "2020", "2021", "2021") and found.column["late"] == 4
    spots = sorted((found.column[name], found.rows[name]) for name in kin)
    for (column, row), (other, below) in zip(spots, spots[1:], strict=False):
        assert column != other or below - row >= 1 - 1e-9
    assert all(0.5 <= found.rows[name] <= found.height - 0.5 for name in kin)
    assert found.chains["2013-0", "2021-0"] == ("2013-0", ("2013-0", 1), ("2013-0", 2), "2021-0")
    assert laid_out(kin) == found
