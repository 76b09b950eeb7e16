"""The queue as a list: row texts, repainted rows, and drop positions."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QMimeData, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication

from gdm_studio.jobs.queue import Item, ItemState
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.create.queue import queue_list_model as queue_model
from gdm_studio.ui.create.queue.job_list import JobList
from gdm_studio.ui.create.queue.queue_list_model import MIME, PROGRESS, Progress, QueueModel, state_of, title_of
from gdm_studio.ui.running_jobs import RunningJob
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.widgets import ElidedLabel
from gdm_studio.ui.widgets.job_bar import JobView
from tests.helpers.widgets import record_signal, theme

ITEM = Item(request=Request(prompt="a\n red  fox", count=4, steps=30, size=(64, 32)), id="a")


def test_a_queue_item_is_described() -> None:
    assert (title_of(ITEM), title_of(replace(ITEM, request=Request()))) == ("a red fox", "No prompt")
    assert title_of(replace(ITEM, request=Request(label="airplane"))) == "airplane"
    one = replace(ITEM, request=replace(ITEM.request, count=1, size=None))
    said = {
        queue_model.facts_of(item)
        for item in (ITEM, one, replace(ITEM, endless=True), replace(one, endless=True, pictures=7))
    }
    assert said == {
        "64 × 32 · 30 steps · 4 pictures", "30 steps", "64 × 32 · 30 steps · until stopped",
        "30 steps · until stopped · 7 made",
    }  # fmt: skip
    asked = replace(one, asked_by="Blen\u202eder\n(A1111 API)")
    assert queue_model.facts_of(asked) == f"30 steps · {plain(asked.asked_by)}"
    states = {state: state_of(replace(ITEM, state=state, made=(1, 3, 0)), None) for state in ItemState}
    assert states == {
        ItemState.WAITING: "3 of 4 made", ItemState.RUNNING: "Running in another window",
        ItemState.PAUSED: "Paused", ItemState.FAILED: "Failed",
    }  # fmt: skip
    assert state_of(ITEM, None) == "Waiting" and state_of(ITEM, Progress(0.5, "3 of 9")) == "3 of 9"


def test_the_list_repaints_changed_rows_and_drops_rows_in_place() -> None:
    assert theme() is not None and QGuiApplication.instance() is not None
    model = QueueModel()
    items = [replace(ITEM, id=name) for name in "abc"]
    anew, drawn, moved = record_signal(model.modelReset), record_signal(model.dataChanged), record_signal(model.moved)
    model.show_items(items)
    model.show_items(items)
    assert (len(anew), drawn, model.rowCount(), model.rowCount(model.index(0))) == (1, [], 3, 0)
    items[1] = replace(items[1], error="Too large.", state=ItemState.FAILED)
    model.show_items(items)
    assert [first.row() for first, *_ in drawn] == [1] and len(anew) == 1
    model.show_items([items[2], items[0], items[1]])
    assert len(anew) == 2 and [model.row_of(name) for name in "abcd"] == [1, 2, 0, -1]
    drawn.clear()
    model.show_progress({"a": Progress(0.5, "half")})
    model.show_progress({"c": Progress(0.1, "begun")})
    assert [first.row() for first, *_ in drawn] == [1, 0, 1], "also what it stood at before"
    assert model.index(0).data(PROGRESS) == Progress(0.1, "begun") and model.index(1).data(PROGRESS) is None
    words = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert words == "a red fox, 64 × 32 · 30 steps · 4 pictures, begun"
    assert [model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in (0, 2)] == [
        "a red fox",
        "a red fox\nToo large.",
    ]
    model.show_progress({items[2].id: Progress(0.2, "two"), items[0].id: Progress(0.3, "at once")})
    assert [model.index(row).data(PROGRESS).text for row in (0, 1)] == ["two", "at once"]
    model.show_progress({})
    assert model.index(0).data(PROGRESS) is None
    top, move = QModelIndex(), Qt.DropAction.MoveAction
    # This is the data of "a", the middle row.
    carried = model.mimeData([model.index(1)])
    for row, parent in ((0, top), (2, top), (3, top), (-1, top), (-1, model.index(0)), (1, top), (-1, model.index(1))):
        assert not model.dropMimeData(carried, move, row, 0, parent), "the view takes no row out"
    assert moved == [("a", "c"), ("a", "b"), ("a", ""), ("a", ""), ("a", "c")]
    foreign = QMimeData()
    foreign.setText("a")
    assert not model.dropMimeData(foreign, move, 0, 0, top) and len(moved) == 5 and model.mimeTypes() == [MIME]


def test_a_long_title_keeps_both_of_its_ends() -> None:
    jobs = JobList(theme())
    title = "a watercolour of a lighthouse on a cliff above the sea, seen from a boat, at dawn"
    job = RunningJob(title, stop=lambda: None, show=lambda: None)
    jobs.show_jobs([(job, JobView(title, "3 of 9", 0.3))])
    jobs.resize(280, jobs.height_wanted())
    jobs.show()
    jobs.grab()
    label = next(each for each in jobs.findChildren(ElidedLabel) if each.text() == title)
    assert len(label.shown()) < len(title) and label.shown()[:3] == title[:3] and label.shown()[-3:] == title[-3:]
    assert label.toolTip() == title
