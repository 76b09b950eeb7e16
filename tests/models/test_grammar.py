"""Prompts of AUTOMATIC1111: the text and weights of each step."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.models.prompts.a1111_syntax import (
    Mention,
    Weighted,
    adapter_tags,
    adapters_mentioned,
    embeddings_mentioned,
    ignored_tags,
    joining_words,
    parse_prompt,
    unread_weights,
    unusable_parameters,
    windows,
)
from gdm_studio.request.prompts import MOST_CHARACTERS

EARLIER = Path(__file__).parent.parent / "data" / "grammar-0.1.0.json"


def texts_by_step(prompt: str, steps: int = 10) -> list[tuple[int, str]]:
    """Return the text of the prompt up to each step, without weights."""
    return [
        (stretch.until, " BREAK ".join("".join(part.text for part in window) for window in stretch.windows))
        for stretch in parse_prompt(prompt, steps)
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
def test_brackets_set_weights(prompt: str, parts: list[tuple[str, float]]) -> None:
    (window,) = windows(prompt)
    texts, weights = [part.text for part in window], [part.weight for part in window]
    joined: list[tuple[str, float]] = []
    # Products that differ in their last digits are equal weights.
    for text, weight in zip(texts, weights, strict=True):
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
def test_scheduled_parts_change_at_their_step(prompt: str, said: list[tuple[int, str]]) -> None:
    assert texts_by_step(prompt) == said


def test_alternatives_alternate_by_step() -> None:
    assert texts_by_step("[fe|]male", 3) == [(1, "female"), (2, "male"), (3, "female")]
    assert texts_by_step("[a|(b:1.1)]", 2) == [(1, "a"), (2, "b")]
    assert texts_by_step("[fe|||]male", 5) == [(1, "female"), (4, "male"), (5, "female")]
    assert texts_by_step("[cow|[horse|pig]]", 4) == [(1, "cow"), (2, "pig"), (3, "cow"), (4, "pig")]


def test_a_break_starts_a_new_window_with_the_same_weight() -> None:
    first, second, third = windows("(red BREAK blue) sky BREAK sea")
    assert first == (Weighted("red", 1.1),) and second[0] == Weighted("blue", 1.1) and second[1] == Weighted(" sky")
    assert third == (Weighted("sea"),) and len(windows("BREAKFAST")) == 1
    # A BREAK at the end starts no window.
    assert windows("a BREAK") == windows("a BREAK ") == windows("a")
    assert len(windows("BREAK a")) == 2 and len(windows("a BREAK BREAK b")) == 3


def test_adapter_tags_are_parsed_and_not_part_of_the_text() -> None:
    prompt = "a fox <lora:my style:0.8>, <lora:b:0.5:0.25> <lyco:c> <lora:d:x>"
    assert adapters_mentioned(prompt) == [
        Mention("my style", 0.8, 0.8), Mention("b", 0.5, 0.25), Mention("c"), Mention("d"),
    ]  # fmt: skip
    assert texts_by_step(prompt) == [(10, "a fox ,   ")]
    named = "<lora:x:te=0.5:unet=0.2> <lora:y:te=0.5> <lora:z:0.3:unet=2>"
    assert adapters_mentioned(named) == [Mention("x", 0.5, 0.2), Mention("y", 0.5, 0.5), Mention("z", 0.3, 2.0)]


def test_parameters_of_extensions_are_no_weights() -> None:
    prompt = "<lora:x:0.5:lbw=INALL> <lora:y:lbw=1,0,0:0.4:stop=10> <lora:z:0.3:0.2:dyn=8> <lora:w:te=0.1:lbw=ALL>"
    assert adapters_mentioned(prompt) == [
        Mention("x", 0.5, 0.5), Mention("y", 0.4, 0.4), Mention("z", 0.3, 0.2), Mention("w", 0.1, 0.1),
    ]  # fmt: skip
    found = [unusable_parameters(tag) for tag in adapter_tags(f"{prompt} <lora:v:1@0.5>")]
    assert found == [["lbw=INALL"], ["lbw=1,0,0", "stop=10"], ["dyn=8"], ["lbw=ALL"], ["1@0.5"]]


@pytest.mark.parametrize(
    ("prompt", "meant"),
    [
        ("(red:1,2) car", ["(red:1.2) car"]),
        ("[a:b:50%], [a:b:0,5]", ["[a:b:0.5], [a:b:0,5]", "[a:b:50%], [a:b:0.5]"]),
        ("（red：1.2）", ["（red:1.2)"]),
        ("(red: 1.2) [a:b:.5] (3:2) 16:9, (a:b) <lora:x:0,8)> (a:1.2.3) (a:,)", []),
    ],
)
def test_numbers_that_are_no_weights_are_found(prompt: str, meant: list[str]) -> None:
    found = unread_weights(prompt)
    assert [prompt[:start] + text + prompt[end:] for start, end, text in found] == meant


def test_many_numbers_and_tags_take_linear_time() -> None:
    prompt = ("<lora:x:1>(a:1,2)" * MOST_CHARACTERS)[: 20 * MOST_CHARACTERS]
    assert len(unread_weights(prompt)) == len(prompt) // 17


def test_hypernetwork_tags_are_removed_and_reported() -> None:
    prompt = "a <hypernet:bold:0.5> fox <lora:b>"
    assert texts_by_step(prompt) == [(10, "a  fox ")] and [tag.text for tag in ignored_tags(prompt)] == [
        "<hypernet:bold:0.5>"
    ]


def test_adapter_weights_may_have_a_decimal_comma() -> None:
    found = adapters_mentioned("<lora:a:0,8> <lora: b :te=0,5:unet=,25> <lora:c:1,5:-0,5>")
    assert found == [Mention("a", 0.8, 0.8), Mention("b", 0.5, 0.25), Mention("c", 1.5, -0.5)]


@pytest.mark.parametrize(
    ("prompt", "text", "names"),
    [
        ("a cat, embedding:easynegative", "a cat, easynegative", ["easynegative"]),
        ("a embedding:sub/easy.pt, b", "a easy, b", ["easy"]),
        ("a <embed:easy> b", "a easy b", ["easy"]),
        ("<embedding:sub/Easy.safetensors>", "Easy", ["Easy"]),
        ("a embedding: b myembedding:c", "a embedding: b myembedding:c", []),
        ("<lora:embedding:1> <embed: >", " ", []),
    ],
)
def test_marked_embeddings_are_read_as_their_names(prompt: str, text: str, names: list[str]) -> None:
    assert texts_by_step(prompt) == [(10, text)] and embeddings_mentioned(prompt) == names
    assert not any("embed:e" in tag.text for tag in ignored_tags(prompt))


def test_the_parts_around_and_are_one_text_without_weights() -> None:
    assert texts_by_step("a cat :1.2 AND a dog:0.5 AND x") == [(10, "a cat and a dog and x")]
    assert texts_by_step("a BAND and sand: 5") == [(10, "a BAND and sand: 5")]
    assert joining_words("a AND <lora:AND:1> b AND c") == [2, 21]


def test_the_last_mention_of_an_adapter_counts() -> None:
    assert adapters_mentioned("<lora:a:0.5> <lora:b> <lora:a:0.25:2>") == [Mention("a", 0.25, 2.0), Mention("b")]
    assert adapters_mentioned("<lora:a:0.1>" * 10_000) == [Mention("a", 0.1, 0.1)]


def test_prompts_are_parsed_as_in_0_1_0() -> None:
    for prompt, meant in json.loads(EARLIER.read_text("utf-8")).items():
        found = [
            [stretch.until, [[[part.text, part.weight] for part in window] for window in stretch.windows]]
            for stretch in parse_prompt(prompt, 5)
        ]
        assert found == meant["stretches"], prompt
        assert [[each.name, each.text, each.unet] for each in adapters_mentioned(prompt)] == meant["mentions"], prompt
        assert [tag.text for tag in ignored_tags(prompt)] == meant["left_out"], prompt


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 400, "9" * 5000 + "."], ids=["large", "small", "fraction"])
def test_huge_numbers_are_accepted(number: str) -> None:
    first = texts_by_step(f"[a:b:{number}]")[0]
    assert first == ((10, "b") if number.startswith("-") else (10, "a"))
    weights = [part.weight for part in windows(f"(a:{number}) b")[0]]
    (adapter,) = adapters_mentioned(f"<lora:x:{number}>")
    assert all(map(math.isfinite, [*weights, adapter.text, adapter.unet]))


def test_many_brackets_keep_weights_finite() -> None:
    weights = [part.weight for part in windows("(a" * 1500)[0]]
    assert all(map(math.isfinite, weights)) and weights == sorted(weights) and weights[0] == 1.1
    assert windows("(" * 2000 + "a" + ")" * 2000) == windows("(" * 100 + "a" + ")" * 100)


@pytest.mark.parametrize("plain", [False, True])
def test_a_prompt_beyond_the_limit_is_refused(plain: bool) -> None:
    assert parse_prompt("a" * MOST_CHARACTERS, 20, plain=plain)
    with pytest.raises(BadRequest, match="10,001 characters; shorten it to 10,000"):
        parse_prompt("a" * (MOST_CHARACTERS + 1), 20, plain=plain)


HOSTILE = [
    "[" * 3000, "(" * 3000, "[a:" * 500 + "1]" * 500, "\\" * 999, "[|" * 400 + "]" * 400, "[" * 5000 + "]" * 5000,
    "(a" * 5000, "(" * 3300 + "a" * 3300 + ")" * 3300, " " * 9999 + "x", "(a:" + " " * 9000, "[a:" + " " * 9000 + "]",
    "[(|" * 2000 + "])" * 2000, "[" * 4999 + ")" * 4999, "(a:" + "9" * 9000 + "x)", "<lora:" * 1666, "<w:" * 3333,
    "[a:" + "9" * 9000 + "x]", "<lora:x:" + "9" * 9000 + "x>", ":" * 9999, "BREAK " * 1600,
]  # fmt: skip


@pytest.mark.parametrize("prompt", HOSTILE, ids=range(len(HOSTILE)))
def test_adversarial_prompts_are_parsed_in_linear_time(prompt: str) -> None:
    """Parse long prompts in linear time; quadratic time would take minutes."""
    began = time.process_time()
    assert parse_prompt(prompt, 20)[-1].until == 20
    adapters_mentioned(prompt)
    ignored_tags(prompt)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("piece", ["<lora:", "<w:", "<lora::", "<lora:x:9"])
@pytest.mark.parametrize("end", ["", ">"])
def test_adapter_tags_in_a_megabyte_are_found_in_linear_time(piece: str, end: str) -> None:
    prompt = piece * (1_000_000 // len(piece)) + end
    began = time.process_time()
    assert len(adapters_mentioned(prompt)) <= 1 and len(ignored_tags(prompt)) <= 1
    assert time.process_time() - began < 5


def test_a_prompt_with_too_many_long_texts_is_refused() -> None:
    changing = "[a|b|c][a|b|c|d|e][a|b|c|d|e|f|g][a|b|c|d|e|f|g|h|i|j|k]"
    prompt = changing + "x" * (MOST_CHARACTERS - len(changing))
    assert len(parse_prompt(prompt, 20)) == 20, "what is counted while it is typed is never refused"
    with pytest.raises(BadRequest, match="too many long texts"):
        parse_prompt(prompt, 1000)
    assert len(parse_prompt("[a|b]" + "x" * 9000, 1000)) == 1000, "texts that come again count once"
