"""Benchmark against diffusers with the same weights: loading time, time per step and image, and peak memory.

The weights are random, in the layout of Stable Diffusion 1.5, and are written by diffusers to a temporary folder. The
two programs alternate, in separate processes but for the steps, so that other load on the machine affects both.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gdm_studio.common import memory, paths
from gdm_studio.common.errors import StudioError
from gdm_studio.common.measurement import Measurement

# The side of the latents for timing a step, which corresponds to images of 512 pixels.
SIDE = 64
# The side in pixels, the steps and the guidance scale of a complete image.
PICTURE = 256
STEPS = 4
# Times that each program computes the timed step.
ROUNDS = 5
GUIDANCE = 5.0
PROMPT = "a photo of an astronaut riding a horse"
NEEDED = ("diffusers", "transformers", "safetensors")
FP16 = "fp16"
FP32 = "fp32"
# The modification time of the files, in seconds since 1970. Files modified just now would not be cached.
OLD = 86_400
Report = Mapping[str, Any]


def figures(side: int = SIDE, small: bool = False) -> Iterator[Measurement]:
    """Yield times and memory relative to diffusers; below 1 is better. `small` uses networks with few weights.

    Raises StudioError if diffusers is not installed.
    """
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise StudioError(f"{', '.join(missing)} must be installed; run  pip install .[parity]")
    with tempfile.TemporaryDirectory(prefix="gdm-studio-against-") as home:
        for stored in (FP16, FP32):
            folder = Path(home) / stored
            _run("write", folder, stored, side, small)
            _run("know", folder, stored, side, small)
            ours, theirs = (_run(which, folder, stored, side, small) for which in ("ours", "theirs"))
            goal = "≤ 0.5" if stored == FP16 else "≤ 1"
            of = "weights stored in half precision" if stored == FP16 else "weights in full precision"
            yield Measurement(f"start to ready, {of}", ours["ready"] / theirs["ready"], "of diffusers'", goal)
            loaded = [report["ready"] - report["imported"] for report in (ours, theirs)]
            yield Measurement("the same, both imported", loaded[0] / loaded[1], "of diffusers'", goal)
            if stored == FP16:
                compared = _run("steps", folder, stored, side, small)
                for dtype, ratio in compared["ratios"].items():
                    yield Measurement(f"a step on the CPU, {dtype} to its fp32", ratio, "of diffusers'", "≤ 0.8")
                for dtype, seconds in ours["pictures"].items():
                    name = f"a picture of {PICTURE} pixels, {dtype} to its fp32"
                    goal = "≤ 1" if dtype == FP32 else "≤ 0.7"
                    yield Measurement(name, seconds / theirs["pictures"][FP32], "of diffusers'", goal)
                yield Measurement(
                    "mean difference of the pictures in fp32", _measure_difference(ours, theirs), "of 255", "≤ 1"
                )
                yield Measurement("largest difference of a prediction in fp32", compared["apart"], "of the largest")
            yield Measurement("most memory", ours["peak"] / theirs["peak"], "of diffusers'", "≤ 1")


def _measure_difference(ours: Report, theirs: Report) -> float:
    """Return the mean difference of the first pixel levels of both images."""
    pairs = list(zip(ours["levels"], theirs["levels"], strict=True))
    return sum(abs(one - other) for one, other in pairs) / len(pairs)


def _run(which: str, folder: Path, stored: str, side: int, small: bool) -> dict[str, Any]:
    """Run one part of the benchmark in a new process and return its report."""
    environment = {"GDM_STUDIO_HOME": str(folder.parent / "home"), "HF_HUB_OFFLINE": "1"}
    root = str(Path(str(paths.__file__)).parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    arguments = [which, str(folder), stored, str(side), str(int(small)), repr(time.time())]
    command = [sys.executable, "-m", __name__, *arguments]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


# The following functions run in the new process.


def _write(folder: Path, stored: str, side: int, small: bool, start: float) -> dict[str, Any]:
    """Write a model with random weights in the diffusers layout."""
    import torch

    generator = torch.Generator().manual_seed(7)
    few = torch.randn(2**20, generator=generator)
    for name, network in _build_their_networks(side, small).items():
        network.to_empty(device="cpu")
        for key, weight in network.state_dict().items():
            if not weight.is_floating_point():
                # The position ids of the text encoder.
                weight.copy_(torch.arange(weight.numel()).reshape(weight.shape))
                continue
            middle = float(weight.ndim == 1 and key.endswith("weight"))
            times = -(-weight.numel() // len(few))
            weight.copy_((0.03 * few).repeat(times)[: weight.numel()].reshape(weight.shape) + middle)
        network.to(torch.float16 if stored == FP16 else torch.float32).save_pretrained(folder / name)
    (folder / "scheduler").mkdir()
    config = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(config), encoding="utf-8")
    parts = {name: ["diffusers", "x"] for name in ("unet", "vae", "text_encoder")}
    (folder / "model_index.json").write_text(json.dumps(parts), encoding="utf-8")
    return {}


def _know(folder: Path, stored: str, side: int, small: bool, start: float) -> dict[str, Any]:
    """Backdate the files and fill the caches with information about the model and its weights."""
    from gdm_studio.models.fingerprint import fingerprint
    from gdm_studio.models.model_library import Library

    for file in folder.rglob("*.*"):
        os.utime(file, (OLD, OLD))
    fingerprint(Library().card(str(folder)))
    return {}


def _build_their_networks(side: int, small: bool) -> dict[str, Any]:
    import torch

    diffusers, transformers = _both()
    widths = (32, 64, 64, 64) if small else (320, 640, 1280, 1280)
    vae_widths = (32, 32, 32, 32) if small else (128, 256, 512, 512)
    with torch.device("meta"):
        unet = diffusers.UNet2DConditionModel(
            sample_size=side, cross_attention_dim=768, attention_head_dim=8, block_out_channels=widths
        )
        vae = diffusers.AutoencoderKL(
            block_out_channels=vae_widths,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            latent_channels=4,
            sample_size=8 * side,
        )
        text = transformers.CLIPTextModel(
            transformers.CLIPTextConfig(
                hidden_size=768,
                intermediate_size=3072,
                num_hidden_layers=2 if small else 12,
                num_attention_heads=12,
                vocab_size=49408,
                projection_dim=768,
            )
        )
    return {"unet": unet, "vae": vae, "text_encoder": text}


def _theirs(folder: Path, stored: str, side: int, small: bool, start: float) -> dict[str, Any]:
    import torch

    diffusers, transformers = _both()
    kinds = {"unet": diffusers.UNet2DConditionModel, "vae": diffusers.AutoencoderKL}
    kinds["text_encoder"] = transformers.CLIPTextModel
    imported = time.time() - start
    found = {name: kind.from_pretrained(folder / name, torch_dtype=torch.float32) for name, kind in kinds.items()}
    ready = time.time() - start
    pictures: dict[str, float] = {}
    levels: list[float] = []
    if stored == FP16:
        pictures[FP32], levels = _time_image(lambda: _draw_theirs(found))
    return {"imported": imported, "ready": ready, "pictures": pictures, "levels": levels, "peak": _measure_peak()}


def _draw_theirs(networks: dict[str, Any]) -> Any:
    import torch

    from gdm_studio.networks.stable_diffusion import tokenizer

    diffusers, _ = _both()
    scheduler = diffusers.DDIMScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )
    pipeline = diffusers.StableDiffusionPipeline(
        **networks,
        tokenizer=None,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    embeddings = []
    for text in (PROMPT, ""):
        ids = [tokenizer.BEGIN, *tokenizer.clip_tokenizer().encode(text, add_special_tokens=False).ids]
        embeddings.append(networks["text_encoder"](torch.tensor([ids + [tokenizer.END] * (77 - len(ids))]))[0])
    result = pipeline(
        prompt_embeds=embeddings[0],
        negative_prompt_embeds=embeddings[1],
        num_inference_steps=STEPS,
        guidance_scale=GUIDANCE,
        height=PICTURE,
        width=PICTURE,
        latents=_noise(),
        output_type="pt",
    )
    return (result.images[0].permute(1, 2, 0) * 255).round()


def _ours(folder: Path, stored: str, side: int, small: bool, start: float) -> dict[str, Any]:
    from gdm_studio.engine import torch_startup

    # Every entry point of GDM Studio does this.
    torch_startup.prepare()
    import torch

    from gdm_studio.models.families.stable_diffusion.model import StableDiffusion
    from gdm_studio.models.memory import devices
    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_request import Request

    imported = time.time() - start
    library, device = Library(), torch.device("cpu")
    card = library.card(str(folder))
    model: Any = library.load(str(folder), device=device, dtype=torch.float32)
    assert isinstance(model, StableDiffusion)
    list(model.networks.texts.values())
    ready = time.time() - start
    pictures: dict[str, float] = {}
    levels: list[float] = []
    if stored == FP16:
        pictures[FP32], levels = _time_image(lambda: _draw_ours(model))
    peak = _measure_peak()
    _, default = devices.device_and_dtype(Request(model=str(folder), device="cpu"), card)
    if stored == FP16 and default != torch.float32:
        half: Any = library.load(str(folder), device=device, dtype=default)
        pictures[str(default).removeprefix("torch.")], _ = _time_image(lambda: _draw_ours(half))
    return {"imported": imported, "ready": ready, "pictures": pictures, "levels": levels, "peak": peak}


def _steps(folder: Path, stored: str, side: int, small: bool, start: float) -> dict[str, Any]:
    """Time a step with guidance, which has two rows, by both programs in turn."""
    from gdm_studio.engine import torch_startup

    torch_startup.prepare()
    import torch

    from gdm_studio.models.memory import devices
    from gdm_studio.models.memory.precision import dtype_name
    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_request import Request

    library, device = Library(), torch.device("cpu")
    theirs = _both()[0].UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32).eval()
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(2, 4, side, side, generator=generator)
    context = torch.randn(2, 77, 768, generator=generator)
    at = torch.tensor([500.0, 500.0])
    _, default = devices.device_and_dtype(Request(model=str(folder), device="cpu"), library.card(str(folder)))
    ratios: dict[str, float] = {}
    apart = 0.0
    for dtype in dict.fromkeys((torch.float32, default)):
        ours: Any = library.load(str(folder), device=device, dtype=dtype)
        inputs = x.to(dtype), at, context.to(dtype)
        found = []
        with torch.inference_mode():
            for _ in range(ROUNDS + 1):
                began = time.perf_counter()
                prediction = ours.rows(ours.networks.unet, *inputs)
                between = time.perf_counter()
                wanted = theirs(x, at, encoder_hidden_states=context).sample
                found.append((between - began) / (time.perf_counter() - between))
        # The first round reads the weights.
        ratios[dtype_name(dtype)] = statistics.median(found[1:])
        if dtype == torch.float32:
            apart = float((prediction - wanted).abs().max() / wanted.abs().max())
    return {"ratios": ratios, "apart": apart}


def _draw_ours(model: Any) -> Any:
    from gdm_studio.engine.conditioning import conditioning_of
    from gdm_studio.engine.guided_denoiser import wrap_denoiser
    from gdm_studio.maths.samplers import SAMPLERS
    from gdm_studio.request.generation_request import Request

    settings: dict[str, Any] = {"sampler": "ddim", "spacing": "leading_1", "size": (PICTURE, PICTURE)}
    request = model.card.checked(
        Request(model=model.card.name, prompt=PROMPT, steps=STEPS, guidance_scale=GUIDANCE, **settings)
    )
    path = model.card.points(model.diffusion.process, request.spacing, STEPS)
    asks = conditioning_of(model.card, request, None, guided=True)
    denoise = wrap_denoiser(model.denoiser(asks, path, _no_noise), request, path, diffusion=model.diffusion)
    *_, last = SAMPLERS[request.sampler].fn(denoise, _noise(), path, _no_noise)
    return model.decode(last.x)[0]


def _no_noise(*arguments: Any) -> Any:
    raise AssertionError("DDIM draws no noise")


def _noise() -> Any:
    import torch

    return torch.randn(1, 4, PICTURE // 8, PICTURE // 8, generator=torch.Generator().manual_seed(5))


def _time_image(draw: Callable[[], Any]) -> tuple[float, list[float]]:
    """Generate an image; return the time in seconds and the pixel levels of its first rows."""
    import torch

    start = time.perf_counter()
    with torch.no_grad():
        image = draw()
    return time.perf_counter() - start, image.flatten()[:6144].float().tolist()


def _measure_peak() -> int:
    """Return the peak memory of this process in bytes, or 0 if unknown."""
    return memory.peak() or 0


def _both() -> tuple[Any, Any]:
    return import_module("diffusers"), import_module("transformers")


if __name__ == "__main__":
    which, folder, stored, side, small, start = sys.argv[1:]
    parts = {"write": _write, "know": _know, "ours": _ours, "theirs": _theirs, "steps": _steps}
    print(json.dumps(parts[which](Path(folder), stored, int(side), small == "1", float(start))))
