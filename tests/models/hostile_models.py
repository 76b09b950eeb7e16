"""Models with valid headers and wrong contents, which show only when they are used."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from gdm_studio.common import paths
from tests.helpers import tiny_stable

Change = Callable[[dict[str, Tensor]], dict[str, Tensor]]
U, V, T = "model.diffusion_model.", "first_stage_model.", "cond_stage_model.transformer.text_model."
CONV, OUT = f"{U}input_blocks.1.0.in_layers.2.weight", f"{U}out.2"
WORDS, PLACES = f"{T}embeddings.token_embedding.weight", f"{T}embeddings.position_embedding.weight"
NAN, INFINITE = float("nan"), float("inf")
SMALL = {"modelspec.resolution": f"{tiny_stable.SIDE}x{tiny_stable.SIDE}"}


def changed_weights(name: str, new: Callable[[Tensor], Tensor]) -> Change:
    """Return a change of one weight, or of all weights whose names start with `name`."""
    return lambda whole: whole | {own: new(weight) for own, weight in whole.items() if own.startswith(name)}


def with_first_number(number: float) -> Callable[[Tensor], Tensor]:
    """Return a change of a weight's first number."""

    def new(weight: Tensor) -> Tensor:
        found = weight.clone().contiguous()
        found.view(-1)[0] = number
        return found

    return new


def without(*names: str) -> Change:
    """Return a change that removes the weights whose names start with these."""
    return lambda whole: {name: weight for name, weight in whole.items() if not name.startswith(names)}


def with_added(**more: Tensor) -> Change:
    return lambda whole: whole | more


def chained(*changes: Change) -> Change:
    def change(whole: dict[str, Tensor]) -> dict[str, Tensor]:
        for one in changes:
            whole = one(whole)
        return whole

    return change


def with_rows(count: int) -> Callable[[Tensor], Tensor]:
    """Return a change to `count` rows, repeating rows as needed."""
    return lambda weight: torch.cat([weight] * (count // len(weight) + 1))[:count].contiguous()


def with_columns(count: int) -> Callable[[Tensor], Tensor]:
    return lambda weight: with_rows(count)(weight.transpose(0, 1)).transpose(0, 1).contiguous()


CHECKPOINTS: Mapping[str, Change] = {
    "NaN in the U-Net": changed_weights(f"{OUT}.weight", with_first_number(NAN)),
    "NaN in a bias": changed_weights(f"{OUT}.bias", with_first_number(NAN)),
    "infinity in the U-Net": changed_weights(CONV, with_first_number(INFINITE)),
    "NaN in the autoencoder": changed_weights(f"{V}decoder.conv_out.weight", with_first_number(NAN)),
    "NaN in the text encoder": changed_weights(f"{T}final_layer_norm.weight", with_first_number(NAN)),
    "NaN among the places": changed_weights(PLACES, with_first_number(NAN)),
    "NaN in fp8": changed_weights(CONV, lambda weight: torch.full(weight.shape, NAN).to(torch.float8_e4m3fn)),
    "nothing but NaN": changed_weights(U, lambda weight: torch.full_like(weight, NAN)),
    "whole numbers": changed_weights(CONV, Tensor.int),
    "truths": changed_weights(CONV, Tensor.bool),
    "words of whole numbers": changed_weights(WORDS, Tensor.long),
    "a matrix turned over": changed_weights(f"{OUT}.weight", lambda weight: weight.transpose(0, 1).contiguous()),
    "a number for a vector": changed_weights(f"{OUT}.bias", lambda weight: torch.tensor(1.0)),
    "an empty vector": changed_weights(f"{OUT}.bias", lambda weight: torch.zeros(0)),
    "a matrix of five axes": changed_weights(CONV, lambda weight: weight[None]),
    "a matrix laid flat": changed_weights(CONV, Tensor.flatten),
    "a text encoder's matrix laid flat": changed_weights(f"{T}encoder.layers.0.mlp.fc1.weight", Tensor.flatten),
    "eight channels of an answer": changed_weights(OUT, with_rows(8)),
    "one channel of an answer": changed_weights(OUT, with_rows(1)),
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
    "a layer 100": with_added(**{f"{T}encoder.layers.100.mlp.fc1.weight": torch.zeros(2, 2)}),
    "a layer 10^9": with_added(**{f"{T}encoder.layers.1000000000.mlp.fc1.weight": torch.zeros(2, 2)}),
    "a block 120": with_added(**{f"{U}input_blocks.1.1.transformer_blocks.120.attn1.to_q.weight": torch.zeros(2, 2)}),
    "a level 127": with_added(**{f"{V}encoder.down.127.block.0.conv1.weight": torch.zeros(32, 32, 3, 3)}),
    "something more": with_added(**{f"{U}nonsense": torch.zeros(2)}),
    "no width of the U-Net": changed_weights(CONV, with_rows(0)),
    "no width of the autoencoder": changed_weights(f"{V}encoder.conv_in.weight", with_rows(0)),
    "few words": changed_weights(WORDS, with_rows(100)),
    "few places": changed_weights(PLACES, with_rows(10)),
    "no place at all": changed_weights(PLACES, with_rows(0)),
    "grey pictures": changed_weights(f"{V}decoder.conv_out", with_rows(1)),
    "of grey pictures": changed_weights(f"{V}encoder.conv_in.weight", with_columns(1)),
    "latents of 16": chained(
        changed_weights(f"{V}encoder.conv_out", with_rows(32)),
        changed_weights(f"{V}quant_conv", with_rows(32)),
        changed_weights(f"{V}post_quant_conv", with_rows(16)),
        changed_weights(f"{V}quant_conv.weight", with_columns(32)),
        changed_weights(f"{V}post_quant_conv.weight", with_columns(16)),
        changed_weights(f"{V}decoder.conv_in.weight", with_columns(16)),
    ),
    "latents of four pixels": without(f"{V}encoder.down.3.", f"{V}decoder.up.3.", f"{V}encoder.down.2.downsample."),
    "widths that do not divide": chained(
        changed_weights(CONV, with_rows(63)), changed_weights(f"{U}input_blocks.0.0", with_rows(63))
    ),
}
# Only the results of these models show the defect, so they need the whole vocabulary.
WHOLE = {name for name in CHECKPOINTS if "NaN" in name or "infinity" in name}


def with_entry(name: str, key: str, value: Any) -> Callable[[Path], object]:
    """Return a change of one entry in a folder's configuration."""

    def change(folder: Path) -> None:
        found = json.loads((folder / name).read_text()) if (folder / name).exists() else {}
        (folder / name).write_text(json.dumps(found | {key: value}))

    return change


def with_file(name: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text)


def with_index(change: Callable[[dict[str, str]], object]) -> Callable[[Path], object]:
    """Return a change of the index of shards."""

    def changed(folder: Path) -> None:
        index = folder / "unet" / "diffusion_pytorch_model.safetensors.index.json"
        index.write_text(json.dumps(change(json.loads(index.read_text())["weight_map"])))

    return changed


def with_second_shard(do: Callable[[Path], object]) -> Callable[[Path], object]:
    """Return a change of the second shard."""
    return lambda folder: [do(path) for path in (folder / "unet").glob("*-00002-of-*.safetensors")]


def _halve(path: Path) -> None:
    """Replace a file, which may be a link, by its first half."""
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[: len(whole) // 2])


def _copy_or_link(source: str, to: str) -> None:
    """Copy a file, or link it if it contains weights, which are large and never written to."""
    if source.endswith(".safetensors"):
        os.link(source, to)
    else:
        shutil.copyfile(source, to)


SCHEDULER = "scheduler/scheduler_config.json"
FOLDERS: Mapping[str, Callable[[Path], object]] = {
    "latents times 0": with_entry("vae/config.json", "scaling_factor", 0),
    "latents times 10^-300": with_entry("vae/config.json", "scaling_factor", 1e-300),
    "latents times 10^308": with_entry("vae/config.json", "scaling_factor", 1e308),
    "latents times 10^400": with_entry("vae/config.json", "scaling_factor", 10**400),
    "latents times a text": with_entry("vae/config.json", "scaling_factor", "x"),
    "latents times NaN": with_file("vae/config.json", '{"scaling_factor": NaN}'),
    "noise at once": with_entry(SCHEDULER, "beta_end", 0.9999999),
    "noise without an end": with_entry(SCHEDULER, "beta_start", 0.9),
    "noise of 5e-324": with_entry(SCHEDULER, "beta_end", 5e-324),
    "noise of a text": with_entry(SCHEDULER, "beta_end", "x"),
    "another prediction": with_entry(SCHEDULER, "prediction_type", 3),
    "no scheduler's words": with_file(SCHEDULER, ""),
    "shards elsewhere": with_index(lambda index: {"weight_map": dict.fromkeys(index, "../../../etc/passwd")}),
    "an index of nothing": with_index(lambda index: [1]),
    "no shard": with_second_shard(Path.unlink),
    "half a shard": with_second_shard(_halve),
    "no autoencoder": lambda folder: shutil.rmtree(folder / "vae"),
    "no text encoder": lambda folder: shutil.rmtree(folder / "text_encoder"),
    "deep JSON": with_file("model_index.json", "[" * 100_000),
}


def changed_system(name: str, change: Change) -> Callable[[Path], object]:
    """Return a writer of a changed copy of a shipped model."""

    def make(path: Path) -> None:
        source = Path(str(paths.resources())) / "models" / "systems" / f"{name}.safetensors"
        with safe_open(source, "pt") as file:
            metadata = file.metadata()
        weights = {own: weight.contiguous() for own, weight in change(load_file(source)).items()}
        save_file(weights, path, metadata)

    return make


BIAS, SCALED = "denoiser.sketch.layers.0.bias", "denoiser.unet.up.1.merges.0.weight"
OWN: Mapping[str, Callable[[Path], object]] = {
    name: changed_system("ddpm", change)
    for name, change in {
        "NaN": changed_weights(BIAS, with_first_number(NAN)),
        "no bias": without(BIAS),
        "a bias of whole numbers": changed_weights(BIAS, Tensor.int),
        "a bias of truths": changed_weights(BIAS, Tensor.bool),
        "a bias twice as long": changed_weights(BIAS, lambda bias: torch.cat([bias, bias])),
        "a number for a bias": changed_weights(BIAS, lambda bias: torch.tensor(1.0)),
        "whole numbers without scales": without(f"{SCALED}.scale"),
        "scales of whole numbers": changed_weights(f"{SCALED}.scale", Tensor.int),
        "scales of others": changed_weights(f"{SCALED}.scale", lambda scales: scales[:1]),
    }.items()
}

LAYER = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
TEXT_LAYER = "lora_te_text_model_encoder_layers_0_mlp_fc1"
UP, DOWN = f"{LAYER}.lora_up.weight", f"{LAYER}.lora_down.weight"
SOUND = {
    UP: torch.ones(64, 4),
    DOWN: torch.ones(4, 768),
    f"{LAYER}.alpha": torch.tensor(4.0),
    f"{TEXT_LAYER}.lora_down.weight": torch.ones(4, 768),
    f"{TEXT_LAYER}.lora_up.weight": torch.ones(3072, 4),
}
ADAPTERS: Mapping[str, Change] = {
    "NaN": changed_weights(UP, with_first_number(NAN)),
    "NaN in the text encoder": changed_weights(f"{TEXT_LAYER}.lora_up", with_first_number(NAN)),
    "whole numbers": changed_weights(UP, Tensor.int),
    "a row less": changed_weights(UP, with_rows(63)),
    "half of it": without(UP),
    "a number for a factor": changed_weights(UP, lambda up: torch.tensor(1.0)),
    "alpha without end": changed_weights(f"{LAYER}.alpha", with_first_number(INFINITE)),
    "two alphas": changed_weights(f"{LAYER}.alpha", lambda alpha: torch.ones(2)),
    "rank 0": chained(changed_weights(UP, with_columns(0)), changed_weights(DOWN, with_rows(0))),
    "a core that is none": with_added(**{f"{LAYER}.lora_mid.weight": torch.ones(4, 4, 3, 3)}),
    "lengths of two axes": with_added(**{f"{LAYER}.dora_scale": torch.ones(2, 2)}),
}
EMBEDDINGS: Mapping[str, Tensor] = {
    "NaN": torch.full((1, 768), NAN),
    "more than fit": torch.ones(76, 768),
    "whole numbers": torch.ones(1, 768).int(),
}
VAES: Mapping[str, Change] = {
    "NaN": changed_weights("decoder.conv_out.weight", with_first_number(NAN)),
    "whole numbers": changed_weights("decoder.conv_out.weight", Tensor.int),
    "latents of four pixels": without("encoder.down.3.", "decoder.up.3.", "encoder.down.2.downsample."),
    "latents of 16": changed_weights("decoder.conv_in.weight", with_columns(16)),
    "a number for its first layer": changed_weights("decoder.conv_in.weight", lambda weight: torch.tensor(1.0)),
    "no piece": without("decoder.mid.block_1.norm1.bias"),
}


@cache
def weights(words: int) -> dict[str, Tensor]:
    return tiny_stable.weights("sd1", words=words)


def write_each(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Write one model after the other, since they take 3 GB together, and delete each one afterwards.

    Yields the defect, the name expected in the error, and the request settings that use the model.
    """
    folder.mkdir(parents=True)
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    sound = tiny_stable.write(folder / "sound.safetensors")
    for place, (what, change) in enumerate(CHECKPOINTS.items()):
        path = folder / f"checkpoint-{place}.safetensors"
        changed = change(weights(49408 if what in WHOLE else 1))
        save_file({name: weight.contiguous() for name, weight in changed.items()}, path, SMALL)
        yield what, path.name, {"model": str(path)}
        path.unlink()
        # A pickle with the whole vocabulary takes 4 s to load, so there is only one.
        if place % 4 == 0 and (place == 0 or what not in WHOLE):
            torch.save({"state_dict": changed}, pickled := path.with_suffix(".ckpt"))
            yield f"{what}, pickled", pickled.name, {"model": str(pickled)}
            pickled.unlink()
    source = tiny_stable.write_folder(folder / "folder", shards=2)
    for place, (what, spoil) in enumerate(FOLDERS.items()):
        spoil(shutil.copytree(source, path := folder / f"folder-{place}", copy_function=_copy_or_link))
        named = "-00002-of-00002.safetensors" if what == "half a shard" else path.name
        yield what, named, {"model": str(path)}
        shutil.rmtree(path)
    for place, (what, make) in enumerate(OWN.items()):
        make(path := folder / f"own-{place}.safetensors")
        yield what, path.name, {"model": str(path), "prompt": "", "guidance_scale": 1.0}
        path.unlink()
    beside = {f"adapter-{what}": change(dict(SOUND)) for what, change in ADAPTERS.items()}
    beside |= {f"word-{what}": {"emb_params": vectors} for what, vectors in EMBEDDINGS.items()}
    vae = {name.removeprefix(V): weight.float() for name, weight in weights(1).items() if name.startswith(V)}
    beside |= {f"vae-{what}": change(vae) for what, change in VAES.items()}
    for what, tensors in beside.items():
        name = what.replace(" ", "")
        whole = {own: tensor.contiguous() for own, tensor in tensors.items()}
        save_file(whole, path := paths.models_dir() / f"{name}.safetensors")
        asked = {"vae": name} if what.startswith("vae") else {"prompt": f"a {name}"}
        asked = {"prompt": f"a house<lora:{name}:1>"} if what.startswith("adapter") else asked
        yield what, name, {"model": str(sound), **asked}
        path.unlink()
