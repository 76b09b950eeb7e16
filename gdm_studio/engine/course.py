"""The way of pictures through the stages of their model: one path, counted from its beginning to its end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, takewhile

import torch
from torch import Tensor

from gdm_studio.engine.asking import asks_of
from gdm_studio.engine.noise import keyed_beyond, noise_of
from gdm_studio.engine.sources import Known, Source, source_of
from gdm_studio.maths.path import Noise, Path
from gdm_studio.models.loaded import Ask, LoadedModel, Placed, Stage
from gdm_studio.request import Request


@dataclass(frozen=True)
class Leg:
    """The part of a course that one stage goes, and how it stands to the whole."""

    stage: Stage
    number: int  # of the stage, from 0
    path: Path  # the stage's own
    first: int  # steps of the course before it
    known: Known | None = None  # of the picture that is begun from

    @property
    def joined(self) -> bool:
        """Whether it goes on along the way of the one before it, in the same data."""
        return isinstance(self.stage, Placed) and self.stage.joined

    @property
    def given(self) -> int:
        """How many things it goes by that the stage before it made."""
        return 0 if self.joined else min(self.number, 1)

    @property
    def last(self) -> int:
        """Steps of the course at its end."""
        return self.first + len(self.path) - 1


@dataclass(frozen=True)
class Course:
    """A request's way for the pictures `images`, made together.

    Steps are counted over all stages. Where one stage ends and the next begins there is a single point of the path,
    and x there is what the former made.
    """

    model: LoadedModel
    request: Request
    images: tuple[int, ...]

    @cached_property
    def source(self) -> Source | None:
        """The picture that is begun from."""
        return source_of(self.model.card, self.request)

    @cached_property
    def legs(self) -> tuple[Leg, ...]:
        ends = (0, *self.model.card.stage_ends(self.request.steps))
        stages = zip(self.model.stages, pairwise(ends), strict=True)
        return tuple(self._leg(stage, number, *ends) for number, (stage, ends) in enumerate(stages))

    @cached_property
    def path(self) -> Path:
        """The points of all stages, those of the later without their first."""
        first, *later = self.legs
        return (*first.path, *(point for leg in later for point in leg.path[1:]))

    @property
    def opening(self) -> Path:
        """The points that a picture may be begun from at: of the first leg and those joined to it."""
        first, *later = self.legs
        joined = takewhile(lambda leg: leg.joined, later)
        return (*first.path, *(point for leg in joined for point in leg.path[1:]))

    def leg_at(self, index: int) -> Leg:
        """The one whose data x is after that step."""
        return next(leg for leg in self.legs if index <= leg.last)

    def like(self, leg: Leg) -> Tensor:
        """An empty x of that leg's data, a row a picture, on the model's device."""
        return torch.empty(len(self.images), *leg.stage.shape(self.request), device=self.model.device)

    def noise(self, leg: Leg) -> Noise:
        """Normal numbers for the pictures, keyed by the stage's own steps: no two stages have any in common."""
        return keyed_beyond(leg.first + leg.number, noise_of(self.request, self.images))

    def asks(self, leg: Leg, before: Tensor | None = None, *, guided: bool) -> list[Ask]:
        """A row a picture for each prompt, one prompt after another, and where it is guided the negative one last.

        `before` (N, …) is what the stage before this leg's made.
        """
        made = before.split(1) if before is not None else [None] * len(self.images)
        sides = asks_of(self.model.card, self.request, leg.known, guided=guided)
        return [replace(ask, before=each) for ask in sides for each in made]

    def _leg(self, stage: Stage, number: int, first: int, last: int) -> Leg:
        if isinstance(stage, Placed):
            path = stage.way(self.model.card, self.request, first, last)
        else:
            path = self.model.card.points(stage.diffusion.process, self.request.spacing, last - first)
        rest = self.model.card.accepts.sees_rest
        known = self.source.known_to(stage, with_rest=rest) if self.source else None
        return Leg(stage, number, path, first, known)
