"""Databases that are damaged: the index is made anew, what people added comes back, and both are said once."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gdm_studio import mended
from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery, Picture, copies, salvage
from tests.helpers.library import result

JUNK = b"not a database" * 1000


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = another(tmp_path)
    yield gallery
    gallery.close()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `pictures` copies."""
    base = tmp_path_factory.mktemp("full")
    gallery = another(base)
    made = [gallery.keep(result(f"picture {number}", seed=number)).id for number in range(12)][::-1]
    gallery.favourite(made[::2], True)
    gallery.tag(made[1::2], "forest")
    gallery.note(made[0], "for Anna")
    gallery.new_collection("Set", made[:3])
    gallery.close()
    return base


def another(base: Path) -> Gallery:
    return Gallery(base / "pictures", base / "data", base / "cache")


@pytest.fixture
def pictures(gallery: Gallery, full: Path) -> list[Picture]:
    """Twelve, the newest first, with something added to every one; the databases are closed."""
    shutil.copytree(full, gallery.pictures.parent, dirs_exist_ok=True)
    os.replace(gallery.index_path.parent / another(full).index_path.name, gallery.index_path)
    found = gallery.page()
    gallery.close()
    return found


def said(gallery: Gallery) -> list[str]:
    return mended.unsaid(gallery.favourites_path.parent)


def changed(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def replaced(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


def scrambled(path: Path, *, first: int = 0, last: int = 2**40) -> None:
    data = path.read_bytes()
    middle = bytes(byte ^ 0x5A for byte in data[first:last])
    path.write_bytes(data[:first] + middle + data[first + len(middle) :])


def marked(path: Path) -> None:
    """As one that a later SQLite may read and not write."""
    data = bytearray(path.read_bytes())
    data[18] = 7
    path.write_bytes(data)


IN_PLACE: dict[str, Callable[[Path], object]] = {
    "junk": lambda path: path.write_bytes(JUNK),
    "nul": lambda path: path.write_bytes(b"\0" * 40),
    "scrambled": scrambled,
    "without a head": lambda path: scrambled(path, last=4096),
    "a folder": lambda path: replaced(path, Path.mkdir),
    "a journal that is a folder": lambda path: Path(f"{path}-wal").mkdir(),
    "an index of the journal that is one": lambda path: Path(f"{path}-shm").mkdir(),
    "another program's": lambda path: replaced(path, lambda path: changed(path, "CREATE TABLE t(a)")),
}
OF_THE_INDEX = IN_PLACE | {
    "a head that forbids writing": marked,
    "a link to nowhere": lambda path: replaced(path, lambda path: path.symlink_to(path.parent / "none" / "x")),
    "another program's of our version": lambda path: replaced(
        path, lambda path: changed(path, "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT)", "PRAGMA user_version=2")
    ),
    "no words": lambda path: changed(path, "DROP TABLE words"),
    "another column": lambda path: changed(path, "ALTER TABLE pictures RENAME COLUMN width TO breadth"),
    "bytes for text": lambda path: changed(path, "UPDATE pictures SET path = x'00ff'"),
    "text for a number": lambda path: changed(path, "UPDATE pictures SET created = 'then'"),
    "no text at all": lambda path: changed(path, "UPDATE pictures SET tool = cast(x'c3ff41' AS TEXT)"),
    "no settings": lambda path: changed(path, "UPDATE settings SET request = '{'"),
    "bytes for a path": lambda path: changed(path, "UPDATE files SET path = x'00ff' WHERE path LIKE '%picture 3%'"),
}
if hasattr(os, "mkfifo"):
    IN_PLACE["a pipe"] = OF_THE_INDEX["a pipe"] = lambda path: replaced(path, os.mkfifo)


@pytest.mark.parametrize("damage", OF_THE_INDEX)
def test_a_damaged_index_is_made_anew_and_said_so_once(gallery: Gallery, pictures: list[Picture], damage: str) -> None:
    OF_THE_INDEX[damage](gallery.index_path)
    gallery.sync()
    assert gallery.page() == pictures and gallery.page("tag:forest") == pictures[1::2]
    assert gallery.count("picture") == len(pictures) and gallery.models(3) and gallery.family(pictures[0].id)
    gallery.keep(result("one more"))
    assert gallery.rebuild() == len(pictures) + 1
    assert sum("index was damaged" in sentence for sentence in said(gallery)) == (damage != "another program's")
    assert said(gallery) == []
    assert gallery.page("is:favourite") == pictures[::2]


def test_rebuilding_mends_what_only_looks_sound(gallery: Gallery, pictures: list[Picture]) -> None:
    """Rows that are whole and wrong: every file is read again, and what belongs to none is gone."""
    changed(
        gallery.index_path,
        "UPDATE settings SET request = (SELECT request FROM settings LIMIT 1)",
        "UPDATE pictures SET path = 'gone.png' WHERE id = (SELECT id FROM pictures LIMIT 1)",
        "UPDATE pictures SET seed = 5, width = 7",
        "DELETE FROM settings WHERE row = (SELECT max(row) FROM pictures)",
    )
    assert gallery.rebuild() == len(pictures)
    assert gallery.page() == pictures


@pytest.mark.usefixtures("pictures")
def test_a_question_that_cannot_be_answered_costs_no_index(gallery: Gallery) -> None:
    gallery.count()
    before = gallery.index_path.stat().st_ino
    with pytest.raises(StorageError, match="cannot be used"):
        gallery._ask(lambda index: index.connection.execute("SELECT nothing FROM nowhere"))
    assert gallery.index_path.stat().st_ino == before and said(gallery) == []


def test_nobody_misses_a_picture_while_another_process_rebuilds(gallery: Gallery, pictures: list[Picture]) -> None:
    """The look of one process at the files comes before the other's rebuilding, its search in the midst of it."""
    gallery.sync()
    base = gallery.pictures.parent
    child = subprocess.Popen(
        [sys.executable, "-c", REBUILDING, str(base)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin and child.stdout
    try:
        assert child.stdout.readline() == "in the midst of it\n"
        assert gallery.page() == pictures
        gallery.tag([picture.id for picture in gallery.page("picture")], "all")
        added = gallery.keep(result("saved meanwhile"))
    finally:
        child.communicate("go on\n", timeout=60)
    assert child.returncode == 0
    assert gallery.count("tag:all") == len(pictures) == gallery.count() - 1 and gallery.get(added.id)


REBUILDING = """
import sys
from pathlib import Path
from gdm_studio.gallery import Gallery
base, told = Path(sys.argv[1]), []
gallery = Gallery(base / "pictures", base / "data", base / "cache")

def progress(looked, total):
    if not told:
        told.append(True)
        print("in the midst of it", flush=True)
        sys.stdin.readline()

gallery.rebuild(progress)
gallery.close()
"""


def added(gallery: Gallery) -> list[tuple[str, bool, tuple[str, ...], str]]:
    return [(picture.id, picture.favourite, picture.tags, picture.note) for picture in gallery.page()]


@pytest.mark.parametrize("damage", IN_PLACE)
@pytest.mark.usefixtures("pictures")
def test_what_was_added_outlives_any_damage(gallery: Gallery, damage: str) -> None:
    before = added(gallery)
    gallery.close()
    IN_PLACE[damage](gallery.favourites_path)
    assert added(gallery) == before and gallery.collections()[0].count == 3
    journal = damage.startswith(("a journal", "an index"))
    assert len(said(gallery)) == (not journal) and said(gallery) == []
    assert len(list(gallery.favourites_path.parent.glob("favourites-damaged-*.sqlite"))) == (not journal)
    gallery.tag([before[0][0]], "later")
    assert gallery.count("tag:later") == 1


@pytest.mark.usefixtures("pictures")
def test_a_head_that_forbids_writing_is_mended_by_the_first_write(gallery: Gallery) -> None:
    before = added(gallery)
    gallery.close()
    marked(gallery.favourites_path)
    assert added(gallery) == before
    gallery.tag([before[0][0]], "later")
    assert gallery.count("tag:later") == len(said(gallery)) == 1 and gallery.count("tag:forest") == 6


@pytest.mark.parametrize("damage", ["empty", "gone"])
@pytest.mark.usefixtures("pictures")
def test_what_was_added_comes_back_where_its_file_is_gone(gallery: Gallery, damage: str) -> None:
    before = added(gallery)
    gallery.close()
    gallery.favourites_path.unlink() if damage == "gone" else gallery.favourites_path.write_bytes(b"")
    assert added(gallery) == before and len(said(gallery)) == 1


def test_without_a_copy_all_is_salvaged_that_can_be_read(gallery: Gallery) -> None:
    ids = [f"{number:032x}" for number in range(300)]
    gallery.favourite(ids[::2], True)
    gallery.tag(ids[1::2], "forest")
    gallery.note(ids[0], "for Anna")
    gallery.close()
    shutil.rmtree(gallery.favourites_path.parent / copies.FOLDER)
    with closing(sqlite3.connect(gallery.favourites_path)) as db:
        page = db.execute("PRAGMA page_size").fetchone()[0]
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'favourites'").fetchone()
    data = bytearray(gallery.favourites_path.read_bytes())
    child = int.from_bytes(data[(root - 1) * page + 8 :][:4], "big")  # the right-most leaf below the root
    scrambled(gallery.favourites_path, first=(child - 1) * page, last=child * page)
    gallery.count()
    with closing(sqlite3.connect(gallery.favourites_path)) as db:
        found = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("favourites", "tags", "notes")]
    assert 0 < found[0] < 150 and found[1:] == [150, 1]
    (sentence,) = said(gallery)
    assert "could be read" in sentence and "favourites-damaged-" in sentence


@pytest.mark.usefixtures("pictures")
def test_of_a_damaged_table_the_copy_gives_what_cannot_be_read(gallery: Gallery) -> None:
    before = added(gallery)
    gallery.close()
    changed(gallery.favourites_path, "DROP TABLE tags")
    assert added(gallery) == before
    assert "more came from the copy of" in said(gallery)[0]


@pytest.mark.usefixtures("pictures")
@pytest.mark.parametrize("lost", [False, True])
def test_a_copy_is_told_of_where_it_gave_something(gallery: Gallery, lost: bool) -> None:
    if lost:
        changed(gallery.favourites_path, "DROP TABLE notes")
    found = salvage.mend(gallery.favourites_path)
    assert found.day and found.read > 10 and found.from_copy == lost
    told = found.sentence("")
    assert f"{found.read} entries could be read" in told
    assert (f", 1 more came from the copy of {found.day}." in told) == lost == ("copy" in told)


def on_day(monkeypatch: pytest.MonkeyPatch, day: int, hour: int = 12) -> float:
    """From now on it is that day of January 2031; the moment."""
    moment = time.mktime((2031, 1, day, hour, 0, 0, 0, 0, -1))
    monkeypatch.setattr(copies.time, "time", lambda: moment)
    return moment


def test_a_copy_a_day_and_seven_of_them(
    gallery: Gallery, pictures: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(1, 11):
        on_day(monkeypatch, day)
        gallery.count()
        gallery.tag([pictures[0].id], f"day {day}")
        gallery.close()
    days = [copy.day for copy in copies.all_of(gallery.favourites_path)]
    assert days == [f"2031-01-{day:02}" for day in range(10, 3, -1)]
    with closing(copies.all_of(gallery.favourites_path)[6].opened()) as oldest:
        assert oldest.execute("SELECT count(*) FROM tags WHERE tag LIKE 'day %'").fetchone() == (4,)


def test_a_window_that_stays_open_copies_every_day(
    gallery: Gallery, pictures: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery.count()
    for day in (1, 2, 3):
        on_day(monkeypatch, day)
        gallery.tag([pictures[0].id], f"day {day}")
    newest, *others = copies.all_of(gallery.favourites_path)
    assert [copy.day for copy in (newest, *others[:2])] == [f"2031-01-{day:02}" for day in (3, 2, 1)]
    with closing(newest.opened()) as db:
        assert db.execute("SELECT count(*) FROM tags WHERE tag LIKE 'day %'").fetchone() == (3,)


@pytest.mark.usefixtures("pictures")
def test_days_on_which_nothing_changes_push_no_copy_out(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    before = copies.all_of(gallery.favourites_path)
    for day in range(1, 11):
        on_day(monkeypatch, day)
        gallery.count()
        gallery.close()
    assert copies.all_of(gallery.favourites_path) == before and len(before) == 1


@pytest.mark.usefixtures("pictures")
def test_whether_the_copy_still_holds_is_looked_at_once_a_day(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copy,) = copies.all_of(gallery.favourites_path)
    for day in (1, 2):
        looked = [on_day(monkeypatch, day, hour) for hour in (15, 12, 9)][-1]
        gallery.count()
        gallery.close()
        on_day(monkeypatch, day, 20)
        gallery.count()
        gallery.close()
        assert copy.path.stat().st_mtime == looked


def test_a_window_that_is_open_writes_into_the_mended_file(
    gallery: Gallery, pictures: list[Picture], tmp_path: Path
) -> None:
    window = another(tmp_path)
    window.count()
    gallery.favourites_path.write_bytes(JUNK)
    gallery.sync()
    window.tag([pictures[0].id], "later")
    assert gallery.count("tag:later") == 1
    window.close()


@pytest.mark.usefixtures("pictures")
def test_a_damaged_copy_is_passed_over(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    before = added(gallery)
    on_day(monkeypatch, 1)
    gallery.tag([before[0][0]], "later")
    gallery.close()
    newest, older = copies.all_of(gallery.favourites_path)
    scrambled(newest.path)
    gallery.favourites_path.write_bytes(JUNK)
    assert added(gallery) == before and older.day in said(gallery)[0]


def test_sentences_are_forgotten_after_a_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mended.note(tmp_path, "Something was mended.")
    assert [each.sentence for each in mended.lately(tmp_path)] == ["Something was mended."]
    assert mended.unsaid(tmp_path) == ["Something was mended."] and mended.unsaid(tmp_path) == []
    assert len(mended.lately(tmp_path)) == 1
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 86_400)
    assert mended.lately(tmp_path) == [] and not list((tmp_path / mended.FOLDER).iterdir())
