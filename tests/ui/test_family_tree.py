"""The family tree in the window: navigation by mouse and keyboard, the table, and trying a system."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QTableView, QToolButton

from gdm_studio.cli.main import run
from gdm_studio.gallery import read
from gdm_studio.models.model_library import Library
from gdm_studio.papers.family_tree import MISCONCEPTIONS, STRIPS, WEIGHTS, local_folder
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.paper_family_tree.graph import Node
from gdm_studio.ui.paper_family_tree.layout import LayoutNode, compute_layout
from gdm_studio.ui.paper_family_tree.page import FamilyTreePage
from gdm_studio.ui.paper_family_tree.subscripts import with_subscript_characters, with_subscript_tags
from gdm_studio.ui.shell.window import Window
from tests.helpers.window import notice_button, run_in_window, until
from tests.ui.accessibility import problems
from tests.ui.test_flow import pictures

ROOT = Path(__file__).parents[2]


def details_text(window: Window) -> str:
    details = window.family_page.details
    return " ".join(each.text() for each in details.findChildren(QLabel) if each.isVisibleTo(details))


def row_heights(table: QTableView) -> list[int]:
    return [table.rowHeight(row) for row in range(table.model().rowCount())]


def required_row_heights(table: QTableView) -> list[int]:
    """Return the height that each row's text needs at the current column widths."""
    return [table.sizeHintForRow(row) for row in range(table.model().rowCount())]


def test_the_common_errors_fit_into_the_page_and_formulas_have_subscripts(home: Path) -> None:
    async def play(window: Window) -> None:
        window.resize(1000, 640)
        window.open_page("learn")
        window.learn_page.tree.click()
        page = window.family_page
        await until(lambda: page.graph.choice() == "ddpm")
        await until(lambda: "The noise in x<sub>t</sub>" in details_text(window))
        bar = page._scroll.horizontalScrollBar()
        await until(lambda: bar.maximum() > 0)
        for left in (0, bar.maximum()):
            bar.setValue(left)
            await until(lambda: not cut_errors(page))
        page.choose("consistency")
        await until(lambda: "E‖f<sub>θ</sub>(x<sub>n+1</sub>, σ<sub>n+1</sub>)" in details_text(window))
        texts = [page.table.model().index(row, 2).data() for row in range(page.table.model().rowCount())]
        assert any("xₜ" in text for text in texts) and not any("_" in text for text in texts)

    run_in_window(play)


def cut_errors(page: FamilyTreePage) -> list[str]:
    """Return the texts below the tree that are wider than the visible part of the tree, or higher than their labels.
    These are two legends of the dots, and the common errors with their title.
    """
    visible = page._scroll.viewport()
    labels = page._errors_label.findChildren(QLabel)
    assert len(labels) == len(MISCONCEPTIONS) + 3 and labels[0].text().startswith("Weights of pictures")
    return [
        each.text()
        for each in labels
        if each.mapTo(page, QPoint(0, 0)).x() < visible.mapTo(page, QPoint(0, 0)).x()
        or each.mapTo(page, each.rect().bottomRight()).x() > visible.mapTo(page, visible.rect().bottomRight()).x()
        or (each.hasHeightForWidth() and each.height() < each.heightForWidth(each.width()))
    ]


def test_subscripts_are_converted_and_names_are_not() -> None:
    text = "x̂_{t−1} < P_std², min_G, clip_denoised"
    assert with_subscript_characters(text) == "x̂ₜ₋₁ < P_std², min_G, clip_denoised"
    assert with_subscript_tags(text) == ("x̂<sub>t−1</sub> &lt; P<sub>std</sub>², min<sub>G</sub>, clip_denoised")


def test_the_tree_is_navigated_by_mouse_and_keyboard(home: Path) -> None:
    async def play(window: Window) -> None:
        window.open_page("learn")
        window.learn_page.tree.click()
        assert window.page() == "family-tree"
        page = window.family_page
        await until(lambda: page.graph.choice() == "ddpm")
        await until(lambda: "Gaussian noise, N(0, I)." in details_text(window))
        assert "the claim holds" in details_text(window)
        (area,) = page.details.findChildren(QScrollArea)
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        QTest.mouseClick(page.graph.node("cold"), Qt.MouseButton.LeftButton)
        assert area.verticalScrollBar().value() == 0, "another system is read from its top"
        assert page.graph.choice() == "cold"
        await until(lambda: "without noise" in details_text(window))
        node = page.graph.node("cold")
        node.setFocus()
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
            at, before = QApplication.focusWidget(), page._members[page.graph.choice()]
            assert isinstance(at, Node)
            QTest.keyClick(at, key)
            lines = before.children if key == Qt.Key.Key_Right else before.system.parents
            assert page.graph.choice() in lines, "a key follows a line"
            assert QApplication.focusWidget() is page.graph.node(page.graph.choice())
        QTest.mouseClick(page.graph.node("ddpm"), Qt.MouseButton.LeftButton)
        page.graph.node("ddpm").setFocus()
        assert QApplication.focusWidget() is page.graph.node("ddpm")
        assert problems(page) == []
        tabbed = [node for node in page.graph.findChildren(Node) if node.focusPolicy() & Qt.FocusPolicy.TabFocus]
        assert tabbed == [page.graph.node("ddpm")]

        page.details.action.click()
        assert QGuiApplication.clipboard().text() == "gdm-studio train ddpm --data DIR --out RUN"
        next(each for each in page.view.findChildren(QToolButton) if each.text() == "Side by side").click()
        assert page.table.isVisible() and page.table.model().rowCount() == len(page._members)
        await until(lambda: row_heights(page.table) == required_row_heights(page.table))
        page.table.selectRow(0)
        assert page.graph.choice() == "vae"
        await until(lambda: "z is decoded" in details_text(window))
        page.back.click()
        assert window.page() == "learn"

    run_in_window(play)


def test_systems_that_are_read_after_the_table_opened_leave_the_focus_in_sight(home: Path) -> None:
    async def play(window: Window) -> None:
        window.open_page("learn")
        window.learn_page.tree.click()
        page = window.family_page
        page.view.findChildren(QToolButton)[1].setFocus()
        page.view.findChildren(QToolButton)[1].click()
        assert page.table.isVisible() and not page._members, "the systems are read later"
        await until(lambda: page.graph.choice() == "ddpm")
        focused = QApplication.focusWidget()
        assert focused is not None and focused.isVisible()

    run_in_window(play)


def test_four_places_agree_on_what_the_weights_of_a_system_draw(
    home: Path, shipped: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    """The window, the command line, the family tree and the table of claims say "pictures", "points" or "none"."""
    assert run(["systems", "--json"]) == 0
    listed = {row["name"]: row["weights"] for row in map(json.loads, capsys.readouterr().out.splitlines())}
    tree = (ROOT / "docs" / "family_tree.md").read_text("utf-8")
    sections = {part.partition("\n")[0]: part for part in tree.split("\n## ")}
    rows = [line.split(" | ") for line in (ROOT / "docs" / "systems.md").read_text("utf-8").splitlines()]
    table = {row[0].removeprefix("| "): row[1] for row in rows if len(row) == 7}
    assert set(listed.values()) == {"pictures", "points", "none"}

    async def play(window: Window) -> None:
        window.open_page("family-tree")
        page = window.family_page
        await until(lambda: page.graph.choice() == "ddpm")
        for name, member in page._members.items():
            state = listed[name]
            assert member.weights == table[name] == state, name
            assert f"- **Weights**: {state}. {WEIGHTS[state]}" in sections[member.system.title], name
            page.choose(name)
            await until(lambda text=WEIGHTS[state]: text in details_text(window))
            node = page.graph.node(name)
            assert node.toolTip().count(WEIGHTS[state]) == node.accessibleDescription().count(WEIGHTS[state]) == 1

    run_in_window(play, library=shipped)


def test_a_small_window_shows_the_selected_system(home: Path) -> None:
    async def play(window: Window) -> None:
        window.resize(1024, 700)
        window.open_page("learn")
        window.learn_page.tree.click()
        page = window.family_page
        area = page._scroll

        def is_seen() -> bool:
            node = page.graph.node(page.graph.choice())
            return area.viewport().rect().contains(QRect(node.mapTo(area.viewport(), QPoint()), node.size()))

        await until(lambda: page.graph.choice() == "ddpm" and is_seen())
        page.choose("simple")
        window.resize(1600, 1000)
        await until(lambda: area.width() > 1000 and is_seen())
        # The graph keeps its size from here on, and only the visible part becomes smaller.
        page.choose("ddpm")
        window.resize(900, 600)
        await until(lambda: area.width() < 700 and is_seen())
        # The user's scroll position stays while the window is resized.
        bar = area.horizontalScrollBar()
        bar.triggerAction(bar.SliderAction.SliderToMaximum)
        assert not is_seen()
        window.resize(880, 600)
        await until(lambda: window.width() == 880)
        await asyncio.sleep(0.05)
        assert not is_seen()
        window.open_page("create")
        area.horizontalScrollBar().setValue(area.horizontalScrollBar().maximum())
        assert not is_seen()
        window.open_page("learn")
        window.learn_page.tree.click()
        await until(lambda: page.isVisible() and is_seen())

    run_in_window(play)


def test_a_system_with_weights_can_be_tried(home: Path, shipped: Library) -> None:
    strips = local_folder() / STRIPS
    strips.mkdir(parents=True)
    Image.fromarray(np.full((132, 540, 4), 200, np.uint8)).save(strips / "ddim.webp")
    (strips / "ddpm.webp").write_bytes(b"no picture")

    async def newest_request(count: int) -> Request:
        """Wait for this number of images and return the newest one's request."""
        await until(lambda: len(pictures(home)) == count)
        newest = max(pictures(home), key=lambda path: path.stat().st_mtime_ns)
        request = read(newest).request
        assert request is not None
        return request

    async def play(window: Window) -> None:
        window.open_page("family-tree")
        page, controls = window.family_page, window.create_page.controls
        await until(lambda: page.graph.choice() == "ddpm")
        assert page.details.action.text() == "Try it"
        page.choose("ddim")
        await window.tools.start_image.use(np.full((32, 32, 4), 90, np.uint8))
        window.request_draft.change(prompt="a fox with a hat")
        strip = page.details._strip
        await until(lambda: strip.isVisible() and strip.height() > 40)
        page.details.action.click()
        first = await newest_request(1)
        assert (first.model, first.sampler, first.steps, first.guidance_scale) == ("ddpm", "ddim", 10, 1.0)
        assert first.label == "airplane" and first.image == "" and window.page() == "create"
        await until(lambda: notice_button(window, "Undo"))
        assert window.request_draft.written.prompt == "a fox with a hat"
        window.top.page_chosen.emit("learn")
        assert window.page() == "family-tree", "where people were"
        page.choose("dp-trajectory")
        page.details.action.click()
        another = await newest_request(2)
        assert another.spacing == "optimal" and another.seed == first.seed, "from the same noise"
        window.open_page("family-tree")
        page.choose("vae")
        page.details.action.click()
        assert (
            (await newest_request(3)).steps == 1
            and not controls.main_settings.steps.isVisible()
            and not controls.curve.isVisible()
        )

    run_in_window(play, library=shipped)


def test_layout_nodes_do_not_overlap() -> None:
    kin = {f"{year}-{n}": LayoutNode(year, tuple(f"{before}-0" for before in (2013, 2018, 2020) if before < year))
           for year in (2013, 2014, 2018, 2020, 2021) for n in range(4)}  # fmt: skip
    kin["late"] = LayoutNode(2021, ("2021-1",))
    found = compute_layout(kin)
    assert found.headings == ("2013 – 2014", "2018", "2020", "2021", "2021") and found.column["late"] == 4
    spots = sorted((found.column[name], found.rows[name]) for name in kin)
    for (column, row), (other, below) in zip(spots, spots[1:], strict=False):
        assert column != other or below - row >= 1 - 1e-9
    assert all(0.5 <= found.rows[name] <= found.height - 0.5 for name in kin)
    assert found.chains["2013-0", "2021-0"] == ("2013-0", ("2013-0", 1), ("2013-0", 2), "2021-0")
    assert compute_layout(kin) == found
