"""Names of drawings, and the choice among drawings with the same name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.models.families.icons.family import config_of
from gdm_studio.models.model_library import Library
from gdm_studio.training.data.dataset import Row
from gdm_studio.training.table_builders import name_index
from gdm_studio.training.table_builders.name_index import NameIndex
from tests.helpers import tiny_model
from tests.training.made_up_pictures import write_pictures

STYLES = ("one", "two", "three", "four")


def row(caption: str, style: str, *words: str, tint: str = "") -> Row:
    return {"caption": caption, "style": style, "words": list(words), "tint": tint}  # type: ignore[typeddict-item]


def spelt(texts: Sequence[str]) -> Tensor:
    """Embed texts as unit vectors of their letter counts."""
    counts = [[float(text.count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts]
    return F.normalize(torch.tensor(counts) + 1e-3, dim=1)


class NoNet:
    """Stub of WordNet with a few fixed words."""

    keys_of: dict[str, tuple[str, ...]] = {"boat": ("1",)}

    def related(self, word: str, known: dict[str, tuple[str, float]]) -> dict[str, float]:
        return {"sailboat": 1.0} if word == "boat" and "sailboat" in known else {}

    def definition(self, word: str) -> str:
        return f"{word}, a vessel"


def drawings() -> NameIndex:
    rows = [row(caption, style, "boat") for caption in ("sailboat", "canoe") for style in STYLES[:3]]
    rows += [row("boat", "four", "ship"), row("fox", "one", "animal"), row("fox", "two")]
    rows += [row("fox", "three", tint="red")]
    return NameIndex.of([*rows, row("owl", "elsewhere", "boat")], STYLES)


def test_names_have_the_styles_of_their_own_drawings() -> None:
    found = drawings().names({})
    assert found == {"sailboat": 7, "canoe": 7, "boat": 15, "ship": 8, "fox": 7, "animal": 1}
    assert drawings().shared_names() == {"boat": {"sailboat", "canoe"}, "animal": {"fox"}}


def test_a_shared_name_stands_for_the_likeliest_beside_its_own_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_index, "load_demand", lambda: {})
    likely = name_index.CaptionScorer.new(drawings(), spelt, NoNet()).likely_captions()  # type: ignore[arg-type]
    assert likely["boat"][0] == "sailboat"
    assert drawings().names(likely)["boat"] == {"boat": 8, **dict.fromkeys(likely["boat"], 7)}


def test_names_are_written_into_the_models_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tiny_model.write(paths.models_dir() / "tiny")
    folder = write_pictures(tmp_path / "pictures")
    manifest = folder / "manifest.jsonl"
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    written = [row | {"style": "plain", "caption": "red disc", "words": ["heap"]} for row in rows]
    manifest.write_text("".join(json.dumps(row) + "\n" for row in written), encoding="utf-8")
    monkeypatch.setattr(name_index, "Encoder", lambda: spelt)
    monkeypatch.setattr(name_index, "archive", lambda package, source: Path("none"))
    monkeypatch.setattr(name_index.WordNet, "read", lambda packed: NoNet())
    before = Library().card("tiny")
    verb = ["train", "names", "--data", str(folder), "--subset", "all", "--model", "tiny"]
    assert run(verb) == 0 and capsys.readouterr().out == "0 shared names\n"
    config = config_of(path)
    assert config["tokenizer"]["names"] == {"heap": 1, "red disc": 1}
    assert Library().card("tiny").weights == before.weights
    path.write_bytes(b"no model")
    assert run(verb) == 2 and "tiny" in capsys.readouterr().err
