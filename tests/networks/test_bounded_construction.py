"""Networks from configurations in files: their sizes are compared with the weights before anything is built."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from gdm_studio.common import paths
from gdm_studio.common.errors import StudioError
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.model_library import Library
from gdm_studio.models.upscalers.built_in_upscaler import shipped_file
from gdm_studio.models.upscalers.network import load_upscaler
from gdm_studio.networks.bounded_construction import at_most, build_network, load_network
from gdm_studio.papers.training.quality_classifier import load_judge
from gdm_studio.training.evaluation.scorer import load_scorer
from gdm_studio.training.icons import autoencoder_training
from tests.helpers import tiny_model

CPU = torch.device("cpu")
# Sizes that no file can have: too many layers, too wide, and no sizes at all.
SIZES: list[Any] = [10**9, 10**12, 10**30, -1, "many", None, [10**9], 1e9, True]


def configured(file: Path, **config: Any) -> Path:
    """Write a file of one number with a configuration of our upscaler."""
    metadata = {"format": "gdm-studio-upscaler", "config": json.dumps(config)}
    save_file({"a": torch.ones(1)}, file, metadata)
    return file


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", ["blocks", "width"])
def test_an_upscaler_of_impossible_sizes_is_damaged(name: str, size: Any, tmp_path: Path) -> None:
    file = configured(tmp_path / "a.safetensors", **{name: size})
    with pytest.raises(StudioError, match="a.safetensors is damaged"):
        load_upscaler(file, CPU)


@pytest.mark.parametrize("more", [-1, 1, 10**9])
def test_an_upscaler_needs_the_sizes_of_its_weights(more: int, tmp_path: Path) -> None:
    metadata = read_header(shipped_file()).metadata
    config = json.loads(metadata["config"])
    file = tmp_path / "a.safetensors"
    save_file(load_file(shipped_file()), file, metadata | {"config": json.dumps(config | {"blocks": 10**9})})
    with pytest.raises(StudioError, match="a.safetensors is damaged"):
        load_upscaler(file, CPU)
    wider = config | {"width": config["width"] + more}
    save_file(load_file(shipped_file()), file, metadata | {"config": json.dumps(wider)})
    with pytest.raises(StudioError, match="a.safetensors is damaged"):
        load_upscaler(file, CPU)


LOADERS: dict[str, Callable[[Path], object]] = {
    "scorer": lambda file: load_scorer(file.parent),
    "judge": load_judge,
    "autoencoder": autoencoder_training.load,
}
CONFIGS: dict[str, dict[str, Any]] = {
    "scorer": {"styles": ["a"], "channels": [10**9] * 4, "blocks": [10**9] * 4},
    "judge": {"network": {"widths": [10**9] * 9}, "labels": []},
    "autoencoder": {"channels": [10**9] * 9, "blocks": 10**9},
}


@pytest.mark.parametrize("kind", LOADERS)
def test_trained_networks_of_impossible_sizes_are_refused(kind: str, tmp_path: Path) -> None:
    file = configured(tmp_path / "scorer.safetensors", **CONFIGS[kind])
    with pytest.raises(StudioError):
        LOADERS[kind](file)


# Sizes on which no weight of the tiny model depends.
FREE = ("components", "sketch_side", "heads")


@pytest.mark.parametrize("part", ["unet", "vae", "text"])
def test_a_model_of_the_program_needs_the_sizes_of_its_weights(part: str) -> None:
    folder = paths.models_dir() / "tiny"
    folder.parent.mkdir(parents=True, exist_ok=True)
    tiny_model.write(folder)
    file = folder / "tiny.safetensors"
    metadata = read_header(file).metadata
    config = json.loads(metadata["config"])
    for name, value in config[part].items():
        if type(value) is int and name not in FREE:
            changed = config | {part: config[part] | {name: 10**9}}
            save_file(load_file(file), file, metadata | {"config": json.dumps(changed)})
            with pytest.raises(StudioError):
                Library().load("tiny", device=CPU, dtype=torch.float32)


class Layers(nn.Module):
    """Network of `count` layers, and a table that is not stored."""

    def __init__(self, count: int, width: int = 2) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(count))
        self.register_buffer("table", torch.arange(3.0), persistent=False)


def test_construction_ends_at_the_first_weight_too_many() -> None:
    shapes = {name: tuple(weight.shape) for name, weight in Layers(2).state_dict().items()}
    assert build_network(lambda: Layers(2), shapes).state_dict().keys() == shapes.keys()
    for make in (
        lambda: Layers(3),
        lambda: Layers(10**9),
        lambda: Layers(2, 10**12),
        lambda: Layers(2, -1),
        lambda: Layers(1),
    ):
        with pytest.raises(ValueError):
            build_network(make, shapes)


@pytest.mark.slow
def test_loading_a_model_does_not_import_the_compiler() -> None:
    """Importing it takes longer than the rest of the way to the first image."""
    code = (
        "import sys, torch\n"
        "from gdm_studio.models.model_library import Library\n"
        "from gdm_studio.request.generation_request import BUILT_IN\n"
        "Library().load(BUILT_IN, device=torch.device('cpu'), dtype=torch.float32)\n"
        "print('torch._dynamo' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["False"]


def test_modules_without_weights_are_counted_too() -> None:
    with pytest.raises(ValueError, match="more than 48 modules"):
        build_network(lambda: nn.Sequential(*(nn.ReLU() for _ in range(100))), {"a": (1,), "b": (1,)})


def test_other_threads_are_not_limited() -> None:
    made: list[Layers] = []
    with at_most(0):
        thread = threading.Thread(target=lambda: made.append(Layers(3)))
        thread.start()
        thread.join()
    assert len(made) == 1 and len(Layers(3).layers) == 3


def test_tables_that_are_not_stored_are_computed() -> None:
    weights = {name: torch.full_like(weight, 2).half() for name, weight in Layers(2).state_dict().items()}
    network = load_network(lambda: Layers(2), weights)
    assert network.table.tolist() == [0, 1, 2] and not network.table.is_meta
    assert all(weight.dtype == torch.float32 and (weight == 2).all() for weight in network.parameters())
