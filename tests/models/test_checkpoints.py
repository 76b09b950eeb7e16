"""Files and folders that may be models, including those of a made-up family."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.families import FAMILIES, Family
from gdm_studio.models.files.checkpoints import Entry, find_entries, read_entry
from gdm_studio.models.files.hashes import known_hashes
from gdm_studio.models.fingerprint import fingerprint
from gdm_studio.models.importer import import_model
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from tests.helpers.gaussian_model import CARD, GaussianModel
from tests.helpers.shipped_models import SHIPPED


def write_shards(folder: Path, name: str = "model", count: int = 2) -> Path:
    """Write a folder of shards with an index."""
    folder.mkdir(parents=True)
    names = [f"{name}-{number:05d}-of-{count:05d}.safetensors" for number in range(1, count + 1)]
    for number, shard in enumerate(names):
        save_file({f"layer.{number}.weight": torch.full((2, 3), float(number))}, folder / shard)
    weight_map = {f"layer.{number}.weight": shard for number, shard in enumerate(names)}
    (folder / f"{name}.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    return folder


def write_pipeline(folder: Path) -> Path:
    """Write a folder of components in the layout of diffusers."""
    write_shards(folder / "unet", "diffusion_pytorch_model")
    for name, files in {"vae": ("diffusion_pytorch_model", "diffusion_pytorch_model.fp16"), "tokenizer": ()}.items():
        (folder / name).mkdir()
        for file in files:
            save_file({"w": torch.zeros(4)}, folder / name / f"{file}.safetensors")
    told = {
        "_class_name": "Pipeline",
        "unet": ["diffusers", "UNet"],
        "vae": ["diffusers", "VAE"],
        "tokenizer": ["t", "T"],
    }
    (folder / "model_index.json").write_text(json.dumps(told))
    return folder


def make_card(entry: Entry) -> ModelCard:
    own = {"name": entry.path.name, "path": entry.path, "weights": entry.weights, "files": entry.files}
    return replace(CARD, **own)  # type: ignore[arg-type]


def load_gaussian(of: ModelCard, device: torch.device, dtype: torch.dtype, store: object) -> Any:
    from gdm_studio.models.forward_process import forward_process

    return GaussianModel(of, forward_process(of), device, dtype)


FOLDERS = Family(
    "folders", lambda entry: entry.kind == "folder" and (entry.path / "unet").is_dir(), make_card, load_gaussian
)


@pytest.mark.slow
def test_a_folder_of_components_is_one_model(_own_home: Path) -> None:
    folder = write_pipeline(paths.models_dir() / "mine")
    entry = read_entry(folder)
    assert entry.kind == "folder" and entry.metadata == {} and entry.object("model_index.json")["vae"][1] == "VAE"
    assert list(entry.headers) == [
        "unet/diffusion_pytorch_model-00001-of-00002.safetensors",
        "unet/diffusion_pytorch_model-00002-of-00002.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
    ]
    assert entry.headers["unet/diffusion_pytorch_model-00002-of-00002.safetensors"].shapes == {"layer.1.weight": (2, 3)}
    library = Library((*FAMILIES, FOLDERS))
    assert library.refused() == []
    found = library.card("mine")
    assert (found.family, found.path) == ("folders", folder) and len(fingerprint(found)) == 10
    assert library.card(str(folder)).path == folder
    place: dict[str, Any] = {"device": torch.device("cpu"), "dtype": torch.float32}
    assert library.load("mine", **place) is library.load("mine", **place)
    (refused,) = Library().refused()
    assert refused.path == folder and "not a supported kind of model" in refused.reason
    (folder / "unet" / "diffusion_pytorch_model-00002-of-00002.safetensors").unlink()
    assert library.refresh() and [one.path for one in library.refused()] == [folder]
    assert "00002-of-00002.safetensors is missing" in library.refused()[0].reason


def test_a_folder_is_added_with_all_the_files_that_belong_to_it(_own_home: Path, tmp_path: Path) -> None:
    folder, library = write_pipeline(tmp_path / "from" / "mine.v2"), Library((*FAMILIES, FOLDERS))
    assert import_model(folder, library).name == import_model(folder, library).name == "mine.v2"
    there = paths.models_dir() / "mine.v2"
    assert [path for path in paths.models_dir().iterdir()] == [there]
    assert {path.relative_to(there) for path in there.rglob("*.*")} == {
        *(file.relative_to(folder) for file in read_entry(folder).files)
    }


def test_large_models_of_one_name_are_distinguished_by_folder(_own_home: Path) -> None:
    def large(entry: Entry) -> ModelCard:
        return replace(make_card(entry), name=entry.path.stem, file_bytes=2**33)

    family = Family("large", lambda entry: "large" in entry.metadata, large, load_gaussian)
    for folder in ("a", "b", "c/b"):
        (paths.models_dir() / folder).mkdir(parents=True)
        file = paths.models_dir() / folder / "model.safetensors"
        save_file({"w": torch.zeros(1)}, file, {"large": folder})
    library = Library((*FAMILIES, family))
    names = {found.name for found in library.cards() if found.family == "large"}
    assert names == {"model", "model (b)", "model (b) (2)"}
    assert library.card("model (b)").path == paths.models_dir() / "b" / "model.safetensors"
    assert known_hashes(paths.models_dir() / "a" / "model.safetensors") is None


def test_indexed_shards_are_one_model_and_other_files_separate_ones(tmp_path: Path) -> None:
    folder = write_shards(tmp_path / "big")
    save_file({"w": torch.zeros(1)}, folder / "beside.safetensors")
    save_file({"w": torch.zeros(1)}, tmp_path / "lone-00001-of-00002.safetensors")
    (tmp_path / ".new.part").mkdir()
    save_file({"w": torch.zeros(1)}, tmp_path / ".new.part" / "unfinished.safetensors")
    found = [Path(path) for path in find_entries([tmp_path])]
    assert found == [folder, folder / "beside.safetensors", tmp_path / "lone-00001-of-00002.safetensors"]
    assert list(read_entry(folder).headers) == ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]


@pytest.mark.parametrize(
    "told",
    [b"", b"[]", b"{}", b'{"weight_map": 5}', b'{"weight_map": {"w": 5}}', b'{"weight_map": {"w": "../a.safetensors"}}',
     b'{"weight_map": {"w": "/etc/passwd"}}', b'{"weight_map": {"w": ["a"]}}',
     b'{"weight_map": {"w": "a\\u0000.safetensors"}}',
     b'{"weight_map": {"w": "missing.safetensors"}}', b"\xff" * 20, b"[" * 100_000, b'{"weight_map": {}}'],
)  # fmt: skip
def test_an_invalid_index_is_refused(_own_home: Path, told: bytes) -> None:
    folder = write_shards(paths.models_dir() / "mine")
    (folder / "model.safetensors.index.json").write_bytes(told)
    library = Library()
    (refused,) = library.refused()
    assert refused.path == folder and refused.reason.isprintable() and refused.reason.endswith(".")
    assert {card.name for card in library.cards()} == SHIPPED
    with pytest.raises(ModelError):
        library.card(str(folder))


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        ("", "diffusion_pytorch_model-00001-of-00002.safetensors has no index beside it"),
        ("00001", "diffusion_pytorch_model.safetensors.index.json names 1 files, which are not all shards"),
    ],
)
def test_a_component_without_the_index_of_all_shards_is_refused(_own_home: Path, named: str, reason: str) -> None:
    folder = write_pipeline(paths.models_dir() / "mine")
    index = folder / "unet" / "diffusion_pytorch_model.safetensors.index.json"
    weights = json.loads(index.read_text())["weight_map"]
    index.write_text(
        json.dumps({"weight_map": {name: shard for name, shard in weights.items() if named in shard[:30]}})
    )
    if not named:
        index.unlink()
    (refused,) = Library().refused()
    assert refused.reason == f"mine is damaged ({reason}); copy the model's whole folder again."


@pytest.mark.parametrize("told", [b"", b"[]", b"{}", b'{"unet": ["a", "b"], "../x": ["a", "b"]}', b'{"unet": null}'])
def test_an_invalid_pipeline_is_refused(_own_home: Path, told: bytes) -> None:
    folder = paths.models_dir() / "mine"
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_bytes(told)
    (refused,) = Library().refused()
    assert refused.path == folder and refused.reason.isprintable() and "mine" in refused.reason
