"""Damaged databases: the index is rebuilt, user data is salvaged, and both are reported once."""

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

from gdm_studio.common import repair_log
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery, Picture
from gdm_studio.gallery.storage import backup, repair
from tests.helpers.library import result

JUNK = b"not a database" * 1000


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = open_gallery(tmp_path)
    yield gallery
    gallery.close()


@pytest.fixture(scope="module")
def full_gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a gallery of twelve marked images, which the fixture `pictures` copies."""
    base = tmp_path_factory.mktemp("full")
    gallery = open_gallery(base)
    made = [gallery.save(result(f"picture {number}", seed=number)).id for number in range(12)][::-1]
    gallery.favourites.set(made[::2], True)
    gallery.tags.set(made[1::2], "forest")
    gallery.notes.set(made[0], "for Anna")
    gallery.collections.create("Set", made[:3])
    gallery.close()
    return base


def open_gallery(base: Path) -> Gallery:
    return Gallery(base / "pictures", base / "data", base / "cache")


@pytest.fixture
def pictures(gallery: Gallery, full_gallery: Path) -> list[Picture]:
    """Return twelve images, newest first, each with user data; the databases are closed."""
    shutil.copytree(full_gallery, gallery.pictures.parent, dirs_exist_ok=True)
    os.replace(gallery.index_path.parent / open_gallery(full_gallery).index_path.name, gallery.index_path)
    found = gallery.page()
    gallery.close()
    return found


def reports(gallery: Gallery) -> list[str]:
    return repair_log.take_unreported(gallery.user_data_path.parent)


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def replace_file(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


def scramble(path: Path, *, first: int = 0, last: int = 2**40) -> None:
    data = path.read_bytes()
    middle = bytes(byte ^ 0x5A for byte in data[first:last])
    path.write_bytes(data[:first] + middle + data[first + len(middle) :])


def forbid_writing(path: Path) -> None:
    """Mark the database as written by a later SQLite, which this one can read but not write."""
    data = bytearray(path.read_bytes())
    data[18] = 7
    path.write_bytes(data)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "junk": lambda path: path.write_bytes(JUNK),
    "nul": lambda path: path.write_bytes(b"\0" * 40),
    "scrambled": scramble,
    "without a head": lambda path: scramble(path, last=4096),
    "a folder": lambda path: replace_file(path, Path.mkdir),
    "a journal that is a folder": lambda path: Path(f"{path}-wal").mkdir(),
    "an index of the journal that is one": lambda path: Path(f"{path}-shm").mkdir(),
    "another program's": lambda path: replace_file(path, lambda path: execute(path, "CREATE TABLE t(a)")),
}
INDEX_DAMAGE = DAMAGE | {
    "a head that forbids writing": forbid_writing,
    "a link to nowhere": lambda path: replace_file(path, lambda path: path.symlink_to(path.parent / "none" / "x")),
    "another program's of our version": lambda path: replace_file(
        path, lambda path: execute(path, "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT)", "PRAGMA user_version=2")
    ),
    "no words": lambda path: execute(path, "DROP TABLE words"),
    "another column": lambda path: execute(path, "ALTER TABLE pictures RENAME COLUMN width TO breadth"),
    "bytes for text": lambda path: execute(path, "UPDATE pictures SET path = x'00ff'"),
    "text for a number": lambda path: execute(path, "UPDATE pictures SET created = 'then'"),
    "no text at all": lambda path: execute(path, "UPDATE pictures SET tool = cast(x'c3ff41' AS TEXT)"),
    "no settings": lambda path: execute(path, "UPDATE settings SET request = '{'"),
    "settings nested too deeply": lambda path: execute(
        path, f"""UPDATE settings SET request = '{{"prompt": {"[" * 300}{"]" * 300}}}'"""
    ),
    "a list for settings": lambda path: execute(path, "UPDATE settings SET request = '[]'"),
    "bytes for a path": lambda path: execute(path, "UPDATE files SET path = x'00ff' WHERE path LIKE '%picture 3%'"),
}
if hasattr(os, "mkfifo"):
    DAMAGE["a pipe"] = INDEX_DAMAGE["a pipe"] = lambda path: replace_file(path, os.mkfifo)


@pytest.mark.parametrize("damage", INDEX_DAMAGE)
def test_a_damaged_index_is_rebuilt_and_reported_once(gallery: Gallery, pictures: list[Picture], damage: str) -> None:
    INDEX_DAMAGE[damage](gallery.index_path)
    gallery.sync()
    assert gallery.page() == pictures and gallery.page("tag:forest") == pictures[1::2]
    assert (
        gallery.count("picture") == len(pictures) and gallery.suggestions.models(3) and gallery.family(pictures[0].id)
    )
    gallery.save(result("one more"))
    assert gallery.rebuild() == len(pictures) + 1
    assert sum("index was damaged" in sentence for sentence in reports(gallery)) == (damage != "another program's")
    assert reports(gallery) == []
    assert gallery.page("is:favourite") == pictures[::2]


def test_rebuilding_corrects_valid_rows_with_wrong_contents(gallery: Gallery, pictures: list[Picture]) -> None:
    """Correct valid rows with wrong contents: every file is read again, and rows without a file are removed."""
    execute(
        gallery.index_path,
        "UPDATE settings SET request = (SELECT request FROM settings LIMIT 1)",
        "UPDATE pictures SET path = 'gone.png' WHERE id = (SELECT id FROM pictures LIMIT 1)",
        "UPDATE pictures SET seed = 5, width = 7",
        "DELETE FROM settings WHERE row = (SELECT max(row) FROM pictures)",
    )
    assert gallery.rebuild() == len(pictures)
    assert gallery.page() == pictures


@pytest.mark.usefixtures("pictures")
def test_a_failing_query_keeps_the_index(gallery: Gallery) -> None:
    gallery.count()
    before = gallery.index_path.stat().st_ino
    with pytest.raises(StorageError, match="cannot be used"):
        gallery._connection.run(lambda index: index.connection.execute("SELECT nothing FROM nowhere"))
    assert gallery.index_path.stat().st_ino == before and reports(gallery) == []


def test_no_image_is_missing_while_another_process_rebuilds(gallery: Gallery, pictures: list[Picture]) -> None:
    """Read the gallery between the scan of one process and the rebuild of another."""
    gallery.sync()
    base = gallery.pictures.parent
    child = subprocess.Popen(
        [sys.executable, "-c", REBUILDING, str(base)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin and child.stdout
    try:
        assert child.stdout.readline() == "in the midst of it\n"
        assert gallery.page() == pictures
        gallery.tags.set([picture.id for picture in gallery.page("picture")], "all")
        added = gallery.save(result("saved meanwhile"))
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


def user_data(gallery: Gallery) -> list[tuple[str, bool, tuple[str, ...], str]]:
    return [(picture.id, picture.favourite, picture.tags, picture.note) for picture in gallery.page()]


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.usefixtures("pictures")
def test_user_data_survives_any_damage(gallery: Gallery, damage: str) -> None:
    before = user_data(gallery)
    gallery.close()
    DAMAGE[damage](gallery.user_data_path)
    assert user_data(gallery) == before and gallery.collections.all()[0].count == 3
    journal = damage.startswith(("a journal", "an index"))
    assert len(reports(gallery)) == (not journal) and reports(gallery) == []
    assert len(list(gallery.user_data_path.parent.glob("favourites-damaged-*.sqlite"))) == (not journal)
    gallery.tags.set([before[0][0]], "later")
    assert gallery.count("tag:later") == 1


@pytest.mark.usefixtures("pictures")
def test_a_header_that_forbids_writing_is_repaired_by_the_first_write(gallery: Gallery) -> None:
    before = user_data(gallery)
    gallery.close()
    forbid_writing(gallery.user_data_path)
    assert user_data(gallery) == before
    gallery.tags.set([before[0][0]], "later")
    assert gallery.count("tag:later") == len(reports(gallery)) == 1 and gallery.count("tag:forest") == 6


@pytest.mark.parametrize("damage", ["empty", "gone"])
@pytest.mark.usefixtures("pictures")
def test_user_data_is_restored_when_its_file_is_missing(gallery: Gallery, damage: str) -> None:
    before = user_data(gallery)
    gallery.close()
    gallery.user_data_path.unlink() if damage == "gone" else gallery.user_data_path.write_bytes(b"")
    assert user_data(gallery) == before and len(reports(gallery)) == 1


def test_readable_rows_are_salvaged_without_a_backup(gallery: Gallery) -> None:
    ids = [f"{number:032x}" for number in range(300)]
    gallery.favourites.set(ids[::2], True)
    gallery.tags.set(ids[1::2], "forest")
    gallery.notes.set(ids[0], "for Anna")
    gallery.close()
    shutil.rmtree(gallery.user_data_path.parent / backup.FOLDER)
    with closing(sqlite3.connect(gallery.user_data_path)) as db:
        page = db.execute("PRAGMA page_size").fetchone()[0]
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'favourites'").fetchone()
    data = bytearray(gallery.user_data_path.read_bytes())
    # The right-most leaf page below the root.
    child = int.from_bytes(data[(root - 1) * page + 8 :][:4], "big")
    scramble(gallery.user_data_path, first=(child - 1) * page, last=child * page)
    gallery.count()
    with closing(sqlite3.connect(gallery.user_data_path)) as db:
        found = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("favourites", "tags", "notes")]
    assert 0 < found[0] < 150 and found[1:] == [150, 1]
    (sentence,) = reports(gallery)
    assert "could be read" in sentence and "favourites-damaged-" in sentence


@pytest.mark.usefixtures("pictures")
def test_the_backup_supplies_the_rows_of_a_lost_table(gallery: Gallery) -> None:
    before = user_data(gallery)
    gallery.close()
    execute(gallery.user_data_path, "DROP TABLE tags")
    assert user_data(gallery) == before
    assert "more came from the copy of" in reports(gallery)[0]


@pytest.mark.usefixtures("pictures")
@pytest.mark.parametrize("lost", [False, True])
def test_the_backup_is_mentioned_only_if_it_was_used(gallery: Gallery, lost: bool) -> None:
    if lost:
        execute(gallery.user_data_path, "DROP TABLE notes")
    found = repair.salvage(gallery.user_data_path)
    assert found.day and found.read > 10 and found.from_backup == lost
    told = found.sentence("")
    assert f"{found.read} entries could be read" in told
    assert (f", 1 more came from the copy of {found.day}." in told) == lost == ("copy" in told)


def set_day(monkeypatch: pytest.MonkeyPatch, day: int, hour: int = 12) -> float:
    """Set the clock to a day of January 2031 and return the time."""
    moment = time.mktime((2031, 1, day, hour, 0, 0, 0, 0, -1))
    monkeypatch.setattr(backup.time, "time", lambda: moment)
    return moment


def test_one_backup_a_day_is_made_and_seven_are_retained(
    gallery: Gallery, pictures: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(1, 11):
        set_day(monkeypatch, day)
        gallery.count()
        gallery.tags.set([pictures[0].id], f"day {day}")
        gallery.close()
    days = [copy.day for copy in backup.all_backups(gallery.user_data_path)]
    assert days == [f"2031-01-{day:02}" for day in range(10, 3, -1)]
    with closing(backup.all_backups(gallery.user_data_path)[6].open()) as oldest:
        assert oldest.execute("SELECT count(*) FROM tags WHERE tag LIKE 'day %'").fetchone() == (4,)


def test_an_open_window_makes_a_backup_every_day(
    gallery: Gallery, pictures: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery.count()
    for day in (1, 2, 3):
        set_day(monkeypatch, day)
        gallery.tags.set([pictures[0].id], f"day {day}")
    newest, *others = backup.all_backups(gallery.user_data_path)
    assert [copy.day for copy in (newest, *others[:2])] == [f"2031-01-{day:02}" for day in (3, 2, 1)]
    with closing(newest.open()) as db:
        assert db.execute("SELECT count(*) FROM tags WHERE tag LIKE 'day %'").fetchone() == (3,)


@pytest.mark.usefixtures("pictures")
def test_days_without_changes_make_no_backup(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    before = backup.all_backups(gallery.user_data_path)
    for day in range(1, 11):
        set_day(monkeypatch, day)
        gallery.count()
        gallery.close()
    assert backup.all_backups(gallery.user_data_path) == before and len(before) == 1


@pytest.mark.usefixtures("pictures")
def test_a_backup_is_verified_once_a_day(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy,) = backup.all_backups(gallery.user_data_path)
    for day in (1, 2):
        looked = [set_day(monkeypatch, day, hour) for hour in (15, 12, 9)][-1]
        gallery.count()
        gallery.close()
        set_day(monkeypatch, day, 20)
        gallery.count()
        gallery.close()
        assert copy.path.stat().st_mtime == looked


def test_an_open_window_writes_to_the_repaired_file(gallery: Gallery, pictures: list[Picture], tmp_path: Path) -> None:
    window = open_gallery(tmp_path)
    window.count()
    gallery.user_data_path.write_bytes(JUNK)
    gallery.sync()
    window.tags.set([pictures[0].id], "later")
    assert gallery.count("tag:later") == 1
    window.close()


@pytest.mark.usefixtures("pictures")
def test_a_damaged_backup_is_skipped(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    before = user_data(gallery)
    set_day(monkeypatch, 1)
    gallery.tags.set([before[0][0]], "later")
    gallery.close()
    newest, older = backup.all_backups(gallery.user_data_path)
    scramble(newest.path)
    gallery.user_data_path.write_bytes(JUNK)
    assert user_data(gallery) == before and older.day in reports(gallery)[0]


def test_reports_are_deleted_after_a_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repair_log.record_repair(tmp_path, "Something was mended.")
    assert [each.sentence for each in repair_log.recent(tmp_path)] == ["Something was mended."]
    assert (
        repair_log.take_unreported(tmp_path) == ["Something was mended."] and repair_log.take_unreported(tmp_path) == []
    )
    assert len(repair_log.recent(tmp_path)) == 1
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 86_400)
    assert repair_log.recent(tmp_path) == [] and not list((tmp_path / repair_log.FOLDER).iterdir())
