"""Settings are restored as saved, and no settings file can prevent the program from starting."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from gdm_studio import preferences
from gdm_studio.common import paths, repair_log
from gdm_studio.common.errors import StorageError
from gdm_studio.preferences import Preferences

OTHERS = Preferences(
    library="/mnt/öffentlich/pictures",
    name_pattern="{seed}",
    format="webp",
    device="cuda:1",
    threads=3,
    memory_gb=6.0,
    cpu_share=0.5,
    preview_share=0.0,
    keep_steps=False,
    steps_mb_each=0.5,
    steps_gb=1.0,
    language="fr",
    ui_scale=1.5,
    fast_drafts=False,
    both_in_runs=False,
    stacks=True,
    theme="light",
    canvas="dark",
    notify=False,
    keep_awake=False,
    empty_bin_on_exit=False,
    model_folders=("/models", "/more models"),
    remote_devices="gpubox, me@tower/cuda:1",
    remote_program="~/gdm-studio/.venv/bin/gdm-studio",
    cluster="192.168.1.5:6379",
    downloads=True,
)


def write(content: Any) -> None:
    preferences.path().parent.mkdir(parents=True, exist_ok=True)
    preferences.path().write_text(content if isinstance(content, str) else json.dumps(content))


def test_saved_settings_are_loaded() -> None:
    assert all(getattr(OTHERS, field.name) != field.default for field in fields(Preferences))
    assert preferences.load() == Preferences()
    preferences.save(OTHERS)
    assert preferences.load() == OTHERS


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "\x00\xff", '"text"', "[" * 10**5])
def test_a_damaged_file_gives_the_defaults(content: str) -> None:
    write(content)
    assert preferences.load() == Preferences()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "bmp"), ("format", 3), ("theme", "pink"), ("threads", -1), ("threads", 2.5), ("threads", True),
        ("cpu_share", 0), ("cpu_share", 1.5), ("cpu_share", "1"), ("preview_share", -0.1), ("steps_gb", 0),
        ("steps_mb_each", None), ("keep_steps", 1), ("name_pattern", " "), ("model_folders", [1]), ("library", None),
        ("steps_gb", 10**400), ("library", "a\0b"), ("model_folders", ["/a", "b\0c"]), ("model_folders", ["\ud800"]),
        ("model_folders", "/a"), ("model_folders", [None]), ("model_folders", {"/a": 1}),
    ],
)  # fmt: skip
def test_an_invalid_value_affects_only_its_setting(name: str, value: Any) -> None:
    write({"notify": False, name: value})
    assert preferences.load() == Preferences(notify=False)


@pytest.mark.parametrize("content", ["{", "[]", {"notify": False, "threads": "many", "theme": "light"}])
def test_a_damaged_file_is_backed_up_and_reported_once(content: Any) -> None:
    write(content)
    damaged = preferences.path().read_bytes()
    preferences.change({"format": "webp"})
    whole = Preferences() if isinstance(content, str) else Preferences(notify=False, theme="light")
    assert preferences.load() == replace(whole, format="webp")
    (aside,) = (path for path in preferences.path().parent.glob(f"{preferences.FILE}*") if path != preferences.path())
    assert aside.read_bytes() == damaged
    (sentence,) = repair_log.take_unreported(paths.data_dir())
    assert "settings was damaged" in sentence and aside.name in sentence


def test_unknown_settings_are_dropped() -> None:
    write({"steps_gb": 2, "of_a_later_version": 1})
    assert preferences.load() == Preferences(steps_gb=2.0)
    assert type(preferences.load().steps_gb) is float
    preferences.save(preferences.load())
    assert set(json.loads(preferences.path().read_text())) == {field.name for field in fields(Preferences)}


def test_the_pictures_folder_is_the_chosen_one(tmp_path: Path, _own_home: Path) -> None:
    assert preferences.pictures_dir() == paths.default_pictures_dir() == _own_home / "pictures"
    preferences.save(replace(Preferences(), library=str(tmp_path / "elsewhere")))
    assert preferences.pictures_dir() == tmp_path / "elsewhere"
    assert paths.default_pictures_dir() == _own_home / "pictures"
    assert preferences.path() == _own_home / "data" / preferences.FILE


def test_saving_to_an_unwritable_folder_raises_a_storage_error(_own_home: Path) -> None:
    (_own_home / "data").write_text("a file where the folder should be")
    with pytest.raises(StorageError):
        preferences.save(Preferences())
    assert preferences.load() == Preferences()
