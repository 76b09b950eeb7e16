"""Prompts in other languages and in rare English words, as the built-in model reads them."""

import json
import lzma
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from gdm_studio.common.errors import ModelError
from gdm_studio.engine.conditioning import conditioning_of
from gdm_studio.models.families import read_prompt
from gdm_studio.models.families.icons.family import config_of
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.prompt_reading import PartState
from gdm_studio.models.prompts.translation_dictionary import Dictionary, Language, key_of, write_dictionary
from gdm_studio.models.prompts.word_tokenizer import Tokenizer
from gdm_studio.request import Request

# Articles, without which some nouns are also English words ("chat", "Boot").
ARTICLES = {"de": "ein", "fr": "un", "es": "un", "it": "un", "pt": "um", "nl": "een"}
# Styles that differ in the drawings that they have of a name.
STYLES = ("twemoji", "noto", "fluent-emoji-flat")


@pytest.fixture(scope="module")
def card() -> ModelCard:
    return Library().card("icons-2")


@pytest.fixture(scope="module")
def tokenizer(card: ModelCard) -> Tokenizer:
    assert card.path is not None
    return Tokenizer(**config_of(card.path)["tokenizer"])


def drawings(tokenizer: Tokenizer, prompt: str) -> set[str]:
    return {subject.drawing for style in STYLES for subject in tokenizer.subjects(prompt, style)}


@pytest.mark.parametrize(
    ("prompt", "english"),
    [
        ("ein rotes Herz", "a red heart"),
        ("un chat", "a cat"),
        ("猫", "cat"),
        ("кошка", "cat"),
        ("قطة", "cat"),
        ("القطة", "cat"),
        ("赤いハート", "red heart"),
        ("красное яблоко", "red apple"),
        ("la casa roja", "the red house"),
        ("un perro feliz", "a happy dog"),
        ("قلب صغير", "small heart"),
        ("سيارة حمراء صغيرة", "red small automobile"),
        ("um gato com chapéu vermelho", "a cat with red hat"),
        ("빨간 모자 고양이", "red hat cat"),
        ("маленькая красная машина", "small red car"),
        ("ein Hund und eine Katze", "a dog and a cat"),
        ("L’œil", "the’eye"),
        ("빨간 사과", "red apple"),
        ("a blue aircraft", "a blue airplane"),
        ("canine", "dog"),
        ("dwelling", "house"),
        ("physician", "doctor"),
        ("Laufschuh", "shoe"),
        ("zwei blaue Wasserflaschen", "two blue bottle"),
        ("ein Holztisch", "a table"),
        ("een zeilschoen", "a shoe"),
        ("ein Backofen", "a oven"),
        ("Hogwarts", "Hogwarts"),
        ("ein Kornfeld", "a Kornfeld"),
        ("ein Sturzhelm", "a Sturzhelm"),
        ("signature", "signature"),
    ],
)
def test_prompt_is_translated(card: ModelCard, prompt: str, english: str) -> None:
    assert card.translate(prompt).text == english


@pytest.mark.parametrize(
    "prompt",
    [
        "a red fox",
        "hut",
        "a cat on a mat",
        "a gift",
        "a Chat",
        "ham in pan",
        "a man on the moon",
        "",
        "🐈",
        "xyzzy",
        "no",
    ],
)
def test_english_prompt_stays(card: ModelCard, prompt: str) -> None:
    translation = card.translate(prompt)
    assert translation.text == prompt
    assert not translation.is_changed


@pytest.mark.parametrize(
    ("prompt", "drawn", "left_out"),
    [
        ("a red fox, watercolor", {"red", "fox"}, {"watercolor"}),
        ("a watercolor fox", {"fox"}, {"watercolor"}),
        ("a cute cat icon", {"cat"}, {"cute"}),
        ("an illustration of an owl", {"owl"}, {"illustration"}),
        ("minimalist logo of a bear, 4k", {"bear"}, {"minimalist", "logo", "4k"}),
        ("a cat, adorable, highly detailed", {"cat"}, {"adorable", "highly", "detailed"}),
        ("a car, red, studio lighting", {"car", "red"}, {"studio", "lighting"}),
        ("a red car, blue sky", {"red", "car"}, {"blue", "sky"}),
        ("digital art, a dragon", {"dragon"}, {"digital", "art"}),
        ("a cat, a dog and a bird", {"cat", "dog", "bird"}, set()),
        ("watercolor", {"watercolor"}, set()),
        ("a logo", {"logo"}, set()),
    ],
)
def test_words_for_the_look_of_an_image_are_left_out(
    card: ModelCard, prompt: str, drawn: set[str], left_out: set[str]
) -> None:
    parts = read_prompt(card, prompt).parts
    assert {part.text for part in parts if part.state is PartState.DRAWN} == drawn
    assert {part.text for part in parts if part.state is PartState.LEFT_OUT} == left_out
    assert all(prompt[part.start : part.end] == part.text for part in parts)


@pytest.mark.slow
def test_names_of_drawings_contain_no_words_for_the_look(card: ModelCard, tokenizer: Tokenizer) -> None:
    names = [name for name in tokenizer.names.styles_of if tokenizer.names.is_drawn(name)]
    assert len(names) > 1000
    assert [name for name in names if any(each.is_removed for each in card.translate(f"a {name}").segments)] == []


@pytest.mark.slow
@pytest.mark.parametrize("table", ["common", "unseen"])
def test_nine_of_ten_nouns_are_right(card: ModelCard, tokenizer: Tokenizer, table: str) -> None:
    nouns = json.loads((files("gdm_studio.training.evaluation") / "nouns.json").read_text("utf-8"))[table]
    meant = [drawings(tokenizer, noun) for noun in nouns.pop("en")]
    right = {
        language: sum(
            not drawings(tokenizer, card.translate(f"{ARTICLES.get(language, '')} {noun}").text).isdisjoint(each)
            for noun, each in zip(words, meant, strict=True)
        )
        for language, words in nouns.items()
    }
    assert {language for language, count in right.items() if count < 0.9 * len(meant)} == set(), right


def test_reading_shows_the_english_words(card: ModelCard) -> None:
    reading = read_prompt(card, "Ein rotes Herz mit Quark")
    parts = {part.text: (part.state, part.drawn_as) for part in reading.parts}
    assert parts["rotes Herz"] == (PartState.DRAWN, "red heart")
    assert parts["Quark"][0] is PartState.UNKNOWN
    assert "Drawing red heart for “rotes Herz”" in reading.summary("Icons")


def test_reading_finds_words_without_spaces(card: ModelCard) -> None:
    prompt = "赤い犬と猫"
    parts = read_prompt(card, prompt).parts
    assert [(prompt[part.start : part.end], part.drawn_as) for part in parts] == [
        ("赤い", "red"),
        ("犬", "dog"),
        ("猫", "cat"),
    ]


def test_translated_words_are_not_unknown(card: ModelCard) -> None:
    assert [reading.word for reading in card.unknown_words("ein rotes Herz")] == []


@pytest.mark.parametrize(("rules", "text"), [(3, "a cat"), (2, "un chat"), (1, "un chat")])
def test_old_requests_are_read_in_english(card: ModelCard, rules: int, text: str) -> None:
    request = card.checked(Request(prompt="un chat", negative_prompt="un chien", rules=rules))
    prompt, negative = conditioning_of(card, request, None, guided=True)
    assert prompt.text == text
    assert negative.text == ("a dog" if rules == 3 else "un chien")
    assert card.for_rules(13).translate("Laufschuh").text == "Laufschuh"


def test_notice_follows_the_rules_of_the_request(card: ModelCard) -> None:
    assert read_prompt(card.for_rules(3), "un chat").summary("Icons") == "Drawing cat for “chat”"
    assert (
        read_prompt(card.for_rules(2), "un chat").summary("Icons")
        == "Drawing speech balloon for “chat”; unknown to Icons: un"
    )


def test_inflected_words_and_phrases(tmp_path: Path) -> None:
    path = tmp_path / "dictionary.xz"
    names = {key_of("Pomme de terre"): "potato", "pomme": "apple"}
    language = Language(small={"le": "the"}, names=names, endings=(("s", ""),))
    write_dictionary(path, {"fr": language})
    dictionary = Dictionary(path)
    prompt = "le  POMMES, pomme de Terre!"
    translation = dictionary.translate(prompt, lambda word: False)
    assert translation.text == "the  apple, potato!"
    for english, source in (("the", "le"), ("apple", "POMMES"), ("potato", "pomme de Terre"), ("!", "!")):
        first = translation.text.index(english)
        start, end = translation.source(first, first + len(english))
        assert prompt[start:end] == source


def test_source_of_words_in_another_order(card: ModelCard) -> None:
    prompt = "La casa roja."
    translation = card.translate(prompt)
    assert translation.text == "the red house."
    for english, source in (("red", "roja"), ("house", "casa"), ("red house", "casa roja"), (".", ".")):
        first = translation.text.index(english)
        start, end = translation.source(first, first + len(english))
        assert prompt[start:end] == source


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xz",
        lzma.compress(b"[]"),
        lzma.compress(b'{"de": {"words": {"a": 1}}}'),
        lzma.compress(b'{"de": {"endings": [["a"]]}}'),
        lzma.compress(b"{" + b" " * 2**23 + b"}"),
        lzma.compress(json.dumps({"de": {"words": {"a": "b" * 1000}}}).encode()),
        lzma.compress(json.dumps({"de": {"endings": [["a", ""]] * 1000}}).encode()),
        lzma.compress(json.dumps({str(number): {} for number in range(1000)}).encode()),
    ],
    ids=["empty", "not xz", "list", "number", "no base form", "large", "long word", "many endings", "many languages"],
)
def test_damaged_dictionary(tmp_path: Path, card: ModelCard, data: bytes) -> None:
    path = tmp_path / "dictionary.xz"
    path.write_bytes(data)
    with pytest.raises(ModelError, match="damaged"):
        Dictionary(path).translate("un chat", lambda word: False)


def test_long_prompt_is_translated_in_part(card: ModelCard) -> None:
    translation = card.translate("un chat " * 1000)
    assert translation.text.startswith("a cat a cat")
    assert translation.text.endswith("un chat ")


def test_model_without_a_dictionary_reads_english(tmp_path: Path, card: ModelCard) -> None:
    assert card.path is not None
    folder = tmp_path / "models" / "icons-2"
    shutil.copytree(card.path.parent, folder, ignore=shutil.ignore_patterns("dictionary.xz", "styles", "examples"))
    from gdm_studio.models.families.icons.family import card as read_card
    from gdm_studio.models.files.checkpoints import read_entry

    plain = read_card(read_entry(folder / card.path.name))
    assert plain.dictionary is None
    assert plain.translate("un chat").text == "un chat"
