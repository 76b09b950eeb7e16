"""Presets: round trips, names, and files that are not presets."""

from __future__ import annotations

import json
import os
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.request.generation_request import SETTINGS, Request
from gdm_studio.studio import presets
from gdm_studio.studio.presets import Preset
from tests.helpers.requests import FULL

NOW = Request(prompt="an owl", seed=5, count=3, device="cpu", style="x", steps=3).checked()


@pytest.fixture
def folder(_own_home: Path) -> Path:
    folder = paths.presets_dir()
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("with_prompt", [True, False])
def test_a_preset_restores_its_settings_and_nothing_else(folder: Path, with_prompt: bool) -> None:
    assert presets.save("Ink", Preset.of(FULL, with_prompt=with_prompt)) is None
    preset = presets.load("ink")
    applied = preset.applied_to(NOW)
    assert preset.has_prompt is with_prompt and applied.prompt == (FULL.prompt if with_prompt else "an owl")
    of_preset = {*presets.NAMES, "prompt"}
    assert {"steps", "sampler", "style", "model", "negative_prompt", "knobs"} <= of_preset
    for name, setting in SETTINGS.items():
        expected = FULL if name in presets.NAMES else NOW
        if name != "prompt":
            assert setting.value_in(applied) == setting.value_in(expected), name
    assert not {"seed", "image", "mask", "branch", "device", "batch"} & of_preset


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_preset_is_found_in_any_unicode_form(folder: Path, form: str) -> None:
    presets.save(unicodedata.normalize(form, "Forêt"), Preset.of(FULL, with_prompt=False))
    for name in ("Forêt", " forêt "):
        for typed in ("NFC", "NFD"):
            assert presets.load(unicodedata.normalize(typed, name)).applied_to(NOW).steps == FULL.steps


def test_only_the_listed_settings_are_applied(folder: Path) -> None:
    content = {"kind": "gdm-studio preset", "version": 2, "settings": {"steps": 7, "later": 1}}
    (folder / "Short.json").write_text(json.dumps(content))
    assert presets.load("Short").applied_to(NOW) == replace(NOW, steps=7)


def test_presets_are_renamed_replaced_deleted_and_put_back(folder: Path) -> None:
    first = Preset.of(NOW, with_prompt=False)
    presets.save("One", first)
    presets.save("two", first)
    assert presets.names() == ["One", "two"] and presets.existing_name("ONE") == "One"
    with pytest.raises(BadRequest, match="already"):
        presets.rename("One", "TWO")
    presets.rename("One", "ONE")
    assert presets.names() == ["ONE", "two"]
    before = presets.save("two", Preset.of(replace(NOW, steps=9), with_prompt=False))
    assert presets.load("two").values["steps"] == 9
    presets.put_back("two", before)
    assert presets.load("two") == first
    content = presets.content_of("two")
    presets.put_back("two", None)
    assert presets.names() == ["ONE"]
    presets.check_free("two")
    presets.put_back("two", content)
    assert presets.load("two") == first
    with pytest.raises(BadRequest, match="already"):
        presets.check_free("Two")


@pytest.mark.parametrize("name", ["", " a", "a/b", "../a", ".a", "a\\b", "a:b", "nul", "a\x1b", "a.", "x" * 61, "a\nb"])
def test_unusable_names_are_refused(folder: Path, name: str) -> None:
    with pytest.raises(BadRequest):
        presets.save(name, Preset({}))
    assert not any(folder.parent.glob("a*")) and presets.names() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "\0",
        '{"kind": "other", "version": 2, "settings": {}}',
        '{"kind": "gdm-studio preset", "version": 2, "settings": 1}',
        '{"kind": "gdm-studio preset", "settings": {}}',
        '{"kind": "gdm-studio preset", "version": 2, "settings": {"steps": "many"}}',
        '{"kind": "gdm-studio preset", "version": 2, "settings": {"steps": 1e999}}',
        '{"kind": "gdm-studio preset", "version": 2, "settings": {"sampler": ["x"]}}',
        '{"kind": "gdm-studio preset", "version": 2, "settings": {"knobs": {"a": {"b": [1]}}}}',
        "[" * 100_000,
        '{"a": "' + "x" * presets.MAX_BYTES + '"}',
    ],
)
def test_foreign_and_hostile_files_are_refused_by_name(folder: Path, text: str) -> None:
    (folder / "Odd.json").write_text(text)
    with pytest.raises(BadRequest, match="Odd"):
        presets.load("Odd")


def test_a_file_that_cannot_be_read_is_reported(folder: Path) -> None:
    (folder / "Folder.json").mkdir()
    os.mkfifo(folder / "Pipe.json")
    for name in ("Folder", "Pipe"):
        with pytest.raises(StorageError):
            presets.load(name)
    with pytest.raises(BadRequest, match="no preset called 'Gone'; there are Folder, Pipe"):
        presets.load("Gone")
