"""Builder of the training dataset, which selects and renders icons, removes near duplicates and writes the files."""

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

from gdm_studio.common.atomic_files import check_writable, make_folder, open_replacement, write
from gdm_studio.common.errors import StorageError, StudioError
from gdm_studio.training.data.build_store import BuildStore, IconStatus
from gdm_studio.training.data.catalogue import Entry, heldout_entries, narrow_concepts, training_entries, weight
from gdm_studio.training.data.colour_augmentation import Tinted, colour_versions
from gdm_studio.training.data.colours import dominant_colour
from gdm_studio.training.data.dataset import SUBSETS
from gdm_studio.training.data.iconify import Archive
from gdm_studio.training.data.licences import SOURCES, attributions
from gdm_studio.training.data.near_duplicates import SIGNATURE_LENGTH, THRESHOLD, nearest, signature
from gdm_studio.training.data.package_downloads import archives
from gdm_studio.training.data.svg import Pixels, render
from gdm_studio.training.data.thesaurus import Thesaurus, read_thesaurus

# The version of the dataset format.
VERSION = 3
# Icons are rendered at this multiple of their final size, and then reduced.
OVERSAMPLE = 2
# The minimum rendering size of some sets, in pixels. At smaller sizes, the blurs of their drawings are coarse.
LEAST_SIDE = {"fluent-emoji": 512}


@dataclass(frozen=True, kw_only=True)
class BuildConfig:
    """Options for building the training dataset of rendered icons: folder, image size, subset and processes."""

    out: Path
    # The side of the images in pixels.
    size: int = 128
    # The subset of icons: few, narrow, emoji, best or all.
    subset: str = "emoji"
    # The folder with the npm archives. None downloads them to the cache with npm.
    source: Path | None = None
    processes: int = os.cpu_count() or 1


@dataclass(frozen=True)
class Progress:
    """Progress of the dataset build: `done` of `total` items in the current phase are finished."""

    phase: str
    done: int
    total: int


def build(config: BuildConfig) -> Iterator[Progress]:
    """Build the training dataset of icons in the folder `config.out`, and yield the progress.

    The dataset consists of meta.json, manifest.jsonl, pictures.u8 and NOTICE, and depends only on the options. An
    interrupted build is resumed, and a finished one is left unchanged. Sizes from 16 to 1024 are allowed. Raises
    StudioError.
    """
    _check(config)
    make_folder(config.out)
    # This is checked before a hundred megabytes are downloaded.
    check_writable(config.out)
    yield Progress("Fetching", 0, 1)
    found = archives(config.source)
    archive = Archive(found.iconify)
    plan = _make_plan(config, archive)
    if _is_finished(config.out, plan.key):
        # An earlier build may have been killed just before it deleted this folder.
        shutil.rmtree(config.out / "partial", ignore_errors=True)
        return
    try:
        store = BuildStore(config.out / "partial", plan.key, len(plan.entries), config.size)
        yield from _render_missing(config, archive, plan, store)
        yield from _write(config, plan, store, read_thesaurus(found.cldr, found.emojilib))
    except OSError as error:
        raise StorageError(f"{config.out} cannot be written ({error.strerror or error}).") from error


@dataclass(frozen=True)
class _Plan:
    """Icons to render for a dataset, and a key that identifies the result."""

    # The training icons come first, then the held-out icons. The latter are only rendered for comparison.
    entries: list[Entry]
    # The number of training icons in `entries`.
    training: int
    # A digest of everything that determines the result.
    key: str


def _check(config: BuildConfig) -> None:
    if config.subset not in SUBSETS:
        raise StudioError(f"There is no subset {config.subset!r}; choose one of {', '.join(SUBSETS)}.")
    if not 16 <= config.size <= 1024:
        raise StudioError(f"An image size of {config.size} pixels is out of range; choose 16 to 1024.")


def _make_plan(config: BuildConfig, archive: Archive) -> _Plan:
    training, heldout = training_entries(config.subset), heldout_entries(config.subset)
    content = (VERSION, config.size, archive.version, THRESHOLD, training, heldout)
    return _Plan(training + heldout, len(training), hashlib.sha256(repr(content).encode()).hexdigest())


def _is_finished(out: Path, key: str) -> bool:
    try:
        return bool(json.loads((out / "meta.json").read_text(encoding="utf-8"))["key"] == key)
    except (OSError, ValueError, KeyError):
        return False


@dataclass(frozen=True)
class _Task:
    """Task of rendering one icon."""

    index: int
    svg: str
    size: int
    oversample: int


def _render_missing(config: BuildConfig, archive: Archive, plan: _Plan, store: BuildStore) -> Iterator[Progress]:
    total = len(plan.entries)
    done = total - len(store.missing())
    yield Progress("Rendering", done, total)
    with _start_workers(config.processes) as run:
        for index, pixels in run(_draw, _iterate_tasks(config, archive, plan, store)):
            store.put(index, pixels)
            done += 1
            yield Progress("Rendering", done, total)
    store.flush()


def _iterate_tasks(config: BuildConfig, archive: Archive, plan: _Plan, store: BuildStore) -> Iterator[_Task]:
    """Yield a rendering task for each icon that is not rendered yet, one icon set after another.

    Icons missing from the archive are marked as absent in the store.
    """
    wanted: dict[str, list[int]] = {}
    for index in store.missing():
        wanted.setdefault(plan.entries[index].set, []).append(index)
    for icons in archive.read(frozenset(wanted)):
        oversample = max(OVERSAMPLE, math.ceil(LEAST_SIDE.get(icons.prefix, 0) / config.size))
        for index in wanted[icons.prefix]:
            name = plan.entries[index].name
            if name in icons:
                yield _Task(index, icons.svg(name), config.size, oversample)
            else:
                store.mark_absent(index)


def _draw(task: _Task) -> tuple[int, Pixels]:
    return task.index, render(task.svg, task.size, oversample=task.oversample)


@contextmanager
def _start_workers(processes: int) -> Iterator[Any]:
    """Start worker processes for a `with` block, and provide a function like `map` that distributes tasks among them.
    With one process, the tasks run in this process.

    Results may come in any order.
    """
    if processes <= 1:
        yield map
        return
    # Only this process handles Ctrl-C. It terminates the others.
    with get_context("spawn").Pool(processes, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        yield lambda function, tasks: pool.imap_unordered(function, tasks, chunksize=4)


def _write(config: BuildConfig, plan: _Plan, store: BuildStore, thesaurus: Thesaurus) -> Iterator[Progress]:
    drawn = [int(index) for index in np.flatnonzero(store.marks == IconStatus.DRAWN)]
    signatures = np.zeros((len(drawn), SIGNATURE_LENGTH), np.float32)
    for done, index in enumerate(drawn):
        signatures[done] = signature(store.pixels[index])
        if done % 256 == 0:
            yield Progress("Comparing", done, len(drawn))
    kept = _select_icons(plan, store, drawn, signatures)
    if not kept:
        raise StudioError("None of the requested icons are in the archive; is it @iconify/json?")
    out = config.out
    # Without this file the dataset counts as unfinished. The file is written last.
    (out / "meta.json").unlink(missing_ok=True)
    rows: list[dict[str, Any]] = []
    with open_replacement(out / "pictures.u8") as pictures:
        for done, source in enumerate(kept):
            for version in colour_versions(plan.entries[source], store.pixels[source]):
                pictures.write(version.pixels.tobytes())
                rows.append(_build_row(len(rows), plan.entries[source], version, thesaurus))
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
    store.close()
    shutil.rmtree(out / "partial")
    yield Progress("Writing", len(kept), len(kept))


def _select_icons(plan: _Plan, store: BuildStore, drawn: list[int], signatures: NDArray[np.float32]) -> list[int]:
    """Return the indices of the rendered icons that may be used for training.

    Icons that resemble a held-out icon are excluded, as are copies of an earlier icon of the same set.
    """
    training = [index for index in drawn if index < plan.training]
    _, distance = nearest(signatures[: len(training)], signatures[len(training) :])
    seen: set[tuple[str, bytes]] = set()
    kept = []
    for index, apart in zip(training, distance, strict=True):
        content = (plan.entries[index].set, hashlib.sha256(store.pixels[index].tobytes()).digest())
        if apart > THRESHOLD and content not in seen:
            seen.add(content)
            kept.append(index)
    return kept


def _build_row(index: int, entry: Entry, version: Tinted, thesaurus: Thesaurus) -> dict[str, Any]:
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
