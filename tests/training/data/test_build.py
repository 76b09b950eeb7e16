"""Building training pictures end to end on a made-up archive."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from gdm_studio.cli import data
from gdm_studio.common.errors import StudioError
from gdm_studio.training.data.build import BuildConfig, build
from gdm_studio.training.data.dataset import Pictures, open_pictures
from tests.training.data.made_up import DISC, drawings, write_archives

FILES = ("meta.json", "manifest.jsonl", "pictures.u8", "NOTICE")


def built(out: Path, source: Path, *, subset: str = "emoji", processes: int = 1) -> Pictures:
    for _ in build(BuildConfig(out=out, size=32, subset=subset, source=source, processes=processes)):
        pass
    return open_pictures(out)


def contents(out: Path) -> list[bytes]:
    return [(out / name).read_bytes() for name in FILES]


def test_rows_and_pixels_agree(tmp_path: Path, source: Path) -> None:
    pictures = built(tmp_path / "out", source)
    plain = [row for row in pictures.rows if not row["tint"]]
    assert len(plain) == 11 < pictures.count == len(pictures.rows)
    assert [row["index"] for row in pictures.rows] == list(range(pictures.count))
    for row in pictures.rows:
        assert not row["tint"] or row["colour"] == row["tint"]
    for row in plain:
        middle = pictures.rgba([row["index"]])[0, 16, 16]
        if row["concept"] == "red apple":
            assert tuple(middle) == (0xE0, 0x20, 0x20, 255)
        if row["concept"] == "banana":
            assert tuple(middle) == (0xF0, 0xD0, 0x20, 255)
    assert not list((tmp_path / "out").glob("partial"))


def test_row_tells_words_colour_and_licence(tmp_path: Path, source: Path) -> None:
    rows = {(row["set"], row["name"]): row for row in built(tmp_path / "out", source).rows if not row["tint"]}
    apple = rows["twemoji", "red-apple"]
    assert apple["words"] == ["ripe", "apple", "fruit", "mac"]  # first what both lexicons give; no mere "red"
    assert (apple["colour"], apple["licence"]) == ("red", "CC-BY-4.0")
    assert (apple["narrow"], apple["weight"]) == (True, 1.0)
    assert rows["fluent-emoji", "red-apple"]["words"] == apple["words"]
    assert rows["fxemoji", "banana"]["words"] == ["fruit", "potassium"]
    assert rows["fxemoji", "banana"]["author"] == "Mozilla"
    assert rows["twemoji", "unicorn"]["colour"] == ""


def test_heldout_pairs_and_their_twins_stay_out(tmp_path: Path, source: Path) -> None:
    drawn = {(row["set"], row["name"]) for row in built(tmp_path / "out", source).rows}
    assert not drawn & {
        ("twemoji", "bomb"),
        ("twemoji", "abacus"),
        ("fluent-emoji", "bear"),
        ("fluent-emoji-flat", "bear"),
    }
    assert ("twemoji", "unicorn") in drawn


def test_lookalike_of_a_heldout_picture_stays_out(tmp_path: Path) -> None:
    sets = drawings()
    sets["noto"]["unicorn"] = sets["twemoji"]["bomb"]
    sets["noto"]["grapes"] = sets["twemoji"]["bomb"].replace("M4 4", "M12 12")
    rows = built(tmp_path / "out", write_archives(tmp_path, sets)).rows
    assert {row["name"] for row in rows if row["set"] == "noto"} == {"red-apple", "grapes"}


def test_repeated_drawing_is_kept_once_a_set(tmp_path: Path) -> None:
    sets = drawings()
    sets["noto"]["grapes"] = DISC.format("#e02020")
    rows = built(tmp_path / "out", write_archives(tmp_path, sets)).rows
    assert sum(row["set"] == "noto" and not row["tint"] for row in rows) == 1
    assert sum(row["concept"] == "red apple" for row in rows) >= 6


@pytest.mark.slow
def test_same_bytes_whatever_the_number_of_processes(tmp_path: Path, source: Path) -> None:
    built(tmp_path / "one", source, processes=1)
    built(tmp_path / "two", source, processes=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.slow
def test_killed_build_goes_on_where_it_stopped(tmp_path: Path, source: Path) -> None:
    out = tmp_path / "out"
    script = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from gdm_studio.training.data.build import BuildConfig, build\n"
        f"config = BuildConfig(out=Path({str(out)!r}), size=32, source=Path({str(source)!r}), processes=1)\n"
        "for progress in build(config):\n"
        "    if progress.phase == 'Rendering' and progress.done == 5:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(StudioError, match="no complete training dataset"):
        open_pictures(out)
    steps = list(build(BuildConfig(out=out, size=32, source=source, processes=1)))
    assert next(step.done for step in steps if step.phase == "Rendering") >= 5
    built(tmp_path / "whole", source)
    assert contents(out) == contents(tmp_path / "whole")


@pytest.mark.slow
def test_other_size_starts_afresh_and_finished_build_is_left_alone(tmp_path: Path, source: Path) -> None:
    built(tmp_path / "out", source)
    before = os.stat(tmp_path / "out" / "pictures.u8").st_mtime_ns
    built(tmp_path / "out", source)
    assert os.stat(tmp_path / "out" / "pictures.u8").st_mtime_ns == before
    for _ in build(BuildConfig(out=tmp_path / "out", size=48, source=source, processes=1)):
        pass
    assert open_pictures(tmp_path / "out").size == 48


@pytest.mark.parametrize("subset", ["few", "narrow"])
def test_a_subset_is_its_part_of_emoji(tmp_path: Path, source: Path, subset: str) -> None:
    everything = built(tmp_path / "emoji", source)
    part = built(tmp_path / "part", source, subset=subset)
    chosen = everything.indices(subset)
    assert 0 < len(chosen) == part.count and (part.count < everything.count or subset == "narrow")
    np.testing.assert_array_equal(everything.rgba(chosen), part.rgba(range(part.count)))


def test_command_writes_pictures_and_the_notice_they_owe(
    tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    data.add(parser.add_subparsers())
    out = tmp_path / "out"
    args = ["--out", str(out), "--size", "32", "--source", str(source), "--processes", "1"]
    parsed = parser.parse_args(["data", "icons", *args])
    assert parsed.main(parsed) == 0
    assert sum(not row["tint"] for row in open_pictures(out).rows) == 11
    notice = (out / "NOTICE").read_text(encoding="utf-8")
    assert "Mozilla" in notice and "Changes made" in notice
    said = capsys.readouterr()
    assert said.out == f"{out}\n" and "Rendering" in said.err


def test_where_nothing_can_be_written_one_sentence(tmp_path: Path, source: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for archives in (source, tmp_path / "nowhere"):  # said before any are fetched
        with pytest.raises(StudioError, match="is a file, not a folder"):
            built(tmp_path / "file", archives)


def test_more_than_the_disk_holds_is_refused_before_drawing(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: namedtuple("Usage", "free")(1000))
    with pytest.raises(StudioError, match="GB free"):
        built(tmp_path / "out", source)


def test_drawing_that_is_not_square_is_centred(tmp_path: Path) -> None:
    wide = {"apple": {"body": '<path d="M0 0h36v18H0z"/>', "height": 18}}
    noto = {"icons": wide, "aliases": {"red-apple": {"parent": "apple"}}}
    pictures = built(tmp_path / "out", write_archives(tmp_path, drawings(), noto=noto))
    index = next(row["index"] for row in pictures.rows if (row["set"], row["name"]) == ("noto", "red-apple"))
    alpha = pictures.rgba([index])[0, ..., 3]
    assert alpha[16, 0] == alpha[16, 31] == 255
    assert alpha[9:23].min() > 240
    assert alpha[:7].max() < 16 and alpha[25:].max() < 16  # the filter rings a little
