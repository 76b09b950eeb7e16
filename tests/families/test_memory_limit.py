"""The user's limit of memory: weights are fetched from their files at each use, and images have the same bits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.previews import Previews
from gdm_studio.models.memory.memory_and_time_estimate import measure_cost
from gdm_studio.models.model_library import Library
from gdm_studio.models.weight_storage.weight_stream import stream_of
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Request
from tests.families.test_compressed_models import TYPES, as_gguf
from tests.families.test_transformer_previews import one_colour_decoder
from tests.helpers import tiny_stable, tiny_transformers
from tests.helpers.gguf_file import write_gguf

CPU = torch.device("cpu")
LAYER = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
STABLE = Request(
    prompt="a house", negative_prompt="blurry", model="tiny", steps=2, guidance_scale=4.0, seed=7, size=(64, 64),
    device="cpu", dtype="fp32",
)  # fmt: skip


@pytest.fixture
def models() -> Path:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    return paths.models_dir()


def image(library: Library, **changes: Any) -> np.ndarray:
    request = replace(STABLE, **changes)
    (found,) = (event.rgba for event in generate(request, library) if isinstance(event, Result))
    assert found.std() > 2
    return found


def denoiser(library: Library, dtype: torch.dtype = torch.float32) -> torch.nn.Module:
    model: Any = library.load("tiny", device=CPU, dtype=dtype)
    found: torch.nn.Module = model.networks.unet if hasattr(model, "networks") else model.network
    return found


def limit_memory(gigabytes: float) -> None:
    preferences.change({"memory_gb": gigabytes})


def write_fp16(models: Path) -> None:
    tiny_stable.write(models / "tiny.safetensors", "sd1")


def write_quantised(models: Path) -> None:
    tensors, shapes = as_gguf(tiny_stable.weights("sd1"), TYPES)
    write_gguf(models / "tiny.gguf", tensors, original=shapes)


def write_lora(models: Path) -> None:
    write_fp16(models)
    random = torch.Generator().manual_seed(5)
    factors = {"lora_down": torch.randn(4, 768, generator=random), "lora_up": torch.randn(64, 4, generator=random)}
    save_file({f"{LAYER}.{name}.weight": factor for name, factor in factors.items()}, models / "ink.safetensors")


def write_klein(models: Path) -> None:
    tiny_transformers.write_files(models, "klein")


def write_fill(models: Path) -> None:
    tiny_transformers.write_files(models, "flux1 fill")


def write_ernie_image(models: Path) -> None:
    tiny_transformers.write_files(models, "ernie-image")


def write_anima(models: Path) -> None:
    tiny_transformers.write_files(models, "anima")


def write_ideogram_4(models: Path) -> None:
    tiny_transformers.write_files(models, "ideogram 4")


FLOW = {"guidance_scale": 1.0, "negative_prompt": "", "size": (128, 128), "sampler": "flow_euler"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "changes"),
    [
        (write_fp16, {}),
        (write_fp16, {"dtype": "bf16"}),
        (write_quantised, {}),
        (write_lora, {"prompt": "a house <lora:ink:0.8>"}),
        (write_klein, FLOW),
        (write_fill, FLOW),
        (write_ernie_image, FLOW | {"dtype": "bf16"}),
        (write_anima, FLOW | {"dtype": "bf16"}),
        (write_ideogram_4, FLOW | {"dtype": "bf16", "guidance_scale": 7.0}),
    ],
)
def test_images_with_little_memory_have_the_same_bits(
    write: Callable[[Path], None], changes: dict[str, Any], models: Path
) -> None:
    write(models)
    library = Library()
    dtype = torch.bfloat16 if changes.get("dtype") == "bf16" else torch.float32
    wanted = image(library, **changes)
    assert stream_of(denoiser(library, dtype)) is None
    limit_memory(0.001)
    found = image(library, **changes)
    stream = stream_of(denoiser(library, dtype))
    assert stream is not None and stream.allocated_bytes == 0
    assert np.array_equal(found, wanted)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "changes", "latent", "decoder"),
    [
        (write_fp16, {}, 4, "tiny"),
        (write_fp16, {}, 4, "linear"),
        (write_fp16, {}, 4, "vae"),
        (write_klein, FLOW, 32, "tiny"),
        (write_klein, FLOW, 32, "linear"),
        (write_klein, FLOW, 32, "vae"),
    ],
)
def test_previews_do_not_release_the_weights(
    write: Callable[[Path], None], changes: dict[str, Any], latent: int, decoder: str, models: Path
) -> None:
    """The weights of the next step, already fetched, would have to be read again."""
    write(models)
    library = Library()
    model: Any = library.load("tiny", device=CPU, dtype=torch.float32)
    grey = (model.decode(model.encode(torch.full((1, 64, 64, 4), 128.0))).float() / 127.5 - 1).mean(dim=(0, 1, 2))
    if decoder == "tiny":
        save_file(one_colour_decoder(latent, grey), models / "decoder.safetensors")
    limit_memory(0.001)
    previews = Previews(0.0 if decoder == "linear" else 1e9)
    fetched = []
    for event in generate(replace(STABLE, **changes), library):
        if isinstance(event, StepEvent):
            stream = stream_of(denoiser(library))
            assert stream is not None
            before = stream.resident_bytes
            assert all(view.decoded == (decoder == "tiny") for view in previews.views(event))
            fetched.append((before, stream.resident_bytes))
    assert len(fetched) == 2 and all(after == before > 0 for before, after in fetched)


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2])
def test_with_little_memory_images_are_encoded_and_decoded_in_stripes(count: int, models: Path) -> None:
    """Under a limit that the feature maps exceed, they take less memory, and images differ only by rounding."""
    write_fp16(models)
    random = torch.Generator().manual_seed(3)
    x0 = torch.randn(count, 4, 32, 32, generator=random)
    rgba = torch.randint(0, 256, (count, 256, 256, 4), generator=random, dtype=torch.uint8)
    pictures, peaks, fast, latents = [], [], [], []
    for gigabytes in (0.0, 1e-6):
        limit_memory(gigabytes)
        model: Any = Library().load("tiny", device=CPU, dtype=torch.float32)
        pictures.append(model.decode(x0).int())
        latents.append(model.encode(rgba))
        evaluated = partial(model.pictures, x0), partial(model.encode_latents, torch.zeros(count, 3, 256, 256))
        peaks.append([measure_cost(each).peak for each in evaluated])
        fast.append(model.fast_decode(x0).int())
    assert (pictures[0] - pictures[1]).abs().max() <= 1 and pictures[0].float().std() > 2
    assert (fast[0] - fast[1]).abs().max() <= 8
    assert (latents[0] - latents[1]).abs().max() < 1e-4 * latents[0].abs().max()
    assert all(limited < 0.95 * free for free, limited in zip(*peaks, strict=True))
