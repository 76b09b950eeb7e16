"""Image prompts with IP-Adapters: recognition, equality with diffusers, their part of a run, and missing files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import denoise_pipeline
from gdm_studio.engine.initial_state import RunState
from gdm_studio.gallery import read
from gdm_studio.models.families.shared_parts.loader import load_clip_vision
from gdm_studio.models.families.shared_parts.part_layout import parts_of
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.memory.loaded_model_cache import Placement, Store
from gdm_studio.models.model_library import Library
from gdm_studio.networks.stable_diffusion.clip_vision import normalise
from gdm_studio.request.generation_request import ControlImage, Request
from tests.families.test_stable_diffusion import ASKED, QUICK, generate_image, library_with, pipeline_for
from tests.helpers import tiny_stable
from tests.parity import image_prompts, pipelines
from tests.parity import weights as parity


def save(name: str, weights: Mapping[str, torch.Tensor | None]) -> Path:
    file = paths.models_dir() / f"{name}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({each: weight.contiguous() for each, weight in weights.items() if weight is not None}, file)
    return file


def library_with_adapters(checkpoints: Path, kind: str = "sd1", **changes: torch.Tensor | None) -> Library:
    """Return a library with a checkpoint, both kinds of IP-Adapters for it, and their image encoder."""
    library = library_with(checkpoints, kind)
    for name, plus in (("base", False), ("plus", True)):
        save(name, tiny_stable.ip_adapter(kind, plus=plus) | changes)
    save("vision", tiny_stable.image_encoder())
    library.refresh()
    return library


def prompt(number: int = 0, kind: str = "base", **changes: Any) -> ControlImage:
    return ControlImage(kind, image_inputs.store(image_prompts.picture(number)), **changes)


@pytest.mark.slow
@pytest.mark.parametrize("name", image_prompts.CASES)
def test_latents_with_image_prompts_equal_those_of_diffusers(name: str, checkpoints: Path) -> None:
    """Compare with the pipelines of diffusers, whose results tests/parity/by_image_prompts.py wrote."""
    case = image_prompts.CASES[name]
    with np.load(image_prompts.FILE) as stored:
        wanted = torch.from_numpy(stored[name])
        told = json.loads(str(stored["about"]))["cases"][name]
    assert told == json.loads(json.dumps(asdict(case))), "the numbers are those of another case"
    library = library_with_adapters(checkpoints, case.kind)
    hints = tuple(
        prompt(number, "plus" if plus else "base", weight=weight)
        for plus, weight, numbers in case.adapters
        for number in numbers
    )
    request = Request(
        prompt=pipelines.PROMPT, negative_prompt=pipelines.NEGATIVE, steps=pipelines.STEPS, model="tiny",
        guidance_scale=pipelines.GUIDANCE, sampler="ddim", spacing="leading_1", hints=hints,
    )  # fmt: skip
    latents = []
    for each in (request, replace(request, hints=())):
        pipeline = pipeline_for(library, each)
        x = parity.inputs(f"pipeline {case.kind}", 1, 4, 8, 8).float()
        *_, last = denoise_pipeline(pipeline, RunState(x, pipeline.path))
        latents.append(last.x)
    found, without = latents
    limit = 1e-4 * wanted.abs().max()
    assert (found - wanted).abs().max() < limit < (without - wanted).abs().max() / 20


@pytest.mark.parametrize("number", range(len(image_prompts.SHAPES)))
def test_the_image_encoder_and_its_input_equal_those_of_transformers(number: int) -> None:
    file = save("vision", tiny_stable.image_encoder())
    (part,) = parts_of(read_entry(file))
    encoder = load_clip_vision(part, Placement(torch.device("cpu"), torch.float32, Store()))
    levels = image_inputs.load_image_prompt(image_inputs.store(image_prompts.picture(number)))
    pixels = torch.from_numpy(levels[..., :3].copy()).permute(2, 0, 1)[None] / 255
    encoded = encoder(normalise(pixels))
    with np.load(image_prompts.FILE) as stored:
        some = levels[:: image_prompts.EVERY, :: image_prompts.EVERY, :3].transpose(2, 0, 1)
        assert np.abs(some - stored[f"levels {number}"]).max() < 0.5
        for name, ours in (("pooled", encoded.pooled), ("hidden", encoded.hidden)):
            wanted = torch.from_numpy(stored[f"{name} {number}"])
            assert ours is not None and (ours - wanted).abs().max() < 1e-5 * wanted.abs().max()


def test_transparent_and_narrow_image_prompts_are_fitted() -> None:
    rgba = np.zeros((3, 900, 4), np.uint8)
    rgba[:, 440:460] = 0, 0, 0, 255
    levels = image_inputs.load_image_prompt(image_inputs.store(rgba))
    assert levels.shape == (224, 224, 4) and levels[..., 3].min() == 255
    assert levels[:, 112, :3].max() == 0
    assert image_inputs.load_image_prompt(image_inputs.store(np.zeros((8, 8, 4), np.uint8))).min() == 255


def test_adapters_and_their_image_encoder_are_listed_and_a_missing_one_is_named(checkpoints: Path) -> None:
    library = library_with_adapters(checkpoints)
    save("for xl", tiny_stable.ip_adapter("sdxl"))
    save("shape", tiny_stable.ip_adapter("sd1") | {"ip_adapter.3.to_k_ip.weight": torch.zeros(2, 768)})
    save("cut", tiny_stable.ip_adapter("sd1") | {"ip_adapter.1.to_v_ip.weight": None})
    library.refresh()
    assert {line.name: line.family for line in library.model_table() if not line.card and not line.unusable} == {
        "base": "IP-Adapter · Stable Diffusion 1", "plus": "IP-Adapter · Stable Diffusion 1",
        "for xl": "IP-Adapter · SDXL", "vision": "Image encoder · CLIP or SigLIP",
    }  # fmt: skip
    reasons = sorted(each.reason for each in library.refused())
    assert len(reasons) == 2 and all("its IP-Adapter" in each for each in reasons)
    accepts = library.card("tiny").accepts
    assert accepts.hints == accepts.image_prompts == ("base", "plus")
    with pytest.raises(ModelError, match="base is an IP-Adapter for Stable Diffusion 1, and no model by itself"):
        library.card("base")
    with pytest.raises(ModelError, match="vision is an image encoder .* IP-Adapters or Redux use it"):
        library.card("vision")
    with pytest.raises(BadRequest, match="leave out the preprocessor of base"):
        library.card("tiny").checked(Request(**ASKED, hints=(prompt(preprocessor="canny"),)))
    (paths.models_dir() / "vision.safetensors").unlink()
    library.refresh()
    with pytest.raises(ModelError) as error:
        generate_image(library, **QUICK, hints=(prompt(),))
    lacks = "base.safetensors lacks its image encoder CLIP of width 64. Put it into the models folder."
    assert error.value.sentence == lacks


@pytest.mark.slow
def test_an_image_prompt_acts_by_its_weight_in_its_part_of_the_run(checkpoints: Path) -> None:
    library = library_with_adapters(checkpoints)

    def made(*hints: ControlImage) -> np.ndarray:
        return generate_image(library, **QUICK, hints=hints).astype(int)

    without, one = made(), made(prompt())
    assert np.array_equal(without, made(prompt(weight=0.0))) and not np.array_equal(without, one)
    assert np.array_equal(without, made(prompt(start=0.9)))
    faint, both = (np.abs(made(prompt(), prompt(1, weight=weight)) - one).max() for weight in (1e-6, 1.0))
    assert faint <= 1 < both


@pytest.mark.slow
def test_an_image_file_names_the_adapter_and_the_image_encoder_and_is_reproduced(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library_with_adapters(checkpoints)
    nested: dict[str, dict[str, torch.Tensor]] = {"image_proj": {}, "ip_adapter": {}}
    for name, weight in tiny_stable.ip_adapter("sd1").items():
        part, _, rest = name.partition(".")
        nested[part][rest] = weight
    torch.save(nested, paths.models_dir() / "old.bin")
    photo = tmp_path / "photo.png"
    Image.fromarray(image_prompts.picture(0)).save(photo)
    asked = ["generate", "a fox", "--model", "tiny", "--steps", "2", "--seed", "3", "--device", "cpu"]
    pixels = []
    for name in ("base", "old"):
        options = ["--hint", f"{name}={photo}:0.8", "--out", str(tmp_path / name)]
        assert run([*asked, *options]) == 0
        (file,) = (tmp_path / name).glob("*.png")
        pixels.append(np.asarray(Image.open(file)))
        made_with = read(file).made_with
        assert len(made_with[f"control model {name}"]) == len(made_with["image_encoder_64_hash"]) == 10
        assert run(["reproduce", str(file)]) == 0
    assert np.array_equal(*pixels)
    save("vision", tiny_stable.image_encoder() | {"vision_model.pre_layrnorm.bias": torch.ones(64)})
    capsys.readouterr()
    assert run(["reproduce", str(file)]) == 1
