"""Conversion of every kind of value in image files, up to its limits, and the exact text of our own files."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.gallery import read
from gdm_studio.gallery.metadata import Metadata, a1111_parameters, facts_of
from gdm_studio.gallery.metadata.a1111_parameters import parse_text
from gdm_studio.gallery.metadata.conversion import (
    MAX_SHOWN,
    build_metadata,
    find_loras,
    flatten,
    parse_object,
    parse_size,
    to_text,
)
from gdm_studio.gallery.metadata.record import LATEST, Record
from gdm_studio.gallery.metadata.sampler_names import sampler_title, spacing_title
from gdm_studio.gallery.saved_image import SaveSettings, save
from gdm_studio.request.generation_events import GenerationFacts, Result
from gdm_studio.request.generation_request import MAX_STEPS, MAX_TARGETS, Branch, Interpolation, Request
from tests.helpers.library import result


def test_entries_are_reported_under_their_own_names() -> None:
    entries = [
        ("P", "a 猫"), ("N", "a dog"), ("S", 41), ("n", "26"), ("k", "DDIM"), ("l", "Karras"), ("g", "5.25"),
        ("w", 512), ("h", 768), ("m", "some model"), ("t", 0.5), ("y", "noto"), ("e", 0.75),
        ("c", 3), ("known", [1]), ("odd", {"a": 1}),
    ]  # fmt: skip
    kinds = {
        "P": "prompt", "N": "negative_prompt", "S": "seed", "n": "steps", "k": "sampler", "l": "scheduler",
        "g": "guidance_scale", "w": "width", "h": "height", "m": "model", "t": "temperature", "y": "style", "e": "eta",
        "c": "clip_skip",
    }  # fmt: skip
    found = build_metadata((8, 9), "Tool", entries, kinds, known=("known",), more={"loras": [], "nothing": None})
    assert found.used == {
        "P": "a 猫", "N": "a dog", "S": "41", "n": "26", "k": "ddim", "l": "karras", "g": "5.25", "w": "512",
        "h": "768", "m": "some model", "t": "0.5", "y": "noto", "e": "0.75",
    }  # fmt: skip
    assert found.request_fields == {
        "P": "prompt", "N": "negative_prompt", "S": "seed", "n": "steps", "k": "sampler", "l": "spacing",
        "g": "guidance_scale", "w": "size", "h": "size", "m": "model", "t": "temperature", "y": "style", "e": "knobs",
    }  # fmt: skip
    assert (found.ignored, found.unknown) == ({"c": "3", "known": "[1]"}, {"odd": '{"a": 1}'})
    assert list(found.fields.items()) == [
        ("prompt", "a 猫"), ("negative_prompt", "a dog"), ("seed", 41), ("steps", 26), ("sampler", "DDIM"),
        ("scheduler", "Karras"), ("guidance_scale", 5.25), ("size", "512x768"), ("model", "some model"),
        ("clip_skip", 3), ("loras", []), ("temperature", 0.5), ("style", "noto"),
    ]  # fmt: skip
    assert found.request == Request(
        prompt="a 猫", negative_prompt="a dog", seed=41, steps=26, sampler="ddim", spacing="karras",
        knobs={"eta": 0.75}, guidance_scale=5.25, size=(512, 768), model="some model", temperature=0.5, style="noto",
    )  # fmt: skip
    assert (found.size, found.tool) == ((8, 9), "Tool")


def test_the_first_entry_of_a_field_is_shown_and_the_first_valid_one_used() -> None:
    found = build_metadata((8, 8), "Tool", [("a", 5000), ("b", 30), ("c", 40)], dict.fromkeys("abc", "steps"))
    assert found.fields == {"steps": 5000} and found.request is not None and found.request.steps == 30
    assert (found.used, found.ignored) == ({"b": "30"}, {"a": "5000", "c": "40"})
    sized = build_metadata((8, 8), "Tool", [("a", "4x4"), ("b", "[64, 32]")], dict.fromkeys("ab", "size"))
    assert sized.fields == {"size": "4x4"} and sized.used == {"b": "64x32"}
    lines = build_metadata((8, 8), "Tool", [("all", "a\nb"), ("one", "a")], {"all": "prompts", "one": "prompt"})
    assert lines.request is not None and lines.request.prompt == "a" and lines.fields == {"prompt": "a"}
    nothing = build_metadata((8, 8), "Tool", [("a", 5000)], {"a": "steps"})
    assert nothing.request is None and nothing.ignored == {"a": "5000"}


# Each field's raw values with the converted value.
TYPED = {
    "steps": [(25, 25), ("25", 25), (25.0, 25), (" 25 ", 25), (25.5, None), ("25.0", 25), ("25,0", 25), (True, None),
              ("x", None), (float("nan"), None), (float("inf"), None), ([25], None),
              ("1" * 40, int("1" * 40)), ("1" * 41, None)],
    "guidance_scale": [(5, 5.0), (5.25, 5.25), ("5.25", 5.25), (" 5,25 ", 5.25), ("1e3", 1000.0), ("nan", None),
                       ("-inf", None), (False, None), (None, None), (10**400, None)],
    "model": [("m", "m"), ("", ""), ("None", None), (" null", None), (3, None), (["m"], None)],
    "prompt": [("None", "None"), ("a\r\nb ", "a\r\nb ")],
    "loras": [([1], [1]), ("fur", None)],
    "size": [("512x768", "512x768"), ([512, 768], "512x768"), ("512", None), (512, None)],
}  # fmt: skip


def test_values_of_a_wrong_type_are_none() -> None:
    for kind, pairs in TYPED.items():
        for raw, value in pairs:
            assert build_metadata((8, 8), "Tool", [("a", raw)], {"a": kind}).fields.get(kind) == value, (kind, raw)


def test_sizes_are_parsed_from_text() -> None:
    said = {
        "512x768": (512, 768), "(512, 768)": (512, 768), "[512,768]": (512, 768), "512 × 768": (512, 768),
        "512*768": (512, 768), "1216 x 832 (landscape)": (1216, 832), " ( 512 x 768": (512, 768),
        "999999x1": (999999, 1), "1000000x1": None, "512": None, "x768": None, "512x768a": None, "": None,
        "512-768": None,
    }  # fmt: skip
    assert {text: parse_size(text) for text in said} == said
    assert [parse_size(value) for value in ([512, 768], (512, 768), [512], [1, 2, 3], ["1", 2], None, 5)] == [
        (512, 768), (512, 768), None, None, None, None, None,
    ]  # fmt: skip


def test_loras_are_found_in_a_prompt() -> None:
    found = find_loras(
        "a <lora:fur:0.8> b <lyco:ink> <lora:far:-1.5:0.5> <lora:> <hypernet:x:1>" + "<lora:more:1>" * 99
    )
    weighed = [("fur", 0.8), ("ink", 1.0), ("far", -1.5)]
    assert found[:3] == [{"name": name, "weight": weight} for name, weight in weighed] and len(found) == 64


def test_texts_are_shortened_and_nested_objects_get_dotted_names() -> None:
    assert to_text("x" * MAX_SHOWN) == "x" * MAX_SHOWN and to_text("x" * (MAX_SHOWN + 1)) == "x" * MAX_SHOWN + "…"
    assert (to_text({"a": "é"}), to_text(1.5), to_text(None)) == ('{"a": "é"}', "1.5", "null")
    deep = {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}, "empty": {}, "none": None, "list": [], "zero": 0, "no": False}
    assert flatten(deep) == [("a.b.c.d.e", {"f": 1}), ("zero", 0), ("no", False)]
    assert len(flatten({str(number): 1 for number in range(500)})) == 400
    assert flatten({"n" * 300: 1}) == [("n" * 200, 1)]
    assert parse_object('\0 {"a": NaN}\n') is not None and parse_object('\ufeff{"a": 1}') == {"a": 1}
    assert [parse_object(text) for text in ("[1]", "{", "", "{" * 9999)] == [None] * 4


FULL = Request(
    prompt="a 猫,\nred", negative_prompt="dog: wet", style="noto", model="some, model", seed=7, sampler="ddim",
    spacing="leading_1", steps=9, knobs={"eta": 0.5}, guidance_scale=2.0, temperature=0.75, size=(128, 96),
)  # fmt: skip


def test_the_a1111_text_is_exact() -> None:
    assert a1111_parameters.write_text(FULL, size=(128, 96), version="GDM Studio 9") == (
        "a 猫,\nred\nNegative prompt: dog: wet\nSteps: 9, Sampler: DDIM, Schedule type: DDIM, CFG scale: 2, Seed: 7, "
        'Size: 128x96, Model: "some, model", Temperature: 0.75, Style: noto, Eta: 0.5, Version: GDM Studio 9'
    )
    bare = a1111_parameters.write_text(Request(prompt="a"), size=(8, 16), version="")
    assert bare.startswith("a\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 4, Seed: 0, Size: 8x16")
    titles = {"karras": "Karras", "exponential": "Exponential", "sgm_uniform": "SGM Uniform", "leading_1": "DDIM"}
    assert {name: spacing_title(name) for name in titles} == titles
    assert (spacing_title("of later"), sampler_title("of later"), sampler_title("euler_a")) == (
        "of later", "of later", "Euler a",
    )  # fmt: skip


def test_the_a1111_text_names_the_target_of_an_interpolation(tmp_path: Path) -> None:
    between = Request(prompt="an apple", toward=Interpolation('a "pear", ripe', 8, 0.875))
    text = a1111_parameters.write_text(between, size=(8, 16), version="GDM Studio 9")
    found = parse_text(text)
    assert found is not None and found.prompt == "an apple"
    assert found.entries["Towards"] == "0.875 of the way to 'a \"pear\", ripe', seed 8"
    assert list(found.entries)[-1] == "Version"
    chunks = PngInfo()
    chunks.add_text("parameters", text)
    Image.new("RGB", (8, 16)).save(tmp_path / "a.png", pnginfo=chunks)
    metadata = read(tmp_path / "a.png")
    assert metadata.request == replace(between, toward=None, size=(8, 16))
    assert "Towards" in metadata.ignored and not metadata.unknown


@pytest.mark.parametrize(("count", "length"), [(4, 9_990), (MAX_TARGETS, 1_400)])
def test_the_a1111_text_of_long_targets_can_be_read(count: int, length: int) -> None:
    request = Request(prompt="an apple", negative_prompt="a worm", seed=7)
    for number in range(count):
        request = request.with_target(Interpolation(f"{number} " + "x" * length, 8, 0.5))
    found = parse_text(a1111_parameters.write_text(request, size=(8, 16), version="GDM Studio 9"))
    assert found is not None and (found.prompt, found.negative_prompt) == ("an apple", "a worm")
    assert found.entries["Seed"] == "7" and found.entries["Version"] == "GDM Studio 9"
    assert "Towards" not in found.entries


def test_settings_start_at_the_last_settings_line() -> None:
    text = 'a\r\nNegative prompt: b\r\nc\r\nSteps: 9, Seed: 1, Size: 8x8, Note: "x, \\"y\\": z", List: [1, 2]'
    found = parse_text(text + ', Json: {"a": [1]}')
    assert found is not None and (found.prompt, found.negative_prompt) == ("a", "b\nc")
    assert found.entries == {
        "Steps": "9", "Seed": "1", "Size": "8x8", "Note": 'x, "y": z', "List": "[1, 2]", "Json": '{"a": [1]}',
    }  # fmt: skip
    assert parse_text("a\nSteps: 9, Seed: 1") is None, "two are no settings"
    assert parse_text("a\nSteps: 9, Seed: 1, x y: 1") is not None and parse_text("a\nab: 9, cd: 1, ef: 1") is None
    behind = parse_text("a\nSteps: 9, Seed: 1, Size: 8x8\nTemplate: x, y\nNegative Template: z\nWildcard prompt: w")
    assert behind is not None and behind.entries["Template"] == "x, y" and behind.prompt == "a"
    assert (behind.entries["Negative Template"], behind.entries["Wildcard prompt"]) == ("z", "w")


RECORD = Record("ab12cd34", 5.5, "9", json.loads(FULL.checked().to_json()), 3, {"torch": "2", "seconds": "1.5"})


def test_a_record_survives_a_round_trip_field_by_field() -> None:
    assert all(getattr(RECORD, each.name) for each in fields(Record))
    assert Record.from_json(RECORD.to_json()) == RECORD
    for change in (
        {"id": "a" * 8}, {"id": "a" * 64}, {"created": 0.0}, {"created": LATEST}, {"stopped_at": MAX_STEPS},
        {"stopped_at": 0}, {"made_with": {}}, {"app": ""},
    ):  # fmt: skip
        assert Record.from_json(replace(RECORD, **change).to_json()) == replace(RECORD, **change)
    for change in (
        {"id": "a" * 7}, {"id": "a" * 65}, {"id": "a/b" * 4}, {"id": "é" * 8}, {"created": -1.0},
        {"created": LATEST * 1.01}, {"created": float("nan")}, {"stopped_at": -1}, {"stopped_at": 2 * MAX_STEPS + 1},
    ):  # fmt: skip
        assert Record.from_json(replace(RECORD, **change).to_json()) is None, change


def metadata_of(request: Request) -> Metadata:
    return replace(RECORD, values=json.loads(request.checked().to_json())).metadata((128, 96))


def test_our_own_files_report_every_setting_as_text() -> None:
    found = metadata_of(FULL)
    assert found.fields == {
        "torch": "2", "seconds": "1.5", "prompt": FULL.prompt, "negative_prompt": "dog: wet", "seed": 7, "steps": 9,
        "sampler": "ddim", "scheduler": "leading_1", "guidance_scale": 2.0, "temperature": 0.75, "size": "128x96",
        "model": "some, model", "style": "noto", "class": "", "knobs": {"eta": 0.5}, "stopped_at": 3,
        "version": "GDM Studio 9", "id": "ab12cd34", "created": 5.5, "cache_interval": 1,
    }  # fmt: skip
    assert (found.id, found.created, found.stopped_at, found.made_with) == ("ab12cd34", 5.5, 3, RECORD.made_with)
    assert found.used.keys() == found.request_fields.keys() == {each.name for each in fields(Request)}
    more = replace(
        FULL, controls={"clip": 1.0}, image="a" * 64, mask="b" * 64, strength=0.25, inverted=True,
        toward=Interpolation("a fox", 8, 0.5, then=Interpolation("an owl", 9, 0.25)),
    )  # fmt: skip
    assert {name: said for name, said in metadata_of(more).fields.items() if name not in found.fields} == {
        "controls": {"clip": 1.0}, "image": "a" * 64, "mask": "b" * 64, "strength": 0.25, "inverted": "yes",
        "toward": "0.5 of the way to 'a fox', seed 8, then 0.25 of the way to 'an owl', seed 9",
    }  # fmt: skip
    branch = metadata_of(replace(FULL, prompt="b", branch=Branch(FULL, 4))).fields["branch"]
    assert branch == "after step 4 of 'a 猫,\\nred', seed 7"
    assert facts_of(replace(FULL, size=None), (64, 32))["size"] == "64x32"


def test_device_dtype_and_duration_are_saved_in_the_file(tmp_path: Path) -> None:
    made = GenerationFacts("CPU · 2 threads", "fp32", 1.2345, "ab12")
    kept = save(
        Result(0, FULL.checked(), result(side=8).rgba, 5, made), tmp_path, note={"device": "guessed", "branch": "main"},
        saving=SaveSettings("png"),
    )  # fmt: skip
    expected = {"device": "CPU · 2 threads", "dtype": "fp32", "seconds": "1.23", "model_hash": "ab12", "branch": "main"}
    found = read(kept.path)
    assert {name: said for name, said in found.made_with.items() if name != "torch"} == expected
    assert (kept.seconds, kept.stopped_at, found.stopped_at, kept.size) == (1.23, 5, 5, (8, 8))
    assert "model_hash" not in replace(made, model_hash="").note()
