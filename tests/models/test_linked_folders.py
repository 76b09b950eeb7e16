"""Models folders with links to other folders: all files are listed, each once, and loops end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gdm_studio.models.files.checkpoints import find_entries

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="creating links needs a privilege on Windows")


def write(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path


def names_in(*folders: Path) -> list[str]:
    return [Path(path).relative_to(folders[0].parent).as_posix() for path in find_entries(folders)]


def test_models_in_linked_folders_are_listed(tmp_path: Path) -> None:
    write(tmp_path / "disk" / "a.safetensors")
    write(tmp_path / "disk" / "pipe" / "model_index.json")
    write(tmp_path / "loras" / "deep" / "b.safetensors")
    models = tmp_path / "models"
    write(models / "own.safetensors")
    (models / "Lora").symlink_to(tmp_path / "loras", target_is_directory=True)
    (models / "StableDiffusion").symlink_to(tmp_path / "disk", target_is_directory=True)
    (models / "sd").symlink_to(tmp_path / "disk" / "pipe", target_is_directory=True)
    (models / "gone").symlink_to(tmp_path / "missing", target_is_directory=True)
    assert names_in(models) == [
        "models/Lora/deep/b.safetensors",
        "models/StableDiffusion/a.safetensors",
        "models/StableDiffusion/pipe",
        "models/own.safetensors",
    ]


def test_a_link_inside_a_linked_folder_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "second" / "a.safetensors")
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "more").symlink_to(tmp_path / "second", target_is_directory=True)
    models = tmp_path / "models"
    models.mkdir()
    (models / "link").symlink_to(tmp_path / "first", target_is_directory=True)
    assert names_in(models) == ["models/link/more/a.safetensors"]


@pytest.mark.parametrize("target", [".", "..", "../..", "/"])
def test_a_link_to_a_folder_around_it_is_not_followed(tmp_path: Path, target: str) -> None:
    models = tmp_path / "models"
    write(models / "deep" / "own.safetensors")
    write(tmp_path / "beside.safetensors")
    (models / "deep" / "loop").symlink_to(target, target_is_directory=True)
    assert names_in(models) == ["models/deep/own.safetensors"]


def test_a_folder_is_listed_once_however_many_links_lead_to_it(tmp_path: Path) -> None:
    models = tmp_path / "models"
    write(models / "real" / "own.safetensors")
    for number in range(20):
        folder = tmp_path / "chain" / str(number)
        folder.mkdir(parents=True)
        for name in ("a", "b"):
            (folder / name).symlink_to(tmp_path / "chain" / str(number + 1), target_is_directory=True)
    write(tmp_path / "chain" / "20" / "last.safetensors")
    (models / "again").symlink_to(models / "real", target_is_directory=True)
    (models / "chain").symlink_to(tmp_path / "chain" / "0", target_is_directory=True)
    found = names_in(models, tmp_path / "models")
    assert [Path(name).name for name in found] == ["last.safetensors", "own.safetensors"]
    assert found[-1] == "models/real/own.safetensors"
