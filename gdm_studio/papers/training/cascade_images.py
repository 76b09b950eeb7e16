"""Training images of the cascades at 64, 256 and 1024 pixels. Their captions state thing, style, colour and count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.common.errors import BadRequest
from gdm_studio.models.families.papers.caption_vocabulary import CaptionWords, split
from gdm_studio.models.straight_alpha import to_premultiplied
from gdm_studio.training.data.dataset import FLAT_SETS, Pictures, open_pictures

# Sides of the images of the stages, in pixels. The last one is that of the dataset.
SIDES = (64, 256, 1024)
# Words of a style, by set.
STYLE_WORDS = {
    "twemoji": "flat rounded",
    "noto": "soft gradient",
    "noto-v1": "blob",
    "fluent-emoji-flat": "bold flat",
    "emojione": "bright classic",
    "fxemoji": "simple flat",
    "streamline-emojis": "outlined cartoon",
}
NUMBER_WORDS = ("one", "two", "three")
# Top left corners of copies of half the image's side, by count, as fractions of it.
PLACES = {2: ((0.25, 0.0), (0.25, 0.5)), 3: ((0.0, 0.25), (0.5, 0.0), (0.5, 0.5))}
# Number of words that the networks read.
CAPTION_LENGTH = 10
# Shares of the training captions that name a synonym, the colour, the style, or several things; and of empty captions.
SYNONYMS, COLOURS, STYLES, COUNTS, EMPTY_CAPTIONS = 0.25, 0.5, 0.5, 0.15, 0.1
# One drawing in HELD_OUT is excluded from training.
HELD_OUT = 8


@dataclass(frozen=True)
class CaptionedImages:
    """Dataset for training text-to-image cascades: icons of 1024 pixels with randomly composed captions.

    The captions are composed from the icons' names, styles and colours.
    """

    pictures: Pictures

    def __len__(self) -> int:
        return len(self.pictures.rows)

    @cached_property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """Names of the object in each image: its main name, followed by up to four synonyms of one or two words."""
        synonyms = [[word for word in row["words"] if len(split(word)) <= 2][:4] for row in self.pictures.rows]
        return tuple((row["concept"], *others) for row, others in zip(self.pictures.rows, synonyms, strict=True))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Names of all objects in the images of the dataset, without duplicates, in alphabetical order."""
        return tuple(sorted({names[0] for names in self.names}))

    @cached_property
    def words(self) -> CaptionWords:
        """Vocabulary of the captions: every word that can occur in them, sorted alphabetically."""
        texts = [*NUMBER_WORDS, *STYLE_WORDS.values(), *(row["colour"] or "" for row in self.pictures.rows)]
        texts += [name for names in self.names for name in names]
        return CaptionWords(tuple(sorted({word for text in texts for word in split(text)})), CAPTION_LENGTH)

    @cached_property
    def training(self) -> NDArray[np.int64]:
        """Indices of the images used for training, as opposed to held-out images.

        Held-out drawings are excluded with all their colour versions, so that no version of them is seen in training.
        """
        drawings = [(row["concept"], row["set"]) for row in self.pictures.rows]
        known = sorted(set(drawings))
        held = {known[place] for place in np.random.default_rng(0).permutation(len(known))[::HELD_OUT]}
        return np.array([index for index, drawing in enumerate(drawings) if drawing not in held])

    @cached_property
    def held_out(self) -> NDArray[np.int64]:
        """Indices of the images that are not used for training, for measuring how well a model generalises."""
        return np.setdiff1d(np.arange(len(self)), self.training)

    @cached_property
    def small(self) -> Tensor:
        """All images reduced to 64 pixels, a tensor (N, 4, 64, 64) with premultiplied alpha and values in −1 … 1."""
        return F.avg_pool2d(self.medium.float() / 127.5 - 1, SIDES[1] // SIDES[0])

    @cached_property
    def medium(self) -> Tensor:
        """All images reduced to 256 pixels, a uint8 tensor (N, 4, 256, 256) with premultiplied alpha."""
        factor = SIDES[2] // SIDES[1]
        levels = [F.avg_pool2d(self.large(index) + 1, factor) * 127.5 for index in range(len(self))]
        return torch.cat([each.round().to(torch.uint8) for each in levels])

    def large(self, index: int, corner: tuple[int, int] = (0, 0), side: int = SIDES[2]) -> Tensor:
        """Return a square crop (1, 4, side, side) of an image at 1024 pixels.

        It has premultiplied alpha and values in −1 … 1.
        """
        top, left = corner
        part = self.pictures.pixels[index, top : top + side, left : left + side]
        return to_premultiplied(torch.from_numpy(np.array(part))[None])

    def compose_caption(self, index: int, rng: np.random.Generator, *, count: int = 1) -> str:
        """Compose a random caption of an image, such as "two red cats outlined".

        It may consist of number, colour, name and style. The name may be replaced by a synonym. Colour and style are
        sometimes left out.
        """
        row = self.pictures.rows[index]
        names = self.names[index]
        name = names[0]
        if len(names) > 1 and rng.random() < SYNONYMS:
            name = names[1 + int(rng.integers(len(names) - 1))]
        parts = [NUMBER_WORDS[count - 1]] if count > 1 else []
        if row["colour"] and row["colour"] not in split(name) and rng.random() < COLOURS:
            parts.append(row["colour"])
        parts.append(name)
        if rng.random() < STYLES:
            parts.append(STYLE_WORDS[row["set"]])
        return " ".join(parts)

    def draw_captioned(self, rng: np.random.Generator, count: int, *, drop: bool = True) -> tuple[Tensor, Tensor]:
        """Draw random training images (count, 4, 64, 64) with their captions as word indices (count, L).

        Some images contain two or three copies of a drawing. With `drop`, some captions are empty, for classifier-free
        guidance.
        """
        images, captions = [], []
        for index in self.training[rng.integers(len(self.training), size=count)]:
            things = int(rng.choice((2, 3))) if rng.random() < COUNTS else 1
            images.append(copies(self.small[index], things))
            text = self.compose_caption(int(index), rng, count=things)
            captions.append([] if drop and rng.random() < EMPTY_CAPTIONS else self.words.encode(text))
        padded = [caption or [0] * CAPTION_LENGTH for caption in captions]
        return torch.stack(images), torch.tensor(padded)

    def draw_crops(self, rng: np.random.Generator, count: int, *, stage: int, side: int) -> Tensor:
        """Draw random square crops (count, 4, side, side) from training images, for training upsamplers.

        The images have SIDES[stage] pixels. Empty crops are drawn again up to three times, so that most crops show part
        of the thing.
        """
        found = []
        for index in self.training[rng.integers(len(self.training), size=count)]:
            for _ in range(4):
                top, left = (int(place) for place in rng.integers(0, (SIDES[stage] - side) // 4 + 1, size=2) * 4)
                if stage == 2:
                    part = self.large(int(index), (top, left), side)[0]
                else:
                    levels = self.medium[int(index), :, top : top + side, left : left + side]
                    part = levels.float() / 127.5 - 1
                if float(part.max() - part.min()) > 0.5:
                    break
            found.append(part)
        return torch.stack(found)


def copies(image: Tensor, count: int) -> Tensor:
    """Return an image (4, S, S) that contains `count` copies of the input image, at half size if there are several."""
    if count == 1:
        return image
    side = image.shape[-1]
    half = F.avg_pool2d(image, 2)
    found = torch.full_like(image, -1)
    for top, left in PLACES[count]:
        found[:, int(top * side) : int(top * side) + side // 2, int(left * side) : int(left * side) + side // 2] = half
    return found


def open_captioned_images(folder: Path) -> CaptionedImages:
    """Open a folder of icons as the captioned training dataset of a cascade.

    Raises StorageError if the dataset is missing, and BadRequest if its images have another size or come from other
    icon sets.
    """
    pictures = open_pictures(folder)
    if pictures.size != SIDES[-1] or any(row["set"] not in FLAT_SETS for row in pictures.rows):
        raise BadRequest(
            f"A cascade learns from drawings of {SIDES[-1]} pixels; make them by  gdm-studio data icons --subset few "
            f"--size {SIDES[-1]} --out DIR."
        )
    return CaptionedImages(pictures)
