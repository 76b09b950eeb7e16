"""Building a directory of training pictures: plan, render what is missing, leave out look-alikes, write."""

import hashlib
import json
import math
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdm_studio.atomic import check_writable, make_folder, replacing, write
from gdm_studio.errors import StorageError, StudioError
from gdm_studio.training.data.catalogue import Entry, heldout_entries, narrow_concepts, training_entries, weight
from gdm_studio.training.data.colours import dominant_colour
from gdm_studio.training.data.dataset import SUBSETS
from gdm_studio.training.data.fetch import archives
from gdm_studio.training.data.iconify import Archive
from gdm_studio.training.data.licences import SOURCES, attributions
from gdm_studio.training.data.raster import Pixels, render
from gdm_studio.training.data.scratch import Mark, Scratch
from gdm_studio.training.data.similar import SIGNATURE_LENGTH, THRESHOLD, nearest, signature
from gdm_studio.training.data.tints import Tinted, versions
from gdm_studio.training.data.words import Thesaurus, read_thesaurus

VERSION = 3  # of the directory's format
OVERSAMPLE = 2  # drawn so many times larger, then reduced
LEAST_SIDE = {"fluent-emoji": 512}  # pixels to draw at: its blurs come out coarse when smaller


@dataclass(frozen=True, kw_only=True)
class BuildConfig:
    """What to build, and where."""

    out: Path
    size: int = 128  # pixels a side
    subset: str = "emoji"  # few | narrow | emoji | best | all
    source: Path | None = None  # a folder with the npm archives; None: the cache, filled by npm
    processes: int = os.cpu_count() or 1


@dataclass(frozen=True)
class Progress:
    """How far a build has come: `done` of `total` in `phase`."""

    phase: str
    done: int
    total: int


def build(config: BuildConfig) -> Iterator[Progress]:
    """Write meta.json, manifest.jsonl, pictures.u8 and NOTICE into `config.out`, yielding progress.

    Deterministic: the same configuration and archives give the same bytes. A build that was killed goes on
    where it stopped; a finished one is left as it is. Size 16..1024. Raises StudioError.
    """
    _check(config)
    make_folder(config.out)
    check_writable(config.out)  # before a hundred megabytes are fetched
    yield Progress("Fetching", 0, 1)
    found = archives(config.source)
    archive = Archive(found.iconify)
    plan = _plan(config, archive)
    if _finished(config.out, plan.key):
        shutil.rmtree(config.out / "partial", ignore_errors=True)  # a kill may have come just before the end
        return
    try:
        scratch = Scratch(config.out / "partial", plan.key, len(plan.entries), config.size)
        yield from _render_missing(config, archive, plan, scratch)
        yield from _write(config, plan, scratch, read_thesaurus(found.cldr, found.emojilib))
    except OSError as error:
        raise StorageError(f"{config.out} cannot be written ({error.strerror or error}).") from error


@dataclass(frozen=True)
class _Plan:
    entries: list[Entry]  # those to train on, then the held-out ones, rendered only to be compared with
    training: int  # how many of them are to train on
    key: str  # changes with anything that changes a byte of the result


def _check(config: BuildConfig) -> None:
    if config.subset not in SUBSETS:
        raise StudioError(f"There is no subset {config.subset!r}; choose one of {', '.join(SUBSETS)}.")
    if not 16 <= config.size <= 1024:
        raise StudioError(f"A picture of {config.size} pixels is out of range; choose 16 to 1024.")


def _plan(config: BuildConfig, archive: Archive) -> _Plan:
    training, heldout = training_entries(config.subset), heldout_entries(config.subset)
    content = (VERSION, config.size, archive.version, THRESHOLD, training, heldout)
    return _Plan(training + heldout, len(training), hashlib.sha256(repr(content).encode()).hexdigest())


def _finished(out: Path, key: str) -> bool:
    try:
        return bool(json.loads((out / "meta.json").read_text(encoding="utf-8"))["key"] == key)
    except (OSError, ValueError, KeyError):
        return False


@dataclass(frozen=True)
class _Task:
    index: int
    svg: str
    size: int
    oversample: int


def _render_missing(config: BuildConfig, archive: Archive, plan: _Plan, scratch: Scratch) -> Iterator[Progress]:
    total = len(plan.entries)
    done = total - len(scratch.missing())
    yield Progress("Rendering", done, total)
    with _workers(config.processes) as run:
        for index, pixels in run(_draw, _tasks(config, archive, plan, scratch)):
            scratch.put(index, pixels)
            done += 1
            yield Progress("Rendering", done, total)
    scratch.flush()


def _tasks(config: BuildConfig, archive: Archive, plan: _Plan, scratch: Scratch) -> Iterator[_Task]:
    """What is still to be drawn, set by set; an icon that this archive lacks is marked and passed over."""
    wanted: dict[str, list[int]] = {}
    for index in scratch.missing():
        wanted.setdefault(plan.entries[index].set, []).append(index)
    for icons in archive.read(frozenset(wanted)):
        oversample = max(OVERSAMPLE, math.ceil(LEAST_SIDE.get(icons.prefix, 0) / config.size))
        for index in wanted[icons.prefix]:
            name = plan.entries[index].name
            if name in icons:
                yield _Task(index, icons.svg(name), config.size, oversample)
            else:
                scratch.mark_absent(index)


def _draw(task: _Task) -> tuple[int, Pixels]:
    return task.index, render(task.svg, task.size, oversample=task.oversample)


@contextmanager
def _workers(processes: int) -> Iterator[Any]:
    """A lazy map(function, tasks), in this process or in several; order of results is not kept."""
    if processes <= 1:
        yield map
        return
    # Ctrl-C is for this process alone; it ends the others
    with get_context("spawn").Pool(processes, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        yield lambda function, tasks: pool.imap_unordered(function, tasks, chunksize=4)


def _write(config: BuildConfig, plan: _Plan, scratch: Scratch, thesaurus: Thesaurus) -> Iterator[Progress]:
    drawn = [int(index) for index in np.flatnonzero(scratch.marks == Mark.DRAWN)]
    signatures = np.zeros((len(drawn), SIGNATURE_LENGTH), np.float32)
    for done, index in enumerate(drawn):
        signatures[done] = signature(scratch.pixels[index])
        if done % 256 == 0:
            yield Progress("Comparing", done, len(drawn))
    kept = _kept(plan, scratch, drawn, signatures)
    if not kept:
        raise StudioError("None of the pictures asked for are in the archive; is it @iconify/json?")
    out = config.out
    (out / "meta.json").unlink(missing_ok=True)  # unfinished from here until it is written again
    rows: list[dict[str, Any]] = []
    with replacing(out / "pictures.u8") as pictures:
        for done, source in enumerate(kept):
            for version in versions(plan.entries[source], scratch.pixels[source]):
                pictures.write(version.pixels.tobytes())
                rows.append(_row(len(rows), plan.entries[source], version, thesaurus))
            if done % 256 == 0:
                yield Progress("Writing", done, len(kept))
    manifest = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write(out / "manifest.jsonl", manifest.encode())
    write(out / "NOTICE", attributions(rows).encode())
    meta = {
        "version": VERSION,
        "count": len(rows),
        "size": config.size,
        "subset": config.subset,
        "styles": list(dict.fromkeys(row["style"] for row in rows)),
        "left_out": plan.training - len(kept),
        "key": plan.key,
    }
    write(out / "meta.json", (json.dumps(meta, indent=2) + "\n").encode())
    scratch.close()
    shutil.rmtree(out / "partial")
    yield Progress("Writing", len(kept), len(kept))


def _kept(plan: _Plan, scratch: Scratch, drawn: list[int], signatures: NDArray[np.float32]) -> list[int]:
    """Drawn training pictures that look like no held-out one and repeat no earlier one of their set."""
    training = [index for index in drawn if index < plan.training]
    _, distance = nearest(signatures[: len(training)], signatures[len(training) :])
    seen: set[tuple[str, bytes]] = set()
    kept = []
    for index, apart in zip(training, distance, strict=True):
        content = (plan.entries[index].set, hashlib.sha256(scratch.pixels[index].tobytes()).digest())
        if apart > THRESHOLD and content not in seen:
            seen.add(content)
            kept.append(index)
    return kept


def _row(index: int, entry: Entry, version: Tinted, thesaurus: Thesaurus) -> dict[str, Any]:
    source = SOURCES[entry.set]
    return {
        "index": index,
        **asdict(entry),
        "words": thesaurus.words(entry),
        "colour": version.tint or dominant_colour(version.pixels),
        "tint": version.tint,
        "narrow": entry.concept in narrow_concepts(),
        "weight": weight(entry),
        "licence": source.licence,
        "author": source.author,
        "source": source.link,
    }
