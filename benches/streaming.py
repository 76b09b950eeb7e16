"""Benchmark of a limit of memory: a step of FLUX.2 Klein 4B, of full size and in Q4_0, with random weights.

The file of 2.2 GB is written to the folder for temporary files and deleted afterwards. Each limit is measured in a new
process, which reports the memory that it has allocated itself apart from the pages of mapped files.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from gdm_studio import preferences
from gdm_studio.common import memory, paths
from gdm_studio.common.errors import StudioError
from gdm_studio.common.measurement import Measurement
from gdm_studio.models.model_library import Library
from gdm_studio.networks.diffusion_transformers.configurations import Flux2Config, flux2_weights
from gdm_studio.request.generation_request import Request

# Limits in gigabytes; 0 for automatic.
LIMITS = (4.0, 1.5, 0.0)
# Memory in bytes that must be free, and the side of the image in pixels.
NEEDED = 8 * 10**9
SIDE = 256
TOKENS = 512
PIXELS = 16
# Types of GGUF, and the weights and bytes of a block of Q4_0.
F32, Q4_0 = 0, 2
BLOCK, BYTES = 32, 18
ALIGNMENT = 32
# Seconds between two measurements.
INTERVAL = 0.01
# Blocks that are random; they repeat in every weight.
RANDOM = 2**16


def figures(library: Library, request: Request) -> Iterator[Measurement]:
    """Measure the memory and the time of a step within several limits; `library` and `request` are ignored.

    Raises StudioError if the machine has too little memory.
    """
    if (free := memory.free()) is None or free < NEEDED:
        raise StudioError(f"This benchmark needs {memory.format_bytes(NEEDED)} of free memory; close other programs.")
    with tempfile.TemporaryDirectory(prefix="gdm-studio-streaming-") as home:
        file = Path(home) / "klein.gguf"
        write_klein(file)
        yield Measurement("file", file.stat().st_size / 1e9, "GB")
        digests = set()
        for limit in LIMITS:
            report = _run_in_another_process(home, file, limit)
            digests.add(report["digest"])
            name = f"limit of {limit:g} GB" if limit else "automatic"
            goal = f"≤ {limit:g}" if limit else ""
            yield Measurement(f"{name}: allocated and model's pages", report["together"] / 1e9, "GB", goal)
            yield Measurement(f"{name}: allocated at most", report["allocated"] / 1e9, "GB")
            yield Measurement(f"{name}: model's pages at most", report["pages"] / 1e9, "GB")
            yield Measurement(f"{name}: a step at {SIDE} × {SIDE}", report["step"], "s")
        yield Measurement("different results", len(digests) - 1, "", "0")


def write_klein(file: Path) -> None:
    """Write the network with random weights under its original names."""
    shapes = {}
    for weight in flux2_weights(Flux2Config()):
        source = weight.sources[0]
        shapes[source.name] = weight.source_shape(source)
    random = np.random.default_rng(1)
    blocks = random.integers(0, 256, (RANDOM, BYTES), dtype=np.uint8)
    blocks[:, :2] = (0.005 * random.uniform(0.5, 1, (RANDOM, 1))).astype("<f2").view(np.uint8)
    some = blocks.tobytes()
    described, sizes, offset = [], [], 0
    for name, shape in shapes.items():
        kind = F32 if len(shape) == 1 else Q4_0
        size = prod(shape) * 4 if kind == F32 else prod(shape) // BLOCK * BYTES
        axes = struct.pack(f"<I{len(shape)}Q", len(shape), *reversed(shape))
        described.append(_text(name) + axes + struct.pack("<IQ", kind, offset))
        sizes.append((kind, size))
        offset += size + -size % ALIGNMENT
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(shapes), 0) + b"".join(described)
    with file.open("wb") as out:
        out.write(head + bytes(-len(head) % ALIGNMENT))
        for kind, size in sizes:
            if kind == F32:
                out.write(np.ones(size // 4, "<f4").tobytes())
            for begin in range(0, size if kind == Q4_0 else 0, len(some)):
                out.write(some[: min(len(some), size - begin)])
            out.write(bytes(-size % ALIGNMENT))


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def _run_in_another_process(home: str, file: Path, limit: float) -> dict[str, Any]:
    environment = {"GDM_STUDIO_HOME": home, "PYTHONPATH": str(Path(str(paths.__file__)).parents[2])}
    command = [sys.executable, "-m", __name__, str(file), repr(limit)]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


# The following functions run in the new process.


class _Meter:
    """Largest memory of this process: allocated, mapped from files since the start, and their sum, in bytes."""

    def __init__(self) -> None:
        self._own_pages = _measure_memory()[1]
        self.allocated = self.pages = self.together = 0

    @contextmanager
    def measuring(self) -> Iterator[None]:
        stopped = threading.Event()

        def measure() -> None:
            while not stopped.wait(INTERVAL):
                allocated, mapped = _measure_memory()
                pages = max(0, mapped - self._own_pages)
                self.allocated = max(self.allocated, allocated)
                self.pages = max(self.pages, pages)
                self.together = max(self.together, allocated + pages)

        thread = threading.Thread(target=measure)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()


def _measure_memory() -> tuple[int, int]:
    """Return the allocated memory and the pages of files, in bytes."""
    facts = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    allocated, pages = (1024 * int(facts[name].split()[0]) for name in ("RssAnon", "RssFile"))
    return allocated, pages


def _measure(file: Path, limit: float) -> dict[str, Any]:
    from gdm_studio.engine import torch_startup

    torch_startup.prepare()
    import torch

    from gdm_studio.models.families.diffusion_transformers.checkpoint_layout import layout_of
    from gdm_studio.models.families.diffusion_transformers.cost import step_cost
    from gdm_studio.models.families.diffusion_transformers.loader import load_transformer
    from gdm_studio.models.files.checkpoints import read_entry
    from gdm_studio.models.memory.loaded_model_cache import Placement, Store
    from gdm_studio.models.memory.residency import fit_streams

    preferences.change({"memory_gb": limit})
    device, dtype = torch.device("cpu"), torch.float32
    # All libraries are in memory before the measurement begins.
    torch.nn.functional.scaled_dot_product_attention(*torch.randn(3, 1, 1, 8, 8)) @ torch.randn(8, 8)
    meter = _Meter()
    with meter.measuring(), torch.inference_mode():
        entry = read_entry(file)
        layout = layout_of(entry)
        network = load_transformer(entry, layout, Placement(device, dtype, Store()))
        side = SIDE // PIXELS
        size = side, side
        fit_streams([network], device, 1, lambda: step_cost("flux2", layout.config, size, TOKENS, dtype).peak)
        random = torch.Generator().manual_seed(1)
        x = torch.randn(1, layout.config.inputs, *size, generator=random)
        context = torch.randn(1, TOKENS, layout.config.context, generator=random)
        began = time.perf_counter()
        found = network(x, torch.tensor([500.0]), context)
        step = time.perf_counter() - began
    return {
        "allocated": meter.allocated,
        "pages": meter.pages,
        "together": meter.together,
        "step": step,
        "digest": found.numpy().tobytes().hex()[:4096],
    }


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), float(sys.argv[2]))))
