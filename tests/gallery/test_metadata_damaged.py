"""Files with one unreadable value: the prompt and all other settings are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gdm_studio.gallery import Metadata, read
from gdm_studio.gallery.metadata.a1111_parameters import parse_text
from tests.helpers.foreign_images import png

PROMPT = "a green lantern on a wooden table\nNegative prompt: text, frame\n"
SETTINGS = "Steps: 12, Sampler: Euler a, CFG scale: 6.5, Seed: 41, Size: 64x64, Model: lamp"
UNREADABLE = ("None", "undefined", "9" * 5000, "[" * 2000 + "]" * 2000, '"a \\q b"', "{'a': 1}", "NaN", "0,5")
DATA = Path(__file__).parent.parent / "data" / "metadata"


def read_text(folder: Path, text: str, keyword: str = "parameters") -> Metadata:
    return read(png(folder / "x.png", {keyword: text}))


@pytest.mark.parametrize(
    ("settings", "extra"),
    [
        # Dynamic Prompts, until 2024, with templates of several lines.
        (
            f"{SETTINGS}\nTemplate: a {{green|blue}} lantern\non a table, Steps: 3\n\nNegative Template: text,\nframe",
            {"Template": "a {green|blue} lantern\non a table, Steps: 3", "Negative Template": "text,\nframe"},
        ),
        (f"{SETTINGS}\nNegative Template: {SETTINGS}", {"Negative Template": SETTINGS}),
        (f"{SETTINGS}, Note: one\ntwo, Version: v1.10", {"Note": "one\ntwo", "Version": "v1.10"}),
        (f'{SETTINGS}, Note: "one, \ntwo", Version: v1.10', {"Note": "one, \ntwo", "Version": "v1.10"}),
        (f"{SETTINGS}\nWritten by hand\nComment: first line\nsecond line", {"Comment": "first line\nsecond line"}),
        (SETTINGS.replace("Sampler", "Note: one\ntwo, Sampler"), {"Note": "one\ntwo"}),
        (SETTINGS.replace(", ", ",\r\n"), {}),
        (SETTINGS.replace(", ", "\n"), {}),
        (SETTINGS.replace(", ", " , ") + "  \r\n\r\n", {}),
        (SETTINGS.replace("6.5", "6,5"), {}),
        (SETTINGS + ", Note: " + "x" * 40_000 + ", More: 1", {}),
        (SETTINGS + "\nTemplate: " + "x\n" * 200_000, {}),
    ],
)
def test_an_a1111_text_with_line_breaks_in_values_is_read(tmp_path: Path, settings: str, extra: dict[str, str]) -> None:
    found = read_text(tmp_path, PROMPT + settings)
    request = found.request
    assert request is not None and request.prompt == "a green lantern on a wooden table"
    assert (request.negative_prompt, request.steps, request.sampler) == ("text, frame", 12, "euler_a")
    assert (request.guidance_scale, request.seed, request.size, request.model) == (6.5, 41, (64, 64), "lamp")
    assert extra.items() <= (found.ignored | found.unknown).items()


def test_prompts_without_settings_are_read(tmp_path: Path) -> None:
    request = read_text(tmp_path, f"{PROMPT}Ste").request
    assert request is not None and request.prompt == "a green lantern on a wooden table"


TOOLS: dict[str, tuple[str, dict[str, Any], str]] = {
    "Fooocus": ("parameters", {"prompt": "p", "base_model": "m", "steps": 9, "x": "@"}, ""),
    "RuinedFooocus": ("parameters", {"Prompt": "p", "software": "RuinedFooocus", "steps": 9, "x": "@"}, ""),
    "SwarmUI": ("parameters", {"sui_image_params": {"x": "@", "prompt": "p", "steps": 9}}, "sui_image_params"),
    "Hugging Face Space": ("parameters", {"prompt": "p", "x": "@", "num_inference_steps": 9}, ""),
    "Easy Diffusion": (
        "parameters",
        {"prompt": "p", "use_stable_diffusion_model": "m", "x": "@", "num_inference_steps": 9},
        "",
    ),
    "Stability Matrix": ("parameters-json", {"x": "@", "PositivePrompt": "p", "Steps": 9}, ""),
    "InvokeAI": ("invokeai_metadata", {"positive_prompt": "p", "loras": "@", "steps": 9}, ""),
    "InvokeAI 2": ("sd-metadata", {"x": "@", "image": {"prompt": "p", "steps": 9, "y": "@"}}, "image"),
    "Tensor.Art": ("generation_data", {"prompt": "p", "models": "@", "steps": 9}, ""),
    "Civitai": ("extraMetadata", {"resources": "@", "prompt": "p", "steps": 9}, ""),
    "NovelAI": ("Comment", {"prompt": "p", "uc": "n", "v4_prompt": "@", "steps": 9}, ""),
}


@pytest.mark.parametrize("value", UNREADABLE)
@pytest.mark.parametrize("tool", TOOLS)
def test_one_unreadable_value_loses_nothing_else(tmp_path: Path, tool: str, value: str) -> None:
    keyword, data, _ = TOOLS[tool]
    texts = {keyword: json.dumps(data).replace('"@"', value)} | ({"Software": "NovelAI"} if tool == "NovelAI" else {})
    found = read(png(tmp_path / "x.png", texts))
    assert found.tool == tool.removesuffix(" 2")
    assert found.request is not None and (found.request.prompt, found.request.steps) == ("p", 9)


def test_the_description_of_novelai_replaces_an_unreadable_comment(tmp_path: Path) -> None:
    texts = {"Software": "NovelAI", "Description": "a cat", "Comment": "damaged"}
    found = read(png(tmp_path / "x.png", texts))
    assert found.tool == "NovelAI" and found.request is not None and found.request.prompt == "a cat"


@pytest.mark.parametrize("value", UNREADABLE)
def test_one_unreadable_value_of_a_graph_loses_nothing_else(tmp_path: Path, value: str) -> None:
    inputs = {"seed": 5, "steps": 9, "cfg": "@", "positive": ["2", 0], "model": ["3", 0]}
    graph = {
        "1": {"class_type": "KSampler", "inputs": inputs},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "p", "clip": ["3", 1]}},
        "3": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "m"}},
    }
    found = read_text(tmp_path, json.dumps(graph).replace('"@"', value), "prompt").request
    assert found is not None and (found.prompt, found.seed, found.steps, found.model) == ("p", 5, 9, "m")


@pytest.mark.parametrize("wrong", [5, True, None, "x", [5], [[]], {"a": []}, {"model": 5}])
def test_values_of_a_wrong_type_lose_nothing_else(tmp_path: Path, wrong: Any) -> None:
    comment = json.dumps({"c": "p", "steps": 9, "lora": wrong})
    xmp = f"<x xmp:CreatorTool='Draw Things'><exif:UserComment><rdf:li>{comment}</rdf:li></exif:UserComment></x>"
    found = read_text(tmp_path, xmp, "XML:com.adobe.xmp")
    assert found.request is not None and (found.request.prompt, found.request.steps) == ("p", 9)


def test_names_and_numbers_are_read_in_other_spellings(tmp_path: Path) -> None:
    text = "a cat\nSteps: 25.0, Sampler: DPM++ 2M , Schedule type: karras , CFG scale: 7,25 , Seed: 5 , Size: 64 X 96"
    found = read_text(tmp_path, f"{text}, VAE: None, Clip skip: None, Model: x\r\n")
    request = found.request
    assert request is not None and (request.sampler, request.spacing) == ("dpmpp_2m", "karras")
    assert (request.steps, request.guidance_scale, request.seed, request.size) == (25, 7.25, 5, (64, 96))
    assert found.fields.keys() & {"vae", "clip_skip"} == set() and found.ignored["VAE"] == "None"


LOOKALIKE = "a\nSteps: 1, Sampler: x, Seed: 2"
SETTINGS = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 64x96"


@pytest.mark.parametrize(
    ("text", "prompt", "negative"),
    [
        (f"a cat Negative prompt: a dog {SETTINGS}", "a cat", "a dog"),
        (f"a cat Negative prompt: a dog\n{SETTINGS}", "a cat", "a dog"),
        (f"a cat, nice, {SETTINGS}", "a cat, nice,", ""),
        (f"a cat:1 {SETTINGS}", "a cat:1", ""),
        (f"a cat\nnegative Prompt: a dog\n{SETTINGS}", "a cat", "a dog"),
        (f'a cat\n{SETTINGS}, ADetailer prompt: "face {SETTINGS.replace("5", "6")}"', "a cat", ""),
        (f"a cat\n{SETTINGS}\nTemplate: {{a|b}} cat\nSteps: 9, Sampler: DDIM, CFG scale: 2, Seed: 9", "a cat", ""),
        (f"{LOOKALIKE}\nNegative prompt: b\n{SETTINGS}\nTemplate: {LOOKALIKE}", LOOKALIKE, "b"),
    ],
)  # fmt: skip
def test_prompts_and_settings_are_separated_in_joined_lines_and_templates(
    text: str, prompt: str, negative: str
) -> None:
    found = parse_text(text)
    assert found is not None
    assert (found.prompt, found.negative_prompt, found.entries["Steps"], found.entries["Seed"]) == (
        prompt, negative, "20", "5",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["[Forge] Flux Realistic", "[1] x", "{a} b"])
def test_a_value_that_begins_with_a_bracket_is_read_to_its_end(name: str) -> None:
    found = parse_text(f"a cat\nSteps: 20, Sampler: {name}, CFG scale: 7, Seed: 5, Size: 64x96, Skip layers: [7, 8, ]")
    assert found is not None
    assert (found.entries["Sampler"], found.entries["CFG scale"], found.entries["Skip layers"]) == (
        name,
        "7",
        "[7, 8, ]",
    )
