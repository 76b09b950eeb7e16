"""`gdm-studio verify`."""

import json
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.common.errors import NotFinite
from gdm_studio.maths.processes import vp
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.verify import CHECKS
from gdm_studio.verify.check_result import Row, at_least, at_most, close, equal, reported
from gdm_studio.verify.exact_model import ExactLibrary, request, run_engine
from gdm_studio.verify.sampler_cases import data_samplers


def rows(said: str) -> list[dict]:
    """Parse lines of strict JSON, which has no NaN and no infinity."""

    def refused(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is not JSON")

    return [json.loads(line, parse_constant=refused) for line in said.splitlines()]


FAMILIES = dict(CHECKS)


@cache
def rows_of(name: str) -> list[Row]:
    """Return the rows of a family of checks, computed once."""
    return list(FAMILIES[name]())


@pytest.fixture
def _computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the families yield the rows of `rows_of`, since some take seconds to compute."""
    for name in FAMILIES:
        monkeypatch.setitem(CHECKS, name, lambda name=name: iter(rows_of(name)))


QUICK = ("tables", "predictions", "noise", "variances", "edm", "noisy", "laws", "cold", "inversion")


@pytest.mark.slow
@pytest.mark.usefixtures("_computed_once")
@pytest.mark.parametrize("name", QUICK)
def test_a_family_passes_and_reports_every_number(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", name, "--json"]) == 0
    *checks, total = rows(capsys.readouterr().out)
    assert total == {"checks": len(checks), "failed": 0} and checks
    assert all(check["family"] == name and check["passed"] for check in checks)
    assert {"what", "expected", "measured", "tolerance", "relation"} <= checks[0].keys()


def test_the_list_has_no_line_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--list"]) == 0
    assert r"\n" not in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*CHECKS} - {*QUICK}))
def test_every_family_passes(name: str) -> None:
    assert [row for row in rows_of(name) if not row.passed] == []


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("_computed_once")
def test_all_checks_print_json_to_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--json"]) == 0
    *checks, total = rows(capsys.readouterr().out)
    assert total == {"checks": len(checks), "failed": 0}
    assert {check["family"] for check in checks} == set(FAMILIES)


def test_a_failed_check_is_exit_status_1(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong():
        """One right, one wrong"""
        yield equal("two and two", 2 + 2, 4, tolerance=0)
        yield equal("two and two again", 2 + 2, 5, tolerance=0.5)

    monkeypatch.setitem(CHECKS, "sums", wrong)
    assert run(["verify", "sums"]) == 1
    said = capsys.readouterr().out
    assert "✓ two and two " in said and "✗ two and two again" in said and "2 checks, 1 failed" in said


def test_an_engine_error_fails_a_check_and_the_next_family_is_checked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused():
        """A run that has no end"""
        yield equal("begun", 1, 1, tolerance=0)
        raise NotFinite("Beyond all bounds.")

    monkeypatch.setitem(CHECKS, "refused", refused)
    assert run(["verify", "refused", "edm", "--json"]) == 1
    _, ended, *others, total = rows(capsys.readouterr().out)
    assert "Beyond all bounds." in ended["what"] and not ended["passed"]
    assert others and total["failed"] == 1


def test_an_unknown_family_lists_all_families(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "warp"]) == 2
    said = capsys.readouterr().err
    assert "'warp'" in said and all(name in said for name in CHECKS)


def test_families_are_listed_with_descriptions(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(CHECKS) and all(len(line.split()) > 3 for line in lines)


@pytest.mark.slow
def test_the_plots_are_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "edm", "--plot", "--out", str(tmp_path / "new"), "--json"]) == 0
    drawn = [Path(row["plot"]) for row in rows(capsys.readouterr().out) if "plot" in row]
    assert [path.name for path in drawn] == ["errors-deterministic.png", "errors-stochastic.png"]
    for path in drawn:
        with Image.open(path) as picture:
            assert picture.width > 1500 and len(picture.convert("RGB").getcolors(1 << 24) or ()) > 8


@pytest.mark.parametrize(
    ("row", "passed"),
    [
        (equal("", 1.0, 1.1, tolerance=0.11), True),
        (equal("", 1.0, 1.2, tolerance=0.11), False),
        (close("", 101.0, 100.0, share=0.02), True),
        (close("", -103.0, -100.0, share=0.02), False),
        (at_least("", 1.0, 1.0), True),
        (at_least("", 0.9, 1.0), False),
        (at_most("", 1.0, 1.0), True),
        (at_most("", 1.1, 1.0), False),
        (reported("", 7.0), True),
        (reported("", float("nan")), False),
        (at_most("", float("nan"), 1.0), False),
    ],
)
def test_a_row_passes_within_its_tolerance(row: Row, passed: bool) -> None:
    assert row.passed is passed


@pytest.mark.slow
def test_every_sampler_is_checked() -> None:
    checked = " ".join(row.what for name in ("laws", "langevin", "cold") for row in rows_of(name))
    for name, spec in SAMPLERS.items():
        assert name in {rig.name for rig in data_samplers()} or (spec.own_law and f"{name}," in checked), name


def test_the_exact_model_is_run_by_the_engine() -> None:
    library = ExactLibrary(vp("linear"), "v")
    run = run_engine(request(sampler="heun", steps=3, guidance_scale=2.0), library)
    assert [step.index for step in run.steps] == [1, 2, 3]
    # Each evaluation has rows with and without a prompt, and there is no second evaluation at the end.
    assert [evaluation.rows for evaluation in run.evaluations] == [4] * 5


def test_nan_is_null_in_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def lost():
        """A sampler that lost its way"""
        yield at_most("error", float("nan"), 1.0)

    monkeypatch.setitem(CHECKS, "lost", lost)
    assert run(["verify", "lost", "--json"]) == 1
    said = capsys.readouterr().out
    assert "NaN" not in said and rows(said)[0]["measured"] is None and not rows(said)[0]["passed"]
