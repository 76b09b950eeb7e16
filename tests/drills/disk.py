"""Full and read-only disks under everything that writes: an error with a remedy, nothing lost, and a working retry.

    python -m tests.drills.disk --count 300

Each round is a process on a disk that is full, nearly full, or read-only. The disk contains the whole home folder, only
the images, or everything but the images. The process may succeed if it needs no room. Otherwise it ends with one error
message, existing files are unharmed, and the same operation succeeds once the disk is writable again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.gallery import Gallery, SaveSettings, read, save
from gdm_studio.jobs.queue import Item
from tests.drills import disk_work
from tests.drills.bad_disk import BALLAST, Disk, Handicap
from tests.drills.disk_work import WRITES
from tests.drills.home import forked, temporary_home
from tests.helpers import library as made_up
from tests.helpers import tiny_model

LAYOUTS = ("everything", "pictures", "all but pictures")  # what is on the bad disk
REMEDY = re.compile("free some|choose|check|allow|close|delete|connected|try again|is it|wait", re.IGNORECASE)
PATIENCE = 120  # seconds


@dataclass
class Report:
    tries: int = 0
    refused: int = 0
    mounted: bool = False
    seconds: float = 0.0

    def __str__(self) -> str:
        how = "disks of their own" if self.mounted else "limits on the process"
        return (
            f"{self.tries} tries of {len(WRITES)} kinds of writing in {self.seconds:.0f} s ({how}): {self.refused} "
            "refused with a sentence, the others needed no room; nothing lost, all done once the disk was well"
        )


def drill(count: int, seed: int, home: Path) -> Report:
    """Run `count` rounds in `home`. Raise AssertionError if a promise is broken."""
    report, rng, started = Report(), random.Random(seed), time.monotonic()
    made = template(home)
    names = list(WRITES)
    rng.shuffle(names)
    for number in range(count):
        disk = Disk(home / "disk")
        report.mounted = disk.mounted
        try:
            _try(names[number % len(names)], disk, made, rng, report)
        finally:
            disk.close()
    report.seconds = time.monotonic() - started
    return report


def template(home: Path) -> Path:
    """Create a home with images, deleted images, marks, a queue, a tiny model, and another tool's folder."""
    made = home / "template"
    os.environ["GDM_STUDIO_HOME"] = str(made)
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    for prompt in ("a red disc", "a deleted fox"):
        assert run(["generate", prompt, *disk_work.TINY, "--count", "2"]) == 0
    with closing(Gallery.open()) as gallery:
        gallery.trash.delete([picture.id for picture in gallery.page("deleted")])
        ids = [picture.id for picture in gallery.page()]
        gallery.tags.set(ids, "kept")
        gallery.notes.set(ids[1], "kept too")
        gallery.favourites.set(ids[1], True)
    assert run(["queue", "add", "a blue fox", *disk_work.TINY]) == 0
    others = home / "others"
    others.mkdir()
    for number in range(3):
        save(made_up.result("a foreign disc", seed=number), others, saving=SaveSettings(form="jpeg"))
    return made


def _try(name: str, disk: Disk, template: Path, rng: random.Random, report: Report) -> None:
    layout = rng.choice(LAYOUTS)
    home = _laid_out(template, disk.folder, layout)
    before = found(home)
    left = rng.choice((0, 0, rng.randrange(2**12), rng.randrange(2**17)))
    is_full = rng.random() < 0.6
    log = template.parent / "log"
    with disk.full(left) if is_full else disk.read_only() as handicap:
        status = carried_out(name, home, disk.folder, log, handicap)
    said = log.read_text(encoding="utf-8")
    where = f"{name}, {layout} on a {f'disk with {left} bytes left' if is_full else 'read-only disk'}: {said}"
    check_sentence(status, said, where)
    os.environ["GDM_STUDIO_DRILL_DISK"] = str(disk.folder)
    assert status or done(name), f"ended well, and nothing was done: {where}"
    lost = before - found(home)
    assert not lost, f"lost {sorted(lost)[:5]} by {where}"
    report.tries += 1
    report.refused += status == 2
    again = carried_out(name, home, disk.folder, log, Handicap())
    assert again == 0, f"not done on a disk that is well ({again}): {name}, {layout}: {log.read_text()}\nbefore: {said}"


def _laid_out(template: Path, bad: Path, layout: str) -> Path:
    """Copy the template with one part on the bad disk, and return its home folder."""
    home = (template.parent / "home") if layout == "pictures" else bad / "home"
    shutil.rmtree(template.parent / "home", ignore_errors=True)
    shutil.rmtree(template.parent / "elsewhere", ignore_errors=True)
    shutil.copytree(template, home)
    if layout != "everything":
        library = bad / "pictures" if layout == "pictures" else template.parent / "elsewhere"
        shutil.move(home / "pictures", library)
        os.environ["GDM_STUDIO_HOME"] = str(home)
        preferences.save(replace(preferences.load(), library=str(library)))
    for path in (template.parent, home, *home.rglob("*")):  # for a child that becomes another user
        path.chmod(path.stat().st_mode | (0o777 if path.is_dir() else 0o666))
    return home


def carried_out(name: str, home: Path, bad: Path, log: Path, handicap: Handicap) -> int:
    environment = {"GDM_STUDIO_DRILL_DISK": str(bad), "GDM_STUDIO_DRILL_OTHERS": str(log.parent / "others")}
    log.write_text("")
    log.chmod(0o666)
    process = forked().Process(target=disk_work.work, args=(name, str(home), str(log), environment, handicap))
    process.start()
    process.join(PATIENCE)
    assert process.exitcode is not None, f"{name} hangs"
    return process.exitcode


def done(name: str) -> bool:
    """Return whether the effect of a successful operation is visible in `GDM_STUDIO_HOME`."""
    return name not in disk_work.DONE or disk_work.DONE[name]()


def check_sentence(status: int, said: str, where: str) -> None:
    assert status in (0, 2), f"ended with {status}: {where}"
    assert "Traceback" not in said and "unforeseen" not in said, where
    if status == 2:
        sentence = said.strip().splitlines()[-1]
        assert sentence.startswith("gdm-studio: ") and sentence.endswith(".") and REMEDY.search(sentence), where


def found(home: Path) -> set[str]:
    """Return all images, steps and user data by content, wherever they are, and check every file."""
    os.environ["GDM_STUDIO_HOME"] = str(home)
    all_of_it = set()
    for root in (preferences.pictures_dir(), paths.data_dir() / "deleted"):
        for path in (path for path in root.rglob("*") if path.is_file() and not path.name.endswith(".part")):
            if path.suffix in (".png", ".jpg"):
                with Image.open(path) as picture:
                    picture.load()
                assert read(path).id
            if path.name != BALLAST:
                all_of_it.add(hashlib.sha256(path.read_bytes()).hexdigest())
    with closing(sqlite3.connect(paths.data_dir() / "favourites.sqlite")) as db:
        for table in ("favourites", "tags", "notes", "searches", "sources", "collections"):
            all_of_it |= {f"{table} {row}" for row in db.execute(f"SELECT * FROM {table}")}
    for path in (paths.data_dir() / "queue").glob("*.json"):
        Item.from_json(path.read_bytes())
    for path in paths.data_dir().rglob("*.json"):
        json.loads(path.read_bytes())
    assert not [path for path in paths.data_dir().rglob("*") if "damaged" in path.name]
    return all_of_it


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300, help="tries (default: 300)")
    parser.add_argument("--seed", type=int, default=0, help="of the disks and their faults (default: 0)")
    args = parser.parse_args()
    with temporary_home("disk") as home:
        print(drill(args.count, args.seed, home))
    return 0


if __name__ == "__main__":
    sys.exit(main())
