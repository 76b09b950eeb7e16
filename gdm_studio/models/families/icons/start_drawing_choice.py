"""Random choices determined by an image's seed: its style, the memorised training image from which it starts, and how
that image is varied.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from gdm_studio.models.families.icons.icon_styles import STYLE_WEIGHTS, style_instead
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis
from gdm_studio.models.loaded_model import Variation
from gdm_studio.models.prompts.word_tokenizer import Subject

# Number of a variation's random numbers that choose between drawings. The others control how the drawing is changed.
CHOICE_NUMBERS = 32
# The same for a style that is not among them.
OTHER_STYLE = 0.05
# Total weight of the drawings of related objects. The drawing of the object itself has the weight 1.
KIN_WEIGHT = 0.7
# Number of similar drawings of the same style that a drawing is mixed with.
NEIGHBOURS = 8
# Fraction of the way from a drawing towards a random mixture of similar ones: per unit of temperature, and at most.
# Farther away, the network merges parts of two drawings.
SPAN_SHARE = 0.25
LARGEST_SPAN_SHARE = 0.35
# Power of the ratio of a low temperature to the default one, by which the seed's influence shrinks in addition. At a
# third of the default, nearly all seeds make the typical choice.
FOCUS = 3.0


@dataclass(frozen=True)
class SeedChoice:
    """Random decisions that the seed determines for one image of the built-in model, such as the training image from
    which it starts. They are computed from standard normal numbers.

    Similar numbers, such as those from a small interpolation between two seeds, nearly always lead to the same choices.
    """

    variation: Variation
    # The model's default temperature, below which the choices are drawn to the typical ones.
    default_temperature: float = 1.0

    @property
    def focus(self) -> float:
        """Factor by which the seed's influence is reduced at a low temperature: 1 at the model's default temperature
        and above, and for old requests.
        """
        if not self.variation.focuses or self.variation.temperature >= self.default_temperature:
            return 1.0
        return float((self.variation.temperature / self.default_temperature) ** FOCUS)

    @property
    def spread(self) -> float:
        """Strength of the random variation, as a temperature. At 1, images vary as much as the training images do."""
        return self.variation.temperature * self.focus

    def of_object(self, place: int) -> SeedChoice:
        """Return the random decisions for one of several objects in a prompt, such as the second dog of "a dog and a
        dog".

        Each index `place` (from 0) has its own choices, so that the two dogs differ.
        """
        return self if not place else replace(self, variation=self.variation.roll(place))

    def number(self, place: int) -> float:
        """Return the standard normal number with index `place` (from 0), not counting the first CHOICE_NUMBERS numbers,
        which are reserved for discrete decisions.
        """
        return float(self.variation.numbers[CHOICE_NUMBERS + place])

    def pick(self, weights: Mapping[int, float], purpose: str) -> int:
        """Choose one of the keys of `weights` at random, with probabilities proportional to weight^(1/spread).

        This uses the Gumbel-max trick. A key's Gumbel number is computed from the seed's numbers along a direction that
        depends only on the key, so it is independent of the other keys. Different `purpose` strings give independent
        choices.
        """

        def score(key: int) -> float:
            along = float(self.variation.numbers[:CHOICE_NUMBERS] @ _create_direction(f"{purpose} {key}"))
            share = min(max(0.5 * math.erfc(-along / math.sqrt(2)), 1e-9), 1 - 1e-9)
            return math.log(weights[key]) / self.spread - math.log(-math.log(share))

        return max(weights, key=score)

    def style(self, recall: PrototypeBasis, subjects: Sequence[Subject], styles: Mapping[str, int]) -> str:
        """Choose a style at random for a prompt that names none. Styles with memorised training images of all objects
        in the prompt are preferred.

        `styles` maps style ids to token ids.
        """
        weights = {token: STYLE_WEIGHTS.get(style, OTHER_STYLE) for style, token in styles.items()}
        common = set(weights)
        for subject in subjects:
            drawn = set(recall.drawings(subject.row[1:]))
            avoided = {token for style, token in styles.items() if self._avoids(subject, style)}
            common &= drawn - avoided or drawn or common
        if not common or not any(recall.drawings(subject.row[1:]) for subject in subjects):
            common = set(recall.blended) & set(weights) or set(weights)
        token = self.pick({each: weights[each] for each in sorted(common)}, "style")
        return next(style for style, each in styles.items() if each == token)

    def style_of_draft(self, subject: Subject, style: str) -> str:
        """Return the style of the drawing from which the image of an object in a style starts."""
        return style_instead(subject.drawing, style) if self.variation.has_silhouettes else style

    def _avoids(self, subject: Subject, style: str) -> bool:
        """Return True if an object's drawing is one that images in this style must not start from. Always False for
        requests older than HAS_SILHOUETTES.
        """
        return self.style_of_draft(subject, style) != style

    def components(
        self, recall: PrototypeBasis, subject: Subject, style: int, similar: Sequence[int] = ()
    ) -> Tensor | None:
        """Choose the memorised training image from which the image of an object starts. Returns its components (K,), or
        None if no image of the object is memorised.

        The draft is a drawing of this or a related object. For requests older than FOLLOWS_DRAWINGS, it is mixed
        slightly with the most similar drawings in the style.
        If the object was never drawn in this style, the first of the `similar` styles that has a drawing of it is used,
        or else its drawings in other styles are transferred to this style.
        """
        drawn = recall.drawings(subject.row[1:])
        style = next((each for each in (style, *similar) if each in drawn), style)
        if style not in drawn:
            ids = torch.tensor([subject.row])
            known, components = recall(ids, torch.tensor([style]))
            return components[0] if bool(known) else None
        kin = [row for name in subject.related if (row := recall.drawings(name[1:]).get(style)) is not None]
        weights = {row: KIN_WEIGHT / len(kin) for row in kin} | {drawn[style]: 1.0}
        row = self.pick(weights, "drawing")
        if self.variation.follows_drawings:
            return recall.select([row])[0].float() * recall.step
        share = min(SPAN_SHARE * self.spread, LARGEST_SPAN_SHARE)
        return recall.vary(row, self.variation.numbers[-NEIGHBOURS:], share)


def _create_direction(key: str) -> Tensor:
    """Return a pseudo-random unit vector (CHOICE_NUMBERS,) that depends only on the string `key`."""
    digest = hashlib.sha256(key.encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
    direction = torch.randn(CHOICE_NUMBERS, generator=generator)
    return direction / direction.norm()
