"""What listing many models costs: the first time, in another process later, and again in the same one."""

from __future__ import annotations

import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from gdm_studio import paths
from gdm_studio.figure import Figure
from gdm_studio.models.families.icons import PARTS, part_file
from gdm_studio.models.library import Library
from gdm_studio.request import Request

MODELS = 500
ROUNDS = 5
OLD = 86_400  # seconds since 1970 of the files: what was written just now is read anew

CONFIG = {"process": {"sigma_min": 0.01, "sigma_max": 40.0}, "unet": {}, "text": {}, "vae": {}}
CARD = {
    "family": "icons",
    "date": "2026-01-01",
    "parameters": 1,
    "author": "",
    "licence": "",
    "size": 64,
    "channels": 4,
    "latent": [4, 16, 16],
    "prediction": "edm",
    "process": "edm",
    "data_scale": 0.5,
}


def listing(library: Library, request: Request) -> Iterator[Figure]:
    """Of small models, a folder each, in a home of their own; neither `library` nor `request` matters."""
    with tempfile.TemporaryDirectory(prefix="gdm-studio-bench-") as home:
        build(Path(home) / "data" / "models", MODELS)
        (first, *_), *others = (_in_another_process(home) for _ in range(ROUNDS))
    yield Figure(f"{MODELS} models, never listed before", 1000 * first, "ms")
    once, again = (1000 * statistics.median(seconds) for seconds in zip(*others, strict=True))
    yield Figure("listed by a process before", once, "ms")
    yield Figure("listed by the same process before", again, "ms", "≤ 50")


def build(folder: Path, count: int) -> None:
    """Writes that many models that can be listed; there is nothing in them to load."""
    for number in range(count):
        place = folder / f"model-{number}"
        place.mkdir(parents=True)
        for part in PARTS:
            told = {"family": "icons", "config": json.dumps(CONFIG)} if part == PARTS[0] else {"part_of": "icons"}
            _write(part_file(place / "model.safetensors", part), {"format": "gdm-studio"} | told)
        card = place / "card.json"
        card.write_text(json.dumps(CARD | {"name": place.name}), encoding="utf-8")
        os.utime(card, (OLD, OLD))


def _write(path: Path, metadata: dict[str, str]) -> None:
    tensor = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    header = json.dumps({"__metadata__": metadata, "w": tensor}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))
    os.utime(path, (OLD, OLD))


def _in_another_process(home: str) -> tuple[float, float]:
    """Seconds that a new process takes to list what is in that home, and to list it again."""
    place = {"GDM_STUDIO_HOME": home, "PYTHONPATH": str(Path(str(paths.__file__)).parents[1])}
    asked = [sys.executable, "-m", __name__]
    done = subprocess.run(asked, env={**os.environ, **place}, stdout=subprocess.PIPE, text=True, check=True)
    once, again = json.loads(done.stdout)
    return once, again


def _seconds() -> list[float]:
    library, seconds = Library(), []
    for _ in range(2):
        began = time.perf_counter()
        library.refresh()
        library.cards()
        seconds.append(time.perf_counter() - began)
    return seconds


if __name__ == "__main__":
    print(json.dumps(_seconds()))
