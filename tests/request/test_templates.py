"""Variants and wildcards in prompts: the grammar, the choice by the seed, and hostile files."""

from __future__ import annotations

import os
import random
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, PromptError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.grids import Axis, Grid, list_axis_settings
from gdm_studio.gallery import read, save
from gdm_studio.jobs.queue.item import Item
from gdm_studio.request import wildcard_files
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.request.interpolation import Interpolation
from gdm_studio.request.prompt_expansion import as_written, drawn, redrawn
from gdm_studio.request.prompt_templates import (
    MAX_CHOICES,
    Choice,
    Variant,
    draw,
    escape,
    options_of,
    unclosed_braces,
    variants_of,
)
from gdm_studio.request.prompts import MOST_CHARACTERS
from gdm_studio.request.wildcard_files import MAX_BYTES, MAX_LINE, Line
from gdm_studio.studio.request_draft import RequestDraft
from tests.helpers.gaussian_model import CARD, GaussianLibrary

DISC = "a cheerful {red|blue} disc"
DISCS = {"a cheerful red disc", "a cheerful blue disc"}
REQUEST = Request(model="gaussian", prompt=DISC, seed=3, count=6, steps=2, guidance_scale=2.0, device="cpu")


def results_of(template: str, seeds: int = 60) -> set[str]:
    return {drawn(Request(prompt=template, seed=seed)).prompt for seed in range(seeds)}


def write_wildcard(name: str, content: str | bytes) -> Path:
    path = paths.wildcards_dir() / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("template", "results"),
    [
        (DISC, DISCS),
        ("{a|{b|c} d|}x", {"ax", "b dx", "c dx", "x"}),
        ("{red|blue} and {red|blue}", {"red and red", "red and blue", "blue and red", "blue and blue"}),
        # The syntax of checkpoints inside and around variants.
        ("{[a|b]|c}", {"[a|b]", "c"}),
        ("[{x|y}|z]", {"[x|z]", "[y|z]"}),
        ("{(a:1.2)|(b)} <lora:ink:{0.5|0.8}>", {f"{a} <lora:ink:{b}>" for a in ("(a:1.2)", "(b)") for b in (0.5, 0.8)}),
        ("{a\\|b|c}", {"a\\|b", "c"}),
        ("\\{a|b\\} {c|d}", {"{a|b} c", "{a|b} d"}),
        ("{\\{a\\}|b}", {"{a}", "b"}),
        ("\\__colour__", {"__colour__"}),
    ],
)
def test_a_variant_is_one_of_its_parts(template: str, results: set[str]) -> None:
    assert results_of(template) == results


ORDERS_OF_THREE = {
    *("a", "b", "c", "a, b", "a, c", "b, a", "b, c", "c, a", "c, b"),
    *("a, b, c", "a, c, b", "b, a, c", "b, c, a", "c, a, b", "c, b, a"),
}


# The results are those of Dynamic Prompts' package, dynamicprompts 0.31.
@pytest.mark.parametrize(
    ("template", "results"),
    [
        ("{2$$a|b|c}", {"a,b", "a,c", "b,a", "b,c", "c,a", "c,b"}),
        ("{1-3$$, $$a|b|c}", ORDERS_OF_THREE),
        ("{3-1$$, $$a|b|c}", ORDERS_OF_THREE),
        ("{-3$$, $$a|b|c}", ORDERS_OF_THREE),
        ("{1-$$, $$a|b|c}", ORDERS_OF_THREE),
        ("{2-$$ $$a|b}", {"a b", "b a"}),
        ("{0-1$$a|b}", {"", "a", "b"}),
        ("{0$$a|b}", {""}),
        ("{5$$ and $$a|b}", {"a and b", "b and a"}),
        ("{2$$|$$a|b}", {"a|b", "b|a"}),
        ("{2$$a||b}", {"a", "b", "a,b", "b,a"}),
        ("{2$$ a | b }", {"a ,b ", "b ,a "}),
        ("{2$$a|a|b}", {"a,a", "a,b", "b,a"}),
        ("{2$$a}", {"a"}),
        ("{2$$&&$${a|b}|{c|d}}", {f"{x}&&{y}" for x, y in ("ac", "ad", "bc", "bd", "ca", "da", "cb", "db")}),
        ("x {1$$a|b}y", {"x ay", "x by"}),
        ("{!2$$a|b}", {"a,b", "b,a"}),
        ("{0.5::a|b}", {"a", "b"}),
        ("{.5::a|2.::b|c}", {"a", "b", "c"}),
        ("{0::a|b}", {"b"}),
        ("{0.5::a}", {"a"}),
        ("{0.5::{a|b}|c}", {"a", "b", "c"}),
        ("{2$$0::a|3::b|c}", {"b,c", "c,b"}),
        ("{-1::a|b}", {"-1::a", "b"}),
        ("__colour__", {"red", "blue", "green", "a c", "b c"}),
        ("{2$$__pair__}", {"x,y", "y,x"}),
        ("{1-2$$__pair__|z}", {"x", "y", "z", "x,z", "y,z", "z,x", "z,y"}),
        ("__colours*/__", {"pink", "teal"}),
        ("__colours/*__", {"pink", "teal"}),
        ("{2$$, $$__colours/*__}", {"pink, teal", "teal, pink"}),
        ("__**/x__", {"gold"}),
        ("__x__", {"gold"}),
        ("__colou?__", {"red", "blue", "green", "a c", "b c"}),
        ("__~colour__", {"red", "blue", "green", "a c", "b c"}),
    ],
)
def test_dynamic_prompts_give_the_same_results_as_its_package(template: str, results: set[str]) -> None:
    write_wildcard("colour", "red\nblue # dark\n3::green\n{a|b} c\n# no\n")
    write_wildcard("pair", "x\ny\n")
    write_wildcard("colours/one", "pink\n")
    write_wildcard("colours/two", "teal\n")
    write_wildcard("deep/colours2/x", "gold\n")
    assert results_of(template, 300) == results


def test_weights_are_shares_of_the_results() -> None:
    write_wildcard("colour", "3::red\nblue\n")
    for template in ("{3::red|blue}", "__colour__", "{1.5::red|.5::blue}"):
        found = [drawn(Request(prompt=template, seed=seed)).prompt for seed in range(2000)]
        assert 1400 < found.count("red") < 1600 and found.count("red") + found.count("blue") == 2000


def test_earlier_results_of_a_seed_are_stable() -> None:
    write_wildcard("colour", "red\nblue\ngreen\n")
    found = [drawn(Request(prompt="{a|b|c} __colour__ {x| y}", seed=seed)).prompt for seed in range(6)]
    assert found == STABLE
    # A weight of 1 is the default.
    assert found == [drawn(Request(prompt="{1::a|b|1::c} __colour__ {x| y}", seed=seed)).prompt for seed in range(6)]


# Results before there were weights.
STABLE = ["c red  y", "b blue  y", "b blue  y", "b green  y", "c blue x", "a green x"]


@pytest.mark.parametrize(
    "prompt",
    [
        "a <lora:a__b__c:1> fox",
        "<hypernet:__colour__:1>",
        "<lyco:x__colour__:0.5:0.2>, <embed:__colour__>",
        "<lora:my__colour__v2> (a:1.2)",
    ],
)
def test_names_in_tags_are_no_wildcards(prompt: str) -> None:
    write_wildcard("colour", "red\n")
    write_wildcard("b", "red\n")
    request = Request(prompt=prompt, count=2)
    assert drawn(request) == request and escape(prompt) == prompt and as_written(request) == request
    assert results_of(f"{prompt} __colour__") == {f"{prompt} red"}
    assert results_of("{" + prompt + "|__colour__}") == {prompt, "red"}


def test_wildcards_are_found_in_any_form_of_unicode() -> None:
    write_wildcard(unicodedata.normalize("NFD", "forêt/é"), "oak\n")
    write_wildcard("色 ", "赤\n")
    assert results_of(f"__{unicodedata.normalize('NFC', 'forêt/é')}__") == {"oak"}
    assert results_of(f"__{unicodedata.normalize('NFD', 'forêt/é')}__") == {"oak"}
    assert results_of("__色__") == {"赤"}


@pytest.mark.parametrize(
    "template", ["{2$$" * 2000, "{1-9999$$a|b}", "{9999$$" + "a|" * 900 + "b}", "{1::" * 2000, "__*" * 3000]
)
def test_hostile_counts_are_drawn_or_refused(template: str) -> None:
    try:
        drawn(Request(prompt=template))
    except PromptError as error:
        assert (
            "use fewer" in error.sentence or "nest fewer" in error.sentence or "There is no wildcard" in error.sentence
        )


@pytest.mark.parametrize(
    "prompt",
    [
        "", "a red fox", "(word:1.2), [a|b], [a:b:0.5], (a\\(b\\))", "{{masterpiece}}, {best}", "a } b { c",
        "{a|b", "a|b", "__init", "snake__case", "__ a __", "____", "C:\\new\\dir", "{[a|b]}", "{a [b|c}",
    ],
)  # fmt: skip
def test_other_prompts_are_unchanged(prompt: str) -> None:
    request = Request(prompt=prompt, count=3)
    assert drawn(request) == request


@pytest.mark.parametrize(
    ("prompt", "places"),
    [
        ("a {red|blue cat", [2]),
        ("{a|{b|c}", [0]),
        ("{[a {b|c]|d}", [4]),
        ("{a|b", [0]),
        # Braces without a choice, or closed, or escaped, are meant as they are.
        ("a {red cat", []),
        ("a {red|blue} cat", []),
        ("a \\{red|blue cat", []),
        ("a red|blue} cat", []),
    ],
)
def test_unclosed_variants_are_found(prompt: str, places: list[int]) -> None:
    assert unclosed_braces(prompt) == places


@pytest.mark.parametrize(
    ("template", "common"),
    [
        ("a {red|blue|green} fox", {"a", "fox"}),
        ("a {red|blue} {big|small} fox", {"a", "fox"}),
        ("a {red|{blue|red}} fox", {"a", "fox"}),
        ("a {red|blue} fox, a {blue|red} owl", {"a", "fox,", "owl"}),
        ("a {red fox|red cat|red cow|red dog|blue owl}", {"a"}),
        ("a __colour__ fox in __missing__", {"a", "fox", "in"}),
        ("a __animal__ with a {hat|hat}", {"a", "owl", "with"}),
    ],
)
def test_words_that_vary_are_known_in_each_variant(template: str, common: set[str]) -> None:
    write_wildcard("colour", "red\nblue\n")
    write_wildcard("animal", "owl\n")
    found, _ = variants_of(template, 4)
    assert 1 <= len(found) <= 4
    for each in found:
        kept = each.prompt
        for start, end in reversed(each.chosen):
            kept = kept[:start] + kept[end:]
        assert set(kept.split()) == common


@pytest.mark.parametrize(
    ("template", "prompts", "is_complete"),
    [
        ("{a|b} {c|d}", ["a c", "a d", "b c", "b d"], True),
        ("{a|b|c} {d|e}", ["a d", "b e", "c d", "a e"], True),
        ("{a|b|c} {d|e|f}", ["a d", "b e", "c f"], True),
        ("{a|b|c|d|e}", ["a", "b", "c", "d"], False),
        ("{a|b} {c|{d|e}}", ["a c", "b e"], False),
    ],
)
def test_templates_with_many_variants_are_sampled(template: str, prompts: list[str], is_complete: bool) -> None:
    found, complete = variants_of(template, 4)
    assert ([each.prompt for each in found], complete) == (prompts, is_complete)


def test_variants_know_which_words_were_chosen() -> None:
    found, is_complete = variants_of("a {big|{tall|small}} {cat|cat} in a hat", 9)
    assert is_complete
    assert [each.prompt for each in found] == ["a big cat in a hat", "a tall cat in a hat", "a small cat in a hat"]
    for each in found:
        assert [each.prompt[start:end] for start, end in each.chosen] == [each.prompt.split()[1], "cat"]
    # Six combinations, of which three are the same.
    assert not variants_of("a {big|{tall|small}} {cat|cat}", 5)[1]
    assert variants_of("a \\{cat}", 1) == ([Variant("a {cat}")], True)
    write_wildcard("pets", "a {cat|dog} in a hat\n")
    (cat, _), _ = variants_of("__pets__", 9)
    assert [cat.prompt[start:end] for start, end in cat.chosen] == ["cat"]


def test_options_are_shown_as_they_are_read() -> None:
    assert options_of("a {\\{red\\}|{blue|green} \\__x__} fox") == [Choice(("{red}", "{blue|green} __x__"))]


def test_an_escaped_prompt_is_drawn_as_it_was() -> None:
    letters = random.Random(7)
    for _ in range(5000):
        prompt = "".join(letters.choice("ab{}|[]\\__") for _ in range(letters.randrange(14)))
        assert drawn(Request(prompt=escape(prompt))).prompt == prompt


@pytest.mark.parametrize("prompt", ["one {cat|dog", "a} {b}", "{a", "snake__case"])
def test_ordinary_braces_are_not_escaped(prompt: str) -> None:
    assert escape(prompt) == as_written(Request(prompt=prompt)).prompt == prompt


def test_the_seed_decides_and_each_image_has_a_prompt_of_its_own() -> None:
    request = drawn(REQUEST)
    assert request == drawn(REQUEST) and request.template == DISC
    assert set(request.prompts) == DISCS and len(request.prompts) == 6 and request.prompts[0] == request.prompt
    for image in range(6):
        alone = request.picture(image)
        assert alone == replace(drawn(replace(REQUEST, seed=3 + image, count=1)), batch=0)
        # The template does not change the pixels.
        assert alone.digest() == replace(REQUEST, prompt=alone.prompt, seed=3 + image, count=1).digest()


def test_a_request_file_contains_template_and_result() -> None:
    request = drawn(REQUEST).checked()
    assert Request.from_json(request.to_json()) == request
    older = Request(prompt=DISC).checked()
    assert Request.from_json('{"prompt": "a cheerful {red|blue} disc", "model": "icons-2"}').prompt == older.prompt


@pytest.mark.parametrize("prompts", ['"ab"', "[1, 2]", "[null]", '{"a": "b"}', '["a", "b"]', f'["{"x" * 5}", 4, []]'])
def test_damaged_prompts_are_refused(prompts: str) -> None:
    with pytest.raises(BadRequest):
        Request.from_json(f'{{"prompt": "a", "count": 3, "prompts": {prompts}}}')


def test_images_of_a_batch_are_those_of_their_prompts(tmp_path: Path) -> None:
    request = drawn(replace(REQUEST, batch=6))
    together = [event for event in generate(request, GaussianLibrary()) if isinstance(event, Result)]
    assert [result.request.prompt for result in together] == list(request.prompts)
    for image in (0, 4):
        literal = replace(request.picture(image), template="")
        (alone,) = (event for event in generate(literal, GaussianLibrary()) if isinstance(event, Result))
        assert np.abs(alone.rgba.astype(int) - together[image].rgba).max() <= 1
    saved = read(save(together[4], tmp_path).path).request
    assert saved is not None and (saved.template, saved.prompt, saved.prompts) == (DISC, request.prompts[4], ())


def test_a_wildcard_is_a_line_of_its_file() -> None:
    write_wildcard("colour", "\ufeff# Colours\n\n red \nblue\r\n# none\n{pale|dark} green\n")
    write_wildcard("animals/small_birds", "__colour__ wren\n")
    colours = {"red", "blue", "pale green", "dark green"}
    assert results_of("a __colour__ fox") == {f"a {colour} fox" for colour in colours}
    assert results_of("{__animals/small_birds__|fox}") == {"fox", *(f"{colour} wren" for colour in colours)}
    write_wildcard("colour", "golden\n")
    assert results_of("__colour__") == {"golden"}, "a changed file is read again"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, r"There is no wildcard called 'colour'; put colour\.txt into .*wildcards\."),
        (b"", "has no lines; write one"),
        (b"# red\n", "has no lines; write one"),
        (b"\xff\xfe\x00r", "is not a text file; save it as UTF-8"),
        (b"red\0blue", "is not a text file; save it as UTF-8"),
        (b"red\n" * (MAX_BYTES // 4 + 1), "more than 1,000,000 bytes; split the file"),
        (b"r" * (MAX_LINE + 1), "line of more than 2,000 characters; shorten it"),
        (b"__colour__", "nested more than 16 levels deep; nest fewer"),
        (b"{__colour__|__colour__}", "nested more than 16 levels deep; nest fewer"),
        (b"__a/b__" * 200, "There is no wildcard called 'a/b'"),
        (b"r" * MAX_LINE, None),
    ],
)
def test_a_hostile_wildcard_is_refused_with_one_sentence(content: bytes | None, says: str | None) -> None:
    if content is not None:
        write_wildcard("colour", content)
    if says is None:
        assert len(drawn(Request(prompt="__colour__")).prompt) == MAX_LINE
        says, prompt = f"longer than {MOST_CHARACTERS:,} characters", "__colour__" * 6
    else:
        prompt = "a __colour__ fox"
    with pytest.raises(BadRequest, match=says):
        drawn(Request(prompt=prompt))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_no_wildcard() -> None:
    paths.wildcards_dir().mkdir(parents=True)
    os.mkfifo(paths.wildcards_dir() / "colour.txt")
    with pytest.raises(BadRequest, match="cannot be read"):
        drawn(Request(prompt="__colour__"))


def test_a_wildcard_stays_in_its_folder() -> None:
    paths.data_dir().mkdir(parents=True, exist_ok=True)
    (paths.data_dir() / "secret.txt").write_text("secret")
    for prompt in ("__../secret__", "__/secret__", f"__{paths.data_dir()}/secret__", "__a/../../secret__"):
        assert drawn(Request(prompt=prompt)).prompt == prompt


@pytest.mark.parametrize("part", ["{", "[{", "{a|", "\\", "{[", "__{"])
def test_open_brackets_without_end_are_ordinary_characters(part: str) -> None:
    prompt = part * (MOST_CHARACTERS // len(part))
    assert drawn(Request(prompt=prompt)).prompt == prompt


def test_too_many_variants_are_refused() -> None:
    assert len(drawn(Request(prompt="{a|b}" * MAX_CHOICES)).prompt) == MAX_CHOICES
    with pytest.raises(BadRequest, match=f"more than {MAX_CHOICES} variants"):
        drawn(Request(prompt="{a|b}" * (MAX_CHOICES + 1)))


def test_a_prompt_for_editing_is_the_template_while_it_has_the_same_result() -> None:
    path = write_wildcard("colour", "red\nblue\n")
    toward = Interpolation("a __colour__ disc", 9, 0.5)
    request = drawn(Request(prompt="a __colour__ disc", seed=4, toward=toward))
    assert request.toward is not None and request.toward.prompt == request.prompt
    assert as_written(request) == Request(prompt="a __colour__ disc", seed=4, toward=toward)
    path.write_text("golden\n")
    assert as_written(request).prompt == request.prompt, "the image, not other words, comes back"
    path.unlink()
    assert as_written(request).prompt == request.prompt
    assert as_written(Request(prompt=DISC)).prompt == "a cheerful \\{red|blue\\} disc", "an image of an earlier version"


def test_a_draft_draws_for_its_seed_and_opens_the_template() -> None:
    draft = RequestDraft(CARD)
    draft.change(prompt=DISC, seed=3, count=6, seed_locked=True)
    assert draft["prompt"] == DISC and draft.written.prompt == DISC
    request = draft.next_request()
    assert request.prompts == drawn(REQUEST).prompts
    draft.change(prompt="something else")
    draft.take(request.picture(4))
    assert (draft["prompt"], draft["template"], draft["seed"]) == (DISC, "", 7)
    assert draft.next_request().prompt == request.prompts[4]


def test_a_draft_with_a_missing_wildcard_runs_no_request() -> None:
    draft = RequestDraft(CARD)
    draft.change(prompt="a __colour__ disc", seed_locked=True)
    for run in (draft.request.checked, lambda: CARD.checked(draft.next_request())):
        with pytest.raises(BadRequest, match="There is no wildcard called 'colour'"):
            run()
    draft.change(seed=7, seed_locked=False)
    for _ in range(2):
        with pytest.raises(PromptError):
            draft.next_request().checked()
        assert draft["seed"] == 7, "nothing was generated with it"
    draft.hold_seed(False)
    with pytest.raises(PromptError):
        draft.next_request().checked()
    assert draft["seed"] == 7 and not draft.is_seed_given
    assert draft.next_request().seed != 7, "an image set has its own prompts, and a new seed"
    write_wildcard("colour", "red")
    assert draft.next_request().prompt == "a red disc" and draft["seed"] != 7


def test_a_draft_draws_once_for_each_change(monkeypatch: pytest.MonkeyPatch) -> None:
    write_wildcard("colour", "red\nblue\n")
    drawn_for: list[str] = []
    lines = wildcard_files.lines

    def counted_lines(name: str) -> tuple[Line, ...]:
        drawn_for.append(name)
        return lines(name)

    monkeypatch.setattr(wildcard_files, "lines", counted_lines)
    draft = RequestDraft(CARD)
    draft.change(prompt="a __colour__ disc", seed=3, count=1000, seed_locked=True)
    requests = [draft.request for _ in range(5)]
    draft.change(steps=7, guidance_scale=3.0, toward=Interpolation("a __colour__ disc", 9, 0.5))
    request = draft.request
    assert len(drawn_for) == 1 and len(request.prompts) == 1000
    earlier = replace(request, steps=requests[0].steps, guidance_scale=2.0, toward=None)
    assert all(each == earlier for each in requests)
    assert request.toward is not None and request.toward.prompt == request.prompt
    for changes in ({"seed": 4}, {"count": 3}, {"prompt": "one __colour__ disc"}):
        before = len(drawn_for)
        draft.change(**changes)
        expected = drawn(draft.written)
        assert (draft.request.prompt, draft.request.prompts) == (expected.prompt, expected.prompts)
        assert len(drawn_for) == before + 2
    write_wildcard("colour", "golden\n")
    assert draft.next_request().prompt == draft.request.prompt == "one golden disc"


def test_a_line_of_a_wildcard_is_read_once_for_all_images(monkeypatch: pytest.MonkeyPatch) -> None:
    class CountedLines(tuple[Line, ...]):
        reads = 0

        def __getitem__(self, index: object) -> Line:  # type: ignore[override]
            CountedLines.reads += 1
            return super().__getitem__(index)  # type: ignore[index, return-value]

    monkeypatch.setattr(wildcard_files, "lines", lambda name: CountedLines((Line("{red|dark red}"), Line("blue"))))
    found = drawn(Request(prompt="a __colour__ disc", count=1000))
    assert {*found.prompts} == {"a red disc", "a dark red disc", "a blue disc"} and CountedLines.reads == 2


def test_cells_of_a_grid_have_variants_of_their_own() -> None:
    base = drawn(replace(REQUEST, count=1))
    kinds = list_axis_settings(base, [CARD])
    grid = Grid(base, Axis.of(kinds["seed"], "1-12"), Axis.of(kinds["prompt"], "{red|blue}, green"))
    requests = grid.requests()
    assert {request.prompt for request in requests[:12]} == DISCS
    assert {request.prompt for request in requests[12:]} == {"a cheerful green disc"}
    assert requests[4].prompt == drawn(replace(REQUEST, seed=5, count=1)).prompt


def test_a_repeated_item_of_the_queue_draws_for_its_next_seeds() -> None:
    item = Item(request=drawn(REQUEST))
    assert item.repeated().request == drawn(replace(REQUEST, seed=9))
    write_wildcard("colour", "red").unlink()
    gone = Request(prompt="a red disc", template="a __colour__ disc", seed=1)
    assert redrawn(gone) == gone


@pytest.mark.parametrize(
    ("template", "prompts"),
    [
        ("${c=red}a ${c} fox", {"a red fox"}),
        ("${c={red|blue}}${c} ${c}", {"red red", "red blue", "blue red", "blue blue"}),
        ("${c=!{red|blue}}${c} ${c}", {"red red", "blue blue"}),
        ("${c:green} fox", {"green fox"}),
        ("${c=red}${c:green} fox", {"red fox"}),
        ("${c:{red|blue}} fox", {"red fox", "blue fox"}),
        ("${a={x|y}}${b=!${a} z}${b} ${b}", {"x z x z", "y z y z"}),
        ("${c} fox", {"${c} fox"}),
        ("costs $5 {a|b}", {"costs $5 a", "costs $5 b"}),
        ("${c=red", {"${c=red"}),
        (r"$\{c=red}", {"${c=red}"}),
        ("{~a|b}", {"a", "b"}),
        ("{@a|b} {!c|d}", {"a c", "a d", "b c", "b d"}),
    ],
)
def test_variables_and_methods_of_dynamic_prompts(template: str, prompts: set[str]) -> None:
    assert set(draw(template, range(200))) == prompts


def test_variables_that_contain_themselves_are_refused() -> None:
    for template in ("${a=${a}}${a}", "${a=${b}${b}}${b=${a}${a}}${a}", "${a=x}" + "${a}" * 1001):
        with pytest.raises(BadRequest):
            draw(template, [0])


def test_escaped_variables_give_the_prompt_itself() -> None:
    for prompt in ("${c=red}a ${c} fox", "${c:x}", "$ {a} $"):
        assert draw(escape(prompt), [0, 1]) == [prompt, prompt]


def test_a_wildcard_can_define_variables_for_its_lines(_own_home: Path) -> None:
    folder = paths.wildcards_dir()
    folder.mkdir(parents=True)
    (folder / "clothes.txt").write_text("a ${season:summer} coat\n")
    assert results_of("__clothes__") == {"a summer coat"}
    assert results_of("__clothes(season=winter)__") == {"a winter coat"}
    assert results_of("__clothes(season={autumn|winter}, x=1)__") == {"a autumn coat", "a winter coat"}
    assert results_of("__clothes__(x:1.2)") == {"a summer coat(x:1.2)"}
    text = "__clothes(season=winter)__"
    assert results_of(escape(text)) == {text}
