"""Stable Diffusion in GGUF and fp8: images equal those of the expanded weights, and U-Nets find their other parts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.weights import Weights
from gdm_studio.models.fingerprint import part_hashes
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.models.model_library import Library
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from tests.helpers import tiny_stable
from tests.helpers.gguf_file import Stored, plain, random_blocks, write_gguf

UNET = "model.diffusion_model."
CPU = torch.device("cpu")
REQUEST = Request(
    prompt="a (red:1.3) house", negative_prompt="blurry", model="tiny", steps=1, guidance_scale=1.0, seed=7,
    size=(64, 64), device="cpu", dtype="fp32",
)  # fmt: skip


@pytest.fixture
def models() -> Path:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    return paths.models_dir()


def image(library: Library, **changes: Any) -> np.ndarray:
    request = replace(REQUEST, **changes)
    (found,) = (event.rgba for event in generate(request, library) if isinstance(event, Result))
    assert found.std() > 4
    return found


def as_gguf(weights: Mapping[str, Tensor], types: tuple[str, ...]) -> tuple[dict[str, Stored], dict[str, list[int]]]:
    """Return weights as ComfyUI-GGUF stores them, and the original shapes of those that it reshapes.

    The quantised ones are random, of these types in turn. Weights of one axis are in fp32, and small ones in fp16.
    """
    found: dict[str, Stored] = {}
    shapes: dict[str, list[int]] = {}
    for number, (name, weight) in enumerate(weights.items()):
        size = weight.numel()
        if weight.ndim == 1 or size % 256:
            found[name] = plain(weight.float() if weight.ndim == 1 else weight)
            continue
        shape = tuple(weight.shape)
        if shape[-1] % 256:
            shapes[name] = list(shape)
            shape = (size // 256, 256)
        spread = float(weight.float().std())
        found[name] = random_blocks(types[number % len(types)], shape, size=spread, seed=number)
    return found, shapes


def expanded(file: Path) -> dict[str, Tensor]:
    """Return all weights of a file, the quantised ones in fp32."""
    return dict(Weights(read_entry(file)))


def save_plain(weights: Mapping[str, Tensor], file: Path) -> None:
    """Write weights that are not quantised. Their data are aligned, since some products depend on that in bits."""
    write_gguf(file, {name: plain(weight) for name, weight in weights.items()})


def unet(kind: str) -> dict[str, Tensor]:
    whole = tiny_stable.weights(kind, words=1)
    return {name.removeprefix(UNET): weight for name, weight in whole.items() if name.startswith(UNET)}


@pytest.fixture(scope="module")
def parts_of_sdxl(checkpoints: Path) -> Path:
    """Return a folder with the text encoders and the VAE of SDXL as single files."""
    folder = checkpoints / "parts"
    folder.mkdir()
    whole = tiny_stable.weights("sdxl")
    for name, prefix in (("clip_l", "conditioner.embedders.0.transformer."), ("vae", "first_stage_model.")):
        found = {each.removeprefix(prefix): w for each, w in whole.items() if each.startswith(prefix)}
        save_file({each: w.contiguous() for each, w in found.items()}, folder / f"{name}-of-sdxl.safetensors")
    save_file(
        {name: w.contiguous() for name, w in tiny_stable.components("sdxl")["text_encoder_2"].items()},
        folder / "clip_g.safetensors",
    )
    return folder


TYPES = ("Q5_K", "Q8_0", "Q4_0", "IQ4_XS", "Q6_K")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "dtype"), [("sd1", "fp32"), ("sdxl", "bf16")])
def test_a_whole_checkpoint_in_gguf_gives_the_image_of_its_expanded_weights(
    kind: str, dtype: str, models: Path
) -> None:
    tensors, shapes = as_gguf(tiny_stable.weights(kind), TYPES)
    file = write_gguf(models / "tiny.gguf", tensors, original=shapes)
    library = Library()
    found = image(library, dtype=dtype)
    card = library.card("tiny")
    assert card.base == {"sd1": "Stable Diffusion 1", "sdxl": "SDXL"}[kind] and not card.beside
    save_plain(expanded(file), file)
    assert np.array_equal(found, image(Library(), dtype=dtype))


@pytest.mark.slow
@pytest.mark.parametrize(
    "layout", ["bare", *(pytest.param(each, marks=pytest.mark.slow) for each in ("prefixed", "diffusers"))]
)
def test_a_unet_in_gguf_uses_the_text_encoders_and_the_vae_of_other_files(
    layout: str, models: Path, parts_of_sdxl: Path
) -> None:
    own = unet("sdxl") if layout != "diffusers" else tiny_stable.components("sdxl", words=1)["unet"]
    named = {(UNET if layout == "prefixed" else "") + name: weight for name, weight in own.items()}
    tensors, shapes = as_gguf(named, TYPES)
    file = write_gguf(models / "tiny.gguf", tensors, architecture="sdxl", original=shapes)
    shutil.copytree(parts_of_sdxl, models, dirs_exist_ok=True)
    library = Library()
    assert not library.refused()
    card = library.card("tiny")
    assert card.base == "SDXL" and card.defaults["vae"] == "vae-of-sdxl"
    assert card.summary == "SDXL; text encoders: clip_l-of-sdxl, clip_g"
    assert part_hashes(card).keys() >= {"text_encoder_hash", "text_encoder_2_hash"}
    vae = str(card.defaults["vae"])
    found = image(library, vae=vae)
    plain_unet = expanded(file)
    if layout == "diffusers":
        save_plain(plain_unet, file)
    else:
        unet_part = {UNET + name.removeprefix(UNET): weight for name, weight in plain_unet.items()}
        rest = {name: w for name, w in tiny_stable.weights("sdxl").items() if not name.startswith((UNET, "first_"))}
        save_plain(unet_part | rest, file)
    assert np.array_equal(found, image(Library(), vae=vae))


@pytest.mark.slow
def test_missing_parts_are_named_with_their_usual_files(
    models: Path, parts_of_sdxl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tensors, shapes = as_gguf(unet("sdxl"), ("Q5_K",))
    write_gguf(models / "tiny.gguf", tensors, original=shapes)
    shutil.copytree(parts_of_sdxl, tmp_path, dirs_exist_ok=True)
    library = Library()
    clip_g = "text encoder OpenCLIP bigG (clip_g.safetensors)"
    vae = "VAE of SDXL (sdxl_vae.safetensors)"
    steps = {
        "clip_l-of-sdxl": f"text encoder CLIP-L (clip_l.safetensors), {clip_g} and {vae}. Put them",
        "vae-of-sdxl": f"{clip_g} and {vae}. Put them",
        "clip_g": f"{clip_g}. Put it",
    }
    for name, missing in steps.items():
        library.refresh()
        (refused,) = library.refused()
        assert refused.reason == f"tiny.gguf lacks its {missing} into the models folder."
        with pytest.raises(ModelError, match="lacks its"):
            library.card("tiny")
        (tmp_path / f"{name}.safetensors").rename(models / f"{name}.safetensors")
    assert library.refresh() and not library.refused() and library.card("tiny").base == "SDXL"
    with pytest.raises(ModelError, match=r"clip_g is a text encoder \(OpenCLIP bigG\), and no model by itself"):
        library.card("clip_g")
    assert run(["models"]) == 0
    listed = capsys.readouterr().out
    assert "Q5_K, " in listed and "Text encoder · OpenCLIP bigG" in listed


@pytest.mark.slow
def test_a_lone_unet_outside_the_models_folder_finds_its_parts_there(
    models: Path, parts_of_sdxl: Path, tmp_path: Path
) -> None:
    file = tmp_path / "sd15-unet.safetensors"
    save_file({name: weight.contiguous() for name, weight in unet("sd1").items()}, file)
    assert run(["models", "add", str(file)]) == 0
    (refused,) = Library().refused()
    vae = "VAE of Stable Diffusion 1 (vae-ft-mse-840000-ema-pruned.safetensors)"
    assert f"text encoder CLIP-L (clip_l.safetensors) and {vae}. Put them" in refused.reason
    shutil.copytree(parts_of_sdxl, models, dirs_exist_ok=True)
    (models / "vae-of-sdxl.safetensors").rename(models / "soft.safetensors")
    assert Library().card(str(file)).beside["text_encoder"] == models / "clip_l-of-sdxl.safetensors"


@pytest.mark.slow
@pytest.mark.parametrize("naming", ["OpenCLIP", "ComfyUI"])
def test_a_text_encoder_is_read_under_other_names(naming: str, models: Path, parts_of_sdxl: Path) -> None:
    save_file({name: weight.contiguous() for name, weight in unet("sdxl").items()}, models / "tiny.safetensors")
    shutil.copytree(parts_of_sdxl, models, dirs_exist_ok=True)
    wanted = texts_of("tiny")
    (models / "clip_g.safetensors").unlink()
    before = "conditioner.embedders.1.model."
    whole = tiny_stable.weights("sdxl")
    found = {name.removeprefix(before): weight for name, weight in whole.items() if name.startswith(before)}
    if naming == "ComfyUI":
        theirs = tiny_stable.components("sdxl")["text_encoder_2"]
        found = {f"text_encoders.clip_g.transformer.{name}": weight for name, weight in theirs.items()}
    save_file({name: weight.contiguous() for name, weight in found.items()}, models / "other.safetensors")
    assert Library().card("tiny").beside["text_encoder_2"] == models / "other.safetensors"
    own = texts_of("tiny")
    assert own.keys() == wanted.keys() and all(torch.equal(own[name], weight) for name, weight in wanted.items())


def texts_of(name: str) -> Mapping[str, Tensor]:
    """Return the weights of the second text encoder of a model."""
    request = replace(REQUEST, vae="vae-of-sdxl")
    model = Library(store=Store()).load(name, device=CPU, dtype=torch.float32, asked=request)
    return model.networks.texts["text_encoder_2"].state_dict()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.slow
def test_the_parts_of_a_folder_give_its_image(models: Path) -> None:
    tiny_stable.write_folder(models / "whole", "sd2")
    for part, name in (("unet", "tiny"), ("text_encoder", "clip_h"), ("vae", "soft")):
        (file,) = (models / "whole" / part).glob("*.safetensors")
        shutil.copyfile(file, models / f"{name}.safetensors")
    library = Library()
    assert not library.refused() and library.card("tiny").beside == {"text_encoder": models / "clip_h.safetensors"}
    assert np.array_equal(image(library, model="tiny", vae="soft"), image(library, model="whole"))


def test_a_model_without_text_encoders_is_copied(models: Path, tmp_path: Path) -> None:
    text = "cond_stage_model."
    file = tiny_stable.write(tmp_path / "tiny.safetensors", "sd1", **{text: None})
    assert run(["models", "add", str(file)]) == 0
    (refused,) = Library().refused()
    missing = "lacks its text encoder CLIP-L (clip_l.safetensors). Put it into the models folder."
    assert refused.reason == f"tiny.safetensors {missing}"


@pytest.mark.slow
def test_quantised_weights_stay_compressed_in_memory(models: Path) -> None:
    whole = tiny_stable.weights("sd1")
    tensors, shapes = as_gguf(whole, ("Q4_K",))
    write_gguf(models / "tiny.gguf", tensors, original=shapes)
    tiny_stable.write(models / "plain.safetensors", "sd1")
    sizes = {}
    for name in ("tiny", "plain"):
        store = Store()
        model = Library(store=store).load(name, device=CPU, dtype=torch.bfloat16)
        network = model.networks.unet  # type: ignore[attr-defined]
        sizes[name] = sum(weight.nbytes for weight in network.parameters())
        compressed = [weight for weight in network.parameters() if isinstance(weight, CompressedTensor)]
        assert bool(compressed) == (name == "tiny") and sizes[name] < store.bytes_on(CPU)
    assert sizes["tiny"] < 0.3 * sizes["plain"]


@pytest.mark.slow
def test_an_adapter_changes_a_compressed_model_as_it_changes_the_expanded_one(models: Path) -> None:
    tensors, shapes = as_gguf(tiny_stable.weights("sd1"), ("Q4_K", "Q5_0"))
    file = write_gguf(models / "tiny.gguf", tensors, original=shapes)
    layer, random = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", torch.Generator()
    factors = {"lora_down": torch.randn(4, 768, generator=random.manual_seed(5)), "lora_up": torch.randn(64, 4)}
    save_file({f"{layer}.{name}.weight": factor for name, factor in factors.items()}, models / "ink.safetensors")
    prompt = "a house <lora:ink:0.8>"
    found = image(Library(), prompt=prompt)
    assert not np.array_equal(found, image(Library(), prompt="a house"))
    save_plain(expanded(file), file)
    assert np.array_equal(found, image(Library(), prompt=prompt))


def in_fp8(weights: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return a checkpoint whose U-Net is in scaled fp8, as ComfyUI writes it, and its expanded weights."""
    found: dict[str, Tensor] = {f"{UNET}scaled_fp8": torch.empty(0).to(torch.float8_e4m3fn)}
    wanted = {}
    for name, weight in weights.items():
        if name.startswith(UNET) and name.endswith(".weight") and weight.ndim > 1:
            scale = weight.float().abs().max() / 448
            found[name] = (weight.float() / scale).to(torch.float8_e4m3fn)
            found[name.removesuffix("weight") + "scale_weight"] = scale
            wanted[name] = found[name].float() * scale
        else:
            found[name] = wanted[name] = weight.contiguous()
    return found, wanted


@pytest.mark.slow
def test_a_checkpoint_in_fp8_gives_the_image_of_its_expanded_weights(models: Path) -> None:
    stored, wanted = in_fp8(tiny_stable.weights("sd1"))
    save_file(stored, models / "tiny.safetensors")
    library = Library()
    (row,) = (line for line in library.model_table() if line.name == "tiny")
    found = image(library, guidance_scale=4.0)
    assert row.storage == ""  # most weights of so small a model are those of the text encoder
    (models / "tiny.safetensors").unlink()
    save_plain(wanted, models / "tiny.gguf")
    assert np.array_equal(found, image(Library(), guidance_scale=4.0))


def test_a_model_in_an_unreadable_type_is_refused_when_it_is_listed(models: Path) -> None:
    stored, _ = in_fp8(tiny_stable.weights("sd1"))
    layer = f"{UNET}input_blocks.1.1.transformer_blocks.0.attn2.to_k"
    stored[f"{layer}.weight_scale"] = torch.ones(3, 5)
    save_file(stored, models / "tiny.safetensors")
    (refused,) = Library().refused()
    assert refused.reason.startswith("tiny.safetensors has weights in a format with scales of blocks, which cannot be")


@pytest.mark.slow
@pytest.mark.parametrize("package", ["optimum-quanto", "torchao"])
def test_a_folder_quantised_by_a_package_gives_the_image_of_its_expanded_weights(package: str, models: Path) -> None:
    """The U-Net is in two shards, and the scales are in the other one than the levels."""
    tiny_stable.write_folder(models / "tiny", "sd1")
    unet = models / "tiny" / "unet"
    (file,) = unet.glob("*.safetensors")
    tensors, plain_weights, metadata = {}, {}, {}
    for name, weight in load_file(file).items():
        layer, _, own = name.rpartition(".")
        if weight.ndim != 2:
            tensors[name] = plain_weights[name] = weight
            continue
        scale = (weight.float().abs().amax(dim=1, keepdim=True) / 127).bfloat16()
        levels = (weight / scale.float()).round().clamp(-127, 127).to(torch.int8)
        names = (
            (f"{layer}._{own}_qdata", f"{layer}._{own}_scale")
            if package == "torchao"
            else (f"{name}._data", f"{name}._scale")
        )
        tensors |= dict(zip(names, (levels, scale), strict=True))
        metadata[name] = json.dumps(
            {"_type": "Int8Tensor", "_data": {"dtype": {"_data": "bfloat16"}, "block_size": [1, weight.shape[1]]}}
        )
        plain_weights[name] = (levels * scale.float()).bfloat16().float()
    save_file(plain_weights, file)
    wanted = image(Library())
    file.unlink()
    metadata["tensor_names"] = json.dumps(list(plain_weights))
    shards = [f"{file.stem}-0000{place}-of-00002.safetensors" for place in (1, 2)]
    place_of = {name: shards[name.endswith("scale")] for name in tensors}
    for shard in shards:
        inside = {name: each.contiguous() for name, each in tensors.items() if place_of[name] == shard}
        save_file(inside, unet / shard, metadata if package == "torchao" else {"format": "pt"})
    (unet / f"{file.name}.index.json").write_text(json.dumps({"weight_map": place_of}))
    library = Library()
    found = image(library)
    assert np.array_equal(found, wanted)
    network = library.load("tiny", device=CPU, dtype=torch.float32)
    assert not library.refused() and network is not None


def in_quanto_int4(name: str, weight: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """Quantise a weight to optimum-quanto's int4, in groups of its columns. Returns the stored tensors and the weight
    that they stand for.
    """
    columns = weight[0].numel()
    size = next(size for size in (128, 96, 64, 32) if not columns % size)
    grouped = weight.float().reshape(-1, size)
    low, high = grouped.amin(dim=1, keepdim=True), grouped.amax(dim=1, keepdim=True)
    scale = (high - low) / 15
    levels = ((grouped - low) / scale).round().clamp(0, 15).to(torch.uint8)
    half = -(-len(levels) // 2)
    packed = levels[:half].clone()
    packed[: len(levels) - half] |= levels[half:] << 4
    stored = {f"{name}._data._data": packed, f"{name}._scale": scale, f"{name}._shift": -low}
    return stored, (levels * scale + low).reshape(weight.shape)


@pytest.mark.slow
def test_convolutions_in_int4_of_quanto_have_the_kernels_of_their_names(models: Path) -> None:
    """A convolution of more than 128 inputs is stored as a matrix, without the size of its kernel."""
    tiny_stable.write_folder(models / "tiny", "sd1")
    (file,) = (models / "tiny" / "vae").glob("*.safetensors")
    tensors, plain_weights = {}, {}
    for name, weight in load_file(file).items():
        if weight.ndim != 4 or weight[0].numel() <= 128:
            tensors[name] = plain_weights[name] = weight
            continue
        stored, plain_weights[name] = in_quanto_int4(name, weight)
        tensors |= stored
    assert len(tensors) > 2 * len([name for name in tensors if name.endswith("._shift")]) > 40
    save_file(plain_weights, file)
    wanted = image(Library())
    save_file(tensors, file)
    library = Library()
    assert not library.refused()
    assert np.array_equal(image(library), wanted)
