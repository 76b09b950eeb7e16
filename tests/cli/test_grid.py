"""`gdm-studio grid`: a labelled sheet and its single images from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import read
from gdm_studio.ui.create.board.contact_sheet import CHUNK
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel


@pytest.fixture(autouse=True)
def _gaussian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.models.model_library.Library", GaussianLibrary)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


def test_two_axes_give_one_sheet_and_single_images(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, singles = tmp_path / "sheets" / "fox.png", tmp_path / "singles"
    asked = ["grid", "a fox", "--model", "gaussian", "--steps", "2", "--seed", "3", "--out", str(sheet), "--json"]
    assert run([*asked, "--singles", str(singles), "--x", "guidance=1,2", "--y", "scheduler=ddim,euler_a"]) == 0
    assert json.loads(capsys.readouterr().out) == {"event": "saved", "path": str(sheet), "pictures": 4}
    image = Image.open(sheet)
    note = json.loads(image.text[CHUNK])  # type: ignore[attr-defined]
    assert note["y"] == {"setting": "sampler", "values": ["ddim", "euler_a"]} and note["request"]["seed"] == 3
    assert image.width > 2 * 384
    made = [read(path).request for path in singles.glob("*.png")]
    assert sorted((one.sampler, one.guidance_scale) for one in made if one) == [
        *(("ddim", 1.0), ("ddim", 2.0)),
        *(("euler_a", 1.0), ("euler_a", 2.0)),
    ]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, StorageError("The disk is full.")])
def test_a_grid_that_ends_early_has_a_sheet_of_its_finished_images(
    failure: BaseException, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    denoised, calls = GaussianModel.denoised, []

    def denoised_for_a_while(*args: Any) -> Any:
        calls.append(1)
        if len(calls) > 2 * 2:
            raise failure
        return denoised(*args)

    monkeypatch.setattr(GaussianModel, "denoised", denoised_for_a_while)
    out = tmp_path / "sheet.png"
    asked = ["grid", "a fox", "--model", "gaussian", "--steps", "2", "--sampler", "ddim", "--json", "--x", "seed=1-3"]
    assert run([*asked, "--out", str(out)]) == (130 if failure is KeyboardInterrupt else 2)
    first, *_ = capsys.readouterr().out.splitlines()
    assert json.loads(first) == {"event": "saved", "path": str(out), "pictures": 2}
    # The third cell, in the second row, is empty.
    assert Image.open(out).height > 2 * 384


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ("stepz=4", "'stepz'; the settings are seed"),
        ("steps", "SETTING=VALUES"),
        ("sampler=eulr", "no scheduler called"),
        ("seed=1 --count 4", "leave out --count"),
    ],
)
def test_a_wrong_axis_gives_a_one_line_error(x: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["grid", "a fox", "--model", "gaussian", "--x", *x.split()]) == 2
    assert words in capsys.readouterr().err


def test_unsupported_values_are_refused_before_the_first_image(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sheet.png"
    asked = ["grid", "a fox", "--model", "gaussian", "--out", str(out), "--x", "scheduler=ddim,analytic_ddim"]
    assert run(asked) == 2
    assert "score norms" in capsys.readouterr().err and not out.exists()


def test_a_sheet_overwrites_nothing_and_its_folder_is_checked_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "sheet.png"
    out.write_bytes(b"mine")
    asked = ["grid", "a fox", "--model", "gaussian", "--steps", "2", "--x", "seed=1,2"]
    assert run([*asked, "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "sheet (2).png") and out.read_bytes() == b"mine"
    monkeypatch.setattr(GaussianModel, "denoised", None)
    for places in (["--out", str(out / "b.png")], ["--out", str(tmp_path / "c.png"), "--singles", str(out)]):
        assert run([*asked, *places]) == 2
        assert "not a folder" in capsys.readouterr().err
