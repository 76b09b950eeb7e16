"""Pictures that show nearly the same thing to the eye, found on small composited copies."""

import numpy as np
from numpy.typing import NDArray

SIDE = 16
SIGNATURE_LENGTH = SIDE * SIDE * 4

# Root mean square over the signature's numbers, each 0..1. Exact repeats lie at 0, a person redrawn with
# other hair near 0.03; from there on come other faces of the same set, and clocks at other hours.
THRESHOLD = 0.035

Signatures = NDArray[np.float32]


def signature(pixels: NDArray[np.uint8]) -> Signatures:
    """(SIGNATURE_LENGTH,) float32: premultiplied colour over mid-grey, and alpha, averaged over blocks."""
    size = pixels.shape[0]
    values = pixels.astype(np.float32) / 255
    alpha = values[..., 3:]
    composited = np.concatenate([values[..., :3] * alpha + 0.5 * (1 - alpha), alpha], axis=-1)
    edges = np.linspace(0, size, SIDE + 1).astype(int)[:-1] if size >= SIDE else np.arange(size)
    rows = np.add.reduceat(composited, edges, axis=0) / np.diff(np.append(edges, size))[:, None, None]
    blocks = np.add.reduceat(rows, edges, axis=1) / np.diff(np.append(edges, size))[None, :, None]
    return np.asarray(blocks.reshape(-1), dtype=np.float32)


def nearest(candidates: Signatures, references: Signatures) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For each of (n, d) candidates which of (m, d) references is closest, and its root-mean-square distance.

    Where there are no references, the distance is infinite.
    """
    which, closest = np.zeros(len(candidates), np.int64), np.full(len(candidates), np.inf, np.float32)
    if len(references) == 0:
        return which, closest
    norms = np.square(references).sum(axis=1)
    for start in range(0, len(candidates), 512):
        block = candidates[start : start + 512]
        squared = np.square(block).sum(axis=1)[:, None] + norms - 2 * block @ references.T
        which[start : start + 512] = squared.argmin(axis=1)
        closest[start : start + 512] = np.sqrt(np.maximum(squared.min(axis=1), 0) / candidates.shape[1])
    return which, closest
