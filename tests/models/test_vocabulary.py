"""Which words of a prompt a model met, which it reads as others, and which it does not know."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gdm_studio.errors import ModelError
from gdm_studio.models.library import Library
from gdm_studio.models.vocabulary import Reading, Vocabulary, compact, meant, sentence
from gdm_studio.request import BUILT_IN
from tests.helpers import tiny_model

MET = compact(["a red dog", "Two GREEN café cups", "t-shirt, 3d", "the apple and the box"])


@pytest.fixture
def vocabulary() -> Vocabulary:
    readings = {"emoji": {"🐶": "dog face"}, "things": {"dog": ["pooch", "hound"]}}
    return Vocabulary(MET, "beside box", json.dumps(readings))


def test_the_words_of_captions_are_kept_once_without_marks() -> None:
    assert MET == "3d a and apple box cafe cups dog green red shirt t the two"


@pytest.mark.parametrize("prompt", ["", "A red dog!", "two dogs, two boxes", "🐶", "a Café", "T-shirt", "  \n ", "…?!"])
def test_nothing_is_said_of_words_that_were_met(vocabulary: Vocabulary, prompt: str) -> None:
    assert vocabulary.unmet(prompt) == []


def test_other_words_are_read_as_things_or_unknown(vocabulary: Vocabulary) -> None:
    assert vocabulary.unmet("a Pooch beside two hounds and a frobnicate, pooch 🦩") == [
        Reading("pooch", read_as="dog"), Reading("beside"), Reading("hounds", read_as="dog"), Reading("frobnicate"),
        Reading("🦩"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "near"),
    [("aple", "apple"), ("appple", "apple"), ("apqle", "apple"), ("aplpe", "apple"), ("gren", "green"), ("bpple", ""),
     ("dgo", ""), ("applesauce", ""), ("beside", "")],
)  # fmt: skip
def test_a_misspelt_word_is_near_the_one_that_was_meant(vocabulary: Vocabulary, typed: str, near: str) -> None:
    (reading,) = vocabulary.unmet(typed)
    assert reading == Reading(typed, near=near)
    assert meant(typed, {"apple", "green"}) == near


def test_it_is_told_in_a_sentence() -> None:
    readings = [Reading("pooch", read_as="dog"), Reading("frobnicate"), Reading("aple", near="apple")]
    assert sentence(readings, "Icons") == (
        '"pooch" is read as "dog"; "aple" is unknown to Icons, which knows "apple"; "frobnicate" is unknown to Icons'
    )
    assert sentence([], "Icons") == ""
    many = sentence([Reading(f"word{n}") for n in range(100)], "Icons")
    assert many.startswith('"word0", "word1", "word2"') and many.count("unknown") == 1
    assert many.endswith('"word4" and "word5" are unknown to Icons; 94 more were never met')
    assert readings[0].facts == {"word": "pooch", "read_as": "dog", "near": None}


def test_the_shipped_model_knows_its_words() -> None:
    for name in (BUILT_IN, f"{BUILT_IN}-fast"):
        card = Library().card(name)
        assert card.vocabulary is not None and 4000 < len(card.vocabulary.met) < 8000
        assert {"the", "cute", "strawberry", "purple", "icon"} <= card.vocabulary.met
        assert card.unmet("a cute purple strawberry on the 🐈") == []
        assert [reading.word for reading in card.unmet("a moggy with a frobnicate")] == ["moggy", "frobnicate"]
        assert card.about_words("a frobnicate") == f'"frobnicate" is unknown to {card.title}'


def test_no_word_that_was_met_is_read_as_another() -> None:
    vocabulary = Library().card(BUILT_IN).vocabulary
    assert vocabulary is not None and vocabulary.unmet(" ".join(vocabulary.met)) == []


def test_it_takes_little_room_on_disk() -> None:
    path = Library().card(BUILT_IN).path
    assert path is not None
    assert len(json.loads(path.with_name("card.json").read_text(encoding="utf-8"))["vocabulary"]) <= 60_000


def test_torch_is_not_needed() -> None:
    told = (
        "import sys; from gdm_studio.models.library import Library;"
        f"print(Library().card({BUILT_IN!r}).about_words('a moggy')); assert 'torch' not in sys.modules"
    )
    assert "moggy" in subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("told", "said"),
    [({"emoji": {"🐶": 5}}, False), ({"lexicon": {"dog": 7}}, False), ({"lexicon": {"dog": [7]}}, False),
     ({"lexicon": []}, False), ({"vocab": None}, False), ({"lexicon": {"disc": ["plate"]}}, True)],
)  # fmt: skip
def test_a_damaged_file_is_one_sentence(tmp_path: Path, told: dict[str, object], said: bool) -> None:
    path = tiny_model.write(tmp_path, tokenizer=told, card={"vocabulary": "a disc"})
    if said:
        assert Library().card(str(path)).about_words("a plate") == '"plate" is read as "disc"'
    else:
        with pytest.raises(ModelError, match="tiny.safetensors is damaged"):
            Library().card(str(path))


@pytest.mark.parametrize("vocabulary", [5, ["a", "disc"], None])
def test_a_card_whose_words_are_no_text_is_refused(tmp_path: Path, vocabulary: object) -> None:
    path = tiny_model.write(tmp_path, card={"vocabulary": vocabulary})
    with pytest.raises(ModelError, match="damaged"):
        Library().card(str(path))


def test_a_card_without_words_says_nothing(tmp_path: Path) -> None:
    card = Library().card(str(tiny_model.write(tmp_path)))
    assert card.vocabulary is None and card.unmet("a frobnicate") == [] and card.about_words("a frobnicate") == ""
