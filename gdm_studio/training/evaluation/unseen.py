"""The held-out pictures, drawn by the renderer of the training pictures: known things in styles never seen together."""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gdm_studio.atomic import make_folder, replacing
from gdm_studio.training.data.build import LEAST_SIDE, OVERSAMPLE
from gdm_studio.training.data.catalogue import Entry, heldout_entries
from gdm_studio.training.data.dataset import Row
from gdm_studio.training.data.fetch import archives
from gdm_studio.training.data.heldout import heldout_pictures
from gdm_studio.training.data.iconify import Archive
from gdm_studio.training.data.raster import render
from gdm_studio.training.data.tints import versions
from gdm_studio.training.evaluation.drawing import Show, kept_in


def unseen_entries(rows: Iterable[Row], styles: Iterable[str]) -> list[Entry]:
    """A tone-free picture of each listed held-out (concept, set) pair in these styles.

    Only of concepts that the rows teach in another of these styles.
    """
    wanted = set(styles)
    known = {row["concept"] for row in rows if row["style"] in wanted}
    listed = {(row["concept"], row["set"]) for row in heldout_pictures()}
    chosen: dict[tuple[str, str], Entry] = {}
    for entry in heldout_entries("all"):
        pair = (entry.concept, entry.set)
        if pair in listed and not entry.tone and entry.style in wanted and entry.concept in known:
            chosen.setdefault(pair, entry)
    return list(chosen.values())


def seed_of(entry: Entry) -> int:
    """The seed that an entry's counterpart is drawn with, whatever other entries there are."""
    return zlib.crc32(f"{entry.set}/{entry.concept}".encode())


def unseen_pictures(entries: Sequence[Entry], size: int, source: Path | None, show: Show) -> NDArray[np.uint8]:
    """(n, size, size, 4) straight alpha, rendered as `gdm-studio data icons` renders; kept for the next time.

    `source` is a folder with the npm archives; None fetches them. Raises StudioError.
    """
    key = hashlib.sha256(repr((size, entries)).encode()).hexdigest()[:16]
    path = kept_in() / f"unseen-{key}.npy"
    if path.exists():
        kept: NDArray[np.uint8] = np.load(path)
        return kept
    pictures = np.zeros((len(entries), size, size, 4), np.uint8)
    done = 0
    for icons in Archive(archives(source).iconify).read(frozenset(entry.set for entry in entries)):
        oversample = max(OVERSAMPLE, math.ceil(LEAST_SIDE.get(icons.prefix, 0) / size))
        for index, entry in enumerate(entries):
            if entry.set == icons.prefix:
                pixels = render(icons.svg(entry.name), size, oversample=oversample)
                pictures[index] = versions(entry, pixels)[0].pixels
                done += 1
                show("held-out pictures", done, len(entries))
    make_folder(path.parent)
    with replacing(path, durable=False) as file:
        np.save(file, pictures)
    return pictures
