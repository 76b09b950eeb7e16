"""Icons of a set: which drawing they start from, without its tile, and in the tone of their style."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gdm_studio.engine.noise import variations_of
from gdm_studio.maths.processes import edm
from gdm_studio.models.families import read_prompt
from gdm_studio.models.families.icons.icon_styles import (
    LOOKS,
    Look,
    convert,
    extract_symbol,
    is_same_shape,
    look_of,
    sources_of,
)
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.families.icons.plain_icons import without_ground
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN, HOLLOWS_GLYPHS, SUITS_STYLE, Request
from gdm_studio.training.evaluation.cached_generator import default_request

PATH = edm().path("karras", 20)


@pytest.fixture(scope="module")
def request_(library: Library) -> Request:
    """Return a request of the rules by which drawings of other styles kept their look."""
    return replace(default_request(library), temperature=0.2, seed=1, rules=SUITS_STYLE - 1)


def draft(model: IconsModel, request: Request, prompt: str, style: str, *, is_plain: bool = True) -> np.ndarray:
    """Return the draft of a prompt's image, RGBA (H, W, 4)."""
    wanted = replace(request, prompt=prompt, style=style, plain_icon=is_plain)
    (variation,) = variations_of(wanted, (0,), PATH)
    condition = Conditioning(text=prompt, style=style, variation=variation)
    return model.decode(model.conditioning([condition]).sketch)[0].numpy()


def coverage(pixels: np.ndarray) -> float:
    return float((pixels[..., 3] > 127).mean())


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean difference of the opacity of two drawings, 0 to 1."""
    return float(np.abs(one[..., 3].astype(float) - other[..., 3]).mean() / 255)


def test_a_request_records_a_plain_icon_only_for_models_that_draw_them(library: Library) -> None:
    wanted = Request(prompt="a fox", plain_icon=True)
    kept = {
        name: library.card(name).checked(replace(wanted, model=name, prompt=wanted.prompt if reads else "")).plain_icon
        for name, reads in ((BUILT_IN, True), ("icons-2-fast", True), ("ddpm", False))
    }
    assert kept == {BUILT_IN: True, "icons-2-fast": True, "ddpm": False}


@pytest.mark.parametrize(
    ("word", "style", "drawing"),
    [
        # Another thing to which the wind is added is no wind, but a crescent is a moon and a beach has an umbrella.
        ("wind", "twemoji", "wind"),
        ("moon", "twemoji", "crescent moon"),
        ("beach", "twemoji", "beach with umbrella"),
        ("wine", "twemoji", "wine glass"),
        # The words of a drawing in other styles, in another order or joined.
        ("rain", "streamline-color", "rain cloud"),
        ("snow", "streamline-color", "snow flake"),
        ("umbrella", "streamline-color", "open umbrella"),
        ("knife", "streamline-color", "kitchen knife"),
        # The thing by its own name, from a style of lines.
        ("truck", "icon-park", "truck"),
    ],
)
def test_a_word_means_the_plainest_drawing(model: IconsModel, word: str, style: str, drawing: str) -> None:
    tokenizer = model.draft_maker.tokenizer_of_silhouettes.with_relations().for_icons()
    (subject,) = tokenizer.subjects(word, style)
    assert subject.drawing == drawing


def test_other_requests_mean_what_they_did(model: IconsModel, request_: Request) -> None:
    (subject,) = model.draft_maker.tokenizer_of_silhouettes.with_relations().subjects("wind", "twemoji")
    assert subject.drawing == "leaf fluttering in wind"
    leaf = draft(model, request_, "leaf fluttering in wind", "twemoji", is_plain=False)
    assert difference(draft(model, request_, "wind", "twemoji", is_plain=False), leaf) < 0.02
    assert difference(draft(model, request_, "wind", "twemoji"), leaf) > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("style", ["twemoji", "fluent-emoji-flat"])
def test_a_tile_is_cut_off_and_its_subject_stays(model: IconsModel, request_: Request, style: str) -> None:
    tiled, alone = (draft(model, request_, "sunrise", style, is_plain=plain) for plain in (False, True))
    assert coverage(tiled) > 0.7 and 0.25 * coverage(tiled) < coverage(alone) < 0.85 * coverage(tiled)
    # The sky is gone, and the sea is as before.
    assert alone[40, 24, 3] < 20 < tiled[40, 24, 3]
    sea = np.s_[190:215, 60:200]
    assert alone[sea][..., 3].min() > 230
    assert np.abs(alone[sea][..., :3].astype(int) - tiled[sea][..., :3]).mean() < 12


@pytest.mark.slow
def test_a_tile_without_a_subject_gives_way_to_lines_in_its_tone(model: IconsModel, request_: Request) -> None:
    fog = draft(model, request_, "fog", "twemoji")
    lines = draft(model, request_, "fog", "icon-park", is_plain=False)
    assert difference(fog, lines) < 0.03
    shown = fog[fog[..., 3] > 200][:, :3].astype(int)
    # Grey as the tile was, not black as the lines were.
    assert 100 < np.median(shown) < 190 and np.ptp(np.median(shown, axis=0)) < 40


@pytest.mark.slow
def test_an_object_that_nearly_has_the_shape_of_a_tile_is_none(model: IconsModel, request_: Request) -> None:
    for word in ("calendar", "floppy disk"):
        for style in ("twemoji", "fluent-emoji-flat"):
            pair = [draft(model, request_, word, style, is_plain=plain) for plain in (False, True)]
            assert difference(*pair) < 0.01, (word, style)


@pytest.mark.slow
def test_a_style_of_two_tones_has_them_in_every_icon(model: IconsModel, request_: Request) -> None:
    hues = []
    for word in ("cloud", "sun", "thermometer", "wind"):
        pixels = draft(model, request_, word, "streamline-color")
        shown = pixels[pixels[..., 3] > 230][:, :3].astype(int)
        # Blue: at least as much as the other channels, everywhere.
        hues.append(np.mean(shown[:, 2] >= shown[:, :2].max(1) - 6))
    assert min(hues) > 0.97
    red = draft(model, request_, "red cloud", "streamline-color")
    shown = red[red[..., 3] > 230][:, :3].astype(int)
    assert np.mean(shown[:, 0] > shown[:, 2] + 40) > 0.2, "a colour that is asked for is kept"


def test_a_ground_that_winds_over_the_whole_tile_is_removed() -> None:
    pixels = np.zeros((128, 128, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[..., :3] = (30, 120, 220)
    for turn, row in enumerate(range(8, 128, 12)):
        wall = slice(0, 120) if turn % 2 else slice(8, 128)
        pixels[row : row + 6, wall, :3] = (240, 40, 40)
    cut = without_ground(pixels)
    assert cut is not None and cut[124:, :, 3].max() == 0, "the ground reaches the lower edge"
    assert (cut[10, 20:100, 3] == 255).all() and (cut[17, 20:100, 3] == 0).all()


@pytest.mark.parametrize(
    ("word", "style", "drawing"),
    [
        # The thing in another style, and not what is only associated with it.
        ("calculator", "fluent-emoji-flat", "calculator"),
        ("passport", "noto", "passport"),
        ("beach", "icon-park", "beach"),
        ("share", "streamline-color", "share"),
        # A kind of the thing, or the same word in full, in the style's own or a more suitable style.
        ("gift", "twemoji", "wrapped gift"),
        ("gift", "icon-park", "gift"),
        ("heart", "streamline-emojis", "red heart"),
        ("burger", "twemoji", "hamburger"),
        ("boxing", "twemoji", "boxing glove"),
        # The thing alone.
        ("lock", "icon-park", "locked"),
        ("wind", "twemoji", "wind"),
        # The symbol of a button.
        ("play", "twemoji", "play button"),
        ("pause", "icon-park", "pause"),
    ],
)
def test_an_icon_is_drawn_from_the_thing_in_a_suitable_style(
    model: IconsModel, word: str, style: str, drawing: str
) -> None:
    tokenizer = model.draft_maker.tokenizer_of_silhouettes.with_relations()
    (subject,) = tokenizer.for_icons({each: sources_of(each) for each in tokenizer.styles}).subjects(word, style)
    assert subject.drawing == drawing


# Words of a flat, an outlined, a line and a duotone drawing, a glyph in a colour, a silhouette and a button.
WORDS = ("tooth", "hotel", "download", "wallet", "taxi", "trash", "play")


def shown(pixels: np.ndarray) -> np.ndarray:
    """Return the colours of the opaque pixels (n, 3)."""
    return pixels[pixels[..., 3] > 230][:, :3].astype(int)


@pytest.mark.slow
@pytest.mark.parametrize("style", [style for style, look in LOOKS.items() if look in (Look.LINES, Look.GLYPH)])
def test_icons_of_a_style_of_ink_are_black(model: IconsModel, request_: Request, style: str) -> None:
    for word in WORDS:
        pixels = draft(model, replace(request_, rules=SUITS_STYLE), word, style)
        assert shown(pixels).max() < 60 and 0.02 < coverage(pixels) < 0.5, word


@pytest.mark.slow
def test_icons_of_two_tones_have_lines_and_areas(model: IconsModel, request_: Request) -> None:
    for word in (*WORDS, "coin", "window", "door"):
        colours = shown(draft(model, replace(request_, rules=SUITS_STYLE), word, "streamline-color"))
        assert (np.abs(colours[:, 2] - colours[:, :2].max(1)) + colours[:, 2] > 150).all(), word
        is_line = colours[:, 0] < 90
        # An area without lines would be a blob.
        assert is_line.mean() > 0.15, word


@pytest.mark.slow
def test_flat_icons_have_no_black_lines_and_outlined_ones_have(model: IconsModel, request_: Request) -> None:
    newer = replace(request_, rules=SUITS_STYLE)
    for word in ("trash", "fries", "wallet"):
        flat, outlined = (draft(model, newer, word, style) for style in ("twemoji", "streamline-emojis"))
        assert (shown(flat).max(1) < 60).mean() < 0.02 < (shown(outlined).max(1) < 60).mean(), word
    tooth = draft(model, newer, "tooth", "streamline-emojis")
    # The line is inside the edge, so the size stays.
    assert difference(tooth, draft(model, newer, "tooth", "twemoji")) < 0.01
    assert (shown(tooth).max(1) < 60).mean() > 0.05


@pytest.mark.slow
def test_earlier_requests_keep_their_drawings(model: IconsModel, request_: Request) -> None:
    earlier = draft(model, request_, "play", "twemoji")
    game = draft(model, request_, "video game", "twemoji")
    assert difference(earlier, game) < 0.02
    later = draft(model, replace(request_, rules=SUITS_STYLE), "play", "twemoji")
    assert difference(later, earlier) > 0.1


@pytest.mark.slow
def test_a_line_drawing_of_another_thing_gives_way_to_the_usual_shape(model: IconsModel, request_: Request) -> None:
    newer = replace(request_, rules=SUITS_STYLE)
    organ = draft(model, request_, "heart", "icon-park")
    heart = draft(model, newer, "heart", "icon-park")
    red = draft(model, newer, "heart", "twemoji")
    assert is_same_shape(heart, red) and not is_same_shape(organ, red)


@pytest.mark.slow
def test_a_ball_is_no_tile(model: IconsModel, request_: Request) -> None:
    for word, style in (("baseball", "emojione"), ("window", "noto"), ("chart", "fluent-emoji-flat")):
        assert coverage(draft(model, replace(request_, rules=SUITS_STYLE), word, style)) > 0.5, word


def test_the_symbol_of_a_button_gets_the_colour_of_its_tile() -> None:
    tile = np.zeros((128, 128, 4), np.uint8)
    tile[4:124, 4:124] = (40, 120, 200, 255)
    tile[40:90, 50:80, :3] = 255
    symbol = extract_symbol(tile, Look.AREAS)
    assert (symbol[45:85, 55:75] == (40, 120, 200, 255)).all() and symbol[:36, :, 3].max() == 0
    frame = np.zeros((128, 128, 4), np.uint8)
    frame[4:124, 4:124, 3] = 255
    frame[14:114, 14:114, 3] = 0
    assert np.array_equal(extract_symbol(frame, Look.GLYPH), frame), "a frame alone is the drawing"
    frame[40:90, 50:80, 3] = 255
    bare = extract_symbol(frame, Look.GLYPH)
    assert bare[:36, :, 3].max() == 0 and (bare[40:90, 50:80, 3] == 255).all()


def test_a_drawing_in_its_own_look_is_unchanged() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 4), np.uint8)
    for look in (Look.AREAS, Look.OUTLINED, Look.LINES):
        assert convert(pixels, look, look) is pixels
    empty = np.zeros((64, 64, 4), np.uint8)
    for look in Look:
        for wanted in Look:
            assert convert(empty, look, wanted)[..., 3].max() == 0
    assert look_of("a style of another model") is Look.AREAS


@pytest.mark.parametrize(
    ("word", "style", "is_icon", "source", "is_one_colour"),
    [
        ("sun", "twemoji", True, "", False),
        # An icon is drawn from lines in one colour, a single picture from another drawing of the style.
        ("wind", "twemoji", True, "icon-park", True),
        ("thunderstorm", "twemoji", True, "icon-park", True),
        ("thunderstorm", "twemoji", False, "", False),
        ("umbrella", "icon-park", True, "fluent-emoji-high-contrast", False),
        ("cloud", "icon-park", False, "fluent-emoji-high-contrast", False),
        # Drawings in one colour exist in every style, and suit those of one colour.
        ("acorn", "noto", True, "", True),
        ("acorn", "icon-park", True, "", False),
    ],
)
def test_a_reading_says_what_is_drawn_from_another_style_or_in_one_colour(
    library: Library, word: str, style: str, is_icon: bool, source: str, is_one_colour: bool
) -> None:
    (part,) = read_prompt(library.card(BUILT_IN), word, style, is_icon=is_icon).parts
    assert (part.drawn_from, part.is_one_colour) == (source, is_one_colour)


def test_the_style_that_a_reading_names_is_that_of_the_draft(model: IconsModel, library: Library) -> None:
    request = replace(default_request(library), temperature=0.2, seed=1)
    (part,) = read_prompt(library.card(BUILT_IN), "wind", "twemoji", is_icon=True).parts
    own = draft(model, request, "wind", part.drawn_from)
    assert difference(draft(model, request, "wind", "twemoji"), own) < 0.01
    (umbrella,) = read_prompt(library.card(BUILT_IN), "umbrella", "icon-park").parts
    drawn = [draft(model, request, "umbrella", each, is_plain=False) for each in ("icon-park", umbrella.drawn_from)]
    assert difference(*drawn) < 0.01


def test_the_notice_about_a_prompt_names_the_other_style(library: Library) -> None:
    card = library.card(BUILT_IN)
    reading = read_prompt(card, "wind", "twemoji", is_icon=True)
    expected = "Drawing “wind” in one colour from Bold outline"
    assert reading.summary(card.title, card.words()) == expected


def ink_share(pixels: np.ndarray) -> float:
    """Return the share of opaque pixels in the box of a drawing."""
    rows, columns = np.nonzero(pixels[..., 3] > 127)
    return len(rows) / ((np.ptp(rows) + 1) * (np.ptp(columns) + 1))


@pytest.mark.parametrize("word", ["umbrella", "rain"])
def test_a_glyph_among_icons_of_lines_is_hollow(model: IconsModel, library: Library, word: str) -> None:
    request = replace(default_request(library), temperature=0.2, seed=1)
    solid = draft(model, replace(request, rules=HOLLOWS_GLYPHS - 1), word, "icon-park")
    hollow = draft(model, request, word, "icon-park")
    assert ink_share(hollow) < 0.75 * ink_share(solid)
    # A drawing of lines stays.
    lines = [
        draft(model, replace(request, rules=rules), "wind", "icon-park")
        for rules in (HOLLOWS_GLYPHS - 1, HOLLOWS_GLYPHS)
    ]
    assert np.array_equal(*lines)


def test_an_icon_of_every_name_has_a_drawing(model: IconsModel) -> None:
    """Some silhouettes have translated names, and none of their own."""
    styles = model.tokenizer.styles
    tokenizer = model.draft_maker.tokenizer_of_silhouettes.for_icons({style: sources_of(style) for style in styles})
    names = tokenizer.names
    for style in range(len(styles)):
        assert all(names.drawing(name, style)[0] for name in names.styles_of)
