"""Pictures of 8×8 in four classes, and networks so small that they learn them in seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdm_studio.papers.claims import chain_bound, point_distances, toy_point_measurements, toy_points

SMALL: dict[str, Any] = {
    "size": 8, "width": 32, "widest": 32, "patch": 1, "samples": 64, "even": 64, "batch": 16, "warmup": 8,
    "cooldown": 16, "ema_halflife": 64, "threads": 1,
}  # fmt: skip
FIRST = {"vae_samples": 64}  # of those that have a first lesson
CLASSES = ("bottom", "left", "right", "top")


def fewer_points(monkeypatch: pytest.MonkeyPatch, *, seeds: int) -> None:
    """Measure claims on a quarter of the points, and compare solvers with a solution of fewer steps."""
    count = toy_point_measurements.COUNT // 4
    for module in (toy_point_measurements, toy_points, point_distances):
        monkeypatch.setattr(module, "COUNT", count)
    monkeypatch.setattr(chain_bound, "BOUND_COUNT", chain_bound.BOUND_COUNT // 8)
    monkeypatch.setattr(toy_point_measurements, "EXACT_STEPS", 60)
    monkeypatch.setattr(toy_points, "SEEDS", seeds)


def write_pictures(folder: Path, each: int = 6) -> Path:
    """Write images of coloured bars at one of the four sides, with a folder for each class."""
    rng = np.random.default_rng(3)
    for name in CLASSES:
        (folder / name).mkdir(parents=True)
        for number in range(each):
            picture = np.zeros((8, 8, 4), np.uint8)
            place = {"top": np.s_[:3], "bottom": np.s_[5:], "left": np.s_[:, :3], "right": np.s_[:, 5:]}[name]
            picture[place] = [*rng.integers(60, 255, 3), 255]
            Image.fromarray(picture).save(folder / name / f"{number}.png")
    return folder
