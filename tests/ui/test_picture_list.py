"""The image list compared with a plain list under random changes, and the ends of the step strip."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from gdm_studio.ui.create.viewer.filmstrip import Filmstrip
from gdm_studio.ui.gallery.list_model import MARGIN, PAGE, PICTURE, PIXELS, PictureModel, moment_of
from gdm_studio.ui.theme.theme import Theme
from tests.helpers.widgets import MadeUpPicture, make_view, record_signal, theme, wait_until

EPOCH = 1_700_000_000


@pytest.fixture(scope="module")
def look() -> Theme:
    return theme()


def picture(number: int) -> MadeUpPicture:
    return MadeUpPicture(f"p{number}", EPOCH + 60.0 * number)


def moments(numbers: list[int]) -> list[int]:
    return [moment_of(picture(number)) for number in numbers]


def test_a_new_thumbnail_replaces_the_cached_one(look: Theme) -> None:
    model, large = PictureModel(look), QImage(512, 512, QImage.Format.Format_RGBA8888)
    model.set_query("")
    model.show_moments("", moments([1, 2]))
    model.fill([picture(1), picture(2)])
    for _ in range(2 * PIXELS // (512 * 512)):
        model.set_thumbnails({"p1": large}, 512)
        model.set_thumbnails({"p2": large}, 512)
    assert model.thumbnail(picture(1)) is not None and model.thumbnail(picture(2)) is not None


@pytest.mark.parametrize(("oldest", "first", "shown"), [(False, PAGE, PAGE), (True, PAGE, 0), (True, 9, 9)])
def test_the_first_images_found_are_shown_at_once(look: Theme, oldest: bool, first: int, shown: int) -> None:
    model = PictureModel(look)
    model.set_oldest_first(oldest)
    model.set_query("fox")
    model.begin("fox", [picture(number) for number in range(first)])
    assert model.rowCount() == shown and model.is_waiting() is (not shown), "unless they are the last of many"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_equal_a_plain_list_after_random_changes(look: Theme, seed: int) -> None:
    chance, model = random.Random(seed), PictureModel(look)
    found = record_signal(model.found)
    shown, upside_down = sorted(chance.sample(range(100), 30)), False
    model.set_query("fox")
    model.show_moments("another", moments([1]))
    assert model.is_waiting() and model.rowCount() == 0, "an answer to another search is none"
    model.show_moments("fox", moments(shown))

    def rows() -> list[int]:
        return shown if upside_down else shown[::-1]

    for _ in range(40):
        held = {number: QPersistentModelIndex(model.index(row)) for row, number in enumerate(rows())}
        match chance.choice(["new", "known", "away", "moments", "turn", "fill"]):
            case "new":
                number = chance.randrange(100)
                model.add_newest(picture(number))
                shown = sorted({*shown, number})
            case "known" if shown:
                model.fill([picture(number) for number in shown])
                model.add_newest(picture(shown[-1]))
            case "away":
                gone = chance.sample(shown, min(len(shown), 3))
                model.fill([picture(number) for number in gone])
                model.remove([*(f"p{number}" for number in gone), "p999"])
                shown = [number for number in shown if number not in gone]
            case "moments":
                kept = chance.sample(shown, max(len(shown) - 2, 0))
                shown = sorted({*kept, *chance.sample(range(100), 3)})
                model.show_moments("fox", chance.sample(moments(shown), len(shown)))
                assert found[-1] == (len(shown),)
            case "turn":
                upside_down = not upside_down
                model.set_oldest_first(upside_down)
                held = {}
            case "fill":
                model.fill([picture(number) for number in chance.sample(shown, len(shown) // 2)])
        assert model.moments(range(model.rowCount())) == moments(rows())
        assert [model.row_at(moment) for moment in moments(rows())] == list(range(len(shown)))
        for number, index in held.items():
            assert (index.row() if index.isValid() else -1) == (rows().index(number) if number in shown else -1)
        for row, number in enumerate(rows()):
            there = model.picture(row)
            assert there in (None, picture(number)) and model.index(row).data(PICTURE) == there
            assert model.row_of(f"p{number}") in (-1, row) and (there is None or model.row_of(f"p{number}") == row)
        assert sum(count for _, count in model.days()) == len(shown)
    assert model.row_at(5) == -1 and model.row_of("p999") == -1


def test_near_images_wait_until_the_list_rests_after_a_jump(look: Theme) -> None:
    model = PictureModel(look, screens=1)
    wanted = record_signal(model.pictures_wanted)
    model.show_moments("", moments(list(range(1000))))
    small = QImage(4, 4, QImage.Format.Format_RGBA8888)

    def show(rows: range) -> None:
        model.set_visible_rows(rows)
        model.fill([picture(999 - row) for row in rows])
        model.set_thumbnails({f"p{999 - row}": small for row in rows}, model.side())

    show(range(10))
    assert wanted[-1] == (model.moments(range(10, 10 + MARGIN)),), "the first rows are no jump"
    show(range(500, 510))
    assert set(wanted[-1][0]) == set(model.moments(range(500, 510)))
    assert wait_until(lambda: len(wanted[-1][0]) == 2 * MARGIN)
    show(range(502, 512))
    assert model.moments([512 + MARGIN - 1])[0] in wanted[-1][0], "nor is scrolling"


def test_visible_images_are_requested_before_near_ones(look: Theme) -> None:
    model = PictureModel(look, screens=1)
    numbers, sight = list(range(1000)), range(500, 510)
    from_middle = [505, 504, 506, 503, 507, 502, 508, 501, 509, 500]
    near = [510, *(row for step in range(6, MARGIN + 5) for row in (505 - step, 505 + step)), 505 - MARGIN - 5]
    wanted, sharp = record_signal(model.pictures_wanted), record_signal(model.thumbnails_wanted)
    model.show_moments("", moments(numbers))
    model.set_visible_rows(sight)
    assert wanted == [(model.moments(from_middle),)] and sharp == []
    model.fill([picture(999 - row) for row in range(500, 505)])
    assert wanted[-1] == (model.moments(range(505, 510)),)
    assert [each.id for each in sharp[-1][0]] == [f"p{999 - row}" for row in (504, 503, 502, 501, 500)]
    small = QImage(4, 4, QImage.Format.Format_RGBA8888)
    model.set_side(32)
    model.set_thumbnails({"p499": small, "p498": None}, 32)
    assert model.thumbnail(picture(499)) is not None and model.thumbnail(picture(498)) is None
    assert {each.id for each in sharp[-1][0]} == {"p497", "p496", "p495"}, "none is asked for again in vain"
    model.fill([picture(999 - row) for row in range(505, 510)])
    model.set_thumbnails({f"p{999 - row}": small for row in range(502, 509)}, 32)
    assert (model.moments(near),) not in wanted and [each.id for each in sharp[-1][0]] == ["p490"]
    model.set_thumbnails({"p490": small}, 32)
    assert wanted[-1] == (model.moments(near),), "nobody paints what is out of sight, and it is asked for all the same"
    model.fill([picture(999 - row) for row in near])
    assert [each.id for each in sharp[-1][0]] == [f"p{999 - row}" for row in near]
    model.set_side(64)
    model.set_visible_rows(range(500, 502))
    assert [each.id for each in sharp[-1][0]] == ["p498", "p499"]
    model.set_visible_rows(range(3))
    assert wanted[-1] == (model.moments([1, 0, 2]),)
    acted: list[list[str]] = []
    ids, everything = record_signal(model.ids_wanted), record_signal(model.all_wanted)
    model.with_ids([500, 504], acted.append)
    model.with_pictures([504], lambda pictures: acted.append([each.id for each in pictures]))
    assert acted == [["p499", "p495"], ["p495"]] and ids == everything == []
    model.with_ids([500, 600], acted.append)
    model.with_pictures([600], acted.append)
    assert ids[0][0] == model.moments([500, 600]) and everything[0][0] == model.moments([600]) and len(acted) == 2
    assert model.moments_of(["p499", "p1", "p495"]) == moments([499, 495])
    urls = model.mimeData([model.index(500), model.index(600)]).urls()
    assert [url.toLocalFile() for url in urls] == ["/pictures/p499.png"]
    said = (
        model.index(500).data(Qt.ItemDataRole.AccessibleTextRole),
        model.index(600).data(Qt.ItemDataRole.AccessibleTextRole),
    )
    assert said == ("a red apple", "Picture")


def test_a_strip_lists_its_images_and_a_way_back_if_there_is_one(look: Theme) -> None:
    strip = Filmstrip(look)
    chosen = record_signal(strip.image_chosen)
    offered = lambda: [mark.isEnabled() for mark in (strip._previous_button, strip._next_button)]  # noqa: E731
    strip.set_images(1, 0)
    assert strip._previous_button.isHidden() and strip._next_button.isHidden()
    for image, expected in ((0, [False, True]), (1, [True, True]), (2, [True, False])):
        strip.set_images(3, image)
        assert offered() == expected and not strip._next_button.isHidden()
        assert strip._images.text() == f"Picture {image + 1} of 3"
        for mark in (strip._previous_button, strip._next_button):
            mark.click()
    assert chosen == [(1,), (0,), (2,), (1,)]
    for pictures, is_one in ((0, False), (1, False), (2, True)):
        strip.set_family(pictures)
        assert strip.family.isHidden() is not is_one
    views = [make_view(n, 5) for n in (1, 2, 3)]
    strip.set_views(views[:1], 5)
    assert strip._play.isHidden() and not strip._menu_button.isHidden() and strip._follow_button.isHidden()
    strip.set_views(views, 5)
    assert not strip._play.isHidden() and strip.title.text().endswith("right-click to branch")
    strip.set_running(True)
    assert strip._play.isHidden() and not strip._follow_button.isHidden() and not strip._follow_button.isEnabled()
    strip.select(2)
    assert strip.selected() == 2 and not strip.strip.is_live() and strip._follow_button.isEnabled()
    strip.go_live()
    assert strip.selected() == 3 and strip.strip.is_live()
    strip.set_earlier(True)
    assert not strip._play.isHidden() and strip._follow_button.isEnabled()
