"""Reference images of diffusers' pipelines with reference images and fills, for small models, in fp32.

    pip install .[parity] && python -m tests.parity.by_references

writes tests/data/parity/references.json: some latents after the last step and some numbers of the image, for each case
in references.py.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

import torch
from diffusers.pipelines.flux import pipeline_flux_fill
from PIL import Image
from torch import Tensor

from tests.parity.by_transformer_pipelines import pipeline_of
from tests.parity.references import (
    CASES,
    EVERY_LATENT,
    EVERY_PIXEL,
    FILE,
    PROMPT,
    SIZE,
    STEPS,
    ReferenceCase,
    image,
    mask,
)
from tests.parity.transformer_pipelines import Case
from tests.parity.weights import inputs


@torch.no_grad()
def main() -> None:
    found: dict[str, Any] = {"versions": {name: version(name) for name in ("diffusers", "transformers", "torch")}}
    for name, case in CASES.items():
        latents, picture = _generate(case)
        found[name] = {
            "latents": [round(number, 6) for number in latents.flatten()[::EVERY_LATENT].tolist()],
            "picture": [round(number, 6) for number in picture.flatten()[::EVERY_PIXEL].tolist()],
        }
    FILE.write_text(json.dumps(found, indent=0) + "\n")


def _generate(case: ReferenceCase) -> tuple[Tensor, Tensor]:
    """Return the latents after the last step, and the image in 0 … 1."""
    pipeline = pipeline_of(Case(case.kind))
    pipeline.set_progress_bar_config(disable=True)
    # The mean of the encoded image, as in the other pipelines, instead of a sample.
    pipeline_flux_fill.retrieve_latents = lambda found, **_: found.latent_dist.mode()
    width, height = SIZE
    is_klein = case.kind == "klein"
    factor, channels = (16, 128) if is_klein else (8, 16)
    x = inputs(f"references {case.kind}", 1, channels, height // factor, width // factor).float()
    latents: list[Tensor] = []

    def remember(pipeline: Any, step: int, time: Any, found: dict[str, Tensor]) -> dict[str, Tensor]:
        latents.append(found["latents"])
        return {}

    given: dict[str, Any] = {
        "prompt": PROMPT,
        "width": width,
        "height": height,
        "num_inference_steps": STEPS,
        "output_type": "pt",
        "latents": x if is_klein else pipeline._pack_latents(x, 1, channels, height // 8, width // 8),
        "callback_on_step_end": remember,
        "guidance_scale": case.distilled_guidance or 1.0,
    }
    pictures = [Image.fromarray(image(number, *size)) for number, size in enumerate(case.references)]
    if case.fills:
        given |= {"image": Image.fromarray(image(0, *SIZE)), "mask_image": Image.fromarray(mask(*SIZE))}
    elif is_klein:
        given["image"] = pictures
    else:
        given |= {"image": pictures[0], "max_area": width * height, "_auto_resize": False}
    picture = pipeline(**given).images
    last = latents[-1]
    if is_klein:
        return last.transpose(1, 2).unflatten(2, (height // 16, width // 16)), picture
    return pipeline._unpack_latents(last, height, width, pipeline.vae_scale_factor), picture


if __name__ == "__main__":
    main()
