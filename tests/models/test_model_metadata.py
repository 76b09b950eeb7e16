"""Metadata of weight files, and the table of all models and adapters."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from safetensors.torch import save_file

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.models.adapters.lookup import files_named, find_adapter
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.hashes import hash_file
from gdm_studio.models.installed.model_table import (
    can_be_few_step,
    find_model,
    normalised_name,
    preview_image_of,
    record_uses,
)
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN
from tests.helpers import tiny_model, tiny_stable
from tests.helpers.file_openings import record_openings
from tests.helpers.shipped_models import SHIPPED

LORA = {
    "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight": torch.ones(4, 2048),
    "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_up.weight": torch.ones(640, 4),
}
SPEC = {
    "modelspec.title": "Ink \x1b[2J and <img src='/dev/zero'>",
    "modelspec.author": "Somebody\u202eelse",
    "modelspec.date": "2031-05-06T07:08:09",
    "modelspec.license": "CC-BY-NC-4.0",
    "modelspec.description": "Draws\nin ink. " + "x" * 5000,
    "modelspec.tags": "style, ink,, " + "y" * 500,
}
KOHYA = {
    "ss_output_name": "my_cat",
    "ss_training_finished_at": "1700000000.5",
    "ss_tag_frequency": json.dumps({"10_cat": {"ohwx cat": 20, "grass": 7}, "5_more": {"ohwx cat": 9, "sky": 1}}),
}


def write_lora(name: str, told: dict[str, str] | None = None) -> Path:
    path = paths.models_dir() / f"{name}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(LORA, path, told or {})
    return path


def test_metadata_becomes_plain_single_lines(_own_home: Path) -> None:
    write_lora("ink", SPEC)
    (line,) = (line for line in Library().model_table() if line.name == "ink")
    assert (line.title, line.author) == ("Ink [2J and <img src='/dev/zero'>", "Somebody else")
    assert (line.date, line.licence, line.family) == ("2031-05-06", "CC-BY-NC-4.0", "LoRA · SDXL")
    assert line.summary.startswith("Draws in ink. x") and len(line.summary) == 2000
    assert line.tags[:2] == ("style", "ink") and len(line.tags) == 3 and len(line.tags[2]) == 60
    assert line.parameters == 4 * 2048 + 640 * 4 and line.card is None


def test_trigger_words_are_the_most_frequent_tags(_own_home: Path) -> None:
    write_lora("cat", KOHYA)
    (line,) = (line for line in Library().model_table() if line.name == "cat")
    assert line.triggers == ("ohwx cat",) and line.tags == ("ohwx cat", "grass", "sky")
    assert (line.title, line.date) == ("my_cat", "2023-11-14")
    write_lora("dog", KOHYA | {"modelspec.trigger_phrase": "zwx dog, running"})
    assert next(line for line in Library().model_table() if line.name == "dog").triggers == ("zwx dog", "running")


def test_a_sidecar_file_adds_missing_metadata(_own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare, told = write_lora("bare"), write_lora("told", SPEC)
    note = {
        "name": "v1.0", "baseModel": "SDXL 1.0", "trainedWords": ["ohwx fox", "in \x1b[31mink"],
        "description": "<p>Foxes &amp; owls</p>", "createdAt": "2024-03-02T01:02:03Z",
        "creator": {"username": "somebody"},
        "model": {"name": "Foxes\u202e in ink", "type": "LORA", "tags": ["animal", "ink"]},
    }  # fmt: skip
    for path in (bare, told):
        path.with_suffix(".civitai.info").write_text(json.dumps(note), encoding="utf-8")
    lines = {line.name: line for line in Library().model_table()}
    one, other = lines["bare"], lines["told"]
    assert (one.title, one.author, one.date, one.summary) == ("Foxes in ink", "somebody", "2024-03-02", "Foxes & owls")
    assert (one.made_for, one.tags, one.triggers) == ("SDXL 1.0", ("animal", "ink"), ("ohwx fox", "in [31mink"))
    assert (other.author, other.date, other.tags[0]) == ("Somebody else", "2031-05-06", "style"), "the file comes first"
    assert one.file_bytes == bare.stat().st_size and other.triggers == one.triggers and one.family == "LoRA · SDXL"
    assert run(["models", "--family", "LoRA"]) == 0
    printed = capsys.readouterr().out
    assert "made for of bare: SDXL 1.0" in printed and "trigger words of bare: ohwx fox" in printed
    assert "\x1b" not in printed and "\u202e" not in printed


@pytest.mark.parametrize(
    ("told", "licence"),
    [({"allowCommercialUse": ["Image", "RentCivit"], "allowNoCredit": True, "allowDerivatives": True},
      "pictures may be sold; no credit asked for; may be merged"),
     ({"allowCommercialUse": "{RentCivit,Rent}", "allowNoCredit": False, "allowDifferentLicense": False},
      "non-commercial: pictures may not be sold; its author is to be credited; merges keep these terms"),
     ({"allowCommercialUse": "Rent", "allowDerivatives": False}, "pictures may be sold; may not be merged"),
     ({"allowCommercialUse": "None"}, "non-commercial: pictures may not be sold"),
     ({"allowCommercialUse": [], "allowDifferentLicense": True}, "non-commercial: pictures may not be sold"),
     ({"allowCommercialUse": {"Image": True}, "allowNoCredit": "yes", "allowDerivatives": 1}, "")],
)  # fmt: skip
@pytest.mark.parametrize("inside", [False, True])
def test_a_sidecar_file_gives_the_licence(_own_home: Path, told: dict[str, Any], licence: str, inside: bool) -> None:
    for path in (write_lora("bare"), write_lora("own", {"modelspec.license": "MIT"})):
        path.with_suffix(".civitai.info").write_text(json.dumps({"model": told} if inside else told))
    lines = {line.name: line.licence for line in Library().model_table()}
    assert lines == lines | {"bare": licence, "own": "MIT"}


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{" * 9999, b'{"model": 5, "trainedWords": {"a": 1}, "baseModel": ["x"], "createdAt": {}}',
     b'{"model": {"name": "' + b"x" * 2**20 + b'"}}', b'{"model": {"name": NaN}}', b'\xff{"name": "x"}', None],
)  # fmt: skip
def test_an_invalid_sidecar_file_is_ignored(_own_home: Path, data: bytes | None) -> None:
    place = write_lora("bare").with_suffix(".civitai.info")
    if data is None:
        os.mkfifo(place)
    else:
        place.write_bytes(data)
    (line,) = (line for line in Library().model_table() if line.name == "bare")
    assert (line.title, line.made_for, line.triggers, line.tags) == ("bare", "", (), ())


def test_changes_of_a_sidecar_file_are_noticed(_own_home: Path) -> None:
    path, library = write_lora("bare"), Library()
    os.utime(path, (86_400, 86_400))
    place = path.with_suffix(".civitai.json")
    for title in ("One", "Another", ""):
        if title:
            place.write_text(json.dumps({"model": {"name": title}}))
        else:
            place.unlink()
        for each in (library, Library()):
            each.refresh()
            assert next(line.title for line in each.model_table() if line.name == "bare") == (title or "bare")


def test_users_can_set_tags(_own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_lora("ink", SPEC)
    told = {"modelspec.author": "Ada", "modelspec.date": "2029-01-02", "modelspec.license": "MIT"}
    tiny_stable.write(paths.models_dir() / "base.safetensors", words=1, told=told | {"modelspec.tags": "photo, night"})
    assert run(["models", "--json", "--tag", "night"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert {name: row[name] for name in ("name", "author", "date", "licence", "tags")} == {
        "name": "base", "author": "Ada", "date": "2029-01-02", "licence": "MIT", "tags": ["photo", "night"],
    }  # fmt: skip
    assert run(["models", "set", "ink", "--tags", " a  b,\x1bc,, a b"]) == 0
    assert run(["models", "set", "base", "--tags", "mine"]) == 0 and "base  tags: mine" in capsys.readouterr().out
    found = {line.name: line.tags for line in Library().model_table()}
    assert (found["ink"], found["base"]) == (("a b", "c"), ("mine",))
    assert run(["models", "set", "base", "--tags", ""]) == 0
    assert next(line.tags for line in Library().model_table() if line.name == "base") == ("photo", "night")


@pytest.mark.parametrize(
    "told",
    ["[" * 9000, "-9e99", '{"a": 5}', '{"a": {"b": "c"}}', '{"a": {"b": -1, "": 3}}', '{"a": {"b": 1e400}}', "\0"],
)
def test_invalid_metadata_is_ignored(_own_home: Path, told: str) -> None:
    path = write_lora("cat", {"ss_tag_frequency": told, "ss_training_finished_at": told, "modelspec.date": told})
    written = time.strftime("%Y-%m-%d", time.gmtime(path.stat().st_mtime))
    (line,) = (line for line in Library().model_table() if line.name == "cat")
    assert line.triggers == line.tags == () and line.date == written


def test_adapters_and_parts_are_listed_by_kind(_own_home: Path) -> None:
    folder = write_lora("ink").parent
    files = {
        "word": {"emb_params": torch.ones(2, 768)},
        "vae": {f"{side}.conv_in.weight": torch.ones(1) for side in ("encoder", "decoder")},
        "vae2": {f"first_stage_model.{side}.conv_in.weight": torch.ones(1) for side in ("encoder", "decoder")},
        "up": {"conv_first.weight": torch.ones(1), "alpha": torch.ones(1)},
        "depth": {"controlnet_cond_embedding.conv_in.weight": torch.ones(1)},
        "lone-00001-of-00003": {"w": torch.ones(1)},
    }
    for name, tensors in files.items():
        save_file(tensors, folder / f"{name}.safetensors")
    library = Library()
    kinds = {line.name: line.family for line in library.model_table() if line.card is None}
    assert kinds == {
        "ink": "LoRA · SDXL", "word": "Embedding · Stable Diffusion 1", "vae": "VAE", "vae2": "VAE",
        "depth": "ControlNet", "up": "Upscaler",
    }  # fmt: skip
    *unusable, refused = sorted(library.refused(), key=lambda one: "lone" in one.path.stem)
    assert [one.path.stem for one in unusable] == ["depth", "up"], "nothing can use these kinds"
    assert "one of several files of a model, whose index file is missing" in refused.reason
    assert {card.name for card in library.cards()} == SHIPPED


def test_models_are_sorted_by_date_and_show_their_last_use(_own_home: Path) -> None:
    new, old = write_lora("new", {"modelspec.date": "2090-01-01"}), write_lora("old", {"modelspec.date": "2001-01-01"})
    record_uses([old])
    lines = Library().model_table()
    of_systems = [line.card is not None and line.card.family == "systems" for line in lines]
    assert any(of_systems) and of_systems == sorted(of_systems), "models with a family tree of their own come last"
    alone = lines[: of_systems.index(True)]
    for part in (alone, lines[len(alone) :]):
        assert [line.date for line in part] == sorted((line.date for line in part), reverse=True)
    assert lines[0].path == new and lines[0].last_used == 0
    assert alone[-1].path == old and abs(alone[-1].last_used - time.time()) < 60
    tiny_model.write(paths.models_dir() / "tiny")
    library = Library()
    place = {"device": torch.device("cpu"), "dtype": torch.float32}
    library.load("tiny", **place)  # type: ignore[arg-type]
    assert next(line for line in library.model_table() if line.name == "tiny").last_used > time.time() - 60


def test_the_model_of_an_old_image_is_found_by_hash_or_name(_own_home: Path) -> None:
    first, second = write_lora("a, b: Ink"), write_lora("other", {"modelspec.title": "Water"})
    save_file({name: tensor + 1 for name, tensor in LORA.items()}, second, {"modelspec.title": "Water"})
    for file in (first, second):
        os.utime(file, (86_400, 86_400))
    library = Library()
    assert find_model(library.model_table(), "SDXL\\A B Ink.safetensors", "ffffffffff") is not None, (
        "as long as no hash is known"
    )
    forms = hash_file(first)
    hash_file(second)
    for said in (forms.sha256[:10], forms.content[:12], forms.sha256, f"0x{forms.content}"):
        found = find_model(library.model_table(), "renamed since", said)
        assert found is not None and found.path == first
    assert find_model(library.model_table(), "a b Ink", "ffffffffff") is None, "another model of that name"
    for name in ("water", "models/other.safetensors"):
        found = find_model(library.model_table(), name)
        assert found is not None and found.path == second
    assert (
        find_model(library.model_table(), "water", "unknown") is not None
        and find_model(library.model_table(), "") is None
    )
    assert normalised_name("a/b\\C: d,.CKPT") == "c d"


def test_inspect_names_the_available_model(_own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tiny_model.write(paths.models_dir() / "tiny")
    os.utime(file, (86_400, 86_400))
    for name, said in {"there": hash_file(file).sha256[:10], "gone": "0123456789"}.items():
        told = PngInfo()
        told.add_text("parameters", f"a fox\nSteps: 4, Sampler: Euler, Seed: 5, Model hash: {said}, Model: old name")
        Image.new("RGB", (8, 8)).save(tmp_path / f"{name}.png", pnginfo=told)
        assert run(["inspect", str(tmp_path / f"{name}.png"), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["model_here"] == {"there": "tiny", "gone": None}[name]


def test_a_preview_image_beside_a_model_is_found(tmp_path: Path) -> None:
    for name in ("a.safetensors", "b.ckpt", "b.png", "b.preview.webp", "v1.5.safetensors", "v1.5.jpeg", "v1.png"):
        (tmp_path / name).touch()
    (tmp_path / "pipe.safetensors").touch()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "preview.jpg").touch()
    found = {name: preview_image_of(tmp_path / name) for name in
             ("a.safetensors", "b.ckpt", "v1.5.safetensors", "pipe.safetensors", "whole")}  # fmt: skip
    assert {name: path and path.name for name, path in found.items()} == {
        "a.safetensors": None, "b.ckpt": "b.preview.webp", "v1.5.safetensors": "v1.5.jpeg", "pipe.safetensors": None,
        "whole": "preview.jpg",
    }  # fmt: skip


def test_a_folder_of_another_tool_is_used_in_place(
    _own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "webui" / "models"
    (theirs / "Lora").mkdir(parents=True)
    save_file(LORA, theirs / "Lora" / "ink.safetensors", SPEC)
    assert run(["models", "add", str(theirs), "--json"]) == 0
    said = {"event": "named", "folder": str(theirs), "anew": True, "models": 1}
    assert json.loads(capsys.readouterr().out) == said
    assert run(["models", "add", str(theirs)]) == 0 and "1 LoRA; nothing was copied" in capsys.readouterr().out
    monkeypatch.chdir(theirs / "Lora")
    assert run(["models", "add", "../../models"]) == 0
    assert f"{theirs} is used in place: 1 LoRA;" in capsys.readouterr().out
    assert preferences.load().model_folders == (str(theirs),) and not paths.models_dir().exists()
    assert run(["models", "--family", "lora", "--tag", "INK", "--hashes"]) == 0
    printed = capsys.readouterr().out
    assert "LoRA · SDXL" in printed and "AutoV3" in printed and "icons" not in printed and "\x1b" not in printed
    assert run(["models", "--json", "--family", "LoRA"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["tags"][0] == "style" and row["usable"] is False and len(row["hashes"]["AutoV2"]) == 10
    assert run(["models", "add", str(theirs / "Lora" / "ink.safetensors"), "--json"]) == 0
    assert Path(json.loads(capsys.readouterr().out)["path"]) == theirs / "Lora" / "ink.safetensors", "it is there"
    assert run(["models", "forget", str(theirs)]) == 0 and preferences.load().model_folders == ()
    assert run(["models", "forget", str(theirs)]) == 2
    assert run(["models", "add", str(theirs / "none at all")]) == 2
    assert "is not there" in capsys.readouterr().err
    assert run(["models", "add", str(theirs / "Lora" / "ink.safetensors")]) == 0
    (copied,) = paths.models_dir().rglob("*.safetensors")
    assert copied.stem == "ink" and str(copied) in capsys.readouterr().out and find_adapter("ink") == copied


def test_the_titles_of_adapters_are_read_once_for_a_missing_lora(_own_home: Path) -> None:
    folder = write_lora("watercolour").parent
    for name in ("ink", "wash", "chalk"):
        write_lora(name)
    save_file({"w": torch.ones(1)}, folder / "watercolours.safetensors")
    with record_openings() as seen:
        assert files_named(["a fox <lora:watercolor:1> <lora:chalk>"]) == [folder / "chalk.safetensors"]
    assert {Path(path).stem for _, path in seen} == {"chalk", "ink", "wash", "watercolour", "watercolours"}
    with record_openings() as seen:
        assert files_named(["a fox <lora:watercolor:1> <lora:chalk>"]) == [folder / "chalk.safetensors"]
    assert not seen
    with record_openings() as seen, pytest.raises(BadRequest, match="'watercolor'; did you mean watercolour\\?"):
        find_adapter("watercolor")
    assert {Path(path).stem for _, path in seen} == {"watercolour", "watercolours"}


def test_a_model_of_nan_is_not_added(_own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tiny_model.write(tmp_path / "tiny", weight=float("nan"))
    assert run(["models", "add", str(path)]) == 2
    assert "tiny.safetensors is damaged" in capsys.readouterr().err
    assert read_entry(path).headers and not list(paths.models_dir().glob("*"))
    assert run(["generate", "a red disc", "--model", str(path), "--steps", "2", "--out", str(tmp_path)]) == 2
    assert "tiny.safetensors is damaged" in capsys.readouterr().err and not list(tmp_path.glob("*.png"))


def test_choosing_an_adapter_as_a_model_explains_its_use(_own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_lora("ink", {"modelspec.title": "Black Ink"})
    save_file({name: torch.zeros(2) for name in ("encoder.conv_in.weight", "decoder.conv_in.weight")},
              paths.models_dir() / "vivid.safetensors")  # fmt: skip
    save_file({name: torch.zeros(2, 16) for name in ("encoder.conv_in.weight", "decoder.conv_in.weight")},
              paths.models_dir() / "ae.safetensors")  # fmt: skip
    save_file({"emb_params": torch.ones(2, 768)}, paths.models_dir() / "face.safetensors")
    told = "ink is a LoRA for SDXL, and no model by itself; choose a model of SDXL, and write <lora:ink:1> into"
    for name, sentence in {
        "ink": told, "black ink": told, str(file): told,
        "vivid": "vivid is a VAE, and no model by itself; choose a model, and this as its VAE.",
        "ae": "ae.safetensors is a VAE for FLUX.1 or Stable Diffusion 3 with 64 parameters. GDM Studio opens",
        "face": "face is an embedding for Stable Diffusion 1, and no model by itself; choose a model of Stable "
        "Diffusion 1, and write face into the prompt.",
        "icon-2": f"There is no model called 'icon-2'; did you mean {BUILT_IN}",
        "nothing like it": "There is no model called 'nothing like it'; there are: ",
    }.items():  # fmt: skip
        assert run(["generate", "a fox", "--model", name, "--steps", "1"]) == 2
        assert sentence in capsys.readouterr().err, name
    quick = {line.name: can_be_few_step(line) for line in Library().model_table() if line.card is None}
    assert quick == {"ink": True, "vivid": False, "ae": False, "face": False}
    assert run(["models", "set", "ae", "--few-steps", "lcm"]) == 2
    assert "ae cannot be a few-step model" in capsys.readouterr().err


def test_several_files_are_added_or_refused_one_by_one(
    _own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = tmp_path / "theirs"
    (theirs / "more").mkdir(parents=True)
    model = tiny_model.write(theirs / "tiny")
    for number, name in enumerate(("ink", "more/wash", "more/chalk")):
        save_file({key: tensor + number for key, tensor in LORA.items()}, theirs / f"{name}.safetensors")
    pointer = theirs / "large.safetensors"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 4265146304\n")
    (theirs / "more" / "broken.ckpt").write_bytes(b"PK\3\4")
    places = [str(each) for each in (model, theirs / "ink.safetensors", theirs / "more", pointer)]
    assert run(["models", "add", *places]) == 2
    said = capsys.readouterr().out
    assert f"{theirs / 'more'} is used in place: 2 LoRAs; nothing was copied.\n" in said
    assert "1 model, 3 LoRAs in all.\n" in said and {line.name for line in Library().model_table()} >= {
        "tiny",
        "ink",
        "wash",
    }
    sentence = "large.safetensors is a git-lfs pointer, not the file itself; run `git lfs pull` or "
    sentence += "download the file."
    assert f"cannot be used:\n  {theirs / 'more' / 'broken.ckpt'}\n    broken.ckpt is damaged" in said
    assert f"  {pointer}\n    {sentence}\n" in said
    assert run(["models", "add", *places[2:], "--json"]) == 2
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["named", "refused", "refused"] and events[2]["error"] == sentence
    assert run(["models", "add", str(theirs / "more")]) == 0 and "broken.ckpt is damaged" in capsys.readouterr().out
    assert run(["models", "add", str(pointer)]) == 2 and sentence in capsys.readouterr().err
