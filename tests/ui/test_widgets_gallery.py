"""Gallery panel, gallery page and models page, fed with plain data."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from gdm_studio.models.card import ModelCard, Source
from gdm_studio.request import Request
from gdm_studio.ui.details import when_words
from gdm_studio.ui.gallery_model import PAGE, PictureModel
from gdm_studio.ui.gallery_panel import GalleryPanel
from gdm_studio.ui.model_card_view import rights_words
from gdm_studio.ui.pages.gallery_page import GalleryPage
from gdm_studio.ui.pages.models_page import ModelsPage, bytes_words, date_words, number_words
from gdm_studio.ui.theme import Theme
from tests.helpers.looks import MadeUpPicture, flat, heard, platform_unheard, shown, theme, wait_until

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def look() -> Theme:
    return theme()


def _model(look: Theme, count: int) -> PictureModel:
    """A model over `count` pictures, whose pages and thumbnails come at once."""
    model = PictureModel(look)
    pictures = [MadeUpPicture(str(n), created=time.time() - n) for n in range(count)]

    def answer(query: str, offset: int, limit: int) -> None:
        found = [picture for picture in pictures if query in picture.id]
        model.add_page(query, offset, found[offset : offset + limit], more=offset + limit < len(found))

    model.page_wanted.connect(answer)
    model.thumbnail_wanted.connect(lambda picture: model.set_thumbnail(picture.id, flat(255, 0, 0)))
    model.set_query("")
    return model


def _panel(look: Theme, count: int = 30) -> GalleryPanel:
    return shown(GalleryPanel(look, _model(look, count)), width=264, height=640)


def _place(panel: GalleryPanel | GalleryPage, row: int) -> QPoint:
    return panel.grid.visualRect(panel.grid.model().index(row, 0)).center()


def _texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_pages_come_as_far_as_one_scrolls(look: Theme) -> None:
    panel = _panel(look, count=3 * PAGE)
    model = panel.grid.model()
    first = model.rowCount()
    assert first < 3 * PAGE
    bar = panel.grid.verticalScrollBar()
    for _ in range(6):
        bar.setValue(bar.maximum())
        QTest.qWait(10)
    assert model.rowCount() == 3 * PAGE


def test_only_pictures_in_sight_ask_for_thumbnails(look: Theme) -> None:
    model = _model(look, PAGE)
    wanted = heard(model.thumbnail_wanted)
    panel = shown(GalleryPanel(look, model), width=264, height=400)
    panel.grab()
    assert 0 < len(wanted) < PAGE / 2


def test_a_late_page_of_a_former_search_is_dropped(look: Theme) -> None:
    model = PictureModel(look)
    model.set_query("fox")
    model.set_query("owl")
    model.add_page("fox", 0, [MadeUpPicture("fox")], more=False)
    assert model.rowCount() == 0 and model.is_waiting()
    model.add_page("owl", 0, [MadeUpPicture("owl")], more=False)
    assert [model.picture(row).id for row in range(model.rowCount())] == ["owl"]


def test_pictures_come_change_and_go(look: Theme) -> None:
    model = _model(look, 3)
    model.add_newest(MadeUpPicture("new"))
    model.add_newest(MadeUpPicture("new"))
    assert [model.picture(row).id for row in range(model.rowCount())] == ["new", "0", "1", "2"]
    model.update_picture(replace(MadeUpPicture("1"), favourite=True))
    assert model.picture(2).favourite
    model.remove(["0", "nowhere", "2"])
    assert [model.picture(row).id for row in range(model.rowCount())] == ["new", "1"]


def test_a_click_shows_what_made_the_picture(look: Theme) -> None:
    panel = _panel(look)
    selected = heard(panel.selected)
    QTest.mouseClick(panel.grid.viewport(), LEFT, pos=_place(panel, 4))
    assert selected[-1][0].id == "4"
    texts = _texts(panel.details)
    assert {"a red apple", "7", "20 · DPM++ 2M", "4.0 · 1.00", "128 × 128"} <= set(texts)


def test_details_do_with_the_picture_what_the_buttons_say(look: Theme) -> None:
    panel = _panel(look)
    panel.select("2")
    heard_of = {name: heard(getattr(panel, name)) for name in ("use_settings", "favourite", "open_folder", "delete")}
    for name in ("Use settings", "Favourite", "Open its folder", "Delete"):
        button = next(child for child in panel.details.findChildren(QWidget) if child.accessibleName() == name)
        QTest.mouseClick(button, LEFT)
    assert heard_of["use_settings"][0][0].id == "2"
    assert heard_of["favourite"][0][1] is True
    assert heard_of["open_folder"][0][0].id == "2"
    assert [picture.id for picture in heard_of["delete"][0][0]] == ["2"]


def test_keys_mark_open_and_delete_and_leave_the_rest_alone(look: Theme) -> None:
    panel = _panel(look)
    panel.grid.setFocus()
    panel.select("0")
    activated, favourite, delete = heard(panel.activated), heard(panel.favourite), heard(panel.delete)
    QTest.keyClick(panel.grid, Qt.Key.Key_Right)
    QTest.keyClick(panel.grid, Qt.Key.Key_Return)
    QTest.keyClick(panel.grid, Qt.Key.Key_F)
    QTest.keyClick(panel.grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(panel.grid, Qt.Key.Key_Delete)
    assert activated[0][0].id == "1"
    assert (favourite[0][0].id, favourite[0][1]) == ("1", True)
    assert [picture.id for picture in delete[0][0]] == ["1", "2"]


def test_the_menu_offers_the_same(look: Theme) -> None:
    panel = _panel(look)
    panel.select("3")
    used = heard(panel.use_settings)
    with platform_unheard():
        menu = panel.grid.show_menu(QPoint(0, 0))
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert list(actions) == ["Use settings", "Favourite", "Open folder", "Export…", "Copy credit", "Delete"]
    actions["Use settings"].trigger()
    menu.close()
    assert used[0][0].id == "3"


def test_pictures_are_dragged_out_as_files(look: Theme) -> None:
    model = _model(look, 2)
    urls = model.mimeData([model.index(1)]).urls()
    assert [url.toLocalFile() for url in urls] == [str(MadeUpPicture("1").path)]


def test_a_search_fills_the_grid_anew_and_says_when_nothing_matches(look: Theme) -> None:
    panel = _panel(look, count=30)
    panel.search.setText("2")
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.grid.model().rowCount() == 12  # 2, 12, 20 … 29
    before = panel.grid.grab().toImage()
    panel.search.setText("nothing like it")
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.grid.model().rowCount() == 0
    assert panel.grid.grab().toImage() != before


def test_a_favourite_elsewhere_is_seen_in_the_details(look: Theme) -> None:
    panel = _panel(look)
    panel.select("1")
    star = next(child for child in panel.details.findChildren(QWidget) if child.accessibleName() == "Favourite")
    before = star.grab().toImage()
    panel.grid.model().update_picture(replace(MadeUpPicture("1"), favourite=True))
    assert star.grab().toImage() != before


def test_the_page_offers_a_bar_for_several(look: Theme) -> None:
    page = shown(GalleryPage(look, _model(look, 30)), width=1000, height=600)
    deleted = heard(page.delete)
    QTest.mouseClick(page.grid.viewport(), LEFT, pos=_place(page, 0))
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(page.grid.viewport(), LEFT, shift, _place(page, 2))
    assert "3 selected" in _texts(page)
    QTest.keyClick(page.grid, Qt.Key.Key_Delete)
    assert len(deleted[0][0]) == 3
    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    assert page.grid.selected() == [] and "3 selected" not in _texts(page)


def test_the_page_searches_among_what_is_shown(look: Theme) -> None:
    model = _model(look, 3)
    page = shown(GalleryPage(look, model), width=1000, height=600)
    wanted = heard(model.page_wanted)
    places = page.sidebar.view
    QTest.mouseClick(places.viewport(), LEFT, pos=places.visualRect(places.model().index(1, 0)).center())
    page.search.setText("fox")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert [call[0] for call in wanted] == ["is:favourite", "is:favourite fox"]


@pytest.mark.parametrize(
    ("age", "words"), [(5, "just now"), (600, "10 min ago"), (4 * 3600, "08:00"), (20 * 3600, "yesterday")]
)
def test_times_are_told_as_people_do(age: float, words: str) -> None:
    noon = time.mktime((2026, 5, 20, 12, 0, 0, 0, 0, -1))
    assert when_words(noon - age, noon) == words


CARD = ModelCard(
    name="icons",
    family="icons",
    date="2026-07-01",
    parameters=9_800_000,
    author="GDM Studio",
    licence="Apache-2.0",
    size=128,
    channels=4,
    latent=(16, 16, 16),
    prediction="edm",
    process="ve",
    data_scale=1.0,
    sources=(Source("Twemoji", "Twitter", "CC-BY 4.0", "https://example.org", 3700),),
    file_bytes=19_400_000,
)
OLDER = replace(CARD, name="mini", date="2026-01-05", parameters=3_000_000, author="Someone", sources=())


def _cell(page: ModelsPage, row: int, column: int) -> str:
    return str(page.table.model().index(row, column).data())


def test_models_are_listed_newest_first_and_sort_by_what_is_clicked(look: Theme) -> None:
    page = shown(ModelsPage(look), width=1100, height=600)
    page.set_cards([OLDER, CARD])
    assert [_cell(page, 0, column) for column in range(6)] == [
        "icons",
        "1 Jul 2026",
        "9.8 M",
        "GDM Studio",
        "Apache-2.0",
        "19.4 MB",
    ]
    header = page.table.horizontalHeader()
    x = header.sectionViewportPosition(2) + 30
    for _ in range(2):
        QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(x, 10))
    assert {_cell(page, 0, 2), _cell(page, 1, 2)} == {"3.0 M", "9.8 M"}
    assert page.table.model().headerData(2, Qt.Orientation.Horizontal).startswith("Parameters ")


def test_a_model_is_used_by_button_and_its_sources_are_credited(look: Theme) -> None:
    page = shown(ModelsPage(look), width=1100, height=600)
    page.set_cards([CARD, OLDER])
    page.set_current("icons")
    assert wait_until(lambda: any("Twemoji" in text and "Twitter" in text for text in _texts(page.view)))
    used = heard(page.use_model)
    page.table.selectRow(1)
    button = next(child for child in page.view.findChildren(QWidget) if child.accessibleName() == "Use this model")
    QTest.mouseClick(button, LEFT)
    assert used == [("mini",)]
    page.set_current("mini")
    assert not button.isEnabled()


@pytest.mark.parametrize(
    ("licence", "begins"),
    [("CC-BY 4.0", "Yes, with credit"), ("MIT", "Yes."), ("CC-BY-NC 4.0", "No"), ("Special", "Its licence decides")],
)
def test_rights_are_told_in_words(licence: str, begins: str) -> None:
    source = Source("Set", "Author", licence, "")
    assert rights_words(replace(CARD, sources=(source,))).startswith(begins)


def test_numbers_dates_and_sizes_in_words() -> None:
    assert [number_words(n) for n in (0, 999, 3_100_000, 2_600_000_000)] == ["–", "999", "3.1 M", "2.6 B"]
    assert [bytes_words(n) for n in (0, 12, 6_100_000)] == ["–", "12 bytes", "6.1 MB"]
    assert date_words("2026-07-01T10:00:00") == "1 Jul 2026" and date_words("soon") == "soon"


def test_a_picture_without_a_prompt_goes_by_its_file(look: Theme) -> None:
    panel = _panel(look)
    panel.grid.model().add_newest(MadeUpPicture("bare", request=Request()))
    panel.select("bare")
    assert "bare" in _texts(panel.details)


def test_a_page_that_cannot_come_is_not_waited_for(look: Theme) -> None:
    model = PictureModel(look)
    model.set_query("fox")
    model.page_failed("owl", 0)
    assert model.is_waiting()
    model.page_failed("fox", 0)
    assert not model.is_waiting()
