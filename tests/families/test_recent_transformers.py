"""Diffusion transformers of 2025 and 2026 from prompt to image: equal to diffusers, in both layouts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import pytest
import torch

from gdm_studio.common import paths
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import denoise_pipeline
from gdm_studio.engine.initial_state import RunState
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.models.library import Library, load_for_request
from gdm_studio.request.conditioning import REFERENCE, ControlImage
from tests.helpers import tiny_transformers
from tests.parity import recent_pipelines as parity
from tests.parity.references import image
from tests.parity.weights import inputs

STORED: Mapping[str, Any] = json.loads(parity.FILE.read_text("utf-8"))
CPU = torch.device("cpu")
# Largest deviation, relative to the largest number.
ALLOWED = 1e-4
# Names of the models' files, which some variants are known by.
FILES = {"qwen-image edit 2509": "Qwen-Image-Edit-2509", "qwen-image edit 2511": "Qwen-Image-Edit-2511-Q8"}


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["files", "folder"])
@pytest.mark.parametrize("name", parity.CASES)
def test_images_equal_those_of_diffusers(name: str, layout: str) -> None:
    case = parity.CASES[name]
    stored = STORED[name]
    assert stored["case"] == json.loads(json.dumps(asdict(case))), "the numbers are those of another case"
    called = write(case.kind, layout)
    library = Library()
    card = library.card(called)
    request = card.checked(
        replace(
            card.default_request(),
            model=called,
            prompt=case.prompt,
            negative_prompt=case.negative,
            steps=parity.STEPS,
            guidance_scale=case.guidance,
            size=parity.SIZE,
            hints=tuple(
                ControlImage(REFERENCE, image_inputs.store(image(number, *size)))
                for number, size in enumerate(case.references)
            ),
        )
    )
    pipeline = Pipeline(load_for_request(library, request, device=CPU, dtype=torch.float32), request, (0,))
    (stage,) = pipeline.stages
    x = inputs(f"recent {case.kind}", 1, *stage.model.shape(request)).float()
    if case.skipped:
        at = pipeline.path[case.skipped]
        rgb = torch.from_numpy(image(0, *parity.SIZE))
        rgba = torch.cat([rgb, torch.full_like(rgb[..., :1], 255)], dim=-1)[None]
        x = at.alpha * stage.model.encode(rgba) + at.sigma * x
    *_, last = denoise_pipeline(pipeline, RunState(x, pipeline.path, case.skipped))
    found = last.x.flatten()[:: parity.EVERY_LATENT]
    wanted = torch.tensor(stored["latents"])
    assert (found - wanted).abs().max() < ALLOWED * wanted.abs().max()
    levels = stage.model.decode(last.x).permute(0, 3, 1, 2).flatten()[:: parity.EVERY_PIXEL]
    assert (levels - 255 * torch.tensor(stored["picture"])).abs().max() < 1


def write(kind: str, layout: str = "files") -> str:
    """Write a small model, and return its name."""
    name = FILES.get(kind, kind.replace(" ", "-"))
    if layout == "files":
        tiny_transformers.write_files(paths.models_dir(), kind, file=f"{name}.safetensors")
    else:
        tiny_transformers.write_folder(paths.models_dir() / name, kind)
    return name
