"""`gdm-studio gallery`: list, search, rebuild and the verbs that change images."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from gdm_studio import doctor, preferences
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery
from tests.drills import bad_disk
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gallery:
    """Create a gallery in the default folders with three images, the oldest a favourite."""
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path))
    gallery = Gallery.open()
    fox = gallery.save(result("a red fox", seed=1, style="noto"))
    gallery.save(result("an owl\nat night", seed=2))
    gallery.save(result("a blue fox", seed=3, stopped_at=4))
    gallery.favourites.set(fox.id, True)
    gallery.close()
    return gallery


def test_list_as_json_prints_one_line_per_image_newest_first(
    gallery: Gallery, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["gallery", "list", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["prompt"], row["seed"], row["favourite"]) for row in rows] == [
        ("a blue fox", 3, False),
        ("an owl\nat night", 2, False),
        ("a red fox", 1, True),
    ]
    assert rows[0]["stopped_at"] == 4 and rows[0]["size"] == "16x16" and rows[0]["scheduler"] == "karras"
    assert all(Path(row["path"]).is_file() for row in rows)


def test_list_as_text_shows_every_image_with_its_path(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["gallery", "list"]) == 0
    shown = capsys.readouterr().out
    assert "an owl at night" in shown
    assert all(str(path) in shown for path in gallery.pictures.iterdir())


@pytest.mark.parametrize(
    ("words", "seeds"),
    [
        (["fox"], [3, 1]),
        (["red", "fox"], [1]),
        (["is:favourite"], [1]),
        (["--", "-fox"], [2]),
        (["fox", "--limit", "1"], [3]),
        (["unicorn"], []),
    ],
)
def test_search_prints_the_matching_images(
    gallery: Gallery, capsys: pytest.CaptureFixture[str], words: list[str], seeds: list[int]
) -> None:
    assert run(["gallery", "search", "--json", *words]) == 0
    assert [json.loads(line)["seed"] for line in capsys.readouterr().out.splitlines()] == seeds


@pytest.mark.slow
def test_list_continues_past_the_first_page(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    for seed in range(510):
        info = PngInfo()
        info.add_text("parameters", f"many\nSteps: 9, Sampler: Euler, Seed: {seed}, Size: 8x8")
        Image.new("RGB", (8, 8)).save(gallery.pictures / f"{seed}.png", pnginfo=info)
        os.utime(gallery.pictures / f"{seed}.png", (10**9 + seed, 10**9 + seed))
    assert run(["gallery", "search", "many", "--json"]) == 0
    assert [json.loads(line)["seed"] for line in capsys.readouterr().out.splitlines()] == list(range(510))[::-1]


def test_list_follows_changes_by_other_programs(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    newest = gallery.page()[0].path
    gallery.close()
    newest.unlink()
    assert run(["gallery", "list", "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_rebuild_repairs_the_index_and_keeps_favourites(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(gallery.index_path) as index:
        index.execute("UPDATE pictures SET seed = 99")
    index.close()
    assert run(["gallery", "rebuild", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pictures"] == 3
    assert [picture.request.seed for picture in gallery.page("seed:1 is:favourite")] == [1]
    gallery.close()
    assert run(["gallery", "rebuild"]) == 0
    assert capsys.readouterr().out.startswith("3 images in ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "--limit", "many"],
        ["list", "--limit", "-1"],
        ["list", "--limit", "0"],
        ["search"],
        ["search", "fox steps:>>x"],
        ["polish"],
        [],
    ],
)
def test_bad_input_gives_a_one_line_error(
    gallery: Gallery, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run(["gallery", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith("gdm-studio: ") and len(told.err.splitlines()) == 1


def test_a_folder_that_cannot_be_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home").write_text("not a folder")
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path / "home"))
    assert run(["gallery", "list"]) == 2
    assert str(tmp_path / "home") in capsys.readouterr().err


def test_an_empty_gallery_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path))
    assert run(["gallery", "list", "--json"]) == run(["gallery", "rebuild", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pictures"] == 0


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    """Run a gallery verb and return the last line of its JSON output."""
    assert run(["gallery", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_matching_images_are_tagged(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_json(capsys, "tag", "fox", "--name", "beasts", "--yes")["pictures"] == 2
    assert run_json(capsys, "tag", "red", "--name", "beasts", "--off")["pictures"] == 1
    assert run_json(capsys, "search", "tag:beasts")["seed"] == 3
    assert run_json(capsys, "tag", "--all", "--name", "beasts", "--off", "--yes")["pictures"] == 1


def test_deleted_images_are_restored(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_json(capsys, "delete", "fox", "--yes")["pictures"] == 2
    assert len(list(gallery.pictures.glob("*.png"))) == 1
    assert run_json(capsys, "undelete") == {"event": "restored", "pictures": 2, "files": 2}
    assert run_json(capsys, "undelete")["pictures"] == 0 == run_json(capsys, "delete", "unicorn")["pictures"]
    assert len(list(gallery.pictures.glob("*.png"))) == 3


def write_retouched(picture: Path, name: str, *, dot: int = 0) -> Path:
    """Save another program's version of an image with the same text chunks."""
    info = PngInfo()
    with Image.open(picture) as image:
        for keyword, value in image.text.items():
            info.add_text(keyword, value)
        changed = ImageOps.mirror(image)
    changed.putpixel((dot, 0), (0, 0, 0, 9))
    changed.save(picture.with_name(name), pnginfo=info)
    return picture.with_name(name)


def test_a_retouched_picture_is_listed_and_not_deleted_with_the_original(
    gallery: Gallery, capsys: pytest.CaptureFixture[str]
) -> None:
    (fox,) = (path for path in gallery.pictures.glob("*.png") if "a red fox" in path.name)
    (gallery.pictures / "copy.png").write_bytes(fox.read_bytes())
    retouch = write_retouched(fox, "my hour of retouching.png")
    content = retouch.read_bytes()
    assert run(["gallery", "search", "red"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.strip() for line in lines[1::2]} == {str(fox), str(retouch)}
    assert ["edited in another program" in line for line in lines[::2]].count(True) == 1
    own = run_json(capsys, "search", "is:edited")
    original = run_json(capsys, "search", "red -is:edited")
    assert own["path"] == str(retouch) and own["edited_from"] == original["id"] and not original["edited_from"]
    assert run(["gallery", "delete", "red -is:edited"]) == 2, "it has two files"
    assert "1 image (2 files) would be deleted" in capsys.readouterr().err
    assert run(["gallery", "delete", "--yes", "red -is:edited"]) == 0
    told = capsys.readouterr()
    assert told.out == "1 image (2 files) deleted\n" and "1 image (2 files) will be deleted" in told.err
    assert not fox.exists() and retouch.read_bytes() == content
    assert run(["gallery", "undelete"]) == 0
    assert capsys.readouterr().out == "1 image (2 files) restored\n" and fox.exists()


def test_all_files_with_equal_ids_are_listed_and_deleted(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    originals = list(gallery.pictures.glob("*.png"))
    for number, picture in enumerate(originals):
        for dot in range(6):
            changed = write_retouched(picture, f"{number} {dot}.png", dot=dot)
            changed.with_name(f"{number} {dot} copy.png").write_bytes(changed.read_bytes())
    assert run(["gallery", "list", "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3 * 7
    assert run(["gallery", "delete", "--all"]) == 2
    assert "All 21 images (39 files) would be deleted" in capsys.readouterr().err
    assert run_json(capsys, "delete", "--all", "--yes") == {"event": "deleted", "pictures": 21, "files": 39}
    assert run_json(capsys, "undelete") == {"event": "restored", "pictures": 21, "files": 39}


def test_a_library_moved_to_a_disconnected_drive_is_reported(
    gallery: Gallery, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drive = bad_disk.Drive(tmp_path / "drive")
    try:
        if not drive.mounted:
            pytest.skip("nothing can be mounted here")
        assert run_json(capsys, "move", str(drive.library))["pictures"] == 3
        drive.pull_out()
        with closing(Gallery.open()) as moved, pytest.raises(StorageError, match="is not there"):
            moved.save(result("lost"))
        # Reconnecting checks that nothing was written to the mount point.
        drive.put_back()
        with closing(Gallery.open()) as moved:
            moved.save(result("found"))
            assert moved.count() == 4
    finally:
        drive.close()


def test_users_of_a_shared_library_learn_its_new_place(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, mine = gallery.pictures, preferences.load()
    with monkeypatch.context() as patched:
        # The files belong to another user.
        patched.setattr(os, "geteuid", lambda: 4711)
        assert run_json(capsys, "move", str(tmp_path / "elsewhere"))["pictures"] == 3
    preferences.save(mine)
    for arguments in (["gallery", "list"], ["gallery", "delete", "--all", "--yes"]):
        assert run(arguments) == 2
        told = capsys.readouterr().err
        assert f"Another user moved the pictures of {before} to {tmp_path / 'elsewhere'}" in told
        assert len(told.splitlines()) == 1
    with closing(Gallery.open()) as theirs, pytest.raises(StorageError, match="Another user moved"):
        theirs.save(result("lost"))
    preferences.change({"library": str(tmp_path / "elsewhere")})
    assert run_json(capsys, "move", str(before))["pictures"] == 3, "back again"
    assert run(["gallery", "list"]) == 0 and not (before / ".moved-to").exists()


def test_a_clock_out_of_range_is_reported(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def beyond() -> float:
        raise OverflowError("timestamp too large to convert to C _PyTime_t")

    monkeypatch.setattr("time.time", beyond)
    assert run(["gallery", "list"]) == 2
    told = capsys.readouterr().err
    assert "The system clock is set to a time after April 2262" in told and len(told.splitlines()) == 1


def test_a_folder_is_imported_in_place(gallery: Gallery, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "outputs"
    folder.mkdir()
    info = PngInfo()
    info.add_text("parameters", "a cat\nSteps: 9, Sampler: Euler, Seed: 9, Size: 8x8")
    Image.new("RGB", (8, 8)).save(folder / "cat.png", pnginfo=info)
    Image.new("RGB", (8, 8)).save(folder / "photo.png")
    for name in "abcdefg":
        Image.new("RGB", (8, 8)).save(folder / f"{name}.tga")
    assert run(["gallery", "import", str(folder)]) == 0
    assert "7 could not be read: a.tga, b.tga, c.tga, d.tga, e.tga, …" in capsys.readouterr().err
    told = run_json(capsys, "import", str(folder))
    assert (told["pictures"], told["plain"], told["copies"], told["unreadable"]) == (2, 1, 0, 7)
    assert run_json(capsys, "search", "cat")["source"] == str(folder)
    assert run_json(capsys, "sources") == {"folder": str(folder), "pictures": 2, "is_there": True}
    photo = run_json(capsys, "search", "is:plain")
    assert photo["path"] == str(folder / "photo.png") and "seed" not in photo
    assert run(["gallery", "search", "is:plain"]) == 0 and "(no settings)  photo" in capsys.readouterr().out
    assert run_json(capsys, "search", "tool:automatic1111")["source"] == str(folder)
    assert run(["gallery", "sources", "--remove", str(folder)]) == 0 and capsys.readouterr().out == ""
    assert run(["gallery", "sources", "--remove", str(folder)]) == 2
    assert "is not an imported folder" in capsys.readouterr().err


def test_matching_images_are_exported(gallery: Gallery, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run_json(capsys, "export", "fox", "--out", str(out), "--names", "{n:02} {seed}")["pictures"] == 2
    assert sorted(path.name for path in out.iterdir()) == ["01 3.png", "02 1.png"]
    assert run_json(capsys, "export", "fox", "--zip", str(out / "all.zip"))["path"] == str(out / "all.zip")
    assert run_json(capsys, "export", "fox", "--sheet", str(out / "all.png"))["pictures"] == 2
    assert (out / "all.zip").stat().st_size > 0 and (out / "all.png").stat().st_size > 0
    for arguments in (["unicorn"], ["fox", "--names", "{colour}"], ["fox", "--sheet", "all.gif"]):
        assert run(["gallery", "export", *arguments]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_move_moves_the_library(gallery: Gallery, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_json(capsys, "move", str(tmp_path / "new"))["pictures"] == 3
    assert not gallery.pictures.exists()
    assert Path(run_json(capsys, "list")["path"]).parent == tmp_path / "new"


def test_repairs_are_reported_once_and_listed_by_doctor(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    gallery.tags.set([picture.id for picture in gallery.page()], "kept")
    gallery.close()
    gallery.user_data_path.write_bytes(b"not a database" * 1000)
    (paths.data_dir() / "queue").mkdir()
    (paths.data_dir() / "queue" / "torn.json").write_text("{")
    assert run(["gallery", "search", "tag:kept"]) == 0
    out, err = capsys.readouterr()
    assert out.count("#kept") == 3 and err.count("were damaged") == 1 and "Traceback" not in err
    assert run(["queue", "list"]) == 0
    assert capsys.readouterr().err.count("An entry of the queue was damaged") == 1
    assert run(["gallery", "list"]) == run(["queue", "list"]) == 0
    assert "damaged" not in capsys.readouterr().err
    found = [finding for finding in doctor.recent_repairs() if finding.remedy]
    assert len(found) == 2 and "were damaged" in found[0].value and "queue" in found[1].value


def test_the_last_deletion_is_restored_first(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ("red", "owl", "blue"):
        assert run_json(capsys, "delete", words)["pictures"] == 1
    for words in ("blue", "owl", "red"):
        assert run_json(capsys, "undelete")["pictures"] == 1
        assert words in run_json(capsys, "search", words)["prompt"]
