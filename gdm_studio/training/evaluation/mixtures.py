"""Mixtures that no training picture has: a thing in a colour that it never had, and a thing without a style."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gdm_studio.errors import StudioError
from gdm_studio.networks.subject import COLOUR_WORDS
from gdm_studio.training.data.catalogue import narrow_concepts
from gdm_studio.training.data.dataset import Row
from gdm_studio.training.evaluation import figures, statistics
from gdm_studio.training.evaluation.drawing import Drawings
from gdm_studio.training.evaluation.figures import QUICKLY, Evidence, Measured
from gdm_studio.training.evaluation.scorer import composited
from gdm_studio.training.evaluation.seen import one_each, pictures_of
from gdm_studio.training.evaluation.taught import Taught, digest

MIXTURES = 64


@dataclass(frozen=True)
class Mixture:
    """A plain thing, what it is called, and a colour of HUES that none of its drawings has."""

    concept: str
    caption: str
    hue: str

    @property
    def prompt(self) -> str:
        return f"{'an' if self.hue[0] in 'aeiou' else 'a'} {self.hue} {self.caption}"

    @property
    def seed(self) -> int:
        return int.from_bytes(digest(self.prompt)[:4], "big")


def mixtures(rows: Sequence[Row], count: int) -> list[Mixture]:
    """`count` of them, chosen by a hash of their names whatever others there are.

    Of things that can have a colour, since one of their drawings was turned to one, and are not named by one.
    """
    had: dict[str, set[str]] = defaultdict(set)
    captions: dict[str, str] = {}
    turned = {row["concept"] for row in rows if row["tint"] and row["concept"] in narrow_concepts()}
    for row in rows:
        if row["concept"] in turned:
            told = {word for text in (row["caption"], *row["words"]) for word in text.split()}
            had[row["concept"]] |= {row["colour"], *(told & COLOUR_WORDS)}
            captions.setdefault(row["concept"], row["caption"])
    found = []
    for concept in sorted(turned, key=digest):
        fresh = [hue for hue in statistics.HUES if hue not in had[concept]]
        if fresh and COLOUR_WORDS.isdisjoint(captions[concept].split()):
            found.append(Mixture(concept, captions[concept], min(fresh, key=lambda hue: digest(concept, hue))))
    return found[:count]


def mixed(
    drawings: Drawings, taught: Taught, evidence: Evidence | None = None, *, quick: bool = False
) -> Iterator[Measured]:
    """Colours on things that never had them, by hue; with the scorer, whether the thing is still the one asked for."""
    asked = mixtures(taught.rows, MIXTURES)[:: QUICKLY if quick else 1]
    if not asked:
        raise StudioError("The training pictures have no plain thing turned to another colour; add some.")
    base = drawings.base
    requests = [replace(base, prompt=mixture.prompt, seed=mixture.seed) for mixture in asked]
    pictures = drawings.draw(f"mixtures by {base.model}", requests)
    coloured = [statistics.dominant_hue(one) == mixture.hue for one, mixture in zip(pictures, asked, strict=True)]
    title = "colours on things that never had them"
    yield Measured("mixtures_coloured", title, sum(coloured), len(asked), "pictures", "≥ 80 %")
    if evidence is not None:
        features = evidence.scorer.features(composited(pictures))
        told = figures.named(evidence, features, [[mixture.concept] for mixture in asked])
        right = [colour and thing for colour, thing in zip(coloured, told, strict=True)]
        title = "colour and thing of such mixtures"
        details = {"thing": float(np.mean(told))}
        yield Measured("mixtures_right", title, sum(right), len(asked), "pictures", details=details)


def unstyled(drawings: Drawings, evidence: Evidence) -> Iterator[Measured]:
    """Caption to picture for prompts without a style: those of the held-out pairs, each thing once."""
    entries = one_each(evidence.entries)
    places = [index for index, entry in enumerate(evidence.entries) if any(entry is chosen for chosen in entries)]
    few = replace(
        evidence, entries=entries, unseen=evidence.unseen[places], unseen_features=evidence.unseen_features[places]
    )
    features = evidence.scorer.features(composited(pictures_of(drawings, entries, styled=False))).numpy()
    measured = figures.retrieval(few, features)
    yield replace(measured, key="retrieval_unstyled", title="the same for prompts without a style")


