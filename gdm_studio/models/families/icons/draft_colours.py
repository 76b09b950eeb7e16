"""Random colours of draft images, determined by the seed, for prompts that specify no colour."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet

from gdm_studio.models.families.icons.recolor import Pixels, shift_hue
from gdm_studio.models.families.icons.start_drawing_choice import SeedChoice
from gdm_studio.models.prompts.word_classes import COLOUR_WORDS

# Words for objects that retain their colours, because another colour would mean something else.
FIXED_COLOURS = COLOUR_WORDS | frozenset(
    ("flag", "flags", "rainbow", "traffic", "light", "sun", "moon", "earth", "globe", "map", "face", "fire", "banana")
    + ("tomato", "carrot", "broccoli", "lemon", "tangerine", "strawberry", "watermelon", "heart", "blood", "tree")
    + ("leaf", "leaves", "cactus", "snowman", "ghost", "gold", "medal", "pumpkin", "frog", "crocodile", "corn")
)
# Words for objects that exist in any colour.
ANY_COLOUR = frozenset(
    ("automobile", "backpack", "bag", "ball", "balloon", "bicycle", "bird", "boat", "book", "books", "boot")
    + ("bow", "box", "bus", "butterfly", "cap", "car", "chair", "coat", "couch", "crayon", "cup", "door")
    + ("dragon", "dress", "envelope", "fish", "flower", "folder", "gem", "gift", "glove", "gloves", "guitar", "hat")
    + ("hibiscus", "house", "jacket", "jeans", "kimono", "kite", "lamp", "mug", "necktie", "parrot", "pen")
    + ("pencil", "present", "purse", "ribbon", "robot", "rocket", "rose", "sailboat", "scarf", "scooter", "shirt")
    + ("shoe", "sock", "socks", "sweater", "taxi", "teapot", "tent", "toothbrush", "train", "truck", "tulip")
    + ("umbrella", "van", "wardrobe", "yarn")
)
# Styles of glyphs and lines, whose drawings have arbitrary colours: "red heart" is blue in Ink glyph.
ARBITRARY_STYLES = frozenset(("fluent-emoji-high-contrast", "icon-park", "streamline-color"))
# Standard deviations at temperature 1: hue in degrees (objects of any colour, and others), and log brightness.
FREE_HUE, HUE, BRIGHTNESS = 60.0, 7.0, 0.08
# Random numbers are limited to this many standard deviations.
MOST = 2.4


def named_colour(drawing: str, style: str) -> str:
    """Return the colour in a drawing's name ("red heart") that the drawing may lack in a style, or "" if there is
    none. White is the colour of the paper.
    """
    colours = COLOUR_WORDS.intersection(drawing.split()) - {"white"}
    return next(iter(colours)) if style in ARBITRARY_STYLES and len(colours) == 1 else ""


def tint(pixels: Pixels, choice: SeedChoice, words: AbstractSet[str]) -> Pixels:
    """Vary the colours of a draft image randomly, as determined by the seed. The draft is straight RGBA (H, W, 4), and
    `words` name the object in it.

    The hue may change completely for objects that exist in any colour, and slightly for others. Objects with fixed
    colours are returned unchanged.
    """
    if not FIXED_COLOURS.isdisjoint(words):
        return pixels
    hue, light = (choice.spread * min(max(choice.number(place), -MOST), MOST) for place in (10, 11))
    deviation = HUE if ANY_COLOUR.isdisjoint(words) else FREE_HUE
    return shift_hue(pixels, deviation * hue, math.exp(BRIGHTNESS * light))
