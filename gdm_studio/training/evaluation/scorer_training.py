"""Training recipe for the scorer. The training takes about 15 minutes on one core."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.errors import StudioError
from gdm_studio.models.memory.precision import fast_autocast
from gdm_studio.networks.layers import channels_last
from gdm_studio.training.data.dataset import Pictures, Row, captions, open_pictures
from gdm_studio.training.data.heldout_icons import heldout_pairs
from gdm_studio.training.evaluation.scorer import (
    FILE,
    GREY,
    SIDE,
    Scorer,
    ScorerConfig,
    bags,
    composite,
    save_scorer,
    to_input,
)
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.optim import Muon
from gdm_studio.training.recipe import (
    Batch,
    Cooldown,
    CooldownRecipe,
    Data,
    LearningRate,
    Objective,
    Samples,
    Seed,
    Warmup,
)

# The maximum random shift of an image in pixels.
SHIFT = 4
# The standard deviation of the added noise, for pixels in −1 … 1.
NOISE = 0.03


@dataclass(frozen=True, kw_only=True)
class ScorerRecipe(CooldownRecipe[Scorer]):
    """Training recipe for the scorer, the contrastive network that evaluates generated icons."""

    name: ClassVar[str] = "scorer"
    product: ClassVar[str] = FILE

    data: Data
    samples: Samples = 200_000
    batch: Batch = 64
    # The number of negative captions in addition to those of the batch.
    others: int = 512
    learning_rate: LearningRate = 3e-3
    warmup: Warmup = 3_000
    cooldown: Cooldown = 160_000
    # The fraction of captions that are replaced by a synonym or keyword.
    keyword: float = 0.25
    # The weight of the style classification in the loss.
    style_weight: float = 1.0
    seed: Seed = 7_001

    @cached_property
    def pictures(self) -> Pictures:
        """Dataset of icons for training the scorer. Raises StudioError if it contains a held-out icon."""
        pictures = open_pictures(self.data)
        _refuse_heldout(pictures.rows)
        return pictures

    @cached_property
    def composited(self) -> NDArray[np.uint8]:
        """Training images prepared for the scorer, composited over grey, (count, SIDE, SIDE, 4)."""
        return composite(self.pictures.pixels)

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """Sampling probability of each training image."""
        probabilities = np.array([row["weight"] for row in self.pictures.rows])
        return probabilities / probabilities.sum()

    @cached_property
    def batch_targets(self) -> ScorerBatchSampler:
        """Sampler that draws the targets of a training batch: captions, the images that match them, and the styles of
        the images.
        """
        return ScorerBatchSampler(self.pictures.rows, self.others, self.keyword)

    def model(self, out: Path) -> Scorer:
        return channels_last(Scorer(ScorerConfig(self.batch_targets.styles)))

    def modules(self, model: Scorer) -> dict[str, nn.Module]:
        return {"scorer": model}

    def fixed_settings(self, model: Scorer) -> dict[str, Any]:
        return {"styles": list(model.config.styles)}

    def objectives(self, model: Scorer) -> Sequence[Objective]:
        def loss(*batch: Tensor) -> Tensor:
            return matching_loss(model, *batch, style_weight=self.style_weight)

        optimizers = _create_optimizers(model, self.learning_rate)
        return (Objective("loss", loss, list(model.parameters()), optimizers, splits=False),)

    def draw(self, model: Scorer, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        picked = rng.choice(len(self.probabilities), self.batch, p=self.probabilities)
        x = augment(self.composited[picked], rng)
        texts, same, styles = self.batch_targets(picked, rng)
        return x, *bags(texts, model.config), same, styles

    def finish(self, model: Scorer, out: Path, seen: int) -> None:
        save_scorer(model.eval(), out)


def _refuse_heldout(rows: Sequence[Row]) -> None:
    for row in rows:
        if (row["concept"], row["set"]) in heldout_pairs():
            raise StudioError(
                f"{row['set']}'s image of {row['concept']!r} is held out for evaluation; "
                "build the dataset again with  gdm-studio data icons"
            )


def _create_optimizers(scorer: Scorer, learning_rate: float) -> list[torch.optim.Optimizer]:
    """Return the optimisers of the scorer: Muon for kernels and inner matrices, and AdamW for the rest.

    Muon halves the required number of samples.
    """
    inner = [*scorer.image.parameters(), *scorer.text.mix.parameters(), scorer.match.weight]
    matrices = [parameter for parameter in inner if parameter.ndim >= 2]
    chosen = {id(parameter) for parameter in matrices}
    rest = [{"params": [p for p in scorer.parameters() if id(p) not in chosen], "relative": 1.0}]
    adamw = torch.optim.AdamW(rest, learning_rate, betas=(0.9, 0.98), weight_decay=0.05, fused=True)
    return [Muon(matrices, learning_rate), adamw]


class ScorerBatchSampler:
    """Sampler for the targets of a training batch: captions including negatives, and booleans that say which images
    match which captions.

    The styles of the images are targets, too.
    """

    def __init__(self, rows: Sequence[Row], others: int, keyword: float) -> None:
        self.rows = rows
        self.keyword = keyword
        self.styles = tuple(dict.fromkeys(row["style"] for row in rows))
        concepts = {concept: number for number, concept in enumerate(dict.fromkeys(row["concept"] for row in rows))}
        self.concept = np.array([concepts[row["concept"]] for row in rows])
        self.style = np.array([self.styles.index(row["style"]) for row in rows])
        self.one_of_each = np.unique(self.concept, return_index=True)[1]
        self.others = min(others, len(self.one_of_each))

    def __call__(self, picked: NDArray[np.int64], rng: np.random.Generator) -> tuple[list[str], Tensor, Tensor]:
        """Draw a caption for each image in `picked`, and further captions of random concepts as negatives.

        Returns the captions, their matches with the images as booleans (N, captions), and the styles (N,) of the
        images. The first N captions belong to the images, in order. A caption also matches all other images of its
        concept.
        """
        negatives = rng.choice(self.one_of_each, self.others, replace=False)
        indices = np.concatenate([picked, negatives])
        words = random.Random(int(rng.integers(2**62)))
        texts = [self._caption(self.rows[index], words) for index in indices]
        same = torch.from_numpy(self.concept[picked][:, None] == self.concept[indices][None, :])
        return texts, same, torch.from_numpy(self.style[picked])

    def _caption(self, row: Row, rng: random.Random) -> str:
        if row.get("tint"):
            # The name may contain a colour that the tinted image does not have any more.
            return captions(row, rng)
        text: str = rng.choice(row["words"]) if row["words"] and rng.random() < self.keyword else row["caption"]
        return text


def matching_loss(
    scorer: Scorer,
    x: Tensor,
    words: Tensor,
    starts: Tensor,
    same: Tensor,
    styles: Tensor,
    *,
    style_weight: float,
) -> Tensor:
    """Return the training loss of the scorer: a contrastive loss in both directions, plus the style classifier's loss.

    x (N, 4, SIDE, SIDE) are images. `words` and `starts` are texts as returned by `bags`. `same` (N, texts) is True for
    every text that matches an image. `styles` (N,) are indices of styles, and `style_weight` is the weight of their
    loss.
    """
    with fast_autocast(x.device):
        features = scorer.image(x)
    features = features.float()
    pictures = F.normalize(scorer.match(features), dim=1)
    texts = F.normalize(scorer.text(words, starts), dim=1)
    logits = scorer.log_scale.clamp(max=math.log(100)).exp() * pictures @ texts.T  # (N, texts)
    right = same.float()
    to_text = -(F.log_softmax(logits, 1) * right).sum(1) / right.sum(1)
    among = right[:, : len(x)]
    to_picture = -(F.log_softmax(logits[:, : len(x)], 0) * among).sum(0) / among.sum(0)
    return (to_text.mean() + to_picture.mean()) / 2 + style_weight * F.cross_entropy(scorer.style(features), styles)


def augment(pictures: NDArray[np.uint8], rng: np.random.Generator) -> Tensor:
    """Convert composited images to training inputs (N, 4, SIDE, SIDE), each with a small random shift and noise."""
    shifted = np.empty_like(pictures)
    shifted[..., :3] = round(255 * GREY)
    shifted[..., 3] = 0
    for index, (down, right) in enumerate(rng.integers(-SHIFT, SHIFT, (len(pictures), 2), endpoint=True)):
        there = (slice(max(down, 0), SIDE + min(down, 0)), slice(max(right, 0), SIDE + min(right, 0)))
        here = (slice(max(-down, 0), SIDE + min(-down, 0)), slice(max(-right, 0), SIDE + min(-right, 0)))
        shifted[index][there] = pictures[index][here]
    x = to_input(shifted)
    return x + NOISE * normal(rng, *x.shape)
