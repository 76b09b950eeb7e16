"""Models whose headers are sound, and that are described or nearly so: what is wrong shows where they are used."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from gdm_studio import paths
from tests.helpers import tiny_stable

Change = Callable[[dict[str, Tensor]], dict[str, Tensor]]
U, V, T = "model.diffusion_model.", "first_stage_model.", "cond_stage_model.transformer.text_model."
CONV, OUT = f"{U}input_blocks.1.0.in_layers.2.weight", f"{U}out.2"
WORDS, PLACES = f"{T}embeddings.token_embedding.weight", f"{T}embeddings.position_embedding.weight"
NAN, ENDLESS = float("nan"), float("inf")
SMALL = {"modelspec.resolution": f"{tiny_stable.SIDE}x{tiny_stable.SIDE}"}


def each(name: str, new: Callable[[Tensor], Tensor]) -> Change:
    """That weight, or all whose names begin so, made into another."""
    return lambda whole: whole | {own: new(weight) for own, weight in whole.items() if own.startswith(name)}


def first(number: float) -> Callable[[Tensor], Tensor]:
    """That for the first of its numbers."""

    def new(weight: Tensor) -> Tensor:
        found = weight.clone().contiguous()
        found.view(-1)[0] = number
        return found

    return new


def without(*names: str) -> Change:
    """All but those whose names begin so."""
    return lambda whole: {name: weight for name, weight in whole.items() if not name.startswith(names)}


def with_more(**more: Tensor) -> Change:
    return lambda whole: whole | more


def both(*changes: Change) -> Change:
    def change(whole: dict[str, Tensor]) -> dict[str, Tensor]:
        for one in changes:
            whole = one(whole)
        return whole

    return change


def rows(count: int) -> Callable[[Tensor], Tensor]:
    """So many of its rows, again and again where there are not so many."""
    return lambda weight: torch.cat([weight] * (count // len(weight) + 1))[:count].contiguous()


def columns(count: int) -> Callable[[Tensor], Tensor]:
    return lambda weight: rows(count)(weight.transpose(0, 1)).transpose(0, 1).contiguous()


CHECKPOINTS: Mapping[str, Change] = {
    "NaN in the U-Net": each(f"{OUT}.weight", first(NAN)),
    "NaN in a bias": each(f"{OUT}.bias", first(NAN)),
    "infinity in the U-Net": each(CONV, first(ENDLESS)),
    "NaN in the autoencoder": each(f"{V}decoder.conv_out.weight", first(NAN)),
    "NaN in the text encoder": each(f"{T}final_layer_norm.weight", first(NAN)),
    "NaN among the places": each(PLACES, first(NAN)),
    "NaN in fp8": each(CONV, lambda weight: torch.full(weight.shape, NAN).to(torch.float8_e4m3fn)),
    "nothing but NaN": each(U, lambda weight: torch.full_like(weight, NAN)),
    "whole numbers": each(CONV, Tensor.int),
    "truths": each(CONV, Tensor.bool),
    "words of whole numbers": each(WORDS, Tensor.long),
    "a matrix turned over": each(f"{OUT}.weight", lambda weight: weight.transpose(0, 1).contiguous()),
    "a number for a vector": each(f"{OUT}.bias", lambda weight: torch.tensor(1.0)),
    "an empty vector": each(f"{OUT}.bias", lambda weight: torch.zeros(0)),
    "a matrix of five axes": each(CONV, lambda weight: weight[None]),
    "a matrix laid flat": each(CONV, Tensor.flatten),
    "a text encoder's matrix laid flat": each(f"{T}encoder.layers.0.mlp.fc1.weight", Tensor.flatten),
    "eight channels of an answer": each(OUT, rows(8)),
    "one channel of an answer": each(OUT, rows(1)),
    "no piece of the U-Net": without(f"{U}middle_block.1.proj_in.weight"),
    "no convolution of the U-Net": without(CONV),
    "no piece of the autoencoder": without(f"{V}decoder.mid.block_1.conv1.weight"),
    "no encoder of pictures": without(f"{V}encoder."),
    "no decoder of pictures": without(f"{V}decoder."),
    "no piece of the text encoder": without(f"{T}encoder.layers.0.mlp.fc1.weight"),
    "no first layer": without(f"{T}encoder.layers.0."),
    "no layers": without(f"{T}encoder."),
    "no places": without(PLACES),
    "no sight of the text": without(f"{U}input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight"),
    "a layer 100": with_more(**{f"{T}encoder.layers.100.mlp.fc1.weight": torch.zeros(2, 2)}),
    "a layer 10^9": with_more(**{f"{T}encoder.layers.1000000000.mlp.fc1.weight": torch.zeros(2, 2)}),
    "a block 120": with_more(**{f"{U}input_blocks.1.1.transformer_blocks.120.attn1.to_q.weight": torch.zeros(2, 2)}),
    "a level 127": with_more(**{f"{V}encoder.down.127.block.0.conv1.weight": torch.zeros(32, 32, 3, 3)}),
    "something more": with_more(**{f"{U}nonsense": torch.zeros(2)}),
    "no width of the U-Net": each(CONV, rows(0)),
    "no width of the autoencoder": each(f"{V}encoder.conv_in.weight", rows(0)),
    "few words": each(WORDS, rows(100)),
    "few places": each(PLACES, rows(10)),
    "no place at all": each(PLACES, rows(0)),
    "grey pictures": each(f"{V}decoder.conv_out", rows(1)),
    "of grey pictures": each(f"{V}encoder.conv_in.weight", columns(1)),
    "latents of 16": both(
        each(f"{V}encoder.conv_out", rows(32)), each(f"{V}quant_conv", rows(32)), each(f"{V}post_quant_conv", rows(16)),
        each(f"{V}quant_conv.weight", columns(32)), each(f"{V}post_quant_conv.weight", columns(16)),
        each(f"{V}decoder.conv_in.weight", columns(16)),
    ),
    "latents of four pixels": without(f"{V}encoder.down.3.", f"{V}decoder.up.3.", f"{V}encoder.down.2.downsample."),
    "widths that do not divide": both(each(CONV, rows(63)), each(f"{U}input_blocks.0.0", rows(63))),
}  # fmt: skip
WHOLE = {name for name in CHECKPOINTS if "NaN" in name or "infinity" in name}  # these are noticed by what they make


def told(name: str, key: str, value: Any) -> Callable[[Path], object]:
    """A folder's configuration in which something else stands."""

    def change(folder: Path) -> None:
        found = json.loads((folder / name).read_text()) if (folder / name).exists() else {}
        (folder / name).write_text(json.dumps(found | {key: value}))

    return change


def instead(name: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text)


def mapped(change: Callable[[dict[str, str]], object]) -> Callable[[Path], object]:
    """A folder whose index of shards is another."""

    def changed(folder: Path) -> None:
        index = folder / "unet" / "diffusion_pytorch_model.safetensors.index.json"
        index.write_text(json.dumps(change(json.loads(index.read_text())["weight_map"])))

    return changed


def second(do: Callable[[Path], object]) -> Callable[[Path], object]:
    """Something done to the second shard."""
    return lambda folder: [do(path) for path in (folder / "unet").glob("*-00002-of-*.safetensors")]


def _halve(path: Path) -> None:
    """Instead of the file, which may be a link, one with half of its bytes."""
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[: len(whole) // 2])


def _linked(source: str, to: str) -> None:
    """A copy, of weights a link: nobody writes into them, and there are gigabytes of them."""
    if source.endswith(".safetensors"):
        os.link(source, to)
    else:
        shutil.copyfile(source, to)


SCHEDULER = "scheduler/scheduler_config.json"
FOLDERS: Mapping[str, Callable[[Path], object]] = {
    "latents times 0": told("vae/config.json", "scaling_factor", 0),
    "latents times 10^-300": told("vae/config.json", "scaling_factor", 1e-300),
    "latents times 10^308": told("vae/config.json", "scaling_factor", 1e308),
    "latents times 10^400": told("vae/config.json", "scaling_factor", 10**400),
    "latents times a text": told("vae/config.json", "scaling_factor", "x"),
    "latents times NaN": instead("vae/config.json", '{"scaling_factor": NaN}'),
    "noise at once": told(SCHEDULER, "beta_end", 0.9999999),
    "noise without an end": told(SCHEDULER, "beta_start", 0.9),
    "noise of 5e-324": told(SCHEDULER, "beta_end", 5e-324),
    "noise of a text": told(SCHEDULER, "beta_end", "x"),
    "another prediction": told(SCHEDULER, "prediction_type", 3),
    "no scheduler's words": instead(SCHEDULER, ""),
    "shards elsewhere": mapped(lambda index: {"weight_map": dict.fromkeys(index, "../../../etc/passwd")}),
    "an index of nothing": mapped(lambda index: [1]),
    "no shard": second(Path.unlink),
    "half a shard": second(_halve),
    "no autoencoder": lambda folder: shutil.rmtree(folder / "vae"),
    "no text encoder": lambda folder: shutil.rmtree(folder / "text_encoder"),
    "deep JSON": instead("model_index.json", "[" * 100_000),
}


def of_this_program(name: str, change: Change) -> Callable[[Path], object]:
    """A model that is shipped, changed."""

    def make(path: Path) -> None:
        source = Path(str(paths.resources())) / "models" / "systems" / f"{name}.safetensors"
        with safe_open(source, "pt") as file:
            metadata = file.metadata()
        weights = {each: weight.contiguous() for each, weight in change(load_file(source)).items()}
        save_file(weights, path, metadata)

    return make


BIAS, SCALED = "denoiser.sketch.layers.0.bias", "denoiser.unet.up.1.merges.0.weight"
OWN: Mapping[str, Callable[[Path], object]] = {
    name: of_this_program("ddpm", change)
    for name, change in {
        "NaN": each(BIAS, first(NAN)),
        "no bias": without(BIAS),
        "a bias of whole numbers": each(BIAS, Tensor.int),
        "a bias of truths": each(BIAS, Tensor.bool),
        "a bias twice as long": each(BIAS, lambda bias: torch.cat([bias, bias])),
        "a number for a bias": each(BIAS, lambda bias: torch.tensor(1.0)),
        "whole numbers without scales": without(f"{SCALED}.scale"),
        "scales of whole numbers": each(f"{SCALED}.scale", Tensor.int),
        "scales of others": each(f"{SCALED}.scale", lambda scales: scales[:1]),
    }.items()
}

LAYER = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
TEXT_LAYER = "lora_te_text_model_encoder_layers_0_mlp_fc1"
UP, DOWN = f"{LAYER}.lora_up.weight", f"{LAYER}.lora_down.weight"
SOUND = {
    UP: torch.ones(64, 4), DOWN: torch.ones(4, 768), f"{LAYER}.alpha": torch.tensor(4.0),
    f"{TEXT_LAYER}.lora_down.weight": torch.ones(4, 768), f"{TEXT_LAYER}.lora_up.weight": torch.ones(3072, 4),
}  # fmt: skip
ADAPTERS: Mapping[str, Change] = {
    "NaN": each(UP, first(NAN)),
    "NaN in the text encoder": each(f"{TEXT_LAYER}.lora_up", first(NAN)),
    "whole numbers": each(UP, Tensor.int),
    "a row less": each(UP, rows(63)),
    "half of it": without(UP),
    "a number for a factor": each(UP, lambda up: torch.tensor(1.0)),
    "alpha without end": each(f"{LAYER}.alpha", first(ENDLESS)),
    "alpha of truth": each(f"{LAYER}.alpha", Tensor.bool),
    "rank 0": both(each(UP, columns(0)), each(DOWN, rows(0))),
    "a core that is none": with_more(**{f"{LAYER}.lora_mid.weight": torch.ones(4, 4, 3, 3)}),
    "lengths of two axes": with_more(**{f"{LAYER}.dora_scale": torch.ones(2, 2)}),
}
EMBEDDINGS: Mapping[str, Tensor] = {
    "NaN": torch.full((1, 768), NAN),
    "more than fit": torch.ones(76, 768),
    "whole numbers": torch.ones(1, 768).int(),
}
VAES: Mapping[str, Change] = {
    "NaN": each("decoder.conv_out.weight", first(NAN)),
    "whole numbers": each("decoder.conv_out.weight", Tensor.int),
    "latents of four pixels": without("encoder.down.3.", "decoder.up.3.", "encoder.down.2.downsample."),
    "latents of 16": each("decoder.conv_in.weight", columns(16)),
    "a number for its first layer": each("decoder.conv_in.weight", lambda weight: torch.tensor(1.0)),
    "no piece": without("decoder.mid.block_1.norm1.bias"),
}


@cache
def weights(words: int) -> dict[str, Tensor]:
    return tiny_stable.weights("sd1", words=words)


def write_all(folder: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """All of them: what is wrong, the name that has to be in the sentence, and what of a request asks for it."""
    folder.mkdir(parents=True)
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    made: list[tuple[str, str, dict[str, Any]]] = []
    sound = tiny_stable.write(folder / "sound.safetensors")
    for place, (what, change) in enumerate(CHECKPOINTS.items()):
        path = folder / f"checkpoint-{place}.safetensors"
        changed = change(weights(49408 if what in WHOLE else 1))
        save_file({name: weight.contiguous() for name, weight in changed.items()}, path, SMALL)
        made.append((what, path.name, {"model": str(path)}))
        if place % 4 == 0:
            torch.save({"state_dict": changed}, pickled := path.with_suffix(".ckpt"))
            made.append((f"{what}, pickled", pickled.name, {"model": str(pickled)}))
    source = tiny_stable.write_folder(folder / "folder", shards=2)
    for place, (what, spoil) in enumerate(FOLDERS.items()):
        spoil(shutil.copytree(source, path := folder / f"folder-{place}", copy_function=_linked))
        named = "-00002-of-00002.safetensors" if what == "half a shard" else path.name
        made.append((what, named, {"model": str(path)}))
    for place, (what, make) in enumerate(OWN.items()):
        make(path := folder / f"own-{place}.safetensors")
        made.append((what, path.name, {"model": str(path), "prompt": "", "guidance_scale": 1.0}))
    beside = {f"adapter-{what}": change(dict(SOUND)) for what, change in ADAPTERS.items()}
    beside |= {f"word-{what}": {"emb_params": vectors} for what, vectors in EMBEDDINGS.items()}
    vae = {name.removeprefix(V): weight.float() for name, weight in weights(1).items() if name.startswith(V)}
    beside |= {f"vae-{what}": change(vae) for what, change in VAES.items()}
    for what, tensors in beside.items():
        name = what.replace(" ", "")
        whole = {own: tensor.contiguous() for own, tensor in tensors.items()}
        save_file(whole, paths.models_dir() / f"{name}.safetensors")
        asked = {"vae": name} if what.startswith("vae") else {"prompt": f"a {name}"}
        asked = {"prompt": f"a house<lora:{name}:1>"} if what.startswith("adapter") else asked
        made.append((what, name, {"model": str(sound), **asked}))
    return made
