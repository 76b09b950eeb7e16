"""AUTOMATIC1111's prompts: what each step is told, as its users have come to know it."""

from __future__ import annotations

import pytest

from gdm_studio.models.grammar import Mention, Weighted, left_out, mentions, stretches, windows


def told(prompt: str, steps: int = 10) -> list[tuple[int, str]]:
    """Until which step the prompt says what, weights left aside by escaping nothing: its text as it stands."""
    return [
        (stretch.until, " BREAK ".join("".join(part.text for part in window) for window in stretch.windows))
        for stretch in stretches(prompt, steps)
    ]


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        ("normal text", [("normal text", 1.0)]),
        ("(an (important) word)", [("an ", 1.1), ("important", 1.21), (" word", 1.1)]),
        ("(unbalanced", [("unbalanced", 1.1)]),
        ("\\(literal\\]", [("(literal]", 1.0)]),
        ("(unnecessary)(parens)", [("unnecessaryparens", 1.1)]),
        ("a [dim] light", [("a ", 1.0), ("dim", 1 / 1.1), (" light", 1.0)]),
        ("(red: 1.5 ) car", [("red", 1.5), (" car", 1.0)]),
        ("12:30) o'clock", [("12:30) o'clock", 1.0)]),
        ("(a:b) c:d", [("a:b", 1.1), (" c:d", 1.0)]),
        (
            "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
            [
                ("a ", 1.0), ("house", 1.573), (" ", 1.1), ("on", 1.0), (" a ", 1.1), ("hill", 0.55),
                (", sun, ", 1.1), ("sky", 1.4641), (".", 1.1),
            ],
        ),
        ("", [("", 1.0)]),
    ],
)  # fmt: skip
def test_brackets_are_weights(prompt: str, parts: list[tuple[str, float]]) -> None:
    (window,) = windows(prompt)
    texts, weights = [part.text for part in window], [part.weight for part in window]
    joined: list[tuple[str, float]] = []
    for text, weight in zip(texts, weights, strict=True):  # products that differ in their last digit are one weight
        if joined and abs(joined[-1][1] - weight) < 1e-9:
            joined[-1] = (joined[-1][0] + text, weight)
        else:
            joined.append((text, weight))
    assert [text for text, _ in joined] == [text for text, _ in parts]
    assert [weight for _, weight in joined] == pytest.approx([weight for _, weight in parts])


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("test", [(10, "test")]),
        ("a [b:3]", [(3, "a "), (10, "a b")]),
        ("a [b: 3]", [(3, "a "), (10, "a b")]),
        ("[(a:2):3]", [(3, ""), (10, "a")]),
        ("a [b : c : 1] d", [(1, "a b  d"), (10, "a  c  d")]),
        ("a[b:[c:d:2]:1]e", [(1, "abe"), (2, "ace"), (10, "ade")]),
        ("a [b:.5] c", [(5, "a  c"), (10, "a b c")]),
        ("a [b::3] c", [(3, "a b c"), (10, "a  c")]),
        ("a [{b|d{:.5] c", [(5, "a  c"), (10, "a {b|d{ c")]),
        ("((a][:b:c [d:3]", [(3, "a]:b:c "), (10, "a]:b:c d")]),
        ("[a:b:99]", [(10, "a")]),
        ("[a:b:0]", [(10, "b")]),
        ("a [unbalanced", [(10, "a unbalanced")]),
        ("[1:2]", [(2, ""), (10, "1")]),
    ],
)
def test_parts_that_change_change_at_their_step(prompt: str, said: list[tuple[int, str]]) -> None:
    assert told(prompt) == said


def test_alternatives_take_turns() -> None:
    assert told("[fe|]male", 3) == [(1, "female"), (2, "male"), (3, "female")]
    assert told("[a|(b:1.1)]", 2) == [(1, "a"), (2, "b")]
    assert told("[fe|||]male", 5) == [(1, "female"), (4, "male"), (5, "female")]
    assert told("[cow|[horse|pig]]", 4) == [(1, "cow"), (2, "pig"), (3, "cow"), (4, "pig")]


def test_a_break_begins_a_new_window_and_keeps_the_weight() -> None:
    first, second, third = windows("(red BREAK blue) sky BREAK sea")
    assert first == (Weighted("red", 1.1),) and second[0] == Weighted("blue", 1.1) and second[1] == Weighted(" sky")
    assert third == (Weighted("sea"),) and len(windows("BREAKFAST")) == 1
    assert windows("a BREAK") == windows("a BREAK ") == windows("a")  # one at the end begins nothing
    assert len(windows("BREAK a")) == 2 and len(windows("a BREAK BREAK b")) == 3


def test_adapters_are_called_by_name_and_are_no_text() -> None:
    prompt = "a fox <lora:my style:0.8>, <lora:b:0.5:0.25> <lyco:c> <lora:d:x>"
    assert mentions(prompt) == [
        Mention("my style", 0.8, 0.8), Mention("b", 0.5, 0.25), Mention("c"), Mention("d"),
    ]  # fmt: skip
    assert told(prompt) == [(10, "a fox ,   ")]
    named = "<lora:x:te=0.5:unet=0.2> <lora:y:te=0.5> <lora:z:0.3:unet=2>"
    assert mentions(named) == [Mention("x", 0.5, 0.2), Mention("y", 0.5, 0.5), Mention("z", 0.3, 2.0)]


def test_what_the_web_ui_takes_out_is_no_text_and_is_told() -> None:
    prompt = "a <hypernet:bold:0.5> fox <lora:b>"
    assert told(prompt) == [(10, "a  fox ")] and [at[0] for at in left_out(prompt)] == ["<hypernet:bold:0.5>"]


HOSTILE = ["[" * 3000, "(" * 3000, "[a:" * 500 + "1]" * 500, "\\" * 999, "[|" * 400 + "]" * 400]


@pytest.mark.parametrize("prompt", HOSTILE, ids=range(len(HOSTILE)))
def test_no_prompt_is_too_much(prompt: str) -> None:
    assert stretches(prompt, 20)[-1].until == 20
