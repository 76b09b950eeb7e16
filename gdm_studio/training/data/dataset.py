"""Loading of the training dataset (pixels and manifest rows), and random composition of captions."""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdm_studio.common.errors import StudioError
from gdm_studio.models.prompts.word_classes import COLOUR_WORDS

Row = dict[str, Any]

SUBSETS = ("few", "narrow", "emoji", "best", "all")
EMOJI_SETS = (
    "twemoji",
    "noto",
    "noto-v1",
    "fluent-emoji-flat",
    "fluent-emoji",
    "emojione",
    "fxemoji",
    "streamline-emojis",
)
# The sets whose drawings have neither shadows nor gloss.
FLAT_SETS = tuple(name for name in EMOJI_SETS if name != "fluent-emoji")
# Objects that every flat set draws, and that remain distinguishable at 32 pixels.
FEW_THINGS = (
    "airplane", "american football", "anchor", "artist palette", "astonished face", "automobile", "baby chick",
    "balloon", "baseball", "basketball", "battery", "bell", "bicycle", "birthday cake", "bread", "broken heart",
    "cactus", "calendar", "candy", "castle", "cat", "cherry", "cloud", "crescent moon", "crown", "dog", "dolphin",
    "door", "doughnut", "dress", "droplet", "envelope", "fire", "four leaf clover", "french fries", "frog", "ghost",
    "glasses", "grape", "guitar", "hamburger", "headphones", "honeybee", "lemon", "lipstick", "octopus", "open book",
    "panda", "pear", "pig", "pill", "red apple", "ring", "skull", "snail", "snowflake", "soft ice cream", "strawberry",
    "sunflower", "television", "tomato", "turtle", "umbrella", "wrench",
)  # fmt: skip
# The sets drawn in black.
ONE_COLOUR_SETS = ("fluent-emoji-high-contrast", "emojione-monotone", "icon-park-twotone")
# The sets that are drawn in shades of a single blue.
BLUE_SETS = (
    "icon-park",
    "streamline-color",
    "streamline-plump-color",
    "streamline-flex-color",
    "streamline-sharp-color",
)
# The styles that can be learned well on two cores: flat emoji-like styles, and the best of the others.
BEST_STYLES = (
    "twemoji",
    "noto",
    "fluent-emoji-flat",
    "emojione",
    "streamline-emojis",
    "fluent-emoji-high-contrast",
    "icon-park",
    "streamline-color",
    "streamline-ultimate-color",
)
# Words that users add without wanting a different image. A model not trained on them mistakes them for objects.
FILLERS = (
    "cute", "little", "big", "small", "happy", "cheerful", "lovely", "beautiful", "nice", "pretty", "simple",
    "cool", "funny", "tiny", "sweet", "bright", "fresh", "tasty", "juicy", "friendly", "fluffy", "shiny",
    "modern", "classic", "single", "old", "new", "great", "round", "soft", "warm", "fancy", "magic", "perfect",
    "ordinary", "real", "huge", "giant", "young", "smart", "clean", "bold", "quiet", "wild", "spooky", "scary",
    "fast", "delicious", "charming", "adorable",
)  # fmt: skip
FRAMES = (
    "{} icon", "{} emoji", "{} sticker", "icon of {}", "picture of {}", "drawing of {}", "a picture of {}", "one {}",
    "a drawing of {}", "my {}", "an icon of {}", "{} on white", "{} for my slides", "{} that is {}", "{} with {} look",
)  # fmt: skip


@dataclass(frozen=True)
class Pictures:
    """Images of a training dataset: `count` square RGBA images with `size` pixels per side, with a manifest row for
    each image.
    """

    count: int
    size: int
    rows: list[Row]
    # The images (count, size, size, 4), memory-mapped.
    pixels: NDArray[np.uint8]

    def rgba(self, indices: NDArray[np.integer] | list[int]) -> NDArray[np.uint8]:
        """Load the images with the given indices, as a uint8 array (n, size, size, 4) with straight alpha."""
        return np.array(self.pixels[np.asarray(indices, dtype=np.int64)])

    def indices(self, subset: str = "all") -> NDArray[np.int64]:
        """Return the indices of the images that belong to a subset. Raises StudioError for an unknown subset.

        The subsets are few (64 objects in seven flat styles), narrow (objects that many sets draw), emoji (the eight
        emoji-like sets), best (the easily learned styles) and all.
        """
        if subset not in SUBSETS:
            raise StudioError(f"There is no subset {subset!r}; choose one of {', '.join(SUBSETS)}.")
        return np.array([row["index"] for row in self.rows if in_subset(row, subset)], dtype=np.int64)


def in_subset(row: Row, subset: str) -> bool:
    """Return True if a dataset subset contains the image with this manifest row.

    The subsets are `few`, `narrow`, `emoji`, `best` and `all`.
    """
    if subset == "few":
        return row["concept"] in FEW_THINGS and row["set"] in FLAT_SETS
    if subset == "narrow":
        return bool(row["narrow"]) and row["set"] in EMOJI_SETS
    if subset == "best":
        return row["style"] in BEST_STYLES
    return subset == "all" or row["set"] in EMOJI_SETS


def open_pictures(directory: Path | str) -> Pictures:
    """Open the training dataset in a folder, without loading its images.

    Raises StudioError if it is missing, unfinished or truncated.
    """
    directory = Path(directory)
    try:
        meta = json.loads((directory / "meta.json").read_text(encoding="utf-8"))
        lines = (directory / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
        shape = (meta["count"], meta["size"], meta["size"], 4)
        pixels = np.memmap(directory / "pictures.u8", np.uint8, mode="r", shape=shape)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StudioError(
            f"{directory} has no complete training dataset ({Path(error.filename).name} is missing); "
            f"run  gdm-studio data icons --out {directory}"
        ) from error
    except (ValueError, KeyError) as error:
        raise StudioError(f"The dataset in {directory} is damaged ({error}); build it again.") from error
    rows = [json.loads(line) for line in lines]
    if len(rows) != meta["count"]:
        raise StudioError(f"{directory} has {len(rows)} rows for {meta['count']} images; build it again.")
    return Pictures(meta["count"], meta["size"], rows, pixels)


def captions(row: Row, rng: random.Random) -> str:
    """Compose one of the captions that a training image can have, at random, such as "icon of a red apple". It never
    mentions the style.

    A quarter of the captions use a synonym or keyword instead of the name. A quarter (nine tenths for tinted images)
    name the measured colour. A quarter contain filler words, a third start with an article, and an eighth are part of a
    phrase ("icon of …").
    """
    words = row["words"]
    text = rng.choice(words) if words and rng.random() < 0.25 else row["caption"]
    colour = row["colour"]
    if row["tint"]:
        text = without_colours(text)
    if colour and rng.random() < (0.9 if row["tint"] else 0.25) and COLOUR_WORDS.isdisjoint(text.split()):
        text = f"{colour} {text}"
    if rng.random() < 0.25:
        text = " ".join([*rng.sample(FILLERS, rng.choice((1, 1, 2))), text])
    if rng.random() < 1 / 3:
        article = rng.choice(("a", "the"))
        text = f"{'an' if article == 'a' and text[0] in 'aeiou' else article} {text}"
    if rng.random() < 1 / 8:
        text = rng.choice(FRAMES).format(text, rng.choice(FILLERS))
    return text


def without_colours(text: str) -> str:
    """Remove the colour words from a caption: "red apple" becomes "apple".

    A caption that consists only of colour words is not changed.
    """
    return " ".join(word for word in text.split() if word not in COLOUR_WORDS) or text
