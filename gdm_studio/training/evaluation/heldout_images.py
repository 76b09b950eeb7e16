"""Held-out images of known concepts in known styles, whose combination does not occur in training."""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gdm_studio.common.atomic_files import make_folder, open_replacement
from gdm_studio.training.data.build import LEAST_SIDE, OVERSAMPLE
from gdm_studio.training.data.catalogue import Entry, heldout_entries
from gdm_studio.training.data.colour_augmentation import colour_versions
from gdm_studio.training.data.dataset import Row
from gdm_studio.training.data.heldout_icons import load_heldout_pictures
from gdm_studio.training.data.iconify import Archive
from gdm_studio.training.data.package_downloads import archives
from gdm_studio.training.data.svg import render
from gdm_studio.training.evaluation.cached_generator import ProgressCallback, cache_folder


def heldout_entries_of(rows: Iterable[Row], styles: Iterable[str]) -> list[Entry]:
    """Return the held-out icons for evaluating a model with the given styles, one for each (concept, set) pair. Skin
    tones are excluded, and so are concepts without training images in these styles.
    """
    wanted = set(styles)
    known = {row["concept"] for row in rows if row["style"] in wanted}
    listed = {(row["concept"], row["set"]) for row in load_heldout_pictures()}
    chosen: dict[tuple[str, str], Entry] = {}
    for entry in heldout_entries("all"):
        pair = (entry.concept, entry.set)
        if pair in listed and not entry.tone and entry.style in wanted and entry.concept in known:
            chosen.setdefault(pair, entry)
    return list(chosen.values())


def seed_of(entry: Entry) -> int:
    """Return the seed for generating an image to compare with a held-out icon. It depends only on the icon."""
    return zlib.crc32(f"{entry.set}/{entry.concept}".encode())


def render_heldout(
    entries: Sequence[Entry], size: int, source: Path | None, show: ProgressCallback
) -> NDArray[np.uint8]:
    """Render the held-out icons to images (n, size, size, 4) with straight alpha. The result is cached on disk.

    They are rendered as in `gdm-studio data icons`. `source` is a folder with the npm archives; None downloads them.
    Raises StudioError.
    """
    key = hashlib.sha256(repr((size, entries)).encode()).hexdigest()[:16]
    path = cache_folder() / f"unseen-{key}.npy"
    if path.exists():
        cached: NDArray[np.uint8] = np.load(path)
        return cached
    pictures = np.zeros((len(entries), size, size, 4), np.uint8)
    done = 0
    for icons in Archive(archives(source).iconify).read(frozenset(entry.set for entry in entries)):
        oversample = max(OVERSAMPLE, math.ceil(LEAST_SIDE.get(icons.prefix, 0) / size))
        for index, entry in enumerate(entries):
            if entry.set == icons.prefix:
                pixels = render(icons.svg(entry.name), size, oversample=oversample)
                pictures[index] = colour_versions(entry, pixels)[0].pixels
                done += 1
                show("held-out pictures", done, len(entries))
    make_folder(path.parent)
    with open_replacement(path, durable=False) as file:
        np.save(file, pictures)
    return pictures
