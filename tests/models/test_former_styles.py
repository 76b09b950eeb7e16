"""Styles of a model's earlier edition: their ids select the nearest style, and the replacement is reported."""

from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.gallery import read
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.studio.model_compatibility import fit_request
from tests.helpers import tiny_model

GLOSSY = {"id": "glossy", "title": "Glossy 3D", "nearest": "dark"}
REQUEST = Request(model=tiny_model.NAME, prompt="a red disc", style="glossy", steps=4)


@pytest.fixture
def card() -> ModelCard:
    tiny_model.write(paths.models_dir() / "tiny", card={"former_styles": [GLOSSY]})
    return Library().card(tiny_model.NAME)


def test_the_nearest_style_is_used_and_saved(
    card: ModelCard, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["generate", "a red disc", "--model", "tiny", "--steps", "2", "--seed", "3", "--style"]
    for style in ("glossy", "dark"):
        assert run([*command, style, "--out", str(tmp_path / style)]) == 0
        said = "Tiny has replaced the style Glossy 3D by Dark." in capsys.readouterr().err
        assert said == (style == "glossy")
    glossy, dark = (read(next((tmp_path / style).rglob("*.png"))).request for style in ("glossy", "dark"))
    assert glossy == dark and dark is not None and dark.style == "dark"


def test_the_parent_of_a_branch_gets_the_nearest_style(card: ModelCard) -> None:
    branched = card.checked(replace(REQUEST, style="plain", branch=Branch(REQUEST, 3)))
    assert branched.style == "plain" and branched.branch is not None and branched.branch.parent.style == "dark"


def test_restoring_settings_reports_the_replacement(card: ModelCard) -> None:
    fitting, changed = fit_request(REQUEST, card)
    assert fitting.style == "dark" and changed == ["style, which is drawn in Dark now"]
    assert fit_request(replace(REQUEST, style="unheard of"), card) == (replace(REQUEST, style=""), ["style"])


def test_a_former_style_needs_an_existing_nearest_style() -> None:
    tiny_model.write(paths.models_dir() / "tiny", card={"former_styles": [GLOSSY | {"nearest": "nowhere"}]})
    library = Library()
    library.refresh()
    assert tiny_model.NAME not in {card.name for card in library.cards()}
    assert any("former style" in refused.reason for refused in library.refused())
