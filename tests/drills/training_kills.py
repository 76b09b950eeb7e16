"""Kills of a process that trains a LoRA, again and again, and the comparison with an uninterrupted run.

    python -m tests.drills.training_kills --count 100

The process saves a checkpoint after every step, and is killed at a random moment after one.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file

from tests.helpers.source_tree import ROOT
from tests.helpers.tiny_model import NAME, TinyLibrary

BATCH = 4
# Steps after the last kill.
REST = 60
PROGRAM = (
    "import sys; from gdm_studio.training import recipe; recipe.SAVE_SECONDS = 1e-9\n"
    "from gdm_studio.cli.main import run; sys.exit(run(sys.argv[1:]))"
)


def train(images: Path, out: Path, *, kills: int, steps: int) -> None:
    """Train `steps` steps, and kill the process `kills` times within 50 ms after it has written another checkpoint."""
    options = ["--images", str(images), "--out", str(out), "--base", NAME, "--sheet-minutes", "0", "--rank", "2"]
    options += ["--samples", str(BATCH * steps), "--batch", str(BATCH)]
    command = [sys.executable, "-c", PROGRAM, "train", "lora", *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    checkpoint = out / "checkpoint.pt"
    for _ in range(kills):
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None and (not checkpoint.exists() or checkpoint.stat().st_mtime_ns == before):
                time.sleep(0.005)
            time.sleep(random.random() / 20)
            process.kill()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def is_equal(one: Path, other: Path) -> bool:
    """Return whether two LoRA files contain the same tensors, bit by bit. The order in their headers varies."""
    first, second = load_file(one), load_file(other)
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GDM_STUDIO_HOME"] = str(Path(folder, "home"))
        TinyLibrary()
        images = Path(folder, "images")
        images.mkdir()
        for name in ("red", "blue", "tan", "grey"):
            Image.new("RGB", (64, 64), name).save(images / f"{name} disc.png")
        outs = [Path(folder, name) for name in ("whole", "killed")]
        # A process takes more than one step before it is killed.
        steps = 40 * count + REST
        for out, kills in zip(outs, (0, count), strict=True):
            train(images, out, kills=kills, steps=steps)
        found = is_equal(*(out / "my-lora.safetensors" for out in outs))
    print(f"{count} kills: the weights are {'the same' if found else 'others'}")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
