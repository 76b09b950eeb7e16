"""Benchmark of listing many models: the first time, in a later process, and again in the same process."""

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

from gdm_studio.common import paths
from gdm_studio.common.measurement import Measurement
from gdm_studio.models.families.icons.family import PARTS, part_file
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import Request

MODELS = 500
ROUNDS = 5
# The modification time of the files, in seconds since 1970. Files modified just now would not be cached.
OLD = 86_400

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


def listing(library: Library, request: Request) -> Iterator[Measurement]:
    """Measure the listing of small models in a temporary home; `library` and `request` are ignored."""
    with tempfile.TemporaryDirectory(prefix="gdm-studio-bench-") as home:
        build(Path(home) / "data" / "models", MODELS)
        (first, *_), *others = (_run_in_another_process(home) for _ in range(ROUNDS))
    yield Measurement(f"{MODELS} models, never listed before", 1000 * first, "ms")
    once, again = (1000 * statistics.median(seconds) for seconds in zip(*others, strict=True))
    yield Measurement("listed by a process before", once, "ms")
    yield Measurement("listed by the same process before", again, "ms", "≤ 50")


def build(folder: Path, count: int) -> None:
    """Write `count` models that can be listed but not loaded."""
    for number in range(count):
        model = folder / f"model-{number}"
        model.mkdir(parents=True)
        for part in PARTS:
            metadata = {"family": "icons", "config": json.dumps(CONFIG)} if part == PARTS[0] else {"part_of": "icons"}
            _write(part_file(model / "model.safetensors", part), {"format": "gdm-studio"} | metadata)
        card = model / "card.json"
        card.write_text(json.dumps(CARD | {"name": model.name}), encoding="utf-8")
        os.utime(card, (OLD, OLD))


def _write(path: Path, metadata: dict[str, str]) -> None:
    tensor = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    header = json.dumps({"__metadata__": metadata, "w": tensor}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))
    os.utime(path, (OLD, OLD))


def _run_in_another_process(home: str) -> tuple[float, float]:
    """Return the seconds that a new process takes to list the models in `home`, and to list them again."""
    environment = {"GDM_STUDIO_HOME": home, "PYTHONPATH": str(Path(str(paths.__file__)).parents[2])}
    command = [sys.executable, "-m", __name__]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    once, again = json.loads(done.stdout)
    return once, again


def _measure_seconds() -> list[float]:
    library, seconds = Library(), []
    for _ in range(2):
        start = time.perf_counter()
        library.refresh()
        library.cards()
        seconds.append(time.perf_counter() - start)
    return seconds


if __name__ == "__main__":
    print(json.dumps(_measure_seconds()))
