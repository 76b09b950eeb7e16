"""Adversarial files: each is read or refused in time that grows linearly with its size."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gdm_studio.common import paths
from tests.models import hostile

# On a busy machine; quadratic code takes from several minutes to days.
SECONDS = 120
SAME_HASH = 2**61 - 1


def run_studio(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line with a time limit."""
    command = [sys.executable, "-m", "gdm_studio", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.mark.slow
def test_colliding_keys_slow_down_neither_adding_nor_listing(tmp_path: Path) -> None:
    bomb = tmp_path / "x.pt"
    hostile.CHECKPOINTS["keys of one hash"](bomb)
    added = run_studio("models", "add", str(bomb))
    assert added.returncode == 2
    assert added.stderr == "gdm-studio: x.pt contains no weights; choose another model file.\n"
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    os.link(bomb, paths.models_dir() / "x.pt")
    listed = run_studio("models")
    assert listed.returncode == 0 and "x.pt contains no weights" in listed.stdout


@pytest.mark.slow
def test_an_index_of_colliding_numbers_is_refused() -> None:
    folder = paths.models_dir() / "big"
    folder.mkdir(parents=True)
    index = {"weight_map": {str(number): number * SAME_HASH for number in range(220_000)}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    listed = run_studio("models")
    assert listed.returncode == 0 and "names other files than its shards" in listed.stdout


@pytest.mark.slow
def test_many_shards_with_long_headers_are_refused() -> None:
    folder = paths.models_dir() / "big"
    folder.mkdir(parents=True)
    names = [f"model-{number:05d}-of-00500.safetensors" for number in range(1, 501)]
    index = {"weight_map": {str(place): name for place, name in enumerate(names)}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    many = ",".join(f'"{number:05d}":"a"' for number in range(500_000))
    hostile.safetensors(f'{{"__metadata__":{{{many}}}}}')(folder / names[0])
    for name in names[1:]:
        os.link(folder / names[0], folder / name)
    listed = run_studio("models")
    assert listed.returncode == 0 and "its headers are too large for a model" in listed.stdout


@pytest.mark.slow
def test_an_adapter_with_many_alphas_is_listed() -> None:
    """List an adapter whose layers a quadratic reader would compare with every entry of the pattern."""
    pattern = {f"a{number}": 1 for number in range(150_000)} | {"to_q": 4}
    config = {"unet.lora_alpha": 2, "unet.alpha_pattern": pattern}
    layers = [f"unet.{number}.to_q" for number in range(20_000)]
    tensors = [f"{layer}.{part}.weight" for layer in layers for part in ("lora_A", "lora_B")]
    header = {name: hostile.tensor(4 * at, 4 * at + 4, [1, 1]) for at, name in enumerate(tensors)}
    told = {"__metadata__": {"lora_adapter_metadata": json.dumps(config)}}
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    make = hostile.safetensors(told | header, bytes(4 * len(tensors)))
    make(paths.models_dir() / "many.safetensors")
    listed = run_studio("models")
    assert listed.returncode == 0 and "many" in listed.stdout and "cannot" not in listed.stdout
