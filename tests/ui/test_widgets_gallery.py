"""Gallery panel, gallery page and models page, filled with plain data."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QScrollArea, QWidget

from gdm_studio.models.installed.description import Description
from gdm_studio.models.installed.model_table import row_of_card
from gdm_studio.models.model_card import ModelCard, Source
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.denoising_steps.saved_step_strip import SavedStepsRow, SavedStepsStrip
from gdm_studio.ui.gallery.cells import CellPainter, CellState
from gdm_studio.ui.gallery.image_details import FactRows, when_words
from gdm_studio.ui.gallery.list_model import FEWEST, MARGIN, PAGE, PIXELS, PictureModel, moment_of
from gdm_studio.ui.gallery.page import GalleryPage
from gdm_studio.ui.gallery.panel import GalleryPanel
from gdm_studio.ui.gallery.sidebar import Sidebar, SidebarEntry
from gdm_studio.ui.models.card_view import rights_words
from gdm_studio.ui.models.page import ModelsPage, bytes_words, date_words, number_words
from gdm_studio.ui.theme.imaging import to_qimage
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import ActionButton
from gdm_studio.ui.window_actions import USE
from tests.helpers.languages import language
from tests.helpers.widgets import (
    MadeUpPicture,
    flat_image,
    make_view,
    mute_platform,
    record_signal,
    show_widget,
    theme,
    wait_until,
)
from tests.helpers.window import hover, turn_wheel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def look() -> Theme:
    return theme()


NOON = time.mktime((2026, 5, 20, 12, 0, 0, 0, 0, -1))


def _model(look: Theme, count: int) -> PictureModel:
    """Create a model of `count` images one second apart that answers every request at once."""
    model = PictureModel(look)
    pictures = {moment_of(one): one for one in (MadeUpPicture(str(n), created=NOON - n) for n in range(count))}

    def answer(query: str) -> None:
        found = [moment for moment, picture in pictures.items() if query in picture.id]
        model.begin(query, [pictures[moment] for moment in found[:PAGE]])
        model.show_moments(query, found)

    def small(wanted: list[MadeUpPicture]) -> None:
        red = to_qimage(flat_image(255, 0, 0))
        model.set_thumbnails(dict.fromkeys((picture.id for picture in wanted), red), model.side())

    def fill(wanted: list[int]) -> None:
        # Those that a test has added to the model are missing.
        if found := [pictures[moment] for moment in wanted if moment in pictures]:
            model.fill(found)

    model.search_wanted.connect(answer)
    model.pictures_wanted.connect(fill)
    model.thumbnails_wanted.connect(small)
    model.all_wanted.connect(lambda moments, act: act([pictures[moment] for moment in moments]))
    model.ids_wanted.connect(lambda moments, act: act([pictures[moment].id for moment in moments]))
    model.set_query("")
    return model


def _panel(look: Theme, count: int = 30) -> GalleryPanel:
    return show_widget(GalleryPanel(look, _model(look, count)), width=264, height=640)


def _place(panel: GalleryPanel | GalleryPage, row: int) -> QPoint:
    return panel.grid.visualRect(panel.grid.model().index(row, 0)).center()


def _texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_scrolling_paints_the_whole_grid(look: Theme) -> None:
    panel = show_widget(GalleryPanel(look, _model(look, count=400)), width=264, height=640)
    viewport = panel.grid.viewport()
    painted: list[QRect] = []

    class Painted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if isinstance(event, QPaintEvent):
                painted.append(event.region().boundingRect())
            return False

    viewport.installEventFilter(Painted(viewport))
    assert wait_until(lambda: painted)
    while painted:
        painted.clear()
        QApplication.processEvents()
    panel.grid.verticalScrollBar().setValue(30)
    assert wait_until(lambda: painted) and painted[0].contains(viewport.rect())


def test_reading_many_files_is_reported_but_a_few_are_not(look: Theme) -> None:
    sidebar = show_widget(Sidebar(look), 220, 500)
    for seen, found, words in ((0, 400, []), (3, 1401, ["Reading 3 of 1,401…"]), (1401, 1401, [])):
        sidebar.show_progress(seen, found)
        assert _texts(sidebar) == words


def test_long_names_that_differ_at_the_end_look_different(look: Theme) -> None:
    sidebar = show_widget(Sidebar(look), 220, 500)
    names = [f"waiIllustriousSDXL_and_other_drawings_{version}" for version in ("v140", "v150")]
    sidebar.show_places([("Models", [SidebarEntry(name, name) for name in names])])
    view = sidebar.view
    indices = [view.model().index(row, 0) for row in range(view.model().rowCount())]
    rows = [index for index in indices if index.data() in names]
    assert [index.data(Qt.ItemDataRole.ToolTipRole) for index in rows] == names
    one, other = (view.viewport().grab(view.visualRect(index)).toImage() for index in rows)
    assert one.size() == other.size() and one != other


def test_all_images_have_a_row_and_visible_ones_are_fetched(look: Theme) -> None:
    model = _model(look, count=50 * PAGE)
    panel = show_widget(GalleryPanel(look, model), width=264, height=640)
    assert model.rowCount() == 50 * PAGE and model.picture(25 * PAGE) is None
    bar = panel.grid.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    panel.grab()
    middle = panel.grid.indexAt(QPoint(20, 200)).row()
    assert abs(middle - 25 * PAGE) < 30
    picture = model.picture(middle)
    assert picture is not None and picture.id == str(middle) and model.thumbnail(picture) is not None


def test_visible_and_near_images_are_requested_newest_request_first(look: Theme) -> None:
    model = PictureModel(look)
    wanted = record_signal(model.pictures_wanted)
    model.set_query("")
    model.show_moments("", range(10_000))
    panel = show_widget(GalleryPanel(look, model), width=264, height=400)
    for share in (1, 2):
        bar = panel.grid.verticalScrollBar()
        bar.setValue(bar.maximum() * share // 3)
        panel.grab()
    first = panel.grid.indexAt(QPoint(20, 20)).row()
    latest = wanted[-1][0]
    last = panel.grid.indexAt(QPoint(20, panel.grid.viewport().height() - 20)).row()
    middle = (first + last) // 2
    assert latest[0] in model.moments(range(middle - 6, middle + 6)), "what is in the middle of the view comes first"
    assert len(latest) < 250


def test_only_cells_that_look_different_are_painted(look: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    model = PictureModel(look)
    pictures = [MadeUpPicture(str(n), created=NOON - n, favourite=n == 3) for n in range(40)]
    model.show_moments("", map(moment_of, pictures))
    panel = show_widget(GalleryPanel(look, model), width=264, height=640)
    assert wait_until(lambda: len(model.missing(map(moment_of, pictures))) == 40 and panel.grid.isVisible())
    panel.grab()
    painted: list[bool] = []
    paint_cell = CellPainter.paint_cell

    def cell(painter: CellPainter, canvas: QPainter, place: QRect, picture: QPixmap | None, state: CellState) -> None:
        painted.append(state.is_starred)
        paint_cell(painter, canvas, place, picture, state)

    monkeypatch.setattr(CellPainter, "paint_cell", cell)
    QApplication.processEvents()
    painted.clear()
    model.fill(pictures)
    assert wait_until(lambda: painted)
    assert painted == [True], "the others look as empty as before"
    painted.clear()
    model.update_pictures([replace(pictures[3], favourite=False)])
    assert wait_until(lambda: painted)
    assert painted == [False], "the star is gone"
    painted.clear()
    model.set_thumbnails(dict.fromkeys(("0", "5"), to_qimage(flat_image(255, 0, 0))), model.side())
    assert wait_until(lambda: painted)
    assert len(painted) == 2


def test_cached_images_and_thumbnails_are_bounded(look: Theme) -> None:
    model = PictureModel(look, screens=2)
    pictures = [MadeUpPicture(str(n), created=NOON - n) for n in range(2000)]
    ids = [each.id for each in pictures]
    model.fill(pictures)
    assert model.row_of("0") == -1 and len(model.moments_of(ids)) == FEWEST
    model.show_moments("", map(moment_of, pictures))
    model.set_visible_rows(range(100, 300))
    model.fill(pictures)
    near = 200 + 2 * MARGIN
    assert len(model.moments_of(ids)) == 2 * near
    model.set_thumbnails(dict.fromkeys(ids, QImage(8, 8, QImage.Format.Format_ARGB32_Premultiplied)), 8)
    assert sum(model.thumbnail(picture) is not None for picture in pictures) == 2 * near
    picture = QImage(512, 512, QImage.Format.Format_ARGB32_Premultiplied)
    ids = [str(n) for n in range(PIXELS // 512**2 + 20)]
    model.set_thumbnails(dict.fromkeys(ids, picture), 512)
    there = [n for n in ids if model.thumbnail(MadeUpPicture(n)) is not None]
    assert len(there) == PIXELS // 512**2 and there[-1] == ids[-1]


def test_a_late_answer_of_an_earlier_search_is_dropped(look: Theme) -> None:
    model = PictureModel(look)
    model.set_query("fox")
    model.set_query("owl")
    model.begin("fox", [MadeUpPicture("fox", created=5)])
    model.show_moments("fox", [5_000_000])
    assert model.rowCount() == 0 and model.is_waiting()
    model.begin("owl", [MadeUpPicture("owl", created=7)])
    model.show_moments("owl", [7_000_000])
    assert _ids(model) == ["owl"] and not model.is_waiting()


def _ids(model: PictureModel) -> list[str]:
    pictures = (model.picture(row) for row in range(model.rowCount()))
    return [picture.id if picture else "" for picture in pictures]


def test_images_are_added_changed_and_removed(look: Theme) -> None:
    model = _model(look, 3)
    for _ in range(2):
        model.add_newest(MadeUpPicture("new", created=NOON + 1))
    assert _ids(model) == ["new", "0", "1", "2"]
    model.update_pictures([replace(MadeUpPicture("1", created=NOON - 1), favourite=True)])
    assert model.picture(2).favourite
    model.remove(["0", "nowhere", "2"])
    assert _ids(model) == ["new", "1"]
    model.set_oldest_first(True)
    assert _ids(model) == ["1", "new"]


def test_changes_elsewhere_keep_the_selection_and_the_scroll_position(look: Theme) -> None:
    model = _model(look, 300)
    panel = show_widget(GalleryPanel(look, model), width=264, height=400)
    panel.grid.verticalScrollBar().setValue(1500)
    panel.grab()
    row = panel.grid.indexAt(QPoint(20, 100)).row()
    panel.grid.setCurrentIndex(model.index(row))
    panel.grab()
    before, chosen = panel.grid.visualRect(model.index(row)).top(), panel.grid.current()
    gone = {model.moments([5])[0], model.moments([6])[0]}
    fresh = [moment_of(MadeUpPicture("", created=NOON + n)) for n in range(1, 12)]
    model.show_moments("", [*(set(model.moments(range(300))) - gone), *fresh])
    assert model.rowCount() == 309 and panel.grid.current() is chosen
    # The grid moves by whole lines, so that the cell can keep its column.
    assert panel.grid.currentIndex().row() == row + 9
    assert panel.grid.visualRect(panel.grid.currentIndex()).top() == before


def test_a_click_shows_the_settings_of_the_image(look: Theme) -> None:
    panel = _panel(look)
    selected = record_signal(panel.selected)
    QTest.mouseClick(panel.grid.viewport(), LEFT, pos=_place(panel, 4))
    assert selected[-1][0].id == "4"
    texts = _texts(panel.details)
    assert {"a red apple", "7", "20 · DPM++ 2M", "4.0 · 1.00", "128 × 128"} <= set(texts)


def test_a_long_name_of_the_original_is_shortened(look: Theme) -> None:
    page = show_widget(GalleryPage(look, _model(look, 9)), width=1100, height=760)
    page.grid.select("2")
    details = page.side
    name = "2026-11-27 a green snake in tall grass beside a river 6612345.png"
    details.show_original("2", name)
    details._origin_link.show_words("disc", "accent")
    details._origin_link.show()
    page.grab()
    (area,) = details.findChildren(QScrollArea)
    inside = area.widget()
    assert inside is not None
    assert inside.minimumSizeHint().width() <= inside.width() == area.viewport().width() <= details.width()
    long, short = details._original._button, details._origin_link._button
    assert long.text() == name and long.shown_text().endswith("…")
    assert short.shown_text() == "disc" and short.width() == short.sizeHint().width()


def test_the_buttons_of_the_details_act_on_the_image(look: Theme) -> None:
    panel = _panel(look)
    panel.grid.select("2")
    signals = ("use_settings", "favourite", "open_folder", "delete")
    heard_of = {name: record_signal(getattr(panel.signals, name)) for name in signals}
    for name in ("Use settings", "Favourite", "More actions", "Delete"):
        button = next(child for child in panel.details.findChildren(QWidget) if child.accessibleName() == name)
        with mute_platform():
            QTest.mouseClick(button, LEFT)
    menu = panel.details.findChild(QMenu)
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Open folder").trigger()
    menu.close()
    assert heard_of["use_settings"][0][0].id == "2"
    assert heard_of["favourite"][0] == (["2"], True)
    assert heard_of["open_folder"][0][0].id == "2"
    assert heard_of["delete"][0] == (["2"],)


def test_keys_mark_open_and_delete_the_image(look: Theme) -> None:
    panel = _panel(look)
    panel.grid.setFocus()
    panel.grid.select("0")
    activated, favourite, delete = (
        record_signal(panel.activated),
        record_signal(panel.signals.favourite),
        record_signal(panel.signals.delete),
    )
    QTest.keyClick(panel.grid, Qt.Key.Key_Right)
    QTest.keyClick(panel.grid, Qt.Key.Key_Return)
    QTest.keyClick(panel.grid, Qt.Key.Key_F)
    QTest.keyClick(panel.grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(panel.grid, Qt.Key.Key_Delete)
    assert activated[0][0].id == "1"
    assert favourite[0] == (["1"], True)
    assert delete[0] == (["1", "2"],)


def test_page_keys_are_symmetric(look: Theme) -> None:
    page = show_widget(GalleryPage(look, _model(look, 400)), 1000, 700)
    page.select("0")
    rows = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        QTest.keyClick(page.grid, key)
        rows.append(page.grid.currentIndex().row())
    line, at_first, far, further, back = rows
    assert at_first == 0 and far == back >= 3 * line and further == 2 * far


def test_the_menu_offers_the_same_actions(look: Theme) -> None:
    panel = _panel(look)
    panel.grid.select("3")
    used = record_signal(panel.signals.use_settings)
    with mute_platform():
        menu = panel.grid.show_menu(QPoint(0, 0))
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert list(actions) == [
        "Use settings",
        "Favourite",
        "Copy",
        "Copy path",
        "Open folder",
        "Export…",
        "Copy credit",
        "Delete",
    ]
    actions["Use settings"].trigger()
    menu.close()
    assert used[0][0].id == "3"


def test_images_are_dragged_out_as_files(look: Theme) -> None:
    model = _model(look, 2)
    urls = model.mimeData([model.index(1)]).urls()
    assert [url.toLocalFile() for url in urls] == [str(MadeUpPicture("1").path)]


def test_a_search_refills_the_grid_and_reports_no_matches(look: Theme) -> None:
    panel = _panel(look, count=30)
    panel.search.setText("2")
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    # The matches are 2, 12, and 20 to 29.
    assert panel.grid.model().rowCount() == 12
    before = panel.grid.grab().toImage()
    panel.search.setText("nothing like it")
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.grid.model().rowCount() == 0
    assert panel.grid.grab().toImage() != before
    assert panel.grid.accessibleDescription() == "Nothing matches “nothing like it”."


def test_a_favourite_set_elsewhere_is_shown_in_the_details(look: Theme) -> None:
    panel = _panel(look)
    panel.grid.select("1")
    star = next(child for child in panel.details.findChildren(QWidget) if child.accessibleName() == "Favourite")
    before = star.grab().toImage()
    panel.grid.model().update_pictures([replace(MadeUpPicture("1", created=NOON - 1), favourite=True)])
    assert star.grab().toImage() != before


def test_the_page_shows_a_bar_for_several_selected_images(look: Theme) -> None:
    page = show_widget(GalleryPage(look, _model(look, 30)), width=1280, height=700)
    deleted = record_signal(page.signals.delete)
    QTest.mouseClick(page.grid.viewport(), LEFT, pos=_place(page, 0))
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(page.grid.viewport(), LEFT, shift, _place(page, 2))
    assert "3 selected" in _texts(page)
    QTest.keyClick(page.grid, Qt.Key.Key_Delete)
    assert len(deleted[0][0]) == 3
    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    assert page.grid.selected() == [] and "3 selected" not in _texts(page)


def test_long_titles_of_buttons_are_shortened_and_do_not_widen_the_details(look: Theme) -> None:
    page = GalleryPage(look, _model(look, 3))
    roles = ("small", "flat-danger")
    buttons = [each for each in page.side.findChildren(ActionButton) if each.property("role") in roles]
    use_settings = next(each for each in buttons if each.text() == USE.title)
    for button in buttons:
        button.setText("Alle Einstellungen dieses Bildes verwenden")
    show_widget(page, width=1000, height=700)
    page.select("0")
    (area,) = page.side.findChildren(QScrollArea)
    wait_until(use_settings.isVisible)
    assert use_settings.shown_text().endswith("…")
    assert page.side.minimumSizeHint().width() <= page.side.width()
    assert area.widget().minimumSizeHint().width() <= area.viewport().width()


@pytest.mark.slow
def test_facts_keep_their_height_whatever_rows_the_tags_need(look: Theme) -> None:
    page = show_widget(GalleryPage(look, _model(look, 3)), width=1000, height=700)
    page.grid.select("0")
    tags = page.side.tags
    (area,) = page.side.findChildren(QScrollArea)

    def is_laid_out() -> bool:
        shown = [each for each in area.findChildren(QLabel) if each.isVisible()]
        full = all(each.height() >= each.sizeHint().height() for each in shown)
        return full and tags.height() == tags.heightForWidth(tags.width())

    heights = set()
    # The longest tag that fits into the first line depends on the fonts.
    for length in range(1, 60):
        tags.show_tags(("blue", "i" * length))
        assert wait_until(is_laid_out, seconds=20), length
        heights.add(tags.height())
    assert len(heights) > 1


def test_the_page_searches_within_the_shown_images(look: Theme) -> None:
    model = _model(look, 3)
    page = show_widget(GalleryPage(look, model), width=1000, height=600)
    wanted = record_signal(model.search_wanted)
    places = page.sidebar.view
    QTest.mouseClick(places.viewport(), LEFT, pos=places.visualRect(places.model().index(1, 0)).center())
    page.search.field.setText("fox")
    QTest.keyClick(page.search.field, Qt.Key.Key_Return)
    assert [call[0] for call in wanted] == ["is:favourite", "is:favourite fox"]


@pytest.mark.parametrize(
    ("age", "words"), [(5, "just now"), (600, "10 min ago"), (4 * 3600, "08:00"), (20 * 3600, "yesterday")]
)
def test_times_are_shown_in_readable_form(age: float, words: str) -> None:
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


def test_models_are_in_library_order_and_sort_by_the_clicked_column(look: Theme) -> None:
    page = show_widget(ModelsPage(look), width=1100, height=600)
    page.set_cards([CARD, OLDER])
    assert (_cell(page, 0, 0), _cell(page, 1, 0)) == ("icons", "mini")
    assert [_cell(page, 0, column) for column in range(9)] == [
        "icons",
        "Icons",
        "1 Jul 2026",
        "9.8 M",
        "GDM Studio",
        "Apache-2.0",
        "–",
        "19.4 MB",
        "never",
    ]
    header = page.table.horizontalHeader()
    x = header.sectionViewportPosition(3) + 30
    for _ in range(2):
        QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(x, 10))
    assert {_cell(page, 0, 3), _cell(page, 1, 3)} == {"3.0 M", "9.8 M"}
    assert page.table.model().headerData(3, Qt.Orientation.Horizontal).startswith("Parameters ")


def test_unusable_files_are_listed_below_the_models(look: Theme) -> None:
    page = show_widget(ModelsPage(look), width=1100, height=600)
    page.set_cards([CARD])

    def said() -> list[str]:
        labels = [label for label in page.findChildren(QLabel) if label.isVisible()]
        return [label.text() for label in labels if ".safetensors" in label.text()]

    assert said() == []
    page.set_refused([f"<b>{number}.safetensors is empty." for number in range(5)])
    (text,) = said()
    assert text.splitlines() == [f"<b>{number}.safetensors is empty." for number in range(5)]
    # Notices do not cover the list.
    wait_until(lambda: page.notice_area().bottom() < page.height() - 40)
    (box,) = [label for label in page.findChildren(QLabel) if label.isVisible() and ".safetensors" in label.text()]
    assert page.notice_area().bottom() < box.mapTo(page, box.rect().topLeft()).y()
    page.set_refused([f"{number}.safetensors is empty." for number in range(203)])
    (text,) = said()
    assert text.splitlines()[-2:] == ["199.safetensors is empty.", "… and 3 more"]
    page.set_refused([])
    assert said() == [] and page.notice_area() == page.rect()


def test_a_model_is_used_by_button_and_its_sources_are_credited(look: Theme) -> None:
    page = show_widget(ModelsPage(look), width=1100, height=600)
    page.set_cards([CARD, OLDER])
    page.set_current("icons")
    assert wait_until(lambda: any("Twemoji" in text and "Twitter" in text for text in _texts(page.view)))
    used = record_signal(page.use_model)
    page.table.selectRow(1)
    button = next(child for child in page.view.findChildren(QWidget) if child.accessibleName() == "Use this model")
    QTest.mouseClick(button, LEFT)
    assert used == [("mini",)]
    page.set_current("mini")
    assert not button.isEnabled()


def test_a_refresh_of_the_list_leaves_the_selected_model_shown(look: Theme) -> None:
    page = show_widget(ModelsPage(look), width=1100, height=600)
    page.set_cards([CARD])
    page.set_current("icons")
    page.set_cards([CARD, OLDER])
    page.table.selectRow(1)
    page.set_current("icons")
    assert page.table.currentIndex().row() == 1


@pytest.mark.parametrize(
    ("licence", "begins"),
    [
        ("CC-BY 4.0", "Yes, with credit"),
        ("MIT", "Yes."),
        ("CC-BY-NC 4.0", "No"),
        ("Special", "That depends on its licence"),
    ],
)
def test_rights_are_described(licence: str, begins: str) -> None:
    source = Source("Set", "Author", licence, "")
    assert rights_words(row_of_card(replace(CARD, sources=(source,)), Description())).startswith(begins)


def test_numbers_dates_and_sizes_are_formatted() -> None:
    assert [number_words(n) for n in (0, 999, 3_100_000, 2_600_000_000)] == ["–", "999", "3.1 M", "2.6 B"]
    assert [bytes_words(n) for n in (0, 12, 6_100_000)] == ["–", "12 bytes", "6.1 MB"]
    assert date_words("2026-07-01T10:00:00") == "1 Jul 2026" and date_words("soon") == "soon"


def test_images_of_one_prompt_are_distinguished_by_seed(look: Theme) -> None:
    panel = _panel(look)
    model = panel.grid.model()
    for seed in (1, 2):
        model.add_newest(MadeUpPicture(f"fox {seed}", created=NOON + seed, request=Request(prompt="a fox", seed=seed)))
    roles = Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole
    heard_of = [tuple(model.index(row, 0).data(role) for role in roles) for row in range(2)]
    assert heard_of == [("a fox", "seed 2"), ("a fox", "seed 1")]


def test_saved_steps_keep_their_height_while_loading(look: Theme) -> None:
    steps = show_widget(SavedStepsStrip(look), width=244)
    steps.show_message("Its steps are kept")
    before = steps.sizeHint().height()
    steps.show_views([make_view(1, 2), make_view(2, 2)], 2)
    assert steps.sizeHint().height() == before


def test_the_number_of_saved_steps_is_not_cut(look: Theme) -> None:
    with language("de"):
        steps = show_widget(SavedStepsStrip(look), width=244)
        steps.show_views([make_view(index, 20) for index in range(1, 21)], 20)
        assert steps._phrase_label.shown() == "20 Schritte"
        # A message that does not fit is shortened itself.
        steps.show_message("Die Schritte dieses Bildes sind gespeichert")
        assert steps._phrase_label.shown().startswith("Die Schritte")


def test_a_mouse_that_crosses_offered_steps_does_not_ask_for_them(look: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.ui.denoising_steps.saved_step_strip.REST_MS", 0)
    steps = show_widget(SavedStepsStrip(look), width=244)
    row = steps.findChild(SavedStepsRow)
    assert row is not None
    wanted = record_signal(steps.wanted)
    steps.offer("Its steps are saved")
    hover(row, QPointF(5, 5))
    QApplication.sendEvent(row, QEvent(QEvent.Type.Leave))
    QApplication.processEvents()
    assert not wanted
    hover(row, QPointF(5, 5))
    steps.offer("The steps of another picture are saved")
    QApplication.processEvents()
    assert not wanted
    hover(row, QPointF(5, 5))
    assert wait_until(lambda: len(wanted) == 1)
    steps.offer("Its steps are saved")
    QTest.keyClick(row, Qt.Key.Key_Left)
    assert len(wanted) == 2


def test_the_wheel_over_saved_steps_selects_none(look: Theme) -> None:
    steps = show_widget(SavedStepsStrip(look), width=244)
    row = steps.findChild(SavedStepsRow)
    assert row is not None
    steps.show_views([make_view(1, 2), make_view(2, 2)], 2)
    pointed = record_signal(row.pointed_at)
    turn_wheel(row, 5, 5, -1)
    turn_wheel(row, 5, 5, 1)
    assert not pointed and row.place == -1


def test_an_image_without_a_prompt_is_titled_by_its_file(look: Theme) -> None:
    panel = _panel(look)
    panel.grid.model().add_newest(MadeUpPicture("bare", created=NOON + 1, request=Request()))
    panel.grid.select("bare")
    assert "bare" in _texts(panel.details)


def test_a_request_that_cannot_be_answered_is_not_awaited(look: Theme) -> None:
    model = PictureModel(look)
    model.set_query("fox")
    model.search_failed("owl")
    assert model.is_waiting()
    model.search_failed("fox")
    assert not model.is_waiting()


def test_a_fact_is_elided_in_the_middle_without_room(look: Theme) -> None:
    rows = FactRows()
    rows.show_facts([("Steps · scheduler", "100 · DDPM, large variance"), ("Seed", "7"), ("Style", "Streamline Plump")])
    show_widget(rows, width=236, height=90)
    (name, value), *others = ((each[0].text(), each[1]) for each in (labels for _, labels in rows._rows))
    # The value has at least two thirds of the row. A long name of another row takes nothing from the others.
    assert "…" in name and "…" in value.text() and value.text().startswith("100 ·") and value.toolTip()
    assert [each.text() for _, each in others] == ["7", "Streamline Plump"] and not others[0][1].toolTip()
    for _, label in [(name, value), *others]:
        assert QFontMetrics(label.font()).horizontalAdvance(label.text()) <= label.width()
    rows.resize(500, 90)
    assert wait_until(lambda: value.text() == "100 · DDPM, large variance" and not value.toolTip())
