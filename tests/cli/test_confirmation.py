"""Verbs that change images by a search: unclear queries are refused, and several images need a confirmation."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from gdm_studio.cli.main import run
from gdm_studio.gallery import Gallery
from tests.helpers.library import result

UNCLEAR = [
    "", " ", "\u3000", "🦊", "!!!", "*", "?", "-", "--", "-*", "-🦊", '""', '"', '"🦊"', "...", "()", "_", "🦊 OR !!!",
    "🦊 fox", "-tag:", 'tag:""', "-steps:>abc", "steps:", "steps:>", "-steps:20..10", "steps:..", "seed:fox", "-seed:",
    "-size:x", "-size:512*512", "is:", "-is:favorit", "-is:Favourite", "-date:2026-13", "date:soon", "-date:>..",
    "-date:2026..2025", "in:/", "-note:", '-note:"!"', "-stil:noto", "stil:noto", "-Tag:beasts", "-tag\uff1abeasts",
    "-(is:favourite)", "!is:favourite", "!fox", "~fox", "\u2212fox", "\u2013fox", "-steps=20", "-steps>20", "-fo*",
    "fox|owl", "OR", "OR fox", "fox OR", "fox OR OR owl", "-OR", '"a red fox', "fox -", "fox\udce9",
    "-fox " + "owl " * 60, "-collection:", "-model:",
]  # fmt: skip


@pytest.fixture
def gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gallery:
    """Create a gallery of three images, the oldest a favourite."""
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    gallery = Gallery.open()
    fox = gallery.save(result("a red fox", seed=1))
    gallery.save(result("an owl", seed=2))
    gallery.save(result("a blue fox", seed=3))
    gallery.favourites.set(fox.id, True)
    gallery.close()
    return gallery


VERBS = {"delete": ["--yes"], "tag": ["--yes", "--name", "new"], "export": ["--out", "out"]}


@pytest.mark.parametrize(
    ("verb", "query"),
    [("delete", query) for query in UNCLEAR] + [(verb, query) for verb in VERBS for query in ("", "-stil:noto", "🦊")],
)
def test_an_unclear_query_changes_nothing(
    gallery: Gallery,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    verb: str,
    query: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["gallery", verb, *VERBS[verb], "--", query]) == 2
    told = capsys.readouterr()
    assert told.out == "" and len(told.err.splitlines()) == 1
    assert len(list(gallery.pictures.glob("*.png"))) == 3
    assert gallery.tags.all() == [] and not (tmp_path / "out").exists()
    gallery.close()


def test_a_field_without_a_value_is_reported(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    for query in ("tag:", "-model:"):
        assert run(["gallery", "delete", "--yes", "--", query]) == 2
        assert f"{query} has no value" in capsys.readouterr().err


def test_clear_queries_are_carried_out(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    for query, seeds in (
        ("-is:favorite", [3, 2]),
        ("-fox", [2]),
        ('"a red" OR owl', [2, 1]),
        ("seed:1..2 date:>2000", [2, 1]),
        ("猫 OR 2026 OR fox", [3, 1]),
        ("not-a-word OR is:favourite", [1]),
    ):
        assert run(["gallery", "tag", "--yes", "--name", "found", "--", query]) == 0
        assert [picture.request.seed for picture in gallery.page("tag:found")] == seeds
        gallery.tags.set([picture.id for picture in gallery.page()], "found", False)
    gallery.close()


@pytest.mark.parametrize("verb", [["delete"], ["tag", "--name", "new"]])
def test_a_script_needs_yes_to_change_several_images(
    gallery: Gallery, capsys: pytest.CaptureFixture[str], verb: list[str]
) -> None:
    for which, count in ((["fox"], "2 images"), (["--all"], "All 3 images")):
        assert run(["gallery", *verb, *which]) == 2
        assert f"{count} would " in (said := capsys.readouterr().err) and "add --yes" in said
    assert gallery.count() == 3 and gallery.tags.all() == []
    assert run(["gallery", *verb, "owl", "--json"]) == 0, "one is what was meant"
    assert run(["gallery", *verb, "fox", "--yes", "--json"]) == 0
    told = capsys.readouterr()
    assert [json.loads(line)["pictures"] for line in told.out.splitlines()] == [1, 2]
    assert "2 images will " in told.err
    gallery.close()


@pytest.mark.parametrize(("answer", "left"), [("y\n", 1), ("Yes\n", 1), ("\n", 3), ("n\n", 3), ("", 3)])
def test_a_terminal_is_asked_for_confirmation(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, left: int
) -> None:
    terminal = io.StringIO(answer)
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)
    assert run(["gallery", "delete", "fox"]) == (0 if left == 1 else 2)
    assert "2 images will be deleted\nContinue? [y/N] " in capsys.readouterr().err
    assert len(list(gallery.pictures.glob("*.png"))) == left


def test_all_images_need_the_option_all(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in ((["delete"], "or --all"), (["delete", "--all", "fox"], "not both")):
        assert run(["gallery", *arguments, "--yes"]) == 2
        assert said in capsys.readouterr().err
    assert run(["gallery", "export", "--all", "--out", str(gallery.pictures.parent / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pictures"] == 3
    assert run(["gallery", "delete", "--all", "--yes"]) == 0
    assert not list(gallery.pictures.glob("*.png"))


def test_a_search_reports_unclear_parts(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["gallery", "search", "--json", "🦊", "fox", "stil:noto"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "🦊 has no letter" in told.err and "unknown field stil" in told.err
    assert run(["gallery", "search", "--json", "🦊", "fox"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert run(["gallery", "search", "fox"]) == 0 and capsys.readouterr().err == ""
    for words, says in ((["("], "This search has no condition: ( has no letter"), (["-fox"], "Write -- before words")):
        assert run(["gallery", "search", *words]) == 2
        told = capsys.readouterr()
        assert told.out == "" and says in told.err
