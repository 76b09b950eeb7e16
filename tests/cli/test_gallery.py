"""`gdm-studio gallery`: list, search, rebuild."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio import doctor, paths
from gdm_studio.cli.main import run
from gdm_studio.gallery import Gallery
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gallery:
    """Three pictures in the usual folders, the oldest a favourite."""
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path))
    gallery = Gallery.open()
    fox = gallery.keep(result("a red fox", seed=1, style="noto"))
    gallery.keep(result("an owl\nat night", seed=2))
    gallery.keep(result("a blue fox", seed=3, stopped_at=4))
    gallery.favourite(fox.id, True)
    gallery.close()
    return gallery


def test_list_as_json_has_a_line_a_picture_newest_first(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["gallery", "list", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["prompt"], row["seed"], row["favourite"]) for row in rows] == [
        ("a blue fox", 3, False),
        ("an owl\nat night", 2, False),
        ("a red fox", 1, True),
    ]
    assert rows[0]["stopped_at"] == 4 and rows[0]["size"] == "16x16" and rows[0]["scheduler"] == "karras"
    assert all(Path(row["path"]).is_file() for row in rows)


def test_list_for_people_shows_every_picture_with_its_path(
    gallery: Gallery, capsys: pytest.CaptureFixture[str]
) -> None:
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
        (["fox", "--limit", "0"], []),
        (["unicorn"], []),
    ],
)
def test_search(gallery: Gallery, capsys: pytest.CaptureFixture[str], words: list[str], seeds: list[int]) -> None:
    assert run(["gallery", "search", "--json", *words]) == 0
    assert [json.loads(line)["seed"] for line in capsys.readouterr().out.splitlines()] == seeds


def test_list_goes_on_past_the_first_page(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    for seed in range(510):
        info = PngInfo()
        info.add_text("parameters", f"many\nSteps: 9, Sampler: Euler, Seed: {seed}, Size: 8x8")
        Image.new("RGB", (8, 8)).save(gallery.pictures / f"{seed}.png", pnginfo=info)
        os.utime(gallery.pictures / f"{seed}.png", (10**9 + seed, 10**9 + seed))
    assert run(["gallery", "search", "many", "--json"]) == 0
    assert [json.loads(line)["seed"] for line in capsys.readouterr().out.splitlines()] == list(range(510))[::-1]


def test_what_another_program_added_is_listed(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    newest = gallery.page()[0].path
    gallery.close()
    newest.unlink()
    assert run(["gallery", "list", "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_rebuild_mends_the_index_and_keeps_favourites(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(gallery.index_path) as index:
        index.execute("UPDATE pictures SET seed = 99")
    index.close()
    assert run(["gallery", "rebuild", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pictures"] == 3
    assert [picture.request.seed for picture in gallery.page("seed:1 is:favourite")] == [1]
    gallery.close()
    assert run(["gallery", "rebuild"]) == 0
    assert capsys.readouterr().out.startswith("3 pictures in ")


@pytest.mark.parametrize(
    "arguments",
    [["list", "--limit", "many"], ["list", "--limit", "-1"], ["search"], ["search", "fox steps:>>x"], ["polish"], []],
)
def test_bad_input_is_one_sentence(gallery: Gallery, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
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


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    """What a verb says as JSON, its last line."""
    assert run(["gallery", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_tags_are_put_on_what_matches(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "tag", "fox", "--name", "beasts", "--yes")["pictures"] == 2
    assert said(capsys, "tag", "red", "--name", "beasts", "--off")["pictures"] == 1
    assert said(capsys, "search", "tag:beasts")["seed"] == 3


def test_deleted_ones_come_back(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "delete", "fox", "--yes")["pictures"] == 2
    assert len(list(gallery.pictures.glob("*.png"))) == 1
    assert said(capsys, "undelete") == {"event": "restored", "pictures": 2}
    assert said(capsys, "undelete")["pictures"] == 0 == said(capsys, "delete", "unicorn")["pictures"]
    assert len(list(gallery.pictures.glob("*.png"))) == 3


def test_a_folder_is_imported_where_it_is(
    gallery: Gallery, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "outputs"
    folder.mkdir()
    info = PngInfo()
    info.add_text("parameters", "a cat\nSteps: 9, Sampler: Euler, Seed: 9, Size: 8x8")
    Image.new("RGB", (8, 8)).save(folder / "cat.png", pnginfo=info)
    Image.new("RGB", (8, 8)).save(folder / "photo.png")
    told = said(capsys, "import", str(folder))
    assert (told["pictures"], told["others"]) == (1, 1)
    assert said(capsys, "search", "cat")["source"] == str(folder)
    assert said(capsys, "sources") == {"folder": str(folder), "pictures": 1, "is_there": True}
    assert run(["gallery", "sources", "--remove", str(folder)]) == 0 and capsys.readouterr().out == ""
    assert run(["gallery", "sources", "--remove", str(folder)]) == 2
    assert "is not one of the imported folders" in capsys.readouterr().err


def test_what_matches_is_exported(gallery: Gallery, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert said(capsys, "export", "fox", "--out", str(out), "--names", "{n:02} {seed}")["pictures"] == 2
    assert sorted(path.name for path in out.iterdir()) == ["01 3.png", "02 1.png"]
    assert said(capsys, "export", "fox", "--zip", str(out / "all.zip"))["path"] == str(out / "all.zip")
    assert said(capsys, "export", "fox", "--sheet", str(out / "all.png"))["pictures"] == 2
    assert (out / "all.zip").stat().st_size > 0 and (out / "all.png").stat().st_size > 0
    for arguments in (["unicorn"], ["fox", "--names", "{colour}"], ["fox", "--sheet", "all.gif"]):
        assert run(["gallery", "export", *arguments]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_library_moves(gallery: Gallery, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "move", str(tmp_path / "new"))["pictures"] == 3
    assert not gallery.pictures.exists()
    assert Path(said(capsys, "list")["path"]).parent == tmp_path / "new"


def test_what_was_mended_is_said_once_and_known_to_doctor(
    gallery: Gallery, capsys: pytest.CaptureFixture[str]
) -> None:
    gallery.tag([picture.id for picture in gallery.page()], "kept")
    gallery.close()
    gallery.favourites_path.write_bytes(b"not a database" * 1000)
    (paths.data_dir() / "queue").mkdir()
    (paths.data_dir() / "queue" / "torn.json").write_text("{")
    assert run(["gallery", "search", "tag:kept"]) == 0
    out, err = capsys.readouterr()
    assert out.count("#kept") == 3 and err.count("were damaged") == 1 and "Traceback" not in err
    assert run(["queue", "list"]) == 0
    assert capsys.readouterr().err.count("An entry of the queue was damaged") == 1
    assert run(["gallery", "list"]) == run(["queue", "list"]) == 0
    assert "damaged" not in capsys.readouterr().err
    found = [finding for finding in doctor.lately_mended() if finding.remedy]
    assert len(found) == 2 and "were damaged" in found[0].value and "queue" in found[1].value
