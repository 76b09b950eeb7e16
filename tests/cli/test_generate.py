"""`gdm-studio generate` on the built-in model and on a tiny one, and every kind of bad input."""

import gc
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.cli.progress_bar import ProgressBar
from gdm_studio.common import gc_pause, paths
from gdm_studio.gallery.gallery import Gallery
from gdm_studio.gallery.metadata.reader import read
from gdm_studio.preferences import Preferences
from gdm_studio.studio.studio import Studio
from tests.helpers import tiny_model

SETTINGS = ["--steps", "3", "--seed", "5", "--device", "cpu"]
FAST = ["generate", "a red apple", "--model", tiny_model.NAME, *SETTINGS]


def parse_lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.usefixtures("_tiny")
def test_json_output_reports_every_event(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FAST, "--count", "2", "--batch", "2", "--out", str(tmp_path), "--json"]) == 0
    events = parse_lines(capsys.readouterr().out)
    kinds = [event["event"] for event in events if event["event"] != "phase"]
    assert kinds == ["start", *["step"] * 6, "saved", "saved", "done"]
    steps = [event for event in events if event["event"] == "step"]
    assert [(step["image"], step["step"], step["of"]) for step in steps[:3]] == [(0, 1, 3), (1, 1, 3), (0, 2, 3)]
    assert steps[0]["sigma"] > steps[2]["sigma"] > 0 and all(step["ms"] > 0 for step in steps)
    saved = [event for event in events if event["event"] == "saved"]
    assert [event["seed"] for event in saved] == [5, 6]
    for event in saved:
        assert Image.open(event["path"]).size == (tiny_model.SIDE, tiny_model.SIDE)
        assert Path(event["path"]).parent == tmp_path


@pytest.mark.usefixtures("_tiny")
def test_regions_are_generated_saved_and_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["generate", "--model", tiny_model.NAME, *SETTINGS, "--out", str(tmp_path)]
    assert run([*words, "--region", "0,0,0.5,1: a fox", "--region", "0.5,0,1,1*0.5: an owl NOT snow"]) == 0
    (file,) = tmp_path.glob("*.png")
    found = read(file)
    assert found is not None and found.request is not None and found.request.prompt == ""
    assert [str(region) for region in found.request.regions] == [
        "a fox (0 0 0.5 1)",
        "an owl NOT snow (0.5 0 1 1 × 0.5)",
    ]
    capsys.readouterr()
    assert run([*words, "--region-mode", "attention"]) == 2
    assert "--region-mode needs regions" in capsys.readouterr().err
    assert run([*words, "--region", "0,0,0.5,1: a fox", "--region-mode", "attention"]) == 2
    assert "set the region mode to predictions" in capsys.readouterr().err
    assert run([*words, "--region", "left: a fox"]) == 2
    assert "A region is LEFT,TOP,RIGHT,BOTTOM: PROMPT" in capsys.readouterr().err


@pytest.mark.parametrize("verb", [["generate"], ["grid"], ["queue", "add"]])
def test_the_help_omits_samplers_that_no_model_supports(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run([*verb, "--help"])
    told = capsys.readouterr().out
    assert "dpmpp_2m" in told and "analytic_ddpm" in told and "beta57" in told
    assert not any(name in told for name in ("ddpm_learned", "cold_1", "cold_2", "beta_0_1"))
    # The error lists the same choices as the help.
    for option in ("sampler", "spacing"):
        assert run([*verb, "x", *(["--x", "seed=1"] if verb == ["grid"] else []), f"--{option}", "magic"]) == 2
        (listed,) = re.findall("choose one of (.*)\\.", capsys.readouterr().err)
        assert f"one of {listed}" in " ".join(told.split())


@pytest.mark.usefixtures("_tiny")
@pytest.mark.parametrize("sampler", ["ddpm_learned", "cold_1", "cold_2"])
def test_an_unsupported_sampler_is_refused(sampler: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FAST, "--sampler", sampler]) == 2
    told = capsys.readouterr().err
    assert re.search(r"needs a model (that predicts its variance|of Cold Diffusion); choose another scheduler\.", told)
    assert len(told.strip().splitlines()) == 1


@pytest.mark.usefixtures("_tiny")
@pytest.mark.parametrize(("words", "status"), [(FAST, 0), ([*FAST, "--from-step", "missing"], 2), (["models"], 0)])
def test_the_garbage_collector_runs_after_the_start(
    words: list[str], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    enabled_at: dict[int, bool] = {}
    monkeypatch.setattr(ProgressBar, "show", lambda bar, title, done, total: enabled_at.update({done: gc.isenabled()}))
    gc_pause.pause_gc()
    try:
        assert run(words) == status
        assert gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()
    # It runs again from the second step on. The phases before and after the steps are shown as 0.
    enabled_at.pop(0, None)
    assert enabled_at in ({}, {1: False, 2: True, 3: True})


@pytest.mark.slow
def test_unknown_words_are_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["generate", "a stallion with a frobnicate", *SETTINGS, "--steps", "1", "--out", str(tmp_path)]
    assert run(given) == 0
    assert "Drawing horse, the nearest, for “stallion”; unknown to Icons: frobnicate\n" in capsys.readouterr().err
    assert run([*given, "--json"]) == 0
    start = parse_lines(capsys.readouterr().out)[0]
    nothing = dict.fromkeys(("near", "drawn_count", "rewrite", "drawn_from", "one_colour"))
    assert start["reading"]["parts"] == [
        {"text": "stallion", "state": "drawn", "drawn_as": "horse", **nothing},
        {"text": "frobnicate", "state": "unknown", "drawn_as": None, **nothing},
    ]
    assert start["unmet_words"] == [
        {"word": "stallion", "read_as": "horse", "near": None}, {"word": "frobnicate", "read_as": None, "near": None}
    ]  # fmt: skip


@pytest.mark.slow
def test_fast_uses_the_fast_version_with_its_own_defaults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["generate", "a red apple", "--seed", "5", "--device", "cpu", "--fast", "--out", str(tmp_path)]
    assert run(given) == 0
    fast = read(Path(capsys.readouterr().out.strip())).request
    assert (fast.model, fast.steps, fast.seed) == ("icons-2-fast", 4, 5)
    assert run([*given, "--model", "Icons Fast", "--steps", "1"]) == 0, "the fast version is its own fast version"
    assert read(Path(capsys.readouterr().out.strip())).request.model == "icons-2-fast"


@pytest.mark.usefixtures("_tiny")
def test_scheduler_is_another_name_of_sampler(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FAST, "--scheduler", "Heun", "--steps", "1", "--out", str(tmp_path)]) == 0
    assert read(Path(capsys.readouterr().out.strip())).request.sampler == "heun"
    for verb in (["generate"], ["grid"], ["queue", "add"]):
        with pytest.raises(SystemExit):
            run([*verb, "--help"])
        assert "--sampler SAMPLER, --scheduler SAMPLER" in " ".join(capsys.readouterr().out.split())


@pytest.mark.usefixtures("_tiny")
def test_variants_are_drawn_by_the_seed_and_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--model", tiny_model.NAME, "--steps", "1", "--device", "cpu", "--out", str(tmp_path)]
    assert run(["generate", "a {red|yellow|green} apple", *given, "--seed", "3", "--count", "4"]) == 0
    saved = [read(Path(path)).request for path in capsys.readouterr().out.splitlines()]
    assert {request.template for request in saved} == {"a {red|yellow|green} apple"}
    assert len({request.prompt for request in saved}) > 1
    assert run(["generate", saved[3].template, *given, "--seed", "6"]) == 0
    assert read(Path(capsys.readouterr().out.strip())).request == saved[3]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["a __nothing__ apple"], "There is no wildcard called 'nothing'; put nothing.txt into"),
        (["a {red|green} apple", "--count", "ten"], "count must be a whole number"),
        (["a {red|green} apple", "--seed", "x"], "seed must be a whole number"),
    ],
)
def test_variants_that_cannot_be_drawn_are_refused(
    options: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["generate", *options]) == 2
    told = capsys.readouterr().err
    assert says in told and len(told.strip().splitlines()) == 1


@pytest.mark.usefixtures("_tiny")
@pytest.mark.parametrize("prompt", ["", "  "])
def test_an_empty_prompt_is_generated_and_reported(
    prompt: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["generate", prompt, *FAST[2:], "--steps", "1", "--out", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "The prompt is empty: Tiny draws without one\n" in told.err
    assert read(Path(told.out.strip())).request.prompt == prompt


@pytest.mark.usefixtures("_tiny")
@pytest.mark.parametrize(
    ("prompt", "guidance", "count"), [("a fox", "1", 1), ("a fox", "2", 0), ("a fox AND an owl", "1", 0)]
)
def test_a_negative_prompt_without_effect_is_reported(
    prompt: str, guidance: str, count: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--negative", "blue", "--guidance", guidance, "--steps", "1", "--out", str(tmp_path)]
    assert run(["generate", prompt, *FAST[2:], *given]) == 0
    assert capsys.readouterr().err.count("the negative prompt has no effect") == count


@pytest.mark.usefixtures("_tiny")
def test_a_mask_file_is_the_area_of_a_region(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    levels = np.zeros((32, 32), np.uint8)
    levels[8:24, 16:] = 255
    mask = tmp_path / "my: mask.png"
    Image.fromarray(levels).save(mask)
    region = f"{mask}*0.9: a fox: red NOT snow"
    assert run(["generate", *FAST[2:], "--steps", "1", "--region", region, "--out", str(tmp_path / "out")]) == 0
    (found,) = read(Path(capsys.readouterr().out.strip())).request.regions
    assert (found.prompt, found.negative, found.weight) == ("a fox: red", "snow", 0.9)
    assert found.box == pytest.approx((0.5, 0.25, 1.0, 0.75), abs=1e-6)
    with Studio(tmp_path) as studio:
        assert studio.region("a fox: red", mask, negative="snow", weight=0.9) == found


@pytest.mark.usefixtures("_tiny")
def test_images_are_named_and_written_as_in_the_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    preferences.save(Preferences(format="webp", name_pattern="{seed} of mine"))
    assert run([*FAST, "--out", str(tmp_path)]) == 0
    assert Path(capsys.readouterr().out.strip()) == tmp_path / "5 of mine.webp"


@pytest.mark.usefixtures("_tiny")
def test_the_same_seed_gives_the_same_file_content(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pixels = []
    for folder in ("one", "two"):
        assert run([*FAST, "--style", "dark", "--out", str(tmp_path / folder)]) == 0
        (path,) = capsys.readouterr().out.split("\n")[:-1]
        pixels.append(np.asarray(Image.open(path)))
    assert np.array_equal(*pixels)


@pytest.mark.usefixtures("_tiny")
def test_an_image_of_a_batch_is_regenerated_from_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FAST, "--count", "3", "--out", str(tmp_path)]) == 0
    last = Path(capsys.readouterr().out.splitlines()[-1])
    assert run(["inspect", str(last), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["seed"] == 7
    again = ["generate", facts["prompt"], "--seed", str(facts["seed"]), "--steps", str(facts["steps"])]
    assert run([*again, "--model", tiny_model.NAME, "--device", "cpu", "--out", str(tmp_path / "again")]) == 0
    regenerated = Path(capsys.readouterr().out.strip())
    apart = np.asarray(Image.open(regenerated)).astype(int) - np.asarray(Image.open(last))
    assert np.abs(apart).max() <= 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--steps", "0"], "steps must be a whole number from 1 to 1000"),
        (["--steps", "ten"], "steps must be a whole number from 1 to 1000, not 'ten'"),
        (["--guidance", "much"], "guidance must be a number from 0 to 30, not 'much'"),
        (["--temperature", "nan"], "temperature must be a number from 0.1 to 2"),
        (["--temperature", "9"], "temperature must be from 0.1 to 2"),
        (["--guidance", "-1"], "guidance must be from 0 to 30"),
        (["--size", "100001x3"], "makes pictures of 256x256, not 100001x3"),
        (["--size", "64x64"], "makes pictures of 256x256"),
        (["--size", "big"], "WIDTHxHEIGHT"),
        (["--sampler", "magic"], "choose one of .*dpmpp_2m"),
        (["--spacing", "magic"], "choose one of .*karras"),
        (["--style", "magic"], "choose one of .*noto"),
        (["--eta", "0.5"], "no setting called 'eta'"),
        (["--sampler", "ddim", "--eta", "7"], "eta must be from 0 to 1"),
        (["--sampler", "ddim", "--eta", "x"], "eta must be a number from 0 to 1, not 'x'"),
        (["--model", "nothing"], "there are: .*icons"),
        (["--model", "nothing.safetensors"], "nothing.safetensors is not there"),
        (["--device", "cuda:9"], "choose one of auto.*cpu"),
        (["--seed", "-4"], "seed"),
        (["--count", "0"], "count"),
        (["--colour", "red"], "colour"),
        (["--image", "docs/window-dark.webp", "--strength", "7"], "strength must be from 0 to 1"),
        (["--strength", "0.5"], "name it with --image"),
        (["--invert"], "name it with --image"),
        (["--image", "nothing.png"], "nothing.png is not there"),
        (["--image", "pyproject.toml"], "pyproject.toml is not a picture"),
        (["--mask", "docs"], "name it with --image"),
        (["--image", "docs/window-dark.webp", "--mask", "docs"], "docs is a folder, not a file"),
        (["--scheduler", "magic"], "choose one of .*dpmpp_2m"),
        (["--scheduler", "karras"], "'karras' is a step spacing, not a scheduler; write --spacing karras\\."),
        (["--model", "ddpm", "--fast"], "DDPM has no fast version; leave out --fast\\."),
        (["--prompt", "y"], "Write the prompt without --prompt"),
        (["--stpes", "3"], "Did you mean --steps"),
        (["--foo"], r"arguments: --foo\. `"),
        (["-foo"], "Write -- before words that begin with a minus"),
        (["--set", "clip"], "--set must be NAME=NUMBER"),
        (["--set", "clip=x"], "clip must be a number from 0 to 10, not 'x'"),
        (["--set", "glare=1"], "no setting called 'glare'; --set takes guidance_rescale"),
        (["--cluster-threads", "3"], "--cluster-threads needs --cluster"),
        (["--upscaler", "x"], "has no second pass"),
        (["--stepz", "3"], r"Did you mean --step or --steps\?"),
        (["--upscal", "2"], r"arguments: --upscal 2\. Did you mean --upscaler"),
        (["--from-step", "nothing.step"], "nothing.step is not there"),
        (["--from-step", "docs"], "docs is a folder, not a file"),
        (["--from-step", "pyproject.toml"], "pyproject.toml is damaged or not a saved step"),
    ],
)
def test_bad_input_gives_a_one_line_error_and_status_2(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["generate", "x", "--out", str(tmp_path), *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 1
    assert re.search(says, captured.err)
    assert list(tmp_path.iterdir()) == []


def test_an_option_after_two_hyphens_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", "--", "-x cat", "--fast"]) == 2
    assert "arguments: --fast. Write --fast before the --." in capsys.readouterr().err
    assert run(["generate", "-"]) == 2
    assert "- is not a prompt" in capsys.readouterr().err


@pytest.mark.usefixtures("_tiny")
def test_an_input_image_is_stored_once_and_only_for_valid_requests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (30, 20), "red").save(tmp_path / "red.png")
    Image.new("RGB", (30, 20), "red").save(tmp_path / "same.bmp")
    begun = [*FAST, "--steps", "1", "--image", str(tmp_path / "red.png"), "--out", str(tmp_path / "out")]
    assert run([*begun, "--sampler", "magic"]) == 2 and run([*begun, "--size", "8x8"]) == 2
    assert not paths.inputs_dir().exists()
    for _ in range(2):
        assert run(begun) == 0
    assert run([*begun, "--image", str(tmp_path / "same.bmp")]) == 0
    assert len(list(paths.inputs_dir().iterdir())) == 1


@pytest.mark.usefixtures("_tiny")
def test_a_mask_that_marks_nothing_is_refused_before_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    side = tiny_model.SIDE
    Image.effect_noise((side, side), 90).save(tmp_path / "start.png")
    Image.new("RGB", (side, side)).save(tmp_path / "black.png")
    out = tmp_path / "out"
    begun = [*FAST, "--image", str(tmp_path / "start.png"), "--out", str(out)]
    assert run([*begun, "--mask", str(tmp_path / "black.png")]) == 2
    assert "The mask marks nothing to redraw" in capsys.readouterr().err
    assert not out.exists() or not list(out.rglob("*.png"))


@pytest.mark.usefixtures("_tiny")
def test_a_start_image_of_other_proportions_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Check the notice about a model with one size; other models get the nearest size (tests/studio)."""
    for size, says in (((60, 30), True), ((200, 200), False)):
        Image.new("RGB", size, "red").save(tmp_path / "start.png")
        begun = [*FAST, "--steps", "1", "--image", str(tmp_path / "start.png"), "--out", str(tmp_path / "out")]
        assert run(begun) == 0
        found = "The start image (60x30) has other proportions than 64x64, and gets transparent borders."
        assert (found in capsys.readouterr().err) == says
    preferences.change({"format": "jpeg"})
    Image.new("RGB", (60, 30), "red").save(tmp_path / "start.png")
    assert run(begun) == 0
    assert "and gets white borders." in capsys.readouterr().err


def test_a_missing_prompt_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", "--steps", "3"]) == 2
    assert "There is no prompt" in capsys.readouterr().err
    assert run(["queue", "add"]) == 2
    told = capsys.readouterr().err
    assert "There is no prompt" in told and "generate" not in told


def generate_images(arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> list[Path]:
    assert run(["generate", *arguments, "--device", "cpu", "--out", str(folder)]) == 0
    return [Path(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.usefixtures("_tiny")
def test_a_run_resumes_and_branches_from_a_saved_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = generate_images([*FAST[1:], "--keep-steps", str(tmp_path / "s")], tmp_path, capsys)
    assert sorted(path.name for path in (tmp_path / "s").iterdir()) == ["5-001.step", "5-002.step", "5-003.step"]
    step = str(tmp_path / "s" / "5-002.step")
    again = generate_images(["--from-step", step], tmp_path, capsys)
    assert np.array_equal(Image.open(again[0]), Image.open(whole[0]))
    assert read(again[0]).request == read(whole[0]).request
    branches = generate_images(
        ["a blue car", "--from-step", step, "--sampler", "euler_a", "--count", "2"], tmp_path, capsys
    )
    record = read(branches[1])
    assert record.request is not None and record.request.branch is not None
    assert (record.request.prompt, record.request.seed, record.request.sampler) == ("a blue car", 6, "euler_a")
    assert (record.request.branch.step, record.request.branch.parent) == (2, read(whole[0]).request)
    assert record.fields["branch"] == "after step 2 of 'a red apple', seed 5"
    assert run(["generate", "--from-step", step, "--steps", "9"]) == 2
    assert "keeps the steps" in capsys.readouterr().err


@pytest.mark.usefixtures("_tiny")
def test_a_branch_is_regenerated_from_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from gdm_studio.engine.generation_loop import generate
    from gdm_studio.models.model_library import Library

    arguments = [*FAST[1:], "--sampler", "ddim", "--eta", "1"]
    generate_images([*arguments, "--keep-steps", str(tmp_path / "s")], tmp_path, capsys)
    (branch,) = generate_images(["a pear", "--from-step", str(tmp_path / "s" / "5-001.step")], tmp_path, capsys)
    request = read(branch).request
    assert request is not None and request.knobs == {"eta": 1.0}
    (*_, result) = generate(request, Library())
    assert np.array_equal(result.rgba, Image.open(branch))  # type: ignore[union-attr]


@pytest.mark.usefixtures("_tiny")
def test_a_mask_regenerates_a_part_of_an_image(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (128, 128), (30, 120, 220)).save(tmp_path / "blue.png")
    Image.fromarray(np.repeat([[0] * 64 + [255] * 64], 128, axis=0).astype(np.uint8)).save(tmp_path / "mask.png")
    fast = [*FAST[1:], "--steps", "4", "--image", str(tmp_path / "blue.png")]
    (whole,) = generate_images([*fast, "--strength", "0.5", "--set", "clip=3"], tmp_path / "out", capsys)
    (part,) = generate_images(
        [*fast, "--strength", "0.9", "--mask", str(tmp_path / "mask.png")], tmp_path / "out", capsys
    )
    assert (np.asarray(Image.open(part))[:, :16] == (30, 120, 220, 255)).all()
    assert not np.array_equal(np.asarray(Image.open(whole))[:, :16], np.asarray(Image.open(part))[:, :16])
    request = read(whole).request
    assert request is not None and request.controls == {"clip": 3.0} and request.strength == 0.5
    facts = read(part).fields
    assert facts["strength"] == 0.9 and len(facts["image"]) == len(facts["mask"]) == 64 and "inverted" not in facts
    (found,) = generate_images([*fast, "--steps", "2", "--strength", "0.5", "--invert"], tmp_path / "out", capsys)
    assert read(found).fields["inverted"] == "yes" and not np.array_equal(Image.open(found), Image.open(whole))


@pytest.mark.usefixtures("_tiny")
def test_only_the_masked_area_is_generated_and_reproduced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)
    Image.fromarray(photo).save(tmp_path / "photo.png")
    mask = np.zeros((200, 300), np.uint8)
    mask[80:140, 180:240] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    fast = [*FAST[1:], "--steps", "2", "--image", str(tmp_path / "photo.png")]
    assert run(["generate", *fast, "--inpaint-area", "masked"]) == 2 and "need a mask" in capsys.readouterr().err
    area = [*fast, "--mask", str(tmp_path / "mask.png"), "--inpaint-area", "Only masked", "--inpaint-padding", "16"]
    (file,) = generate_images(area, tmp_path / "out", capsys)
    made = np.asarray(Image.open(file))
    assert made.shape == (200, 300, 4) and (made[mask == 0][:, :3] == photo[mask == 0]).all()
    assert (made[mask > 0][:, :3] != photo[mask > 0]).any(axis=-1).mean() > 0.9
    found = read(file)
    assert found.request is not None and found.request.inpaint_padding == 16
    assert (found.fields["inpaint_area"], found.fields["inpaint_padding"], found.size) == ("masked", 16, (300, 200))
    assert run(["reproduce", str(file)]) == 0
    text = Image.open(file).text["parameters"]
    assert "Inpaint area: Only masked, Masked area padding: 16" in text


def test_an_invalid_model_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    junk = tmp_path / "junk.safetensors"
    junk.write_bytes(b"not a model at all")
    assert run(["generate", "x", "--model", str(junk)]) == 2
    assert "is a text, not a model" in capsys.readouterr().err


@pytest.mark.usefixtures("_tiny")
def test_an_unwritable_folder_is_reported_before_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert run([*FAST, "--out", str(tmp_path / "file" / "folder"), "--json"]) == 2
    captured = capsys.readouterr()
    (error,) = parse_lines(captured.out)
    assert error["event"] == "error" and error["message"]
    assert len(captured.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["--steps", "0"], ["--colour", "red"], ["--model", "nothing"]], ids=["request", "option", "model"]
)
def test_json_output_reports_every_failure(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", "x", "--json", *arguments]) == 2
    captured = capsys.readouterr()
    (event,) = parse_lines(captured.out)
    assert event["event"] == "error" and event["message"] in captured.err


@pytest.mark.usefixtures("_tiny")
@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(28, "No space left on device", "/somewhere/a.png"), "/somewhere/a.png: No space left on device."),
        (ValueError("odd"), "Something unforeseen happened (ValueError: odd)"),
    ],
    ids=["system", "unforeseen"],
)
def test_a_system_error_gives_a_one_line_error(
    error: Exception, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Gallery, "save", fail)
    assert run([*FAST, "--steps", "1", "--out", str(tmp_path), "--json"]) == 2
    captured = capsys.readouterr()
    assert says in captured.err and len(captured.err.strip().splitlines()) == 1
    assert says in parse_lines(captured.out)[-1]["message"]


@pytest.mark.usefixtures("_tiny")
def test_the_file_contains_device_dtype_and_duration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FAST, "--out", str(tmp_path)]) == 0
    made_with = read(Path(capsys.readouterr().out.strip())).made_with
    assert made_with["device"].startswith("CPU") and made_with["dtype"] == "fp32"
    assert 0 < float(made_with["seconds"]) < 600


def test_without_a_screen_an_alternative_command_is_suggested(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert run([]) == 2
    assert 'gdm-studio generate "a red apple"' in capsys.readouterr().err
    assert run(["open", "nothing.png"]) == 2
    assert "There is no image at nothing.png" in capsys.readouterr().err


def test_without_qt_the_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "gdm_studio.ui.shell.app", raising=False)
    monkeypatch.setitem(sys.modules, "PySide6", None)
    monkeypatch.setitem(sys.modules, "PySide6.QtCore", None)
    assert run([]) == 2
    said = capsys.readouterr().err
    assert "needs PySide6" in said and len(said.strip().splitlines()) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("_tiny")
def test_ctrl_c_keeps_the_finished_pictures(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gdm_studio", *FAST, "--steps", "50", "--count", "500"]
    process = subprocess.Popen(
        [*command, "--batch", "1", "--out", str(tmp_path), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        # A shell that runs the tests in the background makes its children ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "saved":
            break
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert json.loads(rest.splitlines()[-1]) == {"event": "stopped"}
    assert "Traceback" not in errors
    kept = list(tmp_path.glob("*.png"))
    assert kept and all(Image.open(path).size == (tiny_model.SIDE, tiny_model.SIDE) for path in kept)
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".png"] == [".steps"]


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        run(["--version"])
    assert leaving.value.code == 0
    assert re.fullmatch(r"gdm-studio \d+\.\d+.*", capsys.readouterr().out.strip())
