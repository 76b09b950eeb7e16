"""Captions, the held-out law, rendering, fetching, notices and errors of the training pictures."""

import os
import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from gdm_studio.common.errors import StudioError
from gdm_studio.training.data.catalogue import (
    PAIRED,
    catalogue,
    heldout_entries,
    narrow_concepts,
    training_entries,
    weight,
)
from gdm_studio.training.data.colours import dominant_colour
from gdm_studio.training.data.dataset import FILLERS, FRAMES, captions, open_pictures
from gdm_studio.training.data.heldout_icons import heldout_pairs, load_heldout_pictures
from gdm_studio.training.data.licences import SOURCES, attributions
from gdm_studio.training.data.near_duplicates import THRESHOLD, nearest, signature
from gdm_studio.training.data.package_downloads import archives
from gdm_studio.training.data.svg import render
from gdm_studio.training.data.thesaurus import Thesaurus

APPLE = {"caption": "red apple", "words": ["fruit", "mac"], "colour": "red", "tint": ""}
GRAPES = {"caption": "grapes", "words": [], "colour": "purple", "tint": ""}
EGG = {"caption": "egg", "words": [], "colour": "", "tint": ""}
FILLED = {*FILLERS, *" ".join(FRAMES).replace("{}", "").split()} - {"a", "an"}  # words that the name does not bring


def drawn(row: dict[str, object], count: int = 4000) -> Counter[str]:
    rng = random.Random(1)
    return Counter(captions(row, rng) for _ in range(count))


def test_caption_is_the_name_three_quarters_of_the_time() -> None:
    seen = drawn(APPLE)
    named = sum(count for text, count in seen.items() if "red apple" in text)
    assert 0.70 < named / seen.total() < 0.80
    assert {"a red apple", "the red apple", "fruit", "red mac"} <= seen.keys()


def test_colour_is_named_once_and_articles_fit() -> None:
    assert not any(text.count("red") > 1 for text in drawn(APPLE))
    assert {"purple grapes", "grapes", "a purple grapes", "the grapes"} <= drawn(GRAPES).keys()
    articles = {text.removesuffix("egg") for text in drawn(EGG) if FILLED.isdisjoint(text.split())}
    assert articles == {"", "an ", "the "}


def test_fillers_and_frames_stand_around_the_name_and_never_replace_it() -> None:
    seen = drawn(EGG)
    assert all("egg" in text.split() for text in seen)
    filled = sum(count for text, count in seen.items() if not FILLED.isdisjoint(text.split()))
    assert 0.2 < filled / seen.total() < 0.4
    assert {"icon of egg", "egg sticker"} <= seen.keys()


def test_captions_follow_from_the_seed() -> None:
    assert [captions(APPLE, random.Random(7)) for _ in range(3)] == [captions(APPLE, random.Random(7))] * 3


def test_every_heldout_picture_is_a_drawing_no_subset_trains_on() -> None:
    listed = {(row["set"], row["name"]) for row in load_heldout_pictures()}
    assert len(listed) == 674
    trained = {(entry.set, entry.name) for entry in training_entries("all")}
    assert not trained & listed
    assert not {(e.concept, e.set) for e in training_entries("all")} & heldout_pairs()
    assert listed <= {(entry.set, entry.name) for entry in heldout_entries("all")}


def test_fluent_twins_are_held_out_together() -> None:
    flat = {concept for concept, drawn_by in heldout_pairs() if drawn_by == "fluent-emoji-flat"}
    glossy = {concept for concept, drawn_by in heldout_pairs() if drawn_by == "fluent-emoji"}
    assert flat == glossy and len(flat) > 50


def test_subsets_have_the_surveyed_sizes() -> None:
    assert sum(entry.set not in PAIRED for entry in catalogue()) == 31_356
    assert 10_000 < len(training_entries("emoji")) < 11_084
    assert 10_000 < len(training_entries("emoji")) < len(training_entries("best")) < len(training_entries("all"))
    assert 30_000 < len(training_entries("all")) < 32_000
    assert 600 < len(narrow_concepts()) < 750


def test_every_flat_set_draws_each_of_the_few_things() -> None:
    few = training_entries("few")
    drawn_by = Counter(thing for thing, _ in {(entry.concept, entry.set) for entry in few})
    assert len(drawn_by) == 64 and set(drawn_by.values()) == {7} and len(few) < 500  # some draw a thing twice
    assert len({entry.style for entry in few}) == 7 and not any(entry.tone for entry in few)
    assert {(e.set, e.name) for e in few} <= {(e.set, e.name) for e in training_entries("narrow")}


def test_narrow_holds_things_and_no_flags_signs_or_clocks() -> None:
    narrow = narrow_concepts()
    assert {"dog", "pizza", "rocket", "red apple", "guitar", "grinning face"} <= narrow
    assert not {"flag france", "up arrow", "eight oclock", "keycap 5", "cl button", "aquarius"} & narrow
    assert not any(entry.tone for entry in training_entries("narrow"))


def test_at_most_two_skin_tones_of_a_concept_in_a_set() -> None:
    tones = Counter((e.concept, e.set) for e in training_entries("all") if e.tone)
    assert max(tones.values()) == 2


def test_series_weigh_less_than_things() -> None:
    weights = {e.concept: weight(e) for e in training_entries("emoji")}
    assert weights["dog"] == 1 > weights["flag france"] > weights["eight oclock"] > 0


def test_notice_names_only_the_sets_in_use() -> None:
    manifest = [("noto", "dog"), ("noto", "cat"), ("noto", "cat"), ("fxemoji", "dog")]  # a cat in two colours
    text = attributions({"set": drawn_by, "name": name} for drawn_by, name in manifest)
    assert "Mozilla" in text and "CC-BY-4.0" in text and "https://github.com/googlefonts/noto-emoji" in text
    assert "2 drawings" in text and "Changes made" in text
    assert "Twemoji" not in text and "Streamline" not in text
    assert {entry.set for entry in catalogue()} <= SOURCES.keys()


def test_the_notice_that_is_shipped_names_every_set_that_can_be_learned_from() -> None:
    notice = (Path(__file__).parents[3] / "NOTICE").read_text(encoding="utf-8")
    for drawn_by in {entry.set for entry in training_entries("all")}:
        names, licence, _ = attributions([{"set": drawn_by, "name": ""}]).splitlines()
        assert f"\n{names}\n{licence}\n" in notice


def test_render_gives_straight_alpha() -> None:
    half_red = '<path fill="#f00" opacity=".5" d="M0 0h2v4H0z"/>'
    pixels = render(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">{half_red}</svg>', 16)
    assert abs(int(pixels[8, 2, 3]) - 128) <= 1
    assert pixels[8, 2, 0] >= 254 and not pixels[8, 2, 1:3].any()
    assert not pixels[:, 12:].any()


def test_render_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(StudioError, match="to install it"):
        render("<svg/>", 16)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((220, 30, 40), "red"),
        ((255, 130, 20), "orange"),
        ((255, 220, 70), "yellow"),
        ((60, 160, 60), "green"),
        ((40, 100, 220), "blue"),
        ((130, 60, 190), "purple"),
        ((250, 150, 190), "pink"),
        ((120, 75, 40), "brown"),
        ((20, 20, 25), "black"),
        ((245, 245, 245), "white"),
        ((130, 130, 130), "grey"),
    ],
)
def test_colour_names(rgb: tuple[int, int, int], name: str) -> None:
    assert dominant_colour(np.full((8, 8, 4), (*rgb, 255), np.uint8)) == name


def test_no_colour_where_none_rules_or_nothing_shows() -> None:
    halves = np.full((8, 8, 4), 255, np.uint8)
    halves[:4, :, 1:3] = 0
    assert dominant_colour(halves) == ""
    assert dominant_colour(np.zeros((8, 8, 4), np.uint8)) == ""


def test_similarity_ignores_a_hair_and_sees_a_shift() -> None:
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[10:40, 10:40] = (200, 40, 40, 255)
    hair, shifted = picture.copy(), np.roll(picture, 12, axis=0)
    hair[5, 5:20] = (0, 0, 0, 255)
    which, distances = nearest(np.stack([signature(hair), signature(shifted)]), signature(picture)[None])
    assert 0 < distances[0] < THRESHOLD < distances[1]
    assert which.tolist() == [0, 0]
    assert nearest(which[:, None].astype(np.float32), np.empty((0, 1), np.float32))[1].tolist() == [np.inf, np.inf]


def test_a_signature_is_over_mid_grey_so_that_black_and_white_drawings_are_seen() -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[:4, :4] = (255, 0, 0, 51)
    pixels[4:8, :4] = (0, 0, 0, 255)
    found = signature(pixels).reshape(16, 16, 4)
    np.testing.assert_allclose(found[0, 0], (0.6, 0.4, 0.4, 0.2), atol=1e-6)
    np.testing.assert_allclose(found[1, 0], (0, 0, 0, 1), atol=1e-6)
    np.testing.assert_allclose(found[5, 5], (0.5, 0.5, 0.5, 0), atol=1e-6)


def test_missing_archive_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="npm pack @iconify/json@"):
        archives(tmp_path)


def test_without_npm_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StudioError, match="needs npm"):
        archives()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for npm is a shell script")
def test_npm_packs_into_the_cache_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(
        "#!/bin/sh\n"  # npm pack SPEC --silent --pack-destination FOLDER
        f'echo "$2" >> "{tmp_path}/calls"\n'
        'name=$(echo "$2" | sed -e "s/^@//" -e "s#/#-#" -e "s/@/-/")\n'
        'echo packed > "$5/$name.tgz"\n'
    )
    npm.chmod(0o755)
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{npm.parent}{os.pathsep}{os.environ['PATH']}")
    first, second = archives(), archives()
    assert first == second
    assert first.iconify.read_text() == "packed\n"
    assert len((tmp_path / "calls").read_text().split()) == 3


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for npm is a shell script")
def test_failing_npm_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no such host' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(StudioError, match="could not download @iconify/json.*no such host"):
        archives()


def test_unfinished_directory_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="gdm-studio data icons --out"):
        open_pictures(tmp_path)


def test_words_of_a_drawing_that_is_no_emoji_are_not_those_of_a_skin_tone() -> None:
    cldr = {"\U0001f3ff": {"default": ["dark skin tone"], "tts": ["dark skin tone"]}}
    thesaurus = Thesaurus(cldr, {"\U0001f3ff": ["dark"]})
    entry = next(e for e in catalogue() if e.set == "icon-park" and e.name == "add-computer")
    assert thesaurus.words(entry) == []


def test_paired_sets_leave_out_the_twins_of_heldout_drawings() -> None:
    held = {concept for concept, drawn_by in heldout_pairs() if drawn_by == "fluent-emoji-flat"}
    paired = {e.concept for e in training_entries("all") if e.set == "fluent-emoji-high-contrast"}
    assert len(paired) > 1000 and not paired & held
