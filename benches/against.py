"""This program beside diffusers on the same weights: how soon a model is ready, what a step and a picture take, the
memory held.

The weights are random and laid out as Stable Diffusion 1.5's; diffusers writes them itself, into a folder that goes
again. Each side is a process of its own, one after the other, so that what else the machine does falls on both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gdm_studio import memory, paths
from gdm_studio.errors import StudioError
from gdm_studio.figure import Figure

SIDE = 64  # of the latents of a step: pictures of 512 pixels
PICTURE, STEPS, GUIDANCE = 256, 4, 5.0  # pixels of a whole picture's side, and how it is made
PROMPT = "a photo of an astronaut riding a horse"
NEEDED = ("diffusers", "transformers", "safetensors")
FP16, FP32 = "fp16", "fp32"
OLD = 86_400  # seconds since 1970 of the files: what was written just now is read anew
Told = Mapping[str, Any]


def figures(side: int = SIDE, small: bool = False) -> Iterator[Figure]:
    """Times as shares of diffusers', so below 1 is quicker. `small` are networks of few weights, for a first look.

    Raises StudioError where diffusers is not installed.
    """
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise StudioError(f"{', '.join(missing)} must be installed for that, as by `pip install .[parity]`.")
    with tempfile.TemporaryDirectory(prefix="gdm-studio-against-") as home:
        for stored in (FP16, FP32):
            folder = Path(home) / stored
            _run("write", folder, stored, side, small)
            _run("know", folder, stored, side, small)
            ours, theirs = (_run(which, folder, stored, side, small) for which in ("ours", "theirs"))
            goal = "≤ 0.5" if stored == FP16 else "≤ 1"
            of = "weights stored in half precision" if stored == FP16 else "weights in full precision"
            yield Figure(f"start to ready, {of}", ours["ready"] / theirs["ready"], "of diffusers'", goal)
            loaded = [told["ready"] - told["imported"] for told in (ours, theirs)]
            yield Figure("the same, both imported", loaded[0] / loaded[1], "of diffusers'", goal)
            if stored == FP16:
                step = theirs["steps"][FP32]
                for dtype, seconds in ours["steps"].items():
                    goal = "≤ 1" if dtype == FP32 else "≤ 0.7"
                    yield Figure(f"a step on the CPU, {dtype} to its fp32", seconds / step, "of diffusers'", goal)
                for dtype, seconds in ours["pictures"].items():
                    name = f"a picture of {PICTURE} pixels, {dtype} to its fp32"
                    goal = "≤ 1" if dtype == FP32 else "≤ 0.7"
                    yield Figure(name, seconds / theirs["pictures"][FP32], "of diffusers'", goal)
                yield Figure("mean difference of the pictures in fp32", _mean_apart(ours, theirs), "of 255", "≤ 1")
                yield Figure("largest difference of a prediction in fp32", _apart(ours, theirs), "of the largest")
            yield Figure("most memory", ours["peak"] / theirs["peak"], "of diffusers'", "≤ 1")


def _apart(ours: Told, theirs: Told) -> float:
    """Of the first numbers that both predict, relative to the largest of them."""
    pairs = list(zip(ours["seen"], theirs["seen"], strict=True))
    return max(abs(one - other) for one, other in pairs) / max(abs(other) for _, other in pairs)


def _mean_apart(ours: Told, theirs: Told) -> float:
    """Of the first levels of both pictures."""
    pairs = list(zip(ours["levels"], theirs["levels"], strict=True))
    return sum(abs(one - other) for one, other in pairs) / len(pairs)


def _run(which: str, folder: Path, stored: str, side: int, small: bool) -> dict[str, Any]:
    place = {"GDM_STUDIO_HOME": str(folder.parent / "home"), "HF_HUB_OFFLINE": "1"}
    root = str(Path(str(paths.__file__)).parents[1])
    place["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    asked = [sys.executable, "-m", __name__, which, str(folder), stored, str(side), str(int(small)), repr(time.time())]
    done = subprocess.run(asked, env={**os.environ, **place}, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


# in a process of its own


def _write(folder: Path, stored: str, side: int, small: bool, began: float) -> dict[str, Any]:
    import torch

    numbers = torch.Generator().manual_seed(7)
    few = torch.randn(2**20, generator=numbers)
    for name, network in _their_networks(side, small).items():
        network.to_empty(device="cpu")
        for key, weight in network.state_dict().items():
            if not weight.is_floating_point():
                weight.copy_(torch.arange(weight.numel()).reshape(weight.shape))  # the places of a text
                continue
            middle = float(weight.ndim == 1 and key.endswith("weight"))
            times = -(-weight.numel() // len(few))
            weight.copy_((0.03 * few).repeat(times)[: weight.numel()].reshape(weight.shape) + middle)
        network.to(torch.float16 if stored == FP16 else torch.float32).save_pretrained(folder / name)
    (folder / "scheduler").mkdir()
    told = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(told), encoding="utf-8")
    parts = {name: ["diffusers", "x"] for name in ("unet", "vae", "text_encoder")}
    (folder / "model_index.json").write_text(json.dumps(parts), encoding="utf-8")
    return {}


def _know(folder: Path, stored: str, side: int, small: bool, began: float) -> dict[str, Any]:
    """Has the weights be old, and what is found out once of models and their weights be known."""
    from gdm_studio.models.fingerprint import fingerprint
    from gdm_studio.models.library import Library

    for file in folder.rglob("*.*"):
        os.utime(file, (OLD, OLD))
    fingerprint(Library().card(str(folder)))
    return {}


def _their_networks(side: int, small: bool) -> dict[str, Any]:
    import torch

    diffusers, transformers = _both()
    widths = (32, 64, 64, 64) if small else (320, 640, 1280, 1280)
    vae_widths = (32, 32, 32, 32) if small else (128, 256, 512, 512)
    with torch.device("meta"):
        unet = diffusers.UNet2DConditionModel(
            sample_size=side, cross_attention_dim=768, attention_head_dim=8, block_out_channels=widths
        )
        vae = diffusers.AutoencoderKL(
            block_out_channels=vae_widths, down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2, latent_channels=4, sample_size=8 * side,
        )  # fmt: skip
        text = transformers.CLIPTextModel(
            transformers.CLIPTextConfig(
                hidden_size=768, intermediate_size=3072, num_hidden_layers=2 if small else 12, num_attention_heads=12,
                vocab_size=49408, projection_dim=768,
            )  # fmt: skip
        )
    return {"unet": unet, "vae": vae, "text_encoder": text}


def _theirs(folder: Path, stored: str, side: int, small: bool, began: float) -> dict[str, Any]:
    import torch

    diffusers, transformers = _both()
    kinds = {"unet": diffusers.UNet2DConditionModel, "vae": diffusers.AutoencoderKL}
    kinds["text_encoder"] = transformers.CLIPTextModel
    imported = time.time() - began
    found = {name: kind.from_pretrained(folder / name, torch_dtype=torch.float32) for name, kind in kinds.items()}
    ready = time.time() - began
    unet = found["unet"].eval()
    told = {"imported": imported, "ready": ready, "peak": _peak()}

    def step(x: Any, at: Any, context: Any) -> Any:
        return unet(x, at, encoder_hidden_states=context).sample

    steps: dict[str, float] = {}
    seen: list[float] = []
    pictures: dict[str, float] = {}
    levels: list[float] = []
    peak = _peak()
    if stored == FP16:
        steps[FP32], seen = _step(step, side, torch.float32)
        peak = _peak()
        pictures[FP32], levels = _timed(lambda: _their_picture(found))
    return {**told, "steps": steps, "seen": seen, "pictures": pictures, "levels": levels, "peak": peak}


def _their_picture(networks: dict[str, Any]) -> Any:
    import torch

    from gdm_studio.networks.stable_diffusion import tokenizer

    diffusers, _ = _both()
    scheduler = diffusers.DDIMScheduler(
        beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, clip_sample=False, set_alpha_to_one=True,
        steps_offset=1,
    )  # fmt: skip
    pipeline = diffusers.StableDiffusionPipeline(
        **networks, tokenizer=None, scheduler=scheduler, safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
    )  # fmt: skip
    pipeline.set_progress_bar_config(disable=True)
    told = []
    for text in (PROMPT, ""):
        ids = [tokenizer.BEGIN, *tokenizer.clip_tokenizer().encode(text, add_special_tokens=False).ids]
        told.append(networks["text_encoder"](torch.tensor([ids + [tokenizer.END] * (77 - len(ids))]))[0])
    made = pipeline(
        prompt_embeds=told[0], negative_prompt_embeds=told[1], num_inference_steps=STEPS, guidance_scale=GUIDANCE,
        height=PICTURE, width=PICTURE, latents=_noise(), output_type="pt",
    )  # fmt: skip
    return (made.images[0].permute(1, 2, 0) * 255).round()


def _ours(folder: Path, stored: str, side: int, small: bool, began: float) -> dict[str, Any]:
    from gdm_studio.engine import threads

    threads.prepare()  # as every way into the program does
    import torch

    from gdm_studio.engine import devices
    from gdm_studio.models.families.stable_diffusion.model import StableDiffusion
    from gdm_studio.models.library import Library
    from gdm_studio.request import Request

    imported = time.time() - began
    library, device = Library(), torch.device("cpu")
    card = library.card(str(folder))
    model: Any = library.load(str(folder), device=device, dtype=torch.float32)
    assert isinstance(model, StableDiffusion)
    list(model.networks.texts.values())
    ready = time.time() - began
    steps: dict[str, float] = {}
    seen: list[float] = []
    if stored == FP16:
        steps[FP32], seen = _step(model.networks.unet, side, torch.float32)
    peak = _peak()
    pictures: dict[str, float] = {}
    levels: list[float] = []
    if stored == FP16:
        pictures[FP32], levels = _timed(lambda: _our_picture(model))
    _, usual = devices.place_of(Request(model=str(folder), device="cpu"), card)
    if stored == FP16 and usual != torch.float32:
        half: Any = library.load(str(folder), device=device, dtype=usual)
        name = str(usual).removeprefix("torch.")
        steps[name], _ = _step(half.networks.unet, side, usual)
        pictures[name], _ = _timed(lambda: _our_picture(half))
    told = {"imported": imported, "ready": ready, "steps": steps, "seen": seen, "peak": peak}
    return {**told, "pictures": pictures, "levels": levels}


def _our_picture(model: Any) -> Any:
    from gdm_studio.engine.asking import asks_of
    from gdm_studio.engine.denoising import under_controls
    from gdm_studio.maths.samplers import SAMPLERS
    from gdm_studio.request import Request

    told: dict[str, Any] = {"sampler": "ddim", "spacing": "leading_1", "size": (PICTURE, PICTURE)}
    request = model.card.checked(
        Request(model=model.card.name, prompt=PROMPT, steps=STEPS, guidance_scale=GUIDANCE, **told)
    )
    path = model.card.points(model.diffusion.process, request.spacing, STEPS)
    asks = asks_of(model.card, request, None, guided=True)
    denoise = under_controls(model.denoiser(asks, path, _unasked), request, path, data_scale=1.0)
    *_, last = SAMPLERS[request.sampler].fn(denoise, _noise(), path, _unasked)
    return model.decode(last.x)[0]


def _unasked(*asked: Any) -> Any:
    raise AssertionError("DDIM draws no noise")


def _noise() -> Any:
    import torch

    return torch.randn(1, 4, PICTURE // 8, PICTURE // 8, generator=torch.Generator().manual_seed(5))


def _timed(draw: Callable[[], Any]) -> tuple[float, list[float]]:
    """Seconds of one picture, and the levels of its first rows."""
    import torch

    began = time.perf_counter()
    with torch.inference_mode():
        made = draw()
    return time.perf_counter() - began, made.flatten()[:6144].float().tolist()


def _step(predict: Callable[..., Any], side: int, dtype: Any) -> tuple[float, list[float]]:
    """Seconds of the second of two predictions, and some of its numbers."""
    import torch

    numbers = torch.Generator().manual_seed(3)
    x = torch.randn(1, 4, side, side, generator=numbers).to(dtype)
    context = torch.randn(1, 77, 768, generator=numbers).to(dtype)
    at = torch.tensor([500.0])
    with torch.inference_mode():
        predict(x, at, context)
        began = time.perf_counter()
        made = predict(x, at, context)
    return time.perf_counter() - began, made.flatten()[:512].float().tolist()


def _peak() -> int:
    """Bytes that this process has held at most."""
    return memory.peak() or 0


def _both() -> tuple[Any, Any]:
    return import_module("diffusers"), import_module("transformers")


if __name__ == "__main__":
    which, folder, stored, side, small, began = sys.argv[1:]
    parts = {"write": _write, "know": _know, "ours": _ours, "theirs": _theirs}
    print(json.dumps(parts[which](Path(folder), stored, int(side), small == "1", float(began))))
