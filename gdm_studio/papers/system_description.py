"""Descriptions of published generative systems: the paper, the networks, and the claim to verify."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import Request

# The seed of the image that demonstrates a system.
SEED = 3
# Settings that demonstrate a system without guidance, so that the effect of guidance can be compared.
NO_GUIDANCE = {"guidance_scale": 1.0}


@dataclass(frozen=True)
class Summary:
    """Mean of a measured quantity over the sampling seeds, and the lowest and highest value."""

    value: float
    low: float
    high: float

    @property
    def text(self) -> str:
        return f"{self.value:.4g} ({self.low:.4g} to {self.high:.4g})"


@dataclass(frozen=True)
class Measurement(Summary):
    """Result of measuring the claim of a published system: the values of the claimed quantity, and further values
    (`terms`) that a correct system must also meet.

    `floor` is the value of real images or points, and `ablated` the value of the ablation.
    """

    # The number of images or points per seed; 0 if unknown.
    count: int = 0
    # The value for equally many real images or true points. None if there is no such value, or if the measurement is
    # already relative to it.
    floor: float | None = None
    # The name of the measurement. A saved value is ignored if its system is measured in another way now.
    measure: str = ""
    # The value of the ablation.
    ablated: float | None = None
    # The quantities of the claim's terms, by their names.
    terms: dict[str, Summary] = field(default_factory=dict)


@dataclass(frozen=True)
class Range:
    """Closed interval in which a measured quantity must lie."""

    low: float
    high: float

    def contains(self, value: float) -> bool:
        return self.low <= value <= self.high

    @property
    def text(self) -> str:
        """The interval as text such as "0.8 to 1"."""
        return f"{self.low:g} to {self.high:g}"


# The quantities that a claim may restrict besides the claimed one. Each is a distance from a truth that is known
# exactly, or has a value that truth determines, so that no fault can make it better than a system without faults.
TERMS = {
    "prediction": QT_TRANSLATE_NOOP(
        "System", "mean error of x̂_0 beside the exact prediction, over that of the exact one beside x_0"
    ),
    "states": QT_TRANSLATE_NOOP(
        "System", "largest distance of the states x_t from their exact distribution, over its deviation"
    ),
    "spread": QT_TRANSLATE_NOOP("System", "deviation within the modes over the true one"),
    "shares": QT_TRANSLATE_NOOP("System", "error of the modes’ shares"),
    "start": QT_TRANSLATE_NOOP("System", "error of the start’s coefficients √ᾱ_T′ and √(1 − ᾱ_T′)"),
    "step": QT_TRANSLATE_NOOP("System", "error of a step back beside q(x_{t−1} | x_t, x_0), over its deviation"),
    "local": QT_TRANSLATE_NOOP("System", "error of single steps from the exact path over that of DDIM’s steps"),
    "fine": QT_TRANSLATE_NOOP("System", "error in 40 steps over that of DDIM with as many evaluations of the network"),
    "order": QT_TRANSLATE_NOOP("System", "order of convergence to the exact path, with exact predictions"),
    "range": QT_TRANSLATE_NOOP("System", "largest prediction x̂_0 where clipping is needed, over the end of its range"),
    "clipped": QT_TRANSLATE_NOOP("System", "share of the values of x̂_0 at the end of the range"),
    "fresh": QT_TRANSLATE_NOOP("System", "error of a run’s random numbers beside independent ones from N(0, 1)"),
    "noise": QT_TRANSLATE_NOOP("System", "error of the noise’s third and fourth moments"),
    "above": QT_TRANSLATE_NOOP("System", "bound or −log p above the entropy of the true distribution, in nats"),
    "drawn": QT_TRANSLATE_NOOP("System", "share of drawn sequences that occur in the data"),
    "chosen": QT_TRANSLATE_NOOP("System", "share of prompts whose better embedding is chosen"),
    "variety": QT_TRANSLATE_NOOP("System", "difference of pictures of one prompt over that of different prompts"),
}


def terms(**bounds: float | tuple[float, float]) -> dict[str, Range]:
    """Return the terms of a claim by their names in TERMS. A single number is the largest value of a distance, which is
    at least 0.
    """
    pairs = {name: each if isinstance(each, tuple) else (0.0, each) for name, each in bounds.items()}
    return {name: Range(*pairs[name]) for name in TERMS if name in pairs}


@dataclass(frozen=True)
class Claim:
    """Claim of a published system: the effect that distinguishes it from others, and the interval in which the measured
    effect must lie. One end is the margin of the effect, and the other follows from the truth.

    The claim must not hold for `null`, the value of a system without the effect, or for the `ablation`, the system
    without the part that causes the effect. Both sides of a comparison have equal training, equal guidance and equally
    many network evaluations, unless `text` states otherwise.
    """

    text: str
    # A key of `claims.MEASUREMENTS`.
    figure: str
    range: Range
    # The prerequisite of the measurement: `weights` of images, a model of `points`, a `pair` of models, or a `retrain`.
    requires: Literal["weights", "pair", "points", "retrain", "nothing"]
    null: float
    # The change that `verify --broken` makes to the system, as a noun phrase.
    ablation: str
    # The intervals of further quantities, by keys of TERMS. The effect alone could also be caused by a fault, such as a
    # collapse to a single mode.
    terms: Mapping[str, Range] = field(default_factory=dict)

    def outcome(self, measurement: Measurement) -> Literal["holds", "undecided", "missed"]:
        """Compare a measurement with the intervals of the claim and of its terms.

        Returns "holds" if they contain the values of all seeds, "undecided" if they contain only the means, and
        otherwise "missed". A term that was not measured is missed.
        """
        found: list[tuple[Range, Summary]] = [(self.range, measurement)]
        for name, interval in self.terms.items():
            if name not in measurement.terms:
                return "missed"
            found.append((interval, measurement.terms[name]))
        if all(interval.contains(each.low) and interval.contains(each.high) for interval, each in found):
            return "holds"
        return "undecided" if all(interval.contains(each.value) for interval, each in found) else "missed"

    def missed_terms(self, measurement: Measurement) -> list[str]:
        """Return the names of the terms whose mean is outside of its interval, or that were not measured."""
        return [
            name
            for name, interval in self.terms.items()
            if name not in measurement.terms or not interval.contains(measurement.terms[name].value)
        ]


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
    # Keys of `maths.samplers.SAMPLERS`. The first demonstrates the system.
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
