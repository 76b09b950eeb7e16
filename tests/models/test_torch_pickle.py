"""Torch checkpoints, read without torch and without executing them, compared with torch's own reader."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import warnings
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.adapters.adapter_file import read_adapter
from gdm_studio.models.adapters.embedding import is_embedding, read_embedding
from gdm_studio.models.files.checkpoints import find_entries, read_entry, read_header
from gdm_studio.models.files.weights import Weights
from tests.models.test_checkpoints import write_pipeline


def tensors(*, new: bool = True) -> dict[str, torch.Tensor]:
    """Return tensors of every dtype that the format supports and of every memory layout."""
    base = torch.arange(24.0).reshape(4, 6)
    kinds = [torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
             torch.uint8, torch.bool]  # fmt: skip
    kinds += [torch.float8_e4m3fn, torch.float8_e5m2, torch.uint16] if new else []
    return {
        **{f"kind.{kind}": torch.arange(5.0).to(kind) for kind in kinds},
        "whole": base,
        "row": base[1:3, 2:],
        "turned": base.t(),
        "empty": torch.zeros(0, 3),
        "one": torch.tensor(3.0),
        "wide": torch.arange(7).expand(3, -1),
        "parameter": torch.nn.Parameter(torch.ones(2)),
    }


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])
def test_every_tensor_equals_that_of_torch(tmp_path: Path, zipped: bool) -> None:
    path = tmp_path / "mine.ckpt"
    whole = {"state_dict": OrderedDict(tensors(new=zipped)), "global_step": 470000, "callbacks": {1: [torch.ones(3)]}}
    torch.save(whole, path, _use_new_zipfile_serialization=zipped)
    entry = read_entry(path)
    theirs, ours = torch.load(path)["state_dict"], Weights(entry)
    assert ours.shapes == {name: tuple(tensor.shape) for name, tensor in theirs.items()}
    assert entry.metadata == {"global_step": "470000"}
    for name, tensor in theirs.items():
        wanted = torch.float32 if "float8" in str(tensor.dtype) else tensor.dtype
        assert ours[name].dtype == wanted and ours[name].shape == tensor.shape
        assert torch.equal(ours[name].double(), tensor.double()), name
    assert not zipped or ours.read("kind.torch.float8_e4m3fn", torch.float32).tolist() == [0, 1, 2, 3, 4]
    # The tensor is a private copy.
    ours["whole"].zero_()
    assert torch.equal(Weights(entry)["whole"], theirs["whole"])


def save_pickled(weights: dict[str, torch.Tensor], path: Path) -> None:
    torch.save(weights, path)


@pytest.mark.parametrize(("save", "name"), ((save_pickled, "a.ckpt"), (save_file, "a.safetensors")))
def test_a_header_is_interpreted_once_until_the_file_changes(
    save: Callable[[dict[str, torch.Tensor], Path], None], name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    save({"a": torch.zeros(2)}, path)
    # A file that has just changed may change again without a new modification time.
    assert read_header(path) is not read_header(path)
    os.utime(path, ns=(0, 10**18))
    first = read_header(path)
    assert read_header(path) is first and set(first.shapes) == {"a"}
    save({"b": torch.zeros(2)}, path)
    os.utime(path, ns=(0, 10**18 + 1))
    assert set(read_header(path).shapes) == {"b"}
    path.write_bytes(path.read_bytes()[:9])
    os.utime(path, ns=(0, 10**18 + 1))
    with pytest.raises(ModelError):
        read_header(path)


def test_the_header_of_a_file_that_replaced_another_is_read(tmp_path: Path) -> None:
    """Files from an archive, whose sizes and times are equal, would otherwise be read with each other's offsets."""
    used, other = tmp_path / "used.safetensors", tmp_path / "other.safetensors"
    for path, name in ((used, "a"), (other, "b")):
        save_file({name: torch.zeros(2)}, path)
        os.utime(path, ns=(0, 10**18))
    assert read_header(used) is read_header(used) and used.stat().st_size == other.stat().st_size
    other.replace(used)
    assert set(read_header(used).shapes) == {"b"}


def test_the_cache_of_headers_is_bounded(tmp_path: Path) -> None:
    """Large headers replace each other, and a small one stays beside the last."""
    paths = [tmp_path / f"{number}.safetensors" for number in range(4)]
    for path, length in zip(paths, (9, 1_000_000, 1_000_000, 1_000_000), strict=True):
        save_file({"w": torch.zeros(1)}, path, {"note": length * "x"})
        os.utime(path, ns=(0, 10**18))
    small, *large = map(read_header, paths)
    assert read_header(paths[0]) is not small and read_header(paths[1]) is not large[0]
    assert read_header(paths[0]) is read_header(paths[0]) and read_header(paths[1]) is read_header(paths[1])


def test_headers_are_read_without_torch(tmp_path: Path) -> None:
    torch.save(tensors(), tmp_path / "a.pt")
    code = (
        "import sys; from pathlib import Path; from gdm_studio.models.files.checkpoints import read_header\n"
        f"assert read_header(Path({str(tmp_path / 'a.pt')!r})).shapes['whole'] == (4, 6)\n"
        "assert not {'torch', 'numpy', 'pickle'} & sys.modules.keys() - {'pickle'}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_other_objects_beside_the_weights_are_ignored(tmp_path: Path) -> None:
    """Read checkpoints with counters and settings, such as the public ones of Stable Diffusion."""
    kept: dict[Any, Any] = {
        "state_dict": {"w": torch.ones(2, 3)},
        "optimizer": [{"betas": (0.9, 0.999)}, {1, 2}, frozenset({3}), b"bytes", 10**12, None, complex(1, 2)],
        "loss": np.float64(0.5),
        "array": np.arange(3),
        "path": Path("a/b"),
        "size": torch.Size([1, 2]),
        "device": torch.device("cpu"),
    }
    for protocol in (2, 3, 4):
        torch.save(kept, tmp_path / "a.ckpt", pickle_protocol=protocol)
        assert read_header(tmp_path / "a.ckpt").shapes == {"w": (2, 3)}


def test_averaged_weights_can_be_selected_and_are_not_counted(tmp_path: Path) -> None:
    whole = {
        "model.diffusion_model.input_blocks.0.0.weight": torch.zeros(2, 2),
        "model_ema.diffusion_modelinput_blocks00weight": torch.ones(2, 2),
        "model_ema.decay": torch.tensor(0.99),
        "first_stage_model.w": torch.zeros(3),
    }
    save_file(whole, tmp_path / "a.safetensors")
    torch.save({"state_dict": whole}, tmp_path / "a.ckpt")
    for name in ("a.safetensors", "a.ckpt"):
        entry = read_entry(tmp_path / name)
        own, averages = Weights(entry), Weights(entry, ema=True)
        assert set(own) == set(averages) == {*list(whole)[:1], "first_stage_model.w"}
        assert own[next(iter(whole))].sum() == 0 and averages[next(iter(whole))].sum() == 4
        assert averages["first_stage_model.w"].sum() == 0


def test_scaled_fp8_is_restored(tmp_path: Path) -> None:
    whole = torch.randn(4, 6, generator=torch.Generator().manual_seed(0)) * 1000
    scale = whole.abs().max() / 448
    small = (whole / scale).to(torch.float8_e4m3fn)
    mark = torch.zeros(2).to(torch.float8_e4m3fn)
    save_file({"l.weight": small, "l.scale_weight": scale, "scaled_fp8": mark}, tmp_path / "a.safetensors")
    weights = Weights(read_entry(tmp_path / "a.safetensors"))
    assert set(weights) == {"l.weight"} and torch.equal(weights["l.weight"], small.float() * scale)
    assert torch.allclose(weights.read("l.weight", torch.float32), whole, rtol=0.07)


def test_a_pipeline_prefers_safetensors_to_pickles(tmp_path: Path) -> None:
    folder = write_pipeline(tmp_path / "mine")
    torch.save({"w": torch.ones(4)}, folder / "vae" / "diffusion_pytorch_model.bin")
    (folder / "text").mkdir()
    torch.save({"t": torch.ones(4)}, folder / "text" / "pytorch_model-00001-of-00001.bin")
    index = {"weight_map": {"t": "pytorch_model-00001-of-00001.bin"}}
    (folder / "text" / "pytorch_model.bin.index.fp16.json").write_text(json.dumps(index))
    told = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(told | {"text": ["t", "T"]}))
    entry = read_entry(folder)
    assert Weights(entry, "unet")["layer.1.weight"].tolist() == [[1.0] * 3] * 2
    assert Weights(entry, "vae")["w"].sum() == 0 and Weights(entry, "text")["t"].sum() == 4
    (folder / "unet" / "diffusion_pytorch_model-00001-of-00002.safetensors").unlink()
    with pytest.raises(ModelError, match="mine is incomplete: unet/.*-00001-of-00002.safetensors is missing"):
        read_entry(folder)


def test_two_shards_with_the_same_weight_are_refused(tmp_path: Path) -> None:
    from tests.models.test_checkpoints import write_shards

    folder = write_shards(tmp_path / "big")
    save_file({"layer.0.weight": torch.zeros(2, 3)}, folder / "model-00002-of-00002.safetensors")
    with pytest.raises(ModelError, match="both have 'layer.0.weight'"):
        Weights(read_entry(folder))


def test_embeddings_and_adapters_may_be_pickles(tmp_path: Path) -> None:
    word = torch.nn.ParameterDict({"*": torch.nn.Parameter(torch.ones(2, 768))})
    kept = {"string_to_token": {"*": torch.tensor(265)}, "string_to_param": word, "name": "mine", "step": 5}
    for file, value in {"cat.pt": kept, "dog.bin": {"<dog>": torch.ones(768)}, "owl.pt": torch.ones(3, 768)}.items():
        torch.save(value, tmp_path / file)
        assert is_embedding(read_header(tmp_path / file))
    assert read_embedding(tmp_path / "cat.pt").tokens == ("cat", "cat_1")
    assert [read_embedding(tmp_path / file).word for file in ("dog.bin", "owl.pt")] == ["<dog>", "owl"]
    layer = "lora_unet_a.lora_"
    torch.save({f"{layer}down.weight": torch.ones(1, 4), f"{layer}up.weight": torch.ones(4, 1)}, tmp_path / "l.pt")
    assert read_adapter(tmp_path / "l.pt").card.rank == 1


def test_nan_weights_are_named(tmp_path: Path) -> None:
    save_file({"a": torch.ones(3).half(), "b": torch.tensor([1.0, float("nan")])}, tmp_path / "black.safetensors")
    with pytest.raises(ModelError, match="black.safetensors is damaged: 'b' contains NaN or infinity"):
        Weights(read_entry(tmp_path / "black.safetensors")).check()


def test_all_kinds_of_files_are_found(_own_home: Path) -> None:
    folder = paths.models_dir()
    folder.mkdir(parents=True)
    for name in ("a.CKPT", "b.pt", "c.pth", "d.bin", "e.safetensors", "f.txt", "g.index.json"):
        (folder / name).touch()
    assert [Path(path).name for path in find_entries([folder])] == ["a.CKPT", "b.pt", "c.pth", "d.bin", "e.safetensors"]


def test_a_pickled_module_is_refused_by_name(tmp_path: Path) -> None:
    with warnings.catch_warnings(action="ignore"):
        torch.save(torch.nn.Linear(2, 2), tmp_path / "m.pt")
    with pytest.raises(ModelError, match=r"m.pt would run 'torch.nn.modules.linear.Linear' when opened"):
        read_header(tmp_path / "m.pt")
    (tmp_path / "p.pt").write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(ModelError, match=r"p.pt is a pickle, but not a torch checkpoint"):
        read_header(tmp_path / "p.pt")
