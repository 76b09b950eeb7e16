"""`gdm-studio inspect`: the settings in an image file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio import __version__
from gdm_studio.cli.main import run
from gdm_studio.gallery import save
from gdm_studio.request.generation_request import BUILT_IN, Branch, Interpolation, Request
from tests.helpers.foreign_images import manifest_store, png, png_chunks, signed_png
from tests.helpers.library import result

FOREIGN = Path(__file__).parent.parent / "data" / "metadata"


def inspect(path: Path, capsys: pytest.CaptureFixture[str]) -> dict:
    assert run(["inspect", str(path), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_an_own_image_is_inspected_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = result(
        '"ein Füchslein", 🦊', seed=0, negative_prompt="rain", style="noto", sampler="ddim", knobs={"eta": 0.5}
    )
    found = inspect(save(made, tmp_path, note={"device": "CPU"}).path, capsys)
    expected = {
        "tool": "GDM Studio", "prompt": '"ein Füchslein", 🦊', "negative_prompt": "rain", "seed": 0, "steps": 20,
        "sampler": "ddim", "scheduler": "karras", "guidance_scale": 4.0, "temperature": 1.0, "size": "16x16",
        "model": BUILT_IN, "style": "noto", "version": f"GDM Studio {__version__}", "knobs": {"eta": 0.5},
        "device": "CPU", "stopped_at": 0, "width": 16, "height": 16, "restorable": True, "ignored": {}, "unknown": {},
        "model_hash": None,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert found["made_with"]["device"] == "CPU" and found["request"]["prompt"] == found["used"]["prompt"]


def test_common_keys_come_first_in_a_fixed_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    usual = ["tool", "prompt", "negative_prompt", "seed", "steps", "sampler", "scheduler", "guidance_scale", "size"]
    usual += ["model", "model_hash"]
    Image.new("RGB", (8, 4)).save(tmp_path / "plain.png")
    for path in (save(result(), tmp_path).path, tmp_path / "plain.png", FOREIGN / "swarmui.png"):
        assert list(inspect(path, capsys))[: len(usual)] == usual


def test_branch_and_interpolation_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parent = Request(prompt="an owl", seed=3, size=(16, 16))
    made = result(branch=Branch(parent, 8), toward=Interpolation("a hat", 7, 0.25))
    path = save(made, tmp_path).path
    found = inspect(path, capsys)
    assert found["branch"] == "after step 8 of 'an owl', seed 3"
    assert found["toward"] == "0.25 of the way to 'a hat', seed 7"
    assert (found["request"]["branch"]["step"], found["request"]["toward"]["seed"]) == (8, 7)
    assert run(["inspect", str(path)]) == 0
    assert "an owl" in capsys.readouterr().out


def test_several_files_and_folders_are_inspected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = save(result(), tmp_path).path
    assert run(["inspect", str(kept), str(FOREIGN), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 1 + sum(path.suffix in (".png", ".jpg", ".jpeg", ".webp") for path in FOREIGN.iterdir())
    assert lines[0]["file"] == str(kept) and lines[0]["tool"] == "GDM Studio"
    assert {line["tool"] for line in lines} >= {"ComfyUI", "InvokeAI", "NovelAI", "SwarmUI", None}
    # An exported icon set has vector graphics and icons beside its pictures.
    (tmp_path / "drawing.svg").write_text("<svg/>")
    (tmp_path / "app.ico").write_bytes(b"\0\0\1\0")
    assert run(["inspect", str(tmp_path)]) == 0
    capsys.readouterr()
    (tmp_path / "junk.png").write_bytes(b"junk")
    assert run(["inspect", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert kept.name in told.out and "junk.png" in told.err and len(told.err.splitlines()) == 1
    (tmp_path / "empty").mkdir()
    assert run(["inspect", str(tmp_path / "empty")]) == 2
    assert "no images in" in capsys.readouterr().err
    assert run(["inspect", str(tmp_path / "empty"), str(kept)]) == 2
    told = capsys.readouterr()
    assert kept.name in told.out and "no images in" in told.err


def test_control_characters_are_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(save(result("a \x1b[31mred\x07 fox \udc80"), tmp_path).path)]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown and "\x07" not in shown and "red fox" in shown


def test_an_own_image_is_inspected_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = save(result("a red fox\nin the snow", seed=0), tmp_path).path
    assert run(["inspect", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{path.name}, 16x16 pixels, made by GDM Studio"
    assert lines[1:] and all(line.startswith("  ") for line in lines[1:])
    assert any(line.split() == ["seed", "0"] for line in lines)
    assert not any("negative" in line or "stopped" in line for line in lines)


def test_an_image_of_another_tool_is_inspected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    info = PngInfo()
    info.add_text(
        "parameters",
        "cat\nNegative prompt: dog\nSteps: 9, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 7, "
        "Size: 64x32, Model hash: 0123456789, Model: other, Hires steps: 4, Mood: sunny, Version: v1.10.1",
    )
    Image.new("RGB", (128, 64)).save(tmp_path / "cat.png", pnginfo=info)
    found = inspect(tmp_path / "cat.png", capsys)
    expected = {
        "tool": "AUTOMATIC1111", "prompt": "cat", "negative_prompt": "dog", "seed": 7, "steps": 9,
        "sampler": "DPM++ 2M", "scheduler": "Karras", "guidance_scale": 6.5, "temperature": None, "size": "64x32",
        "model": "other", "model_hash": "0123456789", "style": None, "version": "v1.10.1", "width": 128, "height": 64,
        "restorable": True, "unknown": {"Mood": "sunny"}, "c2pa": False,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert (found["used"]["Sampler"], found["request"]["sampler"]) == ("dpmpp_2m", "dpmpp_2m")
    others = {"Model": "other", "Model hash": "0123456789", "Hires steps": "4", "Version": "v1.10.1"}
    assert found["ignored"] == others and "Model" not in found["used"]
    assert run(["inspect", str(tmp_path / "cat.png")]) == 0
    shown = capsys.readouterr().out
    assert "Hires steps" in shown and "Mood" in shown


def test_an_image_without_settings_is_inspected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (8, 4)).save(tmp_path / "plain.jpg")
    found = inspect(tmp_path / "plain.jpg", capsys)
    assert found["tool"] is found["prompt"] is found["seed"] is None
    assert (found["width"], found["height"], found["restorable"]) == (8, 4, False)
    assert run(["inspect", str(tmp_path / "plain.jpg")]) == 0
    assert "8x4 pixels" in capsys.readouterr().out
    assert run(["inspect", str(png_chunks(tmp_path / "signed.png", [(b"caBX", b"c2pa")]))]) == 0
    assert "a C2PA manifest is present" in capsys.readouterr().out
    signed = signed_png(tmp_path / "named.png", manifest_store({"claim_generator": "Some Camera/2.1"}))
    assert inspect(signed, capsys)["c2pa_maker"] == "Some Camera/2.1" and found["c2pa_maker"] is None
    assert run(["inspect", str(signed)]) == 0
    assert capsys.readouterr().out == (
        "named.png is a picture of 24x16 pixels, without settings that can be read; its C2PA manifest names "
        "Some Camera/2.1.\n"
    )


def test_the_tool_is_named_although_it_left_no_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "x.png"}}}
    assert run(["inspect", str(png(tmp_path / "x.png", {"prompt": json.dumps(graph)}))]) == 0
    assert capsys.readouterr().out == (
        "x.png is a picture of 24x16 pixels made by ComfyUI, without settings that can be read.\n"
    )


@pytest.mark.parametrize("name", ["junk.png", "missing.png", "."])
def test_a_file_that_is_no_image_gives_a_one_line_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "junk.png").write_bytes(b"junk")
    for arguments in (["inspect", str(tmp_path / name)], ["inspect", str(tmp_path / name), "--json"]):
        assert run(arguments) == 2
        told = capsys.readouterr()
        assert told.out == "" and str(tmp_path) in told.err and len(told.err.splitlines()) == 1
