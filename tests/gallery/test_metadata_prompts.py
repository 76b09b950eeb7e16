"""The prompts of ComfyUI graphs: joined in order, from the right side, and never invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gdm_studio.gallery import Metadata, read
from tests.helpers.foreign_images import png

Graph = dict[str, dict[str, Any]]
MACHINE = ["model", 1]


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def encode(text: Any, kind: str = "CLIPTextEncode", **more: Any) -> dict[str, Any]:
    return node(kind, text=text, clip=MACHINE, **more)


def concat(**ends: str) -> dict[str, Any]:
    return node("ConditioningConcat", **{f"conditioning_{end}": [name, 0] for end, name in ends.items()})


def read_with(folder: Path, good: dict[str, Any], **others: dict[str, Any]) -> Metadata:
    """Read an image whose sampler has `good` as its positive input."""
    sampler = node(
        "KSampler", seed=5, steps=20, cfg=6.5, sampler_name="euler", scheduler="normal", denoise=1.0,
        model=["model", 0], positive=["good", 0], negative=["bad", 0], latent_image=["empty", 0],
    )  # fmt: skip
    graph = {
        "model": node("CheckpointLoaderSimple", ckpt_name="some.safetensors"),
        "bad": encode("dog"),
        "empty": node("EmptyLatentImage", width=512, height=768, batch_size=1),
        "sampler": sampler,
        "decode": node("VAEDecode", samples=["sampler", 0], vae=["model", 2]),
        "save": node("SaveImage", filename_prefix="ComfyUI", images=["decode", 0]),
        "good": good,
        **others,
    }
    return read(png(folder / "ComfyUI_00001_.png", {"prompt": json.dumps(graph)}))


CAT, MAT = encode("a cat"), encode("on a mat")
JOINED = {"string_b": "on a mat", "string_a": "a cat"}
WORDS: list[tuple[str, dict[str, Any], Graph]] = [
    ("a cat\non a mat", concat(to="cat", **{"from": "mat"}), {"cat": CAT, "mat": MAT}),
    ("a cat\non a mat", concat(**{"from": "mat"}, to="cat"), {"cat": CAT, "mat": MAT}),
    ("on a mat\na cat", concat(to="mat", **{"from": "cat"}), {"cat": CAT, "mat": MAT}),
    ("a cat", concat(to="none", **{"from": "cat"}), {"none": encode(""), "cat": CAT}),
    ("a cat\nin oil", node("CLIPTextEncodeSDXL", text_l="in oil", text_g="a cat", clip=MACHINE), {}),
    ("a cat", node("CLIPTextEncodeSDXL", text_l="", text_g="a cat", clip=MACHINE), {}),
    ("a cat\nin oil", node("CLIPTextEncodeFlux", clip_l="a cat", t5xxl="in oil", guidance=3.5, clip=MACHINE), {}),
    ("a cat, on a mat", encode(["join", 0]), {"join": node("StringConcatenate", **JOINED, delimiter=", ")}),
    ("a cat\non a mat", encode(["join", 0]), {"join": node("Text Concatenate", **JOINED, separator="\\n")}),
    ("a caton a mat", encode(["join", 0]), {"join": node("JoinStrings", **JOINED)}),
    ("a cat, on a mat", encode(["join", 0]), {"join": node("StringConcatenate", **JOINED, tidy_tags="yes")}),
    (
        "a cat on a mat",
        encode(["join", 0]),
        {
            "join": node("StringConcatenate", string_a=["box", 0], string_b="", string_c="on a mat", delimiter=" "),
            "box": node("Textbox", text="a cat"),
        },
    ),
    ("a cat|on a mat", encode(["join", 0]), {
        "join": node("StringFunction", action="append", text_a="a cat", text_b="on a mat", sep="|"),
    }),
    ("a cat", node("GLIGENTextboxApply", conditioning_to=["cat", 0], clip=MACHINE, text="a part"), {"cat": CAT}),
    ("a cat", node("ConditioningSetArea", conditioning=["cat", 0], strength=1.0), {"cat": CAT}),
    ("a cat", node("Apply", positive=["cat", 0], negative=["bad", 0], image=["photo", 0]), {"cat": CAT}),
    ("", node("ConditioningZeroOut", conditioning=["cat", 0]), {"cat": CAT}),
    ("a cat", encode(["switch", 0]), {
        "switch": node("Switch", switch=True, on_true=["cat", 0], on_false=["mat", 0]),
        "cat": node("Textbox", text="a cat"), "mat": node("Textbox", text="on a mat"),
    }),
    ("on a mat", encode(["switch", 0]), {
        "switch": node("Switch", switch=False, on_true=["cat", 0], on_false=["mat", 0]),
        "cat": node("Textbox", text="a cat"), "mat": node("Textbox", text="on a mat"),
    }),
    ("a cat", encode("a {cat|dog}", populated_text="a cat"), {}),
]  # fmt: skip


def test_texts_are_joined_in_order(tmp_path: Path) -> None:
    found = [read_with(tmp_path, good, **others) for _, good, others in WORDS]
    assert [each.fields.get("prompt") for each in found] == [expected for expected, _, _ in WORDS]
    assert {each.fields["negative_prompt"] for each in found} == {"dog"}


def test_positive_and_negative_are_separated_in_shared_nodes(tmp_path: Path) -> None:
    both = {
        "hint": node("ControlNetApplyAdvanced", positive=["cat", 0], negative=["bad", 0], image=["photo", 0]),
        "cat": CAT,
    }
    for slot, expected in ((0, "a cat"), (1, "dog")):
        passing = node("ConditioningSetTimestepRange", conditioning=["hint", slot], start=0.0)
        assert read_with(tmp_path, passing, **both).fields["prompt"] == expected
    loader = node("Efficient Loader", positive="a cat", negative="an owl", ckpt_name="some.safetensors")
    found = read_with(
        tmp_path, node("Reroute", **{"": ["all", 1]}), bad=node("Reroute", **{"": ["all", 2]}), all=loader
    )
    assert (found.fields["prompt"], found.fields["negative_prompt"]) == ("a cat", "an owl")


@pytest.mark.parametrize("kind", ["ConditioningCombine", "ConditioningAverage"])
def test_combined_prompts_are_listed_separately(tmp_path: Path, kind: str) -> None:
    found = read_with(tmp_path, node(kind, conditioning_1=["cat", 0], conditioning_2=["mat", 0]), cat=CAT, mat=MAT)
    assert found.fields["prompts"] == ["a cat", "on a mat"] and "prompt" not in found.fields
    assert found.request is not None and found.request.prompt == "a cat\non a mat"
    found = read_with(
        tmp_path, node(kind, conditioning_1=["cat", 0], conditioning_2=["none", 0]), cat=CAT, none=encode("")
    )
    assert found.fields["prompt"] == "a cat" and "prompts" not in found.fields


def test_texts_generated_at_run_time_are_not_used(tmp_path: Path) -> None:
    for made_up in (
        node("OllamaGenerate", text="write a prompt"),
        node("ShowText", text_0="an earlier one", text=["more", 0]),
        node("StringConcatenate", string_a="a", string_b=["more", 0]),
        node("Textbox", text="a cat", image=["photo", 0]),
    ):
        found = read_with(tmp_path, encode(["made", 0]), made=made_up, more=node("LLM", text="x"))
        assert "prompt" not in found.fields and "prompts" not in found.fields, made_up
        assert found.fields["negative_prompt"] == "dog" and found.fields["steps"] == 20


def test_loras_clip_skip_and_strength_of_the_sampler_are_read(tmp_path: Path) -> None:
    loras = node(
        "Power Lora Loader", model=["model", 0], lora_1={"on": True, "lora": "fur", "strength": 0.8},
        lora_2={"on": False, "lora": "off", "strength": 1.0},
    )  # fmt: skip
    stack = node(
        "CR LoRA Stack", model=["one", 0], lora_name_1="ink", model_str_1=0.5, lora_name_2="None", model_str_2=1.0,
        lora_3="oil", strength_3=0.25,
    )  # fmt: skip
    last = node("CLIPSetLastLayer", stop_at_clip_layer=-2, clip=MACHINE)
    sampler = node(
        "KSampler", seed=5, steps=20, cfg=6.5, sampler_name="euler", scheduler="normal", denoise=0.5, model=["two", 0],
        positive=["good", 0], negative=["bad", 0], latent_image=["empty", 0],
    )  # fmt: skip
    good = node("CLIPTextEncode", text="a cat", clip=["last", 0])
    found = read_with(tmp_path, good, last=last, one=loras, two=stack, sampler=sampler).fields
    assert (found["clip_skip"], found["denoising_strength"], found["model"]) == (2, 0.5, "some.safetensors")
    assert found["loras"] == [
        {"name": "ink", "weight": 0.5}, {"name": "oil", "weight": 0.25}, {"name": "fur", "weight": 0.8},
    ]  # fmt: skip
    assert (found["size"], found["seed"], found["guidance_scale"]) == ("512x768", 5, 6.5)
