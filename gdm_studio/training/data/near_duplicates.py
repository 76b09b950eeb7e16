"""Detection of near-duplicate images by comparing small copies."""

import numpy as np
from numpy.typing import NDArray

SIDE = 16
SIGNATURE_LENGTH = SIDE * SIDE * 4

# Images whose signatures have a smaller root-mean-square distance count as the same. Exact duplicates have the distance
# 0, and a person with different hair about 0.03. Larger distances occur between different faces of a set, or clocks at
# different hours.
THRESHOLD = 0.035

Signatures = NDArray[np.float32]


def signature(pixels: NDArray[np.uint8]) -> Signatures:
    """Reduce an image to a short vector (SIGNATURE_LENGTH,) for finding similar images.

    It consists of block averages of the colours, composited over grey, and of the alpha.
    """
    size = pixels.shape[0]
    values = pixels.astype(np.float32) / 255
    alpha = values[..., 3:]
    composited = np.concatenate([values[..., :3] * alpha + 0.5 * (1 - alpha), alpha], axis=-1)
    edges = np.linspace(0, size, SIDE + 1).astype(int)[:-1] if size >= SIDE else np.arange(size)
    rows = np.add.reduceat(composited, edges, axis=0) / np.diff(np.append(edges, size))[:, None, None]
    blocks = np.add.reduceat(rows, edges, axis=1) / np.diff(np.append(edges, size))[None, :, None]
    return np.asarray(blocks.reshape(-1), dtype=np.float32)


def nearest(candidates: Signatures, references: Signatures) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Find the most similar reference image for each candidate image, given the signatures of both, (n, d) and (m, d).

    Returns the indices of the references, and the root-mean-square distances, which are infinite without references.
    """
    indices = np.zeros(len(candidates), np.int64)
    closest = np.full(len(candidates), np.inf, np.float32)
    if len(references) == 0:
        return indices, closest
    norms = np.square(references).sum(axis=1)
    for start in range(0, len(candidates), 512):
        block = candidates[start : start + 512]
        squared = np.square(block).sum(axis=1)[:, None] + norms - 2 * block @ references.T
        indices[start : start + 512] = squared.argmin(axis=1)
        closest[start : start + 512] = np.sqrt(np.maximum(squared.min(axis=1), 0) / candidates.shape[1])
    return indices, closest
