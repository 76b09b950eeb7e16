"""Recipe: train the scorer on training pictures, in a quarter of an hour of one core."""

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

from gdm_studio.errors import StudioError
from gdm_studio.models.precision import quickly
from gdm_studio.networks.layers import channels_last
from gdm_studio.training.data.dataset import Pictures, Row, captions, open_pictures
from gdm_studio.training.data.heldout import heldout_pairs
from gdm_studio.training.evaluation.scorer import (
    FILE,
    GREY,
    SIDE,
    Scorer,
    ScorerConfig,
    as_input,
    bags,
    composited,
    save_scorer,
)
from gdm_studio.training.optim import Muon
from gdm_studio.training.recipe import (
    Batch,
    Cooldown,
    CooledRecipe,
    Data,
    LearningRate,
    Objective,
    Samples,
    Seed,
    Warmup,
)
from gdm_studio.training.schedule import normal

SHIFT = 4  # the most pixels that a picture is moved by
NOISE = 0.03  # standard deviation, of pixels in -1 … 1


@dataclass(frozen=True, kw_only=True)
class ScorerRecipe(CooledRecipe[Scorer]):
    """Everything that decides the scorer."""

    name: ClassVar[str] = "scorer"
    product: ClassVar[str] = FILE

    data: Data
    samples: Samples = 200_000
    batch: Batch = 64
    others: int = 512  # captions of other concepts that each picture is told from, besides those of its batch
    learning_rate: LearningRate = 3e-3
    warmup: Warmup = 3_000
    cooldown: Cooldown = 160_000
    keyword: float = 0.25  # share of captions that are a synonym or keyword instead of the name
    style_weight: float = 1.0  # of telling styles apart, in the loss
    seed: Seed = 7_001  # the scorer's own

    @cached_property
    def pictures(self) -> Pictures:
        """Raises StudioError where a held-out picture is among them."""
        pictures = open_pictures(self.data)
        _refuse_heldout(pictures.rows)
        return pictures

    @cached_property
    def seen_as(self) -> NDArray[np.uint8]:
        """(count, SIDE, SIDE, 4): the pictures as the scorer sees them."""
        return composited(self.pictures.pixels)

    @cached_property
    def odds(self) -> NDArray[np.float64]:
        """The probability that each picture is shown with."""
        odds = np.array([row["weight"] for row in self.pictures.rows])
        return odds / odds.sum()

    @cached_property
    def told(self) -> Told:
        """What each picture is to be told by."""
        return Told(self.pictures.rows, self.others, self.keyword)

    def model(self, out: Path) -> Scorer:
        return channels_last(Scorer(ScorerConfig(self.told.styles)))

    def modules(self, model: Scorer) -> dict[str, nn.Module]:
        return {"scorer": model}

    def identity(self, model: Scorer) -> dict[str, Any]:
        return {"styles": list(model.config.styles)}

    def objectives(self, model: Scorer) -> Sequence[Objective]:
        def loss(*batch: Tensor) -> Tensor:
            return matching_loss(model, *batch, style_weight=self.style_weight)

        optimizers = _optimizers(model, self.learning_rate)
        return (Objective("loss", loss, list(model.parameters()), optimizers, splits=False),)

    def draw(self, model: Scorer, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        picked = rng.choice(len(self.odds), self.batch, p=self.odds)
        x = moved(self.seen_as[picked], rng)
        texts, same, styles = self.told(picked, rng)
        return x, *bags(texts, model.config), same, styles

    def finish(self, model: Scorer, out: Path, seen: int) -> None:
        save_scorer(model.eval(), out)


def _refuse_heldout(rows: Sequence[Row]) -> None:
    for row in rows:
        if (row["concept"], row["set"]) in heldout_pairs():
            raise StudioError(
                f"{row['set']}'s picture of {row['concept']!r} is held out for evaluation; "
                "make the training pictures again with  gdm-studio data icons"
            )


def _optimizers(scorer: Scorer, learning_rate: float) -> list[torch.optim.Optimizer]:
    """Muon for kernels and inner matrices, which learn from half as many pictures with it; AdamW for the rest."""
    inner = [*scorer.image.parameters(), *scorer.text.mix.parameters(), scorer.match.weight]
    matrices = [parameter for parameter in inner if parameter.ndim >= 2]
    chosen = {id(parameter) for parameter in matrices}
    rest = [{"params": [p for p in scorer.parameters() if id(p) not in chosen], "relative": 1.0}]
    adamw = torch.optim.AdamW(rest, learning_rate, betas=(0.9, 0.98), weight_decay=0.05, fused=True)
    return [Muon(matrices, learning_rate), adamw]


class Told:
    """What each picture of a batch is to be told by: captions, which of them name its concept, and its style."""

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
        """Captions, the first ones those of the pictures in their order; (N, captions) same concept; (N,) styles."""
        more = rng.choice(self.one_of_each, self.others, replace=False)
        told = np.concatenate([picked, more])
        words = random.Random(int(rng.integers(2**62)))
        texts = [self._caption(self.rows[index], words) for index in told]
        same = torch.from_numpy(self.concept[picked][:, None] == self.concept[told][None, :])
        return texts, same, torch.from_numpy(self.style[picked])

    def _caption(self, row: Row, rng: random.Random) -> str:
        if row.get("tint"):
            return captions(row, rng)  # the name may hold a colour that the picture no longer has
        text: str = rng.choice(row["words"]) if row["words"] and rng.random() < self.keyword else row["caption"]
        return text


def matching_loss(
    scorer: Scorer,
    x: Tensor,  # (N, 4, SIDE, SIDE)
    words: Tensor,  # the texts, as `bags` gives them
    starts: Tensor,
    same: Tensor,  # (N, texts): whether a text names what the picture shows
    styles: Tensor,  # (N,)
    *,
    style_weight: float,
) -> Tensor:
    """Contrastive in both directions, with every caption of the same concept counting, and the error in styles."""
    with quickly(x.device):
        features = scorer.image(x)
    features = features.float()
    pictures = F.normalize(scorer.match(features), dim=1)
    told = F.normalize(scorer.text(words, starts), dim=1)
    logits = scorer.log_scale.clamp(max=math.log(100)).exp() * pictures @ told.T            # (N, texts)
    right = same.float()
    to_text = -(F.log_softmax(logits, 1) * right).sum(1) / right.sum(1)
    among = right[:, : len(x)]
    to_picture = -(F.log_softmax(logits[:, : len(x)], 0) * among).sum(0) / among.sum(0)
    return (to_text.mean() + to_picture.mean()) / 2 + style_weight * F.cross_entropy(scorer.style(features), styles)


def moved(pictures: NDArray[np.uint8], rng: np.random.Generator) -> Tensor:
    """(N, 4, SIDE, SIDE) input from composited pictures, each shifted a little by itself, with a little noise."""
    shifted = np.empty_like(pictures)
    shifted[..., :3], shifted[..., 3] = round(255 * GREY), 0
    for index, (down, right) in enumerate(rng.integers(-SHIFT, SHIFT, (len(pictures), 2), endpoint=True)):
        there = (slice(max(down, 0), SIDE + min(down, 0)), slice(max(right, 0), SIDE + min(right, 0)))
        here = (slice(max(-down, 0), SIDE + min(-down, 0)), slice(max(-right, 0), SIDE + min(-right, 0)))
        shifted[index][there] = pictures[index][here]
    x = as_input(shifted)
    return x + NOISE * normal(rng, *x.shape)
