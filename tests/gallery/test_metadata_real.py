"""Real files of other tools: their settings, and the requests restored from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdm_studio.gallery import Metadata, read
from gdm_studio.request.generation_request import BUILT_IN
from tests.helpers.foreign_images import without_texts

DATA = Path(__file__).parent.parent / "data" / "metadata"
FILES: dict[str, dict[str, Any]] = {each["file"]: each for each in json.loads((DATA / "index.json").read_text("utf-8"))}
WITH_SETTINGS = [name for name, each in FILES.items() if each["expected"]]
TOOLS = {
    "comfyui": "ComfyUI", "krea2": "ComfyUI", "forge.": "Forge", "forge-classic": "Forge Classic",
    "invokeai": "InvokeAI", "compel": "InvokeAI", "sd-parsers__invokeai": "InvokeAI", "novelai": "NovelAI",
    "sd-webui": "AUTOMATIC1111",
    "sd-parsers__automatic1111": "AUTOMATIC1111", "sd-parsers__night": "ComfyUI", "stability": "Stability Matrix",
    "swarmui": "SwarmUI", "tensorart": "Tensor.Art",
}  # fmt: skip
# The effect of these nodes cannot be determined from the file alone.
NODES_UNKNOWN_HERE = {
    "comfyui-anima.png": {"ModelSamplingAuraFlow", "ImageScale", "ImageUpscaleWithModel"},
    "krea2.png": {"ResolutionSelector"},
    "sd-parsers__night_evening_day_morning_cropped.png": {"LatentUpscale"},
}


def field_of(found: Metadata, name: str) -> Any:
    return found.fields.get({"cfg": "guidance_scale"}.get(name, name))


@pytest.mark.parametrize("name", WITH_SETTINGS)
def test_every_setting_is_read_exactly(name: str) -> None:
    expected, found = dict(FILES[name]["expected"]), read(DATA / name)
    expected.pop("params", None)
    assert found.fields.get("prompts") == expected.pop("prompts_all", None)
    assert {key: field_of(found, key) for key in expected} == expected
    assert found.tool == next(tool for start, tool in TOOLS.items() if name.startswith(start))
    assert "x".join(map(str, found.size)) == FILES[name]["image_size"]


@pytest.mark.parametrize("name", WITH_SETTINGS)
def test_every_entry_is_used_ignored_or_unknown(name: str) -> None:
    found = read(DATA / name)
    entries = FILES[name]["expected"].get("params", {})
    assert entries.keys() <= found.used.keys() | found.ignored.keys() | found.unknown.keys()
    assert {key: value for key, value in found.ignored.items() if key in entries}.items() <= entries.items()
    assert found.unknown.keys() == NODES_UNKNOWN_HERE.get(name, set())
    assert not found.used.keys() & found.ignored.keys()


@pytest.mark.parametrize("name", WITH_SETTINGS)
def test_supported_settings_are_restored(name: str) -> None:
    expected, request = FILES[name]["expected"], read(DATA / name).request
    assert (request.steps, request.guidance_scale) == (expected["steps"], expected["cfg"])
    assert request.size == (tuple(map(int, expected["size"].split("x"))) if expected["size"] else None)
    assert request.model == (expected["model"] or BUILT_IN)
    assert request.negative_prompt == expected["negative_prompt"]
    if expected["prompt"] is not None:
        assert request.prompt == expected["prompt"]
    if expected["seed"] >= 0:
        assert request.seed == expected["seed"]


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("sd-webui.png", ("dpmpp_2m", "karras")),
        ("forge-classic-adetailer.png", ("euler_a", "normal")),
        ("comfyui-anima.png", ("euler", "beta")),
        ("comfyui-saveimagewithmetadata.png", ("euler_a", "karras")),
        ("krea2.png", ("euler", "simple")),
        ("sd-parsers__night_evening_day_morning_cropped.png", ("dpmpp_sde", "normal")),
        ("stability-matrix.png", ("euler_a", "karras")),
        ("novelai-curated.png", ("euler_a", "karras")),
        ("sd-parsers__invokeai_dream1.png", ("lms", "normal")),
    ],
)
def test_samplers_and_spacings_are_mapped(name: str, ours: tuple[str, str]) -> None:
    request = read(DATA / name).request
    assert (request.sampler, request.spacing) == ours


def test_a_random_seed_is_read_from_the_graph() -> None:
    found = read(DATA / "tensorart.png")
    assert found.fields["seed"] == found.request.seed == 3036459311
    assert found.used["KSampler.seed"] == "3036459311" and found.ignored["seed"] == "-1"


def test_regional_prompts_are_restored_as_lines() -> None:
    found = read(DATA / "sd-parsers__night_evening_day_morning_cropped.png")
    assert found.request.prompt == "\n".join(found.fields["prompts"])
    assert found.ignored["pass 2: KSampler.steps"] == "14"


def test_a_text_generated_by_a_node_is_not_used() -> None:
    found = read(DATA / "krea2.png")
    assert "prompt" not in found.fields and found.request.prompt == ""


def test_character_prompts_are_read() -> None:
    characters = read(DATA / "novelai-full-3char.png").fields["characters"]
    assert characters[1:] == ["girl, kagamine rin, hand up, ", "boy, kagamine len, hand up, "]


def test_an_image_without_metadata_has_no_settings() -> None:
    found = read(DATA / "empty.png")
    assert found == Metadata(size=(832, 1216))


def test_settings_hidden_in_pixels_equal_those_in_chunks(tmp_path: Path) -> None:
    source = DATA / "novelai-curated.png"
    whole, bare = read(source), read(without_texts(source, tmp_path / "bare.png"))
    assert bare == whole
    with Image.open(source) as image:
        pixels = np.asarray(image)
    # This save uses other PNG filters.
    Image.fromarray(pixels).save(tmp_path / "again.png", compress_level=1)
    assert read(tmp_path / "again.png") == whole


def test_a_resized_image_has_no_hidden_settings(tmp_path: Path) -> None:
    with Image.open(DATA / "novelai-curated.png") as image:
        image.resize((512, 512)).save(tmp_path / "small.png")
    assert read(tmp_path / "small.png") == Metadata(size=(512, 512))
