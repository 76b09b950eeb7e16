"""Kills of a process that trains a LoRA, again and again, and the comparison with an uninterrupted run.

    python -m tests.drills.training_kills --count 100

The process saves a checkpoint after every step, and is killed at a random moment after one.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file

from gdm_studio.cli.main import run
from gdm_studio.training import recipe
from tests.drills.home import forked
from tests.helpers.tiny_model import NAME, TinyLibrary

BATCH = 4
# Steps after the last kill.
REST = 60
# Modules that are imported once for all processes. Torch's optimizers import its compiler, which takes seconds.
MODULES = ("tests.drills.training_kills", "gdm_studio.training.lora.recipe", "torch._dynamo")


def train(images: Path, out: Path, *, kills: int, steps: int) -> int:
    """Train `steps` steps, and kill the process `kills` times within 50 ms after it has written another checkpoint.
    Return the number of kills that came before the end of the training.
    """
    options = ["--images", str(images), "--out", str(out), "--base", NAME, "--sheet-minutes", "0", "--rank", "2"]
    options += ["--samples", str(BATCH * steps), "--batch", str(BATCH)]
    process_arguments = (["train", "lora", *options], os.environ["GDM_STUDIO_HOME"])
    processes = forked(*MODULES)
    checkpoint = out / "checkpoint.pt"
    killed = 0
    for _ in range(kills):
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        process = processes.Process(target=work, args=process_arguments)
        process.start()
        while process.is_alive() and (not checkpoint.exists() or checkpoint.stat().st_mtime_ns == before):
            time.sleep(0.005)
        time.sleep(random.random() / 20)
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
    process = processes.Process(target=work, args=process_arguments)
    process.start()
    process.join()
    assert process.exitcode == 0, f"the training ended with {process.exitcode}"
    return killed


def work(command: list[str], home: str) -> None:
    """Run a training command that saves a checkpoint after every step, as the body of a process."""
    os.environ["GDM_STUDIO_HOME"] = home
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - for as long as it lives
    recipe.SAVE_SECONDS = 1e-9
    sys.exit(run(command))


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
