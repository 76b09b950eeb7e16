"""Descriptions of published generative systems: the paper, the networks, and the claim to verify."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import Request

# The seed of the image that demonstrates a system.
SEED = 3
# Settings that demonstrate a system without guidance, so that the effect of guidance can be compared.
NO_GUIDANCE = {"guidance_scale": 1.0}


@dataclass(frozen=True)
class Measurement:
    """Result of measuring the claim of a published system: the mean over the sampling seeds, and the lowest and highest
    value.

    `floor` is the value of real images or points, and `ablated` the value of the ablation.
    """

    value: float
    low: float
    high: float
    # The number of images or points per seed; 0 if unknown.
    count: int = 0
    # The value for equally many real images or true points. None if there is no such value, or if the measurement is
    # already relative to it.
    floor: float | None = None
    # The name of the measurement. A saved value is ignored if its system is measured in another way now.
    measure: str = ""
    # The value of the ablation.
    ablated: float | None = None

    @property
    def text(self) -> str:
        return f"{self.value:.4g} ({self.low:.4g} to {self.high:.4g})"


@dataclass(frozen=True)
class Claim:
    """Claim of a published system: the effect that distinguishes it from others, and the threshold that its measurement
    must reach.

    The claim must not hold for `null`, the value of a system without the effect, or for the `ablation`, the system
    without the part that causes the effect. Both sides of a comparison have equal training, equal guidance and equally
    many network evaluations, unless `text` states otherwise.
    """

    text: str
    # A key of `claims.MEASUREMENTS`.
    figure: str
    threshold: float
    better: Literal["less", "more"]
    # The prerequisite of the measurement: `weights` of images, a model of `points`, a `pair` of models, or a `retrain`.
    requires: Literal["weights", "pair", "points", "retrain", "nothing"]
    null: float
    # The change that `verify --broken` makes to the system, as a noun phrase.
    ablation: str

    def holds(self, value: float) -> bool:
        return value <= self.threshold if self.better == "less" else value >= self.threshold

    def outcome(self, measurement: Measurement) -> Literal["holds", "undecided", "missed"]:
        """Compare a measurement with the threshold of the claim. Returns "holds" if all seeds reach it, "undecided" if
        only their mean does, and otherwise "missed".
        """
        worst = measurement.high if self.better == "less" else measurement.low
        if self.holds(worst):
            return "holds"
        return "undecided" if self.holds(measurement.value) else "missed"

    @property
    def bound(self) -> str:
        """Threshold that the measured value must reach, as text such as "≤ 0.7"."""
        return f"{'≤' if self.better == 'less' else '≥'} {self.threshold:g}"


@dataclass(frozen=True)
class System:
    """Description of a published generative system, such as DDPM: its paper, idea, networks, samplers and claim.

    Its training recipe, if any, is in the same module.
    """

    name: str
    title: str
    # The year of the first arXiv version of the paper.
    year: int
    authors: str
    # The arXiv number and the relevant equations.
    paper: str
    tags: tuple[str, ...]
    idea: str
    # The initial state of sampling, as a sentence.
    starts: str
    # The learned quantity, as a sentence.
    learned: str
    # One sampling step, as a sentence.
    step: str
    # The loss, as a formula.
    objective: str
    # The names of the networks that are trained; empty for a system that uses the networks of `weights_from`.
    trains: tuple[str, ...]
    # Keys of `maths.samplers.SAMPLERS`. The first is the system's own sampler.
    samplers: tuple[str, ...]
    claim: Claim
    # The system whose weights this system uses; "" if it has its own.
    weights_from: str = ""
    # The model family of its weights. Weights of other families than "systems" are files of the user.
    family: str = "systems"
    # The names of the systems it builds on.
    parents: tuple[str, ...] = ()
    # The end of the name of its model of points: "classes" if the points have classes.
    points: Literal["points", "classes"] = "points"
    # The settings that demonstrate the system best, where they differ from the defaults of its model.
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def model(self) -> str:
        """Name of the model that demonstrates the system. A system without weights of its own, such as a sampler, uses
        the model of another system.
        """
        return self.weights_from or self.name

    @property
    def points_model(self) -> str:
        """Name of the model that demonstrates the published system on 2-D points instead of images."""
        return f"{self.model}-{self.points}"

    def request(self, card: ModelCard) -> Request:
        """Return the request that generates the system's demonstration image with the model described by `card`.

        The system must have samplers.
        """
        own = replace(card.default_request(), model=card.name, sampler=self.samplers[0], knobs={}, seed=SEED)
        prompt = card.examples[0].prompt if card.accepts.prompt and card.examples else ""
        return replace(own, prompt=prompt, label=next(iter(card.accepts.labels), ""), **self.settings)

    @property
    def reference(self) -> str:
        """Citation of the system's paper on one line: authors, year and arXiv number."""
        return f"{self.authors} {self.year}, {self.paper}"

    @property
    def card_entries(self) -> dict[str, Any]:
        """Fields of a new model's card that come from the system's description, such as its title, paper and tags."""
        return {
            "name": self.name,
            "title": self.title,
            "date": date.today().isoformat(),
            "author": "GDM Studio",
            "paper": self.reference,
            "summary": self.idea,
            "tags": list(self.tags),
        }
