"""The thing that a prompt is about."""

from __future__ import annotations

import pytest

from gdm_studio.networks.subject import Names
from gdm_studio.networks.tokenizer import ANY_STYLE, FIRST_STYLE, Tokenizer

NAMES = Names(
    {
        "pizza": 1, "present": 2, "birthday cake": 1, "cake": 1, "crown": 1, "king": 1, "fox": 1, "owl": 2, "a": 1,
        "face with tongue": 1, "smiling face": 1, "orange": 1, "ice cream": 1,
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
        ("a", "a"),
        ("a zebra", ""),
        ("", ""),
    ],
)
def test_a_prompt_is_about_its_longest_last_name_before_what_stands_beside(prompt: str, thing: str) -> None:
    assert NAMES.subject(prompt.split()) == thing


def test_a_subject_is_told_with_its_colour_and_in_a_style_that_it_is_drawn_in() -> None:
    words = ["a", "red", "fox", "owl", "little", "in", "hat"]
    tokenizer = Tokenizer(words, ["noto", "twemoji"], 8, {}, names={"fox": 1, "owl": 2})
    assert tokenizer.subject("a little red fox in a hat", "noto") == tokenizer.encode("red fox", "noto")
    assert tokenizer.subject("a fox", "twemoji") == tokenizer.encode("fox")
    assert tokenizer.subject("an owl", "twemoji")[0] == FIRST_STYLE + 1 and tokenizer.subject("owl")[0] == ANY_STYLE
    assert tokenizer.subject("a hat", "noto") == tokenizer.encode("a hat", "noto")


@pytest.mark.parametrize("names", [{"fox": "1"}, {1: 1}, {"fox": None}, ["fox"]])
def test_names_of_another_kind_are_refused(names: object) -> None:
    with pytest.raises((TypeError, AttributeError)):
        Names(names)  # type: ignore[arg-type]
