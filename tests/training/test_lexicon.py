import io
import json
import tarfile
from pathlib import Path

import pytest

from gdm_studio.common.errors import StudioError
from gdm_studio.training.table_builders import lexicon
from gdm_studio.training.table_builders.lexicon import WordNet

# key, file, kind, number of names, name and sense; number of pointers, each mark, key, kind, ends; the gloss
NOUNS = """\
  1 This software and database is being provided to you
00000001 03 n 01 animal 0 002 ~ 00000002 n 0000 ~ 00000005 n 0000 | a living thing
00000002 03 n 02 dog 0 domestic_dog 0 003 @ 00000001 n 0000 ~ 00000003 n 0000 ~ 00000004 n 0000 | a friend; it barks
00000003 03 n 01 pooch 0 001 @ 00000002 n 0000 | informal word for a dog
00000004 03 n 01 poodle 0 002 @ 00000002 n 0000 + 00000009 a 0101 | a curly dog
00000005 03 n 02 cat 0 true_cat 0 001 @ 00000001 n 0000 | a feline mammal
00000006 03 n 02 guy 0 cat 1 000 | an informal word for a man
"""
WORDS = """\
  1 This software and database is being provided to you
animal n 1 1 ~ 1 1 00000001
cat n 2 1 @ 2 1 00000005 00000006
dog n 1 2 @ ~ 1 1 00000002
domestic_dog n 1 2 @ ~ 1 0 00000002
guy n 1 0 1 0 00000006
pooch n 1 1 @ 1 0 00000003
poodle n 1 1 @ 1 0 00000004
"""
ADJECTIVES = "  1 This software\nfeline a 2 1 & 2 1 00000009 00000010\n"


@pytest.fixture
def net(tmp_path: Path) -> WordNet:
    return WordNet.read(_packed(tmp_path / "wordnet.tgz", NOUNS, WORDS, ADJECTIVES))


def test_what_a_word_is_a_kind_of_comes_before_other_kinds_of_it(net: WordNet) -> None:
    things = {"dog": ("dog", 1.0), "poodle": ("poodle", 1.0), "cat": ("cat", 1.0)}
    related = net.related("pooch", things)
    assert related["dog"] > related["poodle"] > 0 and "cat" not in related


def test_rarer_senses_and_unsure_names_count_for_less(net: WordNet) -> None:
    things = {"guy": ("man", 1.0), "true cat": ("tiger", 1.0), "animal": ("elephant", 0.25)}
    related = net.related("cat", things)
    assert related["tiger"] > related["man"] > related["elephant"] > 0


def test_a_word_does_not_say_that_it_is_itself(net: WordNet) -> None:
    assert net.related("dog", {"dog": ("dog", 1.0)}) == {}
    assert net.related("unheard", {"dog": ("dog", 1.0)}) == {}


def test_definitions_and_adjectives(net: WordNet) -> None:
    assert net.definition("dog") == "dog, a friend"
    assert net.adjectives["feline"] == 2 and net.adjectives["dog"] == 0


def test_a_damaged_archive_is_said(tmp_path: Path) -> None:
    packed = tmp_path / "wordnet.tgz"
    packed.write_bytes(b"no archive")
    with pytest.raises(StudioError, match="delete it"):
        WordNet.read(packed)


def test_a_lexicon_is_read_back_and_may_be_missing(tmp_path: Path) -> None:
    assert lexicon.read(tmp_path) == {}
    (tmp_path / lexicon.LEXICON).write_text(json.dumps({"dog": ["pooch"]}), encoding="utf-8")
    assert lexicon.read(tmp_path) == {"dog": ["pooch"]}


def _packed(path: Path, *texts: str) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, text in zip(("data.noun", "index.noun", "index.adj"), texts, strict=True):
            info = tarfile.TarInfo(f"package/dict/{name}")
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return path
