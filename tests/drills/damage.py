"""Damaged databases: the index is rebuilt, and the user's data is recovered from its backup.

    python -m tests.drills.damage --count 200

Each round damages the index, the user's data, or both: bits, pages, lengths, journals, tables, rows, or another file in
their place. Every query must give the same answer as before, and the repair must be reported once.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from gdm_studio.common import repair_log
from gdm_studio.gallery import Gallery
from tests.drills.home import temporary_home
from tests.helpers.library import result

PICTURES = 30
PAGE = 4096
KEPT = ("favourites", "tags", "notes", "collections", "collected")
INDEX = ("files", "pictures", "settings", "filled", "words")


@dataclass
class Report:
    tries: Counter[str] = field(default_factory=Counter)
    mended: int = 0
    rebuilt: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.tries.total()} damaged databases of {len(self.tries)} kinds in {self.seconds:.0f} s: "
            f"{self.mended} were mended with a sentence, the others read as before, {self.rebuilt} of them after "
            "`rebuild`; nothing that was added is lost"
        )


def drill(count: int, seed: int, home: Path) -> Report:
    """Run `count` rounds in `home`. Raise AssertionError if data is lost or a query fails."""
    report, started = Report(), time.monotonic()
    template = home / "template"
    pictures = _fill(template)
    kept = _rows(template)
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        place = home / "try"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(template, place)
        gallery = _gallery(place)
        shutil.move(gallery.index_path.with_name(_gallery(template).index_path.name), gallery.index_path)
        kind = rng.choice(list(DAMAGES))
        for path, tables in rng.choice([_index(gallery), _added(gallery), _index(gallery) + _added(gallery)]):
            DAMAGES[kind](path, rng, tables)
        try:
            _ask(gallery, pictures, report)
        except Exception as error:
            raise AssertionError(f"{kind}, try {number}: {error}") from error
        finally:
            gallery.close()
        lost = kept - _rows(place)
        assert not lost or kind in BY_HAND, f"{kind}, try {number}: lost {sorted(lost)[:3]}"
        said = repair_log.take_unreported(place / "data")
        report.mended += bool(said)
        report.tries[kind] += 1
        if kind in ("junk", "zeros"):
            assert said, f"{kind}, try {number}: nobody heard of it"
    report.seconds = time.monotonic() - started
    return report


def _gallery(base: Path) -> Gallery:
    return Gallery(base / "pictures", base / "data", base / "cache")


def _index(gallery: Gallery) -> list[tuple[Path, tuple[str, ...]]]:
    return [(gallery.index_path, INDEX)]


def _added(gallery: Gallery) -> list[tuple[Path, tuple[str, ...]]]:
    return [(gallery.user_data_path, KEPT)]


def _fill(base: Path) -> list[str]:
    """Fill a gallery with images that all have user data, and return their ids, newest first."""
    with closing(_gallery(base)) as gallery:
        ids = [gallery.save(result(f"fox {number}", seed=number)).id for number in range(PICTURES)]
        gallery.favourites.set(ids[::3], True)
        for number in range(8):
            gallery.tags.set(ids[number::5], f"tag {number}")
        for each in ids[::2]:
            gallery.notes.set(each, "a note " * 20)
        gallery.collections.create("Set", ids[:10])
        return [picture.id for picture in gallery.page()]


def _ask(gallery: Gallery, pictures: list[str], report: Report) -> None:
    try:
        _check(gallery, pictures)
    except AssertionError:  # wrong words in a row that can be read: nothing tells, but `rebuild` puts them right
        report.rebuilt += 1
        gallery.rebuild()
        _check(gallery, pictures)
    new = gallery.save(result("a new one", seed=99))
    assert gallery.get(new.id)
    gallery.trash.delete([new.id])
    gallery.rebuild()
    _check(gallery, pictures)


def _check(gallery: Gallery, pictures: list[str]) -> None:
    gallery.sync()
    found = [picture.id for picture in gallery.page()]
    assert found == pictures, f"{len(found)} of {len(pictures)} pictures are shown"
    assert gallery.count("fox") == len(gallery.timeline.moments()) == len(pictures)
    (
        gallery.tags.all(),
        gallery.collections.all(),
        gallery.trash.all(),
        gallery.sources.all(),
        gallery.suggestions.models(3),
    )
    (
        gallery.suggestions.complete("model:", 6),
        gallery.family(pictures[0]),
        gallery.thumbnails.get(gallery.page(limit=2), 128),
    )


def _rows(base: Path) -> set[str]:
    with closing(sqlite3.connect(base / "data" / "favourites.sqlite")) as db:
        db.text_factory = lambda text: text.decode("utf-8", "replace")
        return {f"{table} {row}" for table in KEPT for row in db.execute(f"SELECT * FROM {table}")}


Damage = Callable[[Path, random.Random, tuple[str, ...]], object]


def _bits(path: Path, rng: random.Random, tables: tuple[str, ...]) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(rng.choice((1, 20))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)


def _pages(path: Path, rng: random.Random, tables: tuple[str, ...]) -> None:
    """Zero a page, fill it, or replace it with another page."""
    data = path.read_bytes()
    pages = [data[start : start + PAGE] for start in range(0, len(data), PAGE)]
    pages[rng.randrange(len(pages))] = rng.choice((bytes(PAGE), b"\xff" * PAGE, pages[rng.randrange(len(pages))]))
    path.write_bytes(b"".join(pages))


def _head(path: Path, rng: random.Random, tables: tuple[str, ...]) -> None:
    data = bytearray(path.read_bytes())
    for place in rng.sample(range(16, 100), 12):
        data[place] = rng.randrange(256)
    path.write_bytes(data)


def _journal(path: Path, rng: random.Random, tables: tuple[str, ...]) -> None:
    journal = Path(f"{path}-{rng.choice(('wal', 'shm'))}")
    rng.choice((journal.mkdir, lambda: journal.write_bytes(rng.randbytes(9_000))))()


def _other(path: Path, rng: random.Random, tables: tuple[str, ...]) -> None:
    """Put another program's database, a folder or a named pipe in the file's place."""
    path.unlink()
    others = ("CREATE TABLE t(a)", "INSERT INTO t VALUES(1)")
    kinds: list[Callable[[], object]] = [path.mkdir, lambda: _changed(path, *others)]
    if hasattr(os, "mkfifo"):
        kinds.append(lambda: os.mkfifo(path))
    rng.choice(kinds)()


def _values(path: Path, rng: random.Random, tables: tuple[str, ...]) -> None:
    """Store bytes, text, numbers and broken Unicode in columns of other types."""
    table = rng.choice(tables)
    value = rng.choice(("x'00ff'", "'abc'", "7.5", "cast(x'c3ff41' AS TEXT)"))
    with closing(sqlite3.connect(path)) as db:
        column = rng.choice([row[1] for row in db.execute(f"PRAGMA table_info({table})")])
    _changed(path, f"UPDATE OR IGNORE {table} SET {column} = {value}")


def _changed(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            try:
                db.execute(statement)
            except sqlite3.Error:  # not in this table, or not for this column
                db.rollback()
        db.commit()


DAMAGES: dict[str, Damage] = {
    "bits": _bits,
    "pages": _pages,
    "head": _head,
    "cut": lambda path, rng, tables: os.truncate(path, rng.randrange(path.stat().st_size)),
    "zeros": lambda path, rng, tables: path.write_bytes(bytes(rng.choice((40, path.stat().st_size)))),
    "junk": lambda path, rng, tables: path.write_bytes(rng.randbytes(rng.randrange(100, 20_000))),
    "longer": lambda path, rng, tables: path.write_bytes(path.read_bytes() + rng.randbytes(9_000)),
    "journal": _journal,
    "other": _other,
    "table": lambda path, rng, tables: _changed(path, f"DROP TABLE {rng.choice(tables)}"),
    "version": lambda path, rng, tables: _changed(path, f"PRAGMA user_version = {rng.randrange(3)}"),
    "values": _values,
}
BY_HAND = ("values", "bits")  # what changes a word into another word is no damage that shows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="tries (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="of what is damaged, and how (default: 0)")
    args = parser.parse_args()
    with temporary_home("damage") as home:
        print(drill(args.count, args.seed, home))
    return 0


if __name__ == "__main__":
    sys.exit(main())
