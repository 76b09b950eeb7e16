"""Real files of other tools: what each says, and what it becomes here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdm_studio.gallery import Metadata, read
from gdm_studio.request import BUILT_IN
from tests.helpers.foreign import without_texts

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
NODES_UNKNOWN_HERE = {  # of graphs: what they do to the picture nobody can say from the file alone
    "comfyui-anima.png": {"ModelSamplingAuraFlow", "ImageScale", "ImageUpscaleWithModel"},
    "krea2.png": {"ResolutionSelector"},
    "sd-parsers__night_evening_day_morning_cropped.png": {"LatentUpscale"},
}


def told(found: Metadata, name: str) -> Any:
    return found.fields.get({"cfg": "guidance_scale"}.get(name, name))


@pytest.mark.parametrize("name", WITH_SETTINGS)
def test_every_setting_is_read_as_the_file_has_it(name: str) -> None:
    expected, found = dict(FILES[name]["expected"]), read(DATA / name)
    expected.pop("params", None)
    assert found.fields.get("prompts") == expected.pop("prompts_all", None)
    assert {key: told(found, key) for key in expected} == expected
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
def test_the_settings_that_mean_something_here_are_restored(name: str) -> None:
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
def test_samplers_and_spacings_become_ours(name: str, ours: tuple[str, str]) -> None:
    request = read(DATA / name).request
    assert (request.sampler, request.spacing) == ours


def test_a_seed_left_to_chance_is_found_in_the_graph_beside_it() -> None:
    found = read(DATA / "tensorart.png")
    assert found.fields["seed"] == found.request.seed == 3036459311
    assert found.used["KSampler.seed"] == "3036459311" and found.ignored["seed"] == "-1"


def test_prompts_for_parts_of_a_picture_are_restored_a_line_to_each() -> None:
    found = read(DATA / "sd-parsers__night_evening_day_morning_cropped.png")
    assert found.request.prompt == "\n".join(found.fields["prompts"])
    assert found.ignored["pass 2: KSampler.steps"] == "14"


def test_words_that_a_node_made_up_are_not_invented() -> None:
    found = read(DATA / "krea2.png")
    assert "prompt" not in found.fields and found.request.prompt == ""


def test_characters_have_prompts_of_their_own() -> None:
    characters = read(DATA / "novelai-full-3char.png").fields["characters"]
    assert characters[1:] == ["girl, kagamine rin, hand up, ", "boy, kagamine len, hand up, "]


def test_a_picture_that_lost_its_settings_has_none() -> None:
    found = read(DATA / "empty.png")
    assert found == Metadata(size=(832, 1216))


def test_the_hidden_copy_says_the_same(tmp_path: Path) -> None:
    source = DATA / "novelai-curated.png"
    whole, bare = read(source), read(without_texts(source, tmp_path / "bare.png"))
    assert bare == whole
    with Image.open(source) as image:
        pixels = np.asarray(image)
    Image.fromarray(pixels).save(tmp_path / "again.png", compress_level=1)  # with filters of its own
    assert read(tmp_path / "again.png") == whole


def test_a_picture_that_was_changed_hides_nothing(tmp_path: Path) -> None:
    with Image.open(DATA / "novelai-curated.png") as image:
        image.resize((512, 512)).save(tmp_path / "small.png")
    assert read(tmp_path / "small.png") == Metadata(size=(512, 512))
