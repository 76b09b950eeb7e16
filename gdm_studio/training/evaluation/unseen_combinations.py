"""Evaluation on combinations that are missing from training: objects in new colours, and prompts without a style."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gdm_studio.common.errors import StudioError
from gdm_studio.models.prompts.word_classes import COLOUR_WORDS
from gdm_studio.training.data.catalogue import narrow_concepts
from gdm_studio.training.data.dataset import Row
from gdm_studio.training.evaluation import metrics, statistics
from gdm_studio.training.evaluation.cached_generator import CachedGenerator
from gdm_studio.training.evaluation.memorisation import generate_images, one_per_concept
from gdm_studio.training.evaluation.metrics import QUICK_STRIDE, EvaluationResult, ReferenceImages
from gdm_studio.training.evaluation.scorer import composite
from gdm_studio.training.evaluation.training_images import TrainingImages, digest

MIXTURES = 64


@dataclass(frozen=True)
class Mixture:
    """Prompt for a combination of an object and a colour that no training image shows, such as a green fox. The colour
    is one of HUES.
    """

    concept: str
    caption: str
    hue: str

    @property
    def prompt(self) -> str:
        return f"{'an' if self.hue[0] in 'aeiou' else 'a'} {self.hue} {self.caption}"

    @property
    def seed(self) -> int:
        return int.from_bytes(digest(self.prompt)[:4], "big")


def select_mixtures(rows: Sequence[Row], count: int) -> list[Mixture]:
    """Select `count` combinations of an object and a colour that do not occur in training. A hash of their names makes
    the selection reproducible.

    The objects have recoloured drawings, and no colour word in their name.
    """
    had: dict[str, set[str]] = defaultdict(set)
    captions: dict[str, str] = {}
    turned = {row["concept"] for row in rows if row["tint"] and row["concept"] in narrow_concepts()}
    for row in rows:
        if row["concept"] in turned:
            words = {word for text in (row["caption"], *row["words"]) for word in text.split()}
            had[row["concept"]] |= {row["colour"], *(words & COLOUR_WORDS)}
            captions.setdefault(row["concept"], row["caption"])
    found = []
    for concept in sorted(turned, key=digest):
        fresh = [hue for hue in statistics.HUES if hue not in had[concept]]
        if fresh and COLOUR_WORDS.isdisjoint(captions[concept].split()):
            found.append(Mixture(concept, captions[concept], min(fresh, key=lambda hue: digest(concept, hue))))
    return found[:count]


def measure_mixture_accuracy(
    generator: CachedGenerator,
    training: TrainingImages,
    references: ReferenceImages | None = None,
    *,
    quick: bool = False,
) -> Iterator[EvaluationResult]:
    """Measure how often the model draws an object in the requested colour, for colours that the object never has in
    training.

    With references, also measure how often the object itself is recognised. Raises StudioError if the dataset has no
    recoloured objects.
    """
    asked = select_mixtures(training.rows, MIXTURES)[:: QUICK_STRIDE if quick else 1]
    if not asked:
        raise StudioError("The training images have no recoloured plain thing; add some.")
    base = generator.base
    requests = [replace(base, prompt=mixture.prompt, seed=mixture.seed) for mixture in asked]
    pictures = generator.generate(f"mixtures by {base.model}", requests)
    coloured = [statistics.dominant_hue(one) == mixture.hue for one, mixture in zip(pictures, asked, strict=True)]
    title = "colours on things that never had them"
    yield EvaluationResult("mixtures_coloured", title, sum(coloured), len(asked), "pictures", "≥ 80 %")
    if references is not None:
        features = references.scorer.features(composite(pictures))
        recognised = metrics.recognised(references, features, [[mixture.concept] for mixture in asked])
        right = [colour and thing for colour, thing in zip(coloured, recognised, strict=True)]
        title = "colour and thing of such mixtures"
        details = {"thing": float(np.mean(recognised))}
        yield EvaluationResult("mixtures_right", title, sum(right), len(asked), "pictures", details=details)


def measure_unstyled_retrieval(generator: CachedGenerator, references: ReferenceImages) -> Iterator[EvaluationResult]:
    """Measure how reliably the scorer finds the image of a held-out caption among images that were generated without a
    style.

    Each object occurs once.
    """
    entries = one_per_concept(references.entries)
    places = [index for index, entry in enumerate(references.entries) if any(entry is chosen for chosen in entries)]
    few = replace(
        references,
        entries=entries,
        unseen=references.unseen[places],
        heldout_features=references.heldout_features[places],
    )
    features = references.scorer.features(composite(generate_images(generator, entries, styled=False))).numpy()
    measured = metrics.measure_retrieval(few, features)
    yield replace(measured, key="retrieval_unstyled", title="the same for prompts without a style")
