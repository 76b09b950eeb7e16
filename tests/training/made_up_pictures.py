"""A directory of training pictures made up in a moment, with a word table for its captions."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

SIZE = 128
COLOURS = {"red": (220, 30, 30), "green": (30, 180, 60), "blue": (40, 60, 220)}
SHAPES = ("disc", "bar", "ring")
VOCAB = [*COLOURS, *SHAPES, "a", "the", "##s"]


def write_pictures(folder: Path) -> Path:
    """Write 18 images: each shape in each colour, in two styles."""
    folder.mkdir(parents=True)
    rows, pixels = [], []
    for style in ("flat", "soft"):
        for colour, rgb in COLOURS.items():
            for shape in SHAPES:
                name = f"{colour} {shape}"
                row = {"index": len(rows), "set": style, "style": style, "name": name, "concept": name, "caption": name}
                source = {"licence": "MIT", "author": "Nobody", "source": "https://example.org", "tone": False}
                rows.append(
                    row
                    | source
                    | {"words": [shape], "colour": colour, "tint": "", "narrow": shape != "ring"}
                    | {"hex": f"1f3{len(rows) % 9:02x}", "weight": 1.0, "cat": ""}
                )
                pixels.append(_draw(shape, rgb))
    (folder / "pictures.u8").write_bytes(np.stack(pixels).tobytes())
    (folder / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "meta.json").write_text(json.dumps({"version": 1, "count": len(rows), "size": SIZE}), encoding="utf-8")
    return folder


def write_words(folder: Path) -> Path:
    """Write a word table with random vectors."""
    folder.mkdir(parents=True, exist_ok=True)
    table = torch.randint(-100, 100, (len(VOCAB), 16), generator=torch.Generator().manual_seed(0)).to(torch.int8)
    save_file({"table": table, "scale": torch.full((16,), 1 / 64)}, folder / "words.safetensors")
    (folder / "words.json").write_text(json.dumps({"vocab": VOCAB, "emoji": {"🍎": "red disc"}}), encoding="utf-8")
    return folder


def _draw(shape: str, rgb: tuple[int, int, int]) -> np.ndarray:
    y, x = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]
    radius = np.hypot(x, y)
    inside = {"disc": radius < 0.8, "bar": abs(y) < 0.3, "ring": abs(radius - 0.6) < 0.2}[shape]
    picture = np.zeros((SIZE, SIZE, 4), np.uint8)
    picture[inside] = (*rgb, 255)
    return picture
