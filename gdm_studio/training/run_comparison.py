"""Errors of a training run on a fixed set of images and noise, and the comparison of two runs by these errors. Imports
no torch.

Two runs whose errors are measured on the same units (pairs of an image and a noise) are compared by their differences
per unit, which vary much less than the errors themselves.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import StorageError

FILE = "held_out.jsonl"
# Number of units, and of measurements whenever the number of samples doubles.
UNITS = 32
PER_DOUBLING = 4
# Samples of the first measurement.
FIRST = 64
# Level of the band, and number of random signs by which it is computed.
LEVEL = 0.95
FLIPS = 999
# Maximum bytes of the file, and of measurements in it, and maximum number of samples.
MOST_BYTES = 2_000_000
MOST = 200
MOST_SAMPLES = 10**12


@dataclass(frozen=True)
class PairedErrors:
    """Errors of a training run on a fixed set of units, each of which is an image paired with noise. They are measured
    repeatedly during the run.

    `points` maps the index of a measurement to (samples seen, errors of the units). `key` identifies the units. Only
    runs with the same key can be compared.
    """

    key: str = ""
    points: dict[int, tuple[int, NDArray[np.float64]]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> PairedErrors:
        """Read the measured errors of the training run in a folder.

        Lines that are damaged or have other units are skipped.
        """
        try:
            lines = atomic_files.read(folder / FILE, max_bytes=MOST_BYTES).decode(errors="replace").splitlines()
        except (StorageError, OSError):
            return cls()
        key = ""
        points: dict[int, tuple[int, NDArray[np.float64]]] = {}
        for line in lines[-10 * MOST :]:
            try:
                data = json.loads(line)
                index, seen, errors = int(data["index"]), int(data["seen"]), np.array(data["errors"], np.float64)
                found = str(data["key"])
            except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
                continue
            if errors.shape != (UNITS,) or not np.isfinite(errors).all():
                continue
            if not 0 <= index < MOST or not 0 <= seen <= MOST_SAMPLES:
                continue
            # A run that was started again with other images replaces the earlier one.
            if found != key:
                key, points = found, {}
            points[index] = (seen, errors)
        return cls(key, dict(sorted(points.items())))

    def curve(self) -> list[tuple[int, float]]:
        """Return the learning curve of the run: a pair (samples seen, mean error) for each measurement."""
        return [(seen, float(errors.mean())) for seen, errors in self.points.values()]


@dataclass(frozen=True)
class Comparison:
    """Comparison of a training run with an earlier one, at those sample counts at which the errors of both runs were
    measured.

    `band` contains (samples, low, high) around the earlier run's curve. An equivalent run stays within the band with
    probability LEVEL. `sign` is -1 if the last error outside the band is below it, 1 if above, and 0 if there is none.
    """

    band: tuple[tuple[int, float, float], ...]
    sign: int


def compare(run: PairedErrors, earlier: PairedErrors) -> Comparison | None:
    """Compare the errors of two training runs on the same images, to see which one learns better.

    Returns None if the runs were measured on different units or have no common measurement.
    """
    shared = [index for index in run.points if index in earlier.points]
    if run.key != earlier.key or not shared:
        return None
    own, other = (np.stack([each.points[index][1] for index in shared]) for each in (run, earlier))
    widths = band_widths(own - other)
    means = other.mean(axis=1)
    differences = own.mean(axis=1) - means
    outside = np.flatnonzero(np.abs(differences) > widths)
    sign = int(np.sign(differences[outside[-1]])) if len(outside) else 0
    rows = zip((run.points[index][0] for index in shared), means, widths, strict=True)
    return Comparison(tuple((seen, float(mean - width), float(mean + width)) for seen, mean, width in rows), sign)


def band_widths(differences: NDArray[np.float64], *, level: float = LEVEL, seed: int = 0) -> NDArray[np.float64]:
    """Return the half-widths (T,) of a confidence band for paired differences (T, n): how far their mean may be from
    zero by chance, at each of T measurements.

    This is half the width (T,) of a simultaneous band. If both runs have the same distribution, each unit's differences
    are as likely as their negatives, jointly at all T measurements. The largest |t| over the measurements is compared
    with its values under FLIPS random sign flips of the units, which is exact for any distribution (max-T sign-flip
    test; Westfall and Young 1993). With probability at least `level`, the mean differences are within the band at all T
    measurements.
    """
    count = differences.shape[1]
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), (FLIPS, count))
    squares = (differences**2).sum(axis=1)

    def errors_of(means: NDArray[np.float64]) -> NDArray[np.float64]:
        variance = np.maximum(squares - count * means**2, 0) / (count - 1)
        found: NDArray[np.float64] = np.sqrt(variance / count)
        return found

    flipped = signs @ differences.T / count
    # Without any difference, the ratio is 0 / 0.
    ratios = np.abs(flipped) / np.maximum(errors_of(flipped), 1e-300)
    largest = np.sort(np.where(flipped == 0, 0.0, ratios).max(axis=1))
    rank = math.ceil(level * (FLIPS + 1)) - 1
    widths: NDArray[np.float64] = largest[min(rank, FLIPS - 1)] * errors_of(differences.mean(axis=1))
    return widths


def index_of(seen: int) -> int:
    """Return the index, counted from 0, of the last error measurement that is due after `seen` training samples.
    Returns -1 if none is due yet.
    """
    return math.floor(PER_DOUBLING * math.log2(seen / FIRST) + 1e-9) if seen >= FIRST else -1


def append(folder: Path, index: int, seen: int, key: str, errors: NDArray[np.float64]) -> None:
    """Append an error measurement to the file of measurements in the folder of a training run. Raises StorageError."""
    line = json.dumps({"index": index, "seen": seen, "key": key, "errors": [float(f"{each:.6g}") for each in errors]})
    path = folder / FILE
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError as error:
        raise atomic_files.storage_error(path, error) from error
