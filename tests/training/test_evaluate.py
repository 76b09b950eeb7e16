"""The figures of the built-in model: what is asked, how it is measured, where it is written."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from gdm_studio import paths
from gdm_studio.cli.main import run
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.training import evaluate
from gdm_studio.training.data.catalogue import catalogue
from gdm_studio.training.data.dataset import EMOJI_SETS, open_pictures
from gdm_studio.training.evaluate import Diversity, diversity, forty_prompts, mean_pairwise_rms, nearest
from tests.helpers.gaussian_model import GaussianLibrary
from tests.training.made_up_pictures import write_pictures


def plain(text: str) -> str:
    return re.sub(r"^(a|an|the) ", "", re.sub(r"[-_]", " ", text.lower()))


def test_forty_different_things_are_asked_for() -> None:
    asked = forty_prompts()
    assert len(asked) == 40
    assert max(Counter(prompt.answer for prompt in asked).values()) == 1
    assert max(Counter(prompt.prompt for prompt in asked).values()) == 1


def test_novel_prompts_are_no_name_or_caption_of_a_training_picture() -> None:
    drawn = [entry for entry in catalogue() if entry.set in EMOJI_SETS]
    known = {plain(text) for entry in drawn for text in (entry.name, entry.caption, entry.concept)}
    novel = [asked.prompt for asked in forty_prompts() if asked.novel]
    assert len(novel) >= 10
    assert [prompt for prompt in novel if plain(prompt) in known] == []
    assert plain("a red apple") in known  # the comparison can tell


def test_pictures_differ_by_their_root_mean_square() -> None:
    clear, white = np.zeros((4, 4, 4), np.uint8), np.full((4, 4, 4), 255, np.uint8)
    hidden = clear + np.array([200, 100, 50, 0], np.uint8)  # colours that nobody sees do not count
    assert mean_pairwise_rms([clear, white]) == pytest.approx(1)
    assert mean_pairwise_rms([clear, hidden]) == 0
    assert mean_pairwise_rms([clear, hidden, white]) == pytest.approx(2 / 3)


def test_diversity_rises_with_temperature_where_the_denoiser_is_exact() -> None:
    base = Request(model="gaussian", steps=6, guidance_scale=1.0, device="cpu")
    (row,) = diversity(GaussianLibrary(), ["a disc"], seeds=3, base=base)
    assert row.prompt == "a disc" and len(row.rms) == 3
    assert row.rises
    assert not Diversity("a disc", (0.1, 0.3, 0.3)).rises


def test_the_nearest_training_picture_is_the_one_that_looks_alike(tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures")
    pictures = open_pictures(tmp_path / "pictures")
    faint = pictures.rgba([7, 2])
    faint[:, :8, :8] = 128
    assert nearest(list(faint), pictures) == [7, 2]


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A card of our own beside links to the weights of the shipped model."""
    real, made = Path(str(paths.resources())), tmp_path / "resources"
    (made / "models" / "icons").mkdir(parents=True)
    (made / "fonts").symlink_to(real / "fonts")
    for weights in (real / "models" / "icons").glob("*.safetensors"):
        (made / "models" / "icons" / weights.name).symlink_to(weights)
    card = made / "models" / "icons" / "card.json"
    card.write_bytes((real / "models" / "icons" / "card.json").read_bytes())
    monkeypatch.setattr(paths, "resources", lambda: made)
    rows = [Diversity(f"prompt {number}", (0.1, 0.2, 0.3 if number else 0.2)) for number in range(10)]
    monkeypatch.setattr(evaluate, "diversity", lambda library, prompts: iter(rows))
    return card


def test_figures_are_written_into_the_card_when_asked(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = json.loads(shipped.read_text(encoding="utf-8"))
    assert run(["evaluate", "icons"]) == 0
    assert json.loads(shipped.read_text(encoding="utf-8")) == before
    assert "9 of 10 prompts" in capsys.readouterr().out
    assert run(["evaluate", "icons", "--card"]) == 0
    after = json.loads(shipped.read_text(encoding="utf-8"))
    assert after.pop("figures") == before.pop("figures") | {"diversity_rises_with_temperature": "9 of 10 prompts"}
    assert after == before
    figures = Library().card("icons").figures
    assert figures["diversity_rises_with_temperature"] == "9 of 10 prompts"


def test_a_sheet_that_cannot_be_written_is_refused_before_it_is_drawn(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evaluate, "draw_forty", lambda library: pytest.fail("it was drawn"))
    (tmp_path / "file").write_text("in the way")
    for sheet, says in ((tmp_path / "file" / "sheet.png", "a file, not a folder"), (tmp_path, "is a folder")):
        assert run(["evaluate", "icons", "--sheet", str(sheet), "--no-figures"]) == 2
        assert says in capsys.readouterr().err
    assert run(["evaluate", "icons", "--card", "--no-figures"]) == 2
    assert "--no-figures" in capsys.readouterr().err
