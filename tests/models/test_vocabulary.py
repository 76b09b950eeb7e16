"""Words of a prompt: known, replaced by another word, or unknown."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families import read_prompt
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.spelling import correct_spelling, find_meant_word
from gdm_studio.models.prompts.vocabulary import Reading, Vocabulary, compact
from gdm_studio.models.prompts.word_tokenizer import NORMALIZER, SPLITTER, words_of
from gdm_studio.request.generation_request import BUILT_IN, SHOWS_ALL_OBJECTS
from tests.helpers import tiny_model

KNOWN_WORDS = compact(["a red dog", "Two GREEN café cups", "t-shirt, 3d", "the apple and the box"])


@pytest.fixture
def vocabulary() -> Vocabulary:
    readings = {"emoji": {"🐶": "dog face"}, "things": {"dog": ["pooch", "hound"]}}
    return Vocabulary(KNOWN_WORDS, "beside box", json.dumps(readings))


def test_caption_words_are_stored_once_without_accents() -> None:
    assert KNOWN_WORDS == "3d a and apple box cafe cups dog green red shirt t the two"


@pytest.mark.parametrize("prompt", ["", "A red dog!", "two dogs, two boxes", "🐶", "a Café", "T-shirt", "  \n ", "…?!"])
def test_known_words_are_not_reported(vocabulary: Vocabulary, prompt: str) -> None:
    assert vocabulary.unknown_words(prompt) == []


def test_other_words_are_replaced_or_unknown(vocabulary: Vocabulary) -> None:
    assert vocabulary.unknown_words("a Pooch beside two hounds and a frobnicate, pooch 🦩") == [
        Reading("pooch", read_as="dog"), Reading("beside"), Reading("hounds", read_as="dog"), Reading("frobnicate"),
        Reading("🦩"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "near"),
    [("aple", "apple"), ("appple", "apple"), ("apqle", "apple"), ("aplpe", "apple"), ("gren", "green"), ("bpple", ""),
     ("dgo", ""), ("applesauce", ""), ("beside", "")],
)  # fmt: skip
def test_a_misspelt_word_is_matched_with_the_intended_one(vocabulary: Vocabulary, typed: str, near: str) -> None:
    (reading,) = vocabulary.unknown_words(typed)
    assert reading == Reading(typed, near=near)
    assert correct_spelling(typed, frozenset({"apple", "green"})) == near


@pytest.mark.parametrize(
    ("typed", "near"),
    [("stawberries", "strawberries"), ("bycicle", "bicycle"), ("dinasour", "dinosaur"), ("dinosaurrr", "dinosaur"),
     ("bcycl", ""), ("tricycle", "")],
)  # fmt: skip
def test_plurals_and_two_errors_of_long_words_are_corrected(typed: str, near: str) -> None:
    assert correct_spelling(typed, frozenset({"strawberry", "bicycle", "dinosaur"})) == near


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # A missing letter is more usual than a wrong one, and exchanged letters are the most usual error.
        ("stap", "strap"),
        ("salt", "slat"),
        # A neighbour on the keyboard, and not the more frequent word.
        ("kiny", "king"),
        # A word that exists is meant rather than a drawn one with two errors.
        ("alligater", "alligator"),
        ("aligator", "alligator"),
        ("aviatro", "aviator"),
        ("xyzzyx", ""),
    ],
)
def test_the_likely_word_is_meant(typed: str, meant: str) -> None:
    read = frozenset({"stop", "strap", "slat", "boat", "king", "kind", "aviator", "salad"})
    assert find_meant_word(typed, read, frozenset({"alligator"})) == meant


@pytest.mark.parametrize(
    ("typed", "read_as", "before"),
    [
        ("an aligator", "crocodile", "aviator"),
        ("a poket watch", "pocket watch", "poker"),
        ("a rasberry", "raspberry", ""),
    ],
)
def test_words_that_are_read_as_others_correct_a_spelling(typed: str, read_as: str, before: str) -> None:
    card = Library().card(BUILT_IN)

    def drawn(card: ModelCard) -> str:
        return " ".join(part.drawn_as or part.near for part in read_prompt(card, typed).parts).strip()

    assert drawn(card) == read_as and drawn(card.for_rules(SHOWS_ALL_OBJECTS - 1)) == before


def test_a_word_is_written_as_json() -> None:
    assert Reading("pooch", read_as="dog").facts == {"word": "pooch", "read_as": "dog", "near": None}


def test_the_shipped_model_knows_its_words() -> None:
    for name in (BUILT_IN, f"{BUILT_IN}-fast"):
        card = Library().card(name)
        assert card.vocabulary is not None and 4000 < len(card.vocabulary.met) < 8000
        assert {"the", "cute", "strawberry", "purple", "icon"} <= card.vocabulary.met
        assert card.unknown_words("a cute purple strawberry on the 🐈") == []
        assert [reading.word for reading in card.unknown_words("a moggy with a frobnicate")] == ["moggy", "frobnicate"]
        assert f"unknown to {card.title}: frobnicate" in read_prompt(card, "a frobnicate").summary(card.title)


def test_no_known_word_is_replaced() -> None:
    vocabulary = Library().card(BUILT_IN).vocabulary
    assert vocabulary is not None and vocabulary.unknown_words(" ".join(vocabulary.met)) == []


def test_the_vocabulary_is_small_on_disk() -> None:
    path = Library().card(BUILT_IN).path
    assert path is not None
    assert len(json.loads(path.with_name("card.json").read_text(encoding="utf-8"))["vocabulary"]) <= 60_000


@pytest.mark.slow
def test_torch_is_not_needed() -> None:
    told = (
        "import sys; from gdm_studio.models.model_library import Library;"
        "from gdm_studio.models.families import read_prompt;"
        f"print(read_prompt(Library().card({BUILT_IN!r}), 'a moggy').summary('')); assert 'torch' not in sys.modules"
    )
    assert "moggy" in subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("told", "said"),
    [({"emoji": {"🐶": 5}}, False), ({"lexicon": {"dog": 7}}, False), ({"lexicon": {"dog": [7]}}, False),
     ({"lexicon": []}, False), ({"vocab": None}, False), ({"lexicon": {"disc": ["plate"]}}, True)],
)  # fmt: skip
def test_a_damaged_tokenizer_is_refused(tmp_path: Path, told: dict[str, object], said: bool) -> None:
    path = tiny_model.write(tmp_path, tokenizer=told, card={"vocabulary": "a disc"})
    if said:
        assert Library().card(str(path)).unknown_words("a plate") == [Reading("plate", read_as="disc")]
    else:
        with pytest.raises(ModelError, match="tiny.safetensors is damaged"):
            Library().card(str(path))


@pytest.mark.parametrize("vocabulary", [5, ["a", "disc"], None])
def test_a_card_with_invalid_words_is_refused(tmp_path: Path, vocabulary: object) -> None:
    path = tiny_model.write(tmp_path, card={"vocabulary": vocabulary})
    with pytest.raises(ModelError, match="damaged"):
        Library().card(str(path))


def test_a_card_without_words_reports_nothing(tmp_path: Path) -> None:
    card = Library().card(str(tiny_model.write(tmp_path)))
    assert (
        card.vocabulary is None
        and card.unknown_words("a frobnicate") == []
        and read_prompt(card, "a frobnicate").summary(card.title) == ""
    )


def test_plain_words_are_split_as_by_the_tokenizers_package() -> None:
    vocabulary = Library().card(BUILT_IN).vocabulary
    assert vocabulary is not None
    others = [
        "",
        " ",
        "a  b ",
        "1st x0",
        "a dog's",
        "a t-shirt",
        "Ünder CAT",
        "a_b",
        "x²",
        "a\tb\nc",
        "红 狐",
        "e\u0301a",
    ]
    for text in (*vocabulary.further_drawings, *vocabulary.existing.split(), *others):
        assert words_of(text) == [word for word, _ in SPLITTER.pre_tokenize_str(NORMALIZER.normalize_str(text))]
