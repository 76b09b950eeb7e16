"""What a system of the literature is: who published it, what it trains, and the claim that is its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from gdm_studio.models.card import ModelCard
from gdm_studio.request import Request

SEED = 3  # that a system is shown with
UNGUIDED = {"guidance_scale": 1.0}  # so that one sees what guidance adds


@dataclass(frozen=True)
class Figure:
    """A figure, and the least and the most that a seed of sampling gave."""

    value: float
    low: float
    high: float

    @property
    def words(self) -> str:
        return f"{self.value:.4g} ({self.low:.4g} to {self.high:.4g})"


@dataclass(frozen=True)
class Claim:
    """What sets a system apart, as one figure; its threshold was written down before the long training.

    `needs` says what has to be there to measure it: its own `weights`, a `pair` of networks of which one lacks what
    the claim is about, or to `retrain` some. `figure` is a key of `figures.FIGURES`.
    """

    text: str
    figure: str
    threshold: float
    better: Literal["less", "more"]
    needs: Literal["weights", "pair", "retrain", "nothing"]

    def holds(self, value: float) -> bool:
        return value <= self.threshold if self.better == "less" else value >= self.threshold

    @property
    def bound(self) -> str:
        """The threshold as it is printed."""
        return f"{'≤' if self.better == 'less' else '≥'} {self.threshold:g}"


@dataclass(frozen=True)
class System:
    """A row of the table of systems; its recipe, where it trains something, is beside it in its file."""

    name: str
    title: str
    year: int
    authors: str  # of the paper
    paper: str  # arXiv number, and the equations that matter
    tags: tuple[str, ...]
    idea: str
    starts: str  # where it starts, in a sentence
    learned: str  # what is learned
    step: str  # what a step does
    objective: str  # the loss, as a formula
    trains: tuple[str, ...]  # the networks; () for one that uses those of `weights_of`
    samplers: tuple[str, ...]  # of maths.samplers, the first its own
    claim: Claim
    weights_of: str = ""  # the system whose weights it uses; "" for its own
    descends: tuple[str, ...] = ()  # the names of the systems that it goes on from
    settings: Mapping[str, Any] = field(default_factory=dict)  # that show it best, where not its model's usual

    @property
    def model(self) -> str:
        """The name of the model that it is shown by."""
        return self.weights_of or self.name

    def request(self, card: ModelCard) -> Request:
        """What shows it by that model, for one that has samplers."""
        own = replace(card.usual(), model=card.name, sampler=self.samplers[0], knobs={}, seed=SEED)
        return replace(own, label=next(iter(card.accepts.labels), ""), **self.settings)

    @property
    def reference(self) -> str:
        """The paper on one line."""
        return f"{self.authors} {self.year}, {self.paper}"

    @property
    def facts(self) -> dict[str, Any]:
        """What the card of a model of it says, trained today, whatever its networks are."""
        return {
            "name": self.name,
            "title": self.title,
            "date": date.today().isoformat(),
            "author": "GDM Studio",
            "paper": self.reference,
            "summary": self.idea,
            "tags": list(self.tags),
        }
