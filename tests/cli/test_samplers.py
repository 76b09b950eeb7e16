"""The verb `samplers`: one sentence per sampler, the same on the command line, in the documentation and in the menu."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gdm_studio.cli.main import run
from gdm_studio.maths.samplers import FIRST, GROUPS, SAMPLERS
from gdm_studio.ui.create.panel.menu_entries import scheduler_choices

ROOT = Path(__file__).parents[2]


def test_each_sampler_is_listed_with_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["samplers"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{FIRST}:\n  dpmpp_2m ")
    lines = {line.split()[0]: line for line in out.splitlines() if line.startswith("  ")}
    assert list(lines) == [name for names in GROUPS.values() for name in names]
    assert all(lines[name].endswith(spec.when) for name, spec in SAMPLERS.items())
    assert run(["samplers", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["name"]: row["when"] for row in rows} == {name: spec.when for name, spec in SAMPLERS.items()}
    assert {choice.id: choice.summary for choice in scheduler_choices(None)}.items() <= {
        row["name"]: row["when"] for row in rows
    }.items()
    assert len({spec.when for spec in SAMPLERS.values()}) == len(SAMPLERS), "two samplers with one sentence"


def test_the_page_of_the_documentation_is_up_to_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["samplers", "--table", str(tmp_path / "schedulers.md")]) == 0
    written = (tmp_path / "schedulers.md").read_text("utf-8")
    assert written == (ROOT / "docs" / "schedulers.md").read_text("utf-8"), (
        "run  gdm-studio samplers --table docs/schedulers.md"
    )
