"""The subject of a prompt."""

from __future__ import annotations

from functools import partial

import pytest

from gdm_studio.models.prompts.subjects import SubjectFinder
from gdm_studio.models.prompts.word_tokenizer import Subject, Tokenizer
from gdm_studio.networks.icons.special_tokens import ANY_STYLE, FIRST_STYLE

NAMES = SubjectFinder(
    {
        "pizza": 1, "present": 2, "birthday cake": 1, "cake": 1, "crown": 1, "king": 1, "fox": 1, "owl": 2, "a": 1,
        "face with tongue": 1, "smiling face": 1, "orange": 1, "ice cream": 1, "red heart": 7, "heart": 7, "cup": 7,
        "paper cup": 1, "letter": 7, "letter y": 5, "letter z": 1, "glasses": 7, "glass": 7, "cherries": 7,
        "cup and ball": 1, "ball": 7, "hot dog": 7, "dogs": {"dog": 7}, "dog": 7,
        "playing": {"playground slide": 7}, "lightning": {"lightning": 7, "high voltage": 7}, "ring": 7,
        "rice": 7, "pudding": {"custard": 7}, "laughing": {"laughing cat": 7}, "cat": 7, "cat playing": {"cat toy": 7},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("prompt", "thing"),
    [
        ("a slice of pizza", "pizza"),
        ("a birthday present with a bow", "present"),
        ("a big birthday cake", "birthday cake"),
        ("a golden crown for a king", "crown"),
        ("a fox and an owl", "fox"),
        ("face with tongue", "face with tongue"),
        ("the face with tongue", "face with tongue"),
        ("a smiling face with a crown", "smiling face"),
        ("an orange", "orange"),
        ("an orange fox", "fox"),
        ("ice cream in a cone", "ice cream"),
        ("with a crown", "crown"),
        ("a big red heart", "red heart"),
        ("a blue heart", "heart"),
        ("a heart and a red apple", "heart"),
        ("a paper cup", "cup"),
        ("the letter y", "letter y"),
        ("letter y", "letter y"),
        ("letter z", "letter"),
        ("a letter y with a hat", "letter"),
        ("a", "a"),
        ("a zebra", ""),
        ("birthday cakes", "birthday cake"),
        ("blue foxes", "fox"),
        ("hot dogs", "hot dog"),
        ("dogs", "dogs"),
        ("glasses", "glasses"),
        ("a dog playing", "dog"),
        ("playing", "playing"),
        ("a heart of lightning", "lightning"),
        ("a ball ring", "ring"),
        ("a rice pudding", "pudding"),
        ("a cat laughing", "laughing"),
        ("a dog laughing", "dog"),
        ("a dog and cat playing", "dog"),
        ("a heart cat playing", "cat playing"),
        ("", ""),
    ],
)
def test_the_subject_is_the_longest_last_name_before_a_preposition(prompt: str, thing: str) -> None:
    assert NAMES.subject(prompt.split()) == thing


@pytest.mark.parametrize(
    ("prompt", "things"),
    [
        ("a heart and a cup", ["a heart", "a cup"]),
        ("a red heart , a cup & the letter y in a hat", ["a red heart", "a cup", "the letter y in a hat"]),
        ("a red and white heart and a cup", ["a red white heart", "a cup"]),
        ("a heart , a cup", ["a heart", "a cup"]),
        ("heart , cup", ["heart", "cup"]),
        ("a heart , very nice", None),
        ("a red heart and a blue heart", ["a red heart", "a blue heart"]),
        # There is no zebra.
        ("a heart and a zebra", ["a heart"]),
        # Only one drawing has this name.
        ("a heart and a fox", None),
        # It is unclear which of them has the letter.
        ("a cup with a heart and a letter", None),
        # The phrase is a name of its own.
        ("cup and ball", None),
        ("and", None),
        ("", None),
        ("two hearts", ["hearts", "hearts"]),
        # These would be five subjects.
        ("two red hearts and three cups", ["two red hearts", "three cups"]),
        ("2 hearts", ["hearts", "hearts"]),
        ("two red hearts and a cup", ["red hearts", "red hearts", "a cup"]),
        # A single drawing shows both.
        ("two cherries", None),
        ("two glasses", None),
        ("two", None),
        # Only one drawing has this name.
        ("two foxes", None),
    ],
)
def test_joined_subjects_are_separated(prompt: str, things: list[str] | None) -> None:
    assert NAMES.split_into_objects(prompt.split()) == [each.split() for each in things or [prompt]]


def encode(tokenizer: Tokenizer, prompt: str, style: str | None = None) -> tuple[int, ...]:
    return tuple(tokenizer.encode(prompt, style))


def single_subject(tokenizer: Tokenizer, prompt: str, style: str | None = None) -> Subject:
    """Return the subject of a prompt that has only one."""
    (subject,) = tokenizer.subjects(prompt, style)
    return subject


WORDS = ["a", "red", "white", "fox", "owl", "little", "in", "hat", "boat", "sail", "ship", "green"]
BOATS = {"ship": 1, "sail boat": 2, "boat": 4}
SHARED = {"fox": 1, "owl": 2, "boat": BOATS, "ship": 1, "sail boat": 14, "green hat": 7, "red": {"fox": 1}}


def test_the_subject_depends_on_the_styles_of_its_drawings() -> None:
    assert NAMES.subject(["a", "paper", "cup"], 0) == "paper cup" and NAMES.subject(["a", "paper", "cup"], 1) == "cup"


def test_a_subject_is_encoded_with_a_drawn_style_and_without_its_colour() -> None:
    tokenizer = Tokenizer(WORDS, ["noto", "twemoji"], 8, {}, names=SHARED)
    subject, told = partial(single_subject, tokenizer), partial(encode, tokenizer)
    assert subject("a little red fox in a hat", "noto") == Subject(told("fox", "noto"), "red")
    assert subject("a little fox in a red hat", "noto") == Subject(told("fox", "noto")), "the hat is red"
    assert subject("a red and white fox", "noto") == Subject(told("fox", "noto")), "which is where?"
    assert subject("a fox and a red owl", "noto") == Subject(told("fox", "noto"))
    assert subject("a green hat", "noto") == Subject(told("green hat", "noto")), "that is what it is called"
    assert subject("a fox", "twemoji") == Subject(told("fox"))
    assert subject("an owl", "twemoji").row[0] == FIRST_STYLE + 1 and subject("owl").row[0] == ANY_STYLE
    assert subject("a hat", "noto") == Subject(told("a hat", "noto"))


def test_a_name_shared_by_drawings_selects_one_of_them() -> None:
    tokenizer = Tokenizer(WORDS, ["noto", "twemoji", "ink", "line"], 8, {}, names=SHARED)
    subject, told = partial(single_subject, tokenizer), partial(encode, tokenizer)
    assert subject("a boat", "noto").row == told("ship", "noto")
    assert subject("a red boat", "twemoji") == Subject(told("sail boat", "twemoji"), "red")
    assert subject("a boat", "ink").row == told("boat", "ink"), "its own drawing"
    assert subject("a boat", "line").row == told("ship") == subject("a boat").row, "the likeliest, in no style"
    assert subject("a sail boat", "noto").row == told("sail boat")


@pytest.mark.parametrize(
    ("prompt", "drawings"),
    [
        ("a fox boat", ["fox"]),
        ("a boat", [""]),
        ("a fox and a boat", ["fox"]),
        ("a green hat in a boat", ["green hat"]),
        ("a little red owl", ["owl"]),
    ],
)
def test_names_without_a_drawing_are_ignored(prompt: str, drawings: list[str]) -> None:
    tokenizer = Tokenizer(WORDS, ["noto", "twemoji"], 8, {}, names=SHARED)
    boats = {tuple(tokenizer.encode(name)[1:]) for name in (*BOATS, "sail boat")}
    limited = tokenizer.limited_to(lambda ids: tuple(ids) not in boats)
    assert [subject.drawing for subject in limited.subjects(prompt, "noto")] == drawings
    assert tokenizer.subjects("a fox boat", "noto")[0].drawing == "ship", "the original is not changed"


def test_a_shared_name_selects_a_drawing_that_exists() -> None:
    tokenizer = Tokenizer(WORDS, ["noto", "twemoji"], 8, {}, names=SHARED)
    ship = tokenizer.encode("ship")[1:]
    limited = tokenizer.limited_to(lambda ids: ids != ship)
    assert single_subject(limited, "a boat", "noto").drawing == "sail boat"


@pytest.mark.parametrize("names", [{"fox": "1"}, {1: 1}, {"fox": None}, ["fox"], {"fox": {}}, {"fox": {"owl": "1"}}])
def test_names_of_another_kind_are_refused(names: object) -> None:
    with pytest.raises((TypeError, AttributeError)):
        SubjectFinder(names)  # type: ignore[arg-type]
