"""Saving images: complete files with all their settings, or none."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio import __version__
from gdm_studio.common import atomic_files
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery, read
from gdm_studio.request.generation_events import GenerationFacts
from gdm_studio.request.generation_request import BUILT_IN
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def test_pixels_and_transparency_are_saved_exactly(gallery: Gallery) -> None:
    made = result(side=32)
    picture = gallery.save(made)
    with Image.open(picture.path) as image:
        assert image.mode == "RGBA"
        assert np.array_equal(np.asarray(image), made.rgba)


def test_opaque_images_stay_rgb(gallery: Gallery) -> None:
    made = result(side=32)
    opaque = type(made)(0, made.request, made.rgba[:, :, :3])
    with Image.open(gallery.save(opaque).path) as image:
        assert image.mode == "RGB"
        assert np.array_equal(np.asarray(image), opaque.rgba)


def test_the_file_contains_everything_to_regenerate_the_image(gallery: Gallery) -> None:
    made = result("a red fox", seed=7, sampler="ddim", knobs={"eta": 0.5}, style="noto", temperature=0.8, stopped_at=9)
    made = replace(made, made=GenerationFacts(device="CPU", dtype="bf16", seconds=1.5))
    picture = gallery.save(made, note={"host": "desk", "device": "what somebody wished for"})
    found = read(picture.path)
    assert found.request == made.request == picture.request
    assert (found.tool, found.id, found.created) == ("GDM Studio", picture.id, picture.created)
    assert (found.stopped_at, picture.stopped_at, picture.seconds) == (9, 9, 1.5)
    assert found.made_with["torch"]
    said = {name: found.made_with[name] for name in ("device", "dtype", "seconds", "host")}
    assert said == {"device": "CPU", "dtype": "bf16", "seconds": "1.5", "host": "desk"}
    assert gallery.get(picture.id) == picture


def test_other_tools_find_the_parameters_text(gallery: Gallery) -> None:
    picture = gallery.save(result("a red fox", negative_prompt="blurry", style="noto", sampler="dpmpp_2m"))
    with Image.open(picture.path) as image:
        text = image.text["parameters"]
        record = json.loads(image.text["gdm_studio"])
    assert text == (
        "a red fox\nNegative prompt: blurry\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 4, "
        f"Seed: 42, Size: 16x16, Model: {BUILT_IN}, Temperature: 1, Style: noto, Version: GDM Studio {__version__}"
    )
    assert record["version"] == 1 and record["request"]["version"] == 2


def test_names_contain_date_prompt_and_seed_and_are_unique(gallery: Gallery) -> None:
    twice = [gallery.save(result("A red fox, / in: the\nsnow?", seed=42)) for _ in range(2)]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d A red fox in the snow 42 [0-9a-f]{4}\.png", p.path.name) for p in twice)
    assert len({picture.path for picture in twice}) == len({picture.id for picture in twice}) == 2


@pytest.mark.parametrize("prompt", ["", "///", "\udc80", "x" * 300, "猫" * 100, "..", "🦊", "con"], ids=ascii)
def test_any_prompt_gives_a_usable_name(gallery: Gallery, prompt: str) -> None:
    picture = gallery.save(result(prompt, seed=2**63 - 1))
    assert picture.path.parent == gallery.pictures and len(os.fsencode(picture.path.name)) < 255
    # A lone surrogate cannot be written as UTF-8.
    readable = prompt.replace("\udc80", "\ufffd")
    assert read(picture.path).request.prompt == readable
    assert gallery.get(picture.id).request.prompt == readable


def test_an_image_with_invalid_settings_is_still_shown(gallery: Gallery) -> None:
    # The image is smaller than a request may ask for.
    tiny = gallery.save(result("tiny", side=2))
    assert gallery.page("tiny") == [tiny] and (tiny.size, tiny.request.seed) == ((2, 2), 42)
    gallery.rebuild()
    assert gallery.page() == [tiny]


@pytest.mark.parametrize(
    "failing", [(atomic_files, "rename_without_replacing"), (os, "fsync")], ids=["rename", "fsync"]
)
def test_a_full_disk_leaves_no_partial_file(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch, failing: tuple[object, str]
) -> None:
    kept = gallery.save(result(seed=1))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(*failing, full)
        with pytest.raises(StorageError, match=r"The disk of .* is full; free some space"):
            gallery.save(result(seed=2))
    assert files_in(gallery.pictures) == [kept.path.name]
    assert gallery.save(result(seed=3)).path.exists()


SAVING = """
import sys
from pathlib import Path
from gdm_studio.gallery import Gallery
from tests.helpers.library import result
base = Path(sys.argv[1])
gallery = Gallery(base / "pictures", base / "data", base / "cache")
while True:
    print(gallery.save(result("doomed", side=64)).id, flush=True)
"""


@pytest.mark.slow
def test_every_reported_image_is_complete_after_a_kill(gallery: Gallery, tmp_path: Path) -> None:
    rng, reported = random.Random(0), set()
    for _ in range(4):
        command = [sys.executable, "-c", SAVING, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as keeper:
            reported.add(keeper.stdout.readline().strip())
            time.sleep(rng.uniform(0, 0.2))
            keeper.kill()
            reported |= {line.strip() for line in keeper.stdout if line.endswith("\n")}
    for path in gallery.pictures.glob("*.png"):
        with Image.open(path) as image:
            image.load()
    gallery.sync()
    found = {picture.id for picture in gallery.page(limit=10_000)}
    assert reported <= found and len(found) == len(list(gallery.pictures.glob("*.png")))


def test_an_interrupt_leaves_no_partial_file(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic_files, "rename_without_replacing", interrupted)
    with pytest.raises(KeyboardInterrupt):
        gallery.save(result())
    assert files_in(gallery.pictures) == []


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("not a folder")
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    for attempt in (gallery.check_writable, lambda: gallery.save(result())):
        with pytest.raises(StorageError, match="is a file, not a folder"):
            attempt()
    nested = Gallery(tmp_path / "pictures" / "inside", tmp_path / "data", tmp_path / "cache")
    with pytest.raises(StorageError, match="is a file, not a folder"):
        nested.save(result())


def test_a_vanished_disk_is_not_replaced_by_a_new_folder(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    gallery = Gallery(disk / "pictures", tmp_path / "data", tmp_path / "cache")
    gallery.save(result())
    shutil.move(disk, tmp_path / "elsewhere")
    for attempt in (gallery.check_writable, lambda: gallery.save(result()), gallery.sync):
        with pytest.raises(StorageError, match="is not there; check that its disk is connected"):
            attempt()
    assert not disk.exists()
    shutil.move(tmp_path / "elsewhere", disk)
    gallery.save(result())
    assert gallery.count() == 2


def test_an_image_is_saved_although_the_index_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a folder")
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    gallery.pictures.mkdir()
    picture = gallery.save(result())
    assert read(picture.path).id == picture.id
    with pytest.raises(StorageError, match="is a file, not a folder"):
        gallery.page()
    (tmp_path / "cache").unlink()
    assert gallery.page() == [picture]


def test_only_old_temporary_files_are_deleted(gallery: Gallery) -> None:
    gallery.save(result())
    old, new = gallery.pictures / ".old.part", gallery.pictures / ".new.part"
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (1, 1))
    gallery.sync()
    assert not old.exists() and new.exists() and gallery.count() == 1
