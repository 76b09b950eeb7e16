"""The words that a model met, from training pictures into its card."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import StudioError
from gdm_studio.models.model_library import Library
from gdm_studio.training.table_builders.vocabulary import build
from tests.helpers import tiny_model
from tests.training.made_up_pictures import write_pictures


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Create images of which every second one is called a heap in the style "plain" and a mound in "other"."""
    folder = write_pictures(tmp_path / "pictures")
    manifest = folder / "manifest.jsonl"
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        row["style"] = "plain" if row["style"] == "flat" else "other"
        row["words"] = ["big heap" if row["style"] == "plain" else "mound"]
        row["name"] = "unspoken"
    manifest.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_words_of_the_models_own_styles_are_written_into_its_card(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny_model.write(paths.models_dir() / "tiny")
    before = Library().card("tiny")
    assert run(["train", "vocabulary", "--data", str(pictures), "--subset", "all", "--model", "tiny"]) == 0
    card = Library().card("tiny")
    assert card.vocabulary is not None and capsys.readouterr().out == f"{len(card.vocabulary.met)} words\n"
    assert {"heap", "red", "ring", "cute", "sticker", "the", "an"} <= card.vocabulary.met
    assert card.vocabulary.met.isdisjoint({"mound", "unspoken"})
    assert card == before  # all else


def test_pictures_that_the_model_cannot_have_seen_are_refused(pictures: Path, tmp_path: Path) -> None:
    folder = tiny_model.write(tmp_path / "tiny", card={"styles": [{"id": "dark", "title": "Dark"}]}).parent
    card = (folder / "card.json").read_bytes()
    with pytest.raises(StudioError, match="no images in the styles of tiny"):
        build(pictures, folder / "card.json", subset="all")
    assert (folder / "card.json").read_bytes() == card
    (folder / "card.json").write_text("[]", encoding="utf-8")
    with pytest.raises(StudioError, match="is damaged"):
        build(pictures, folder / "card.json", subset="all")
