"""A model's card: what it is and what it can do, read without loading it."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.maths.analytic import ScoreNorms
from gdm_studio.maths.path import Path as NoisePath
from gdm_studio.maths.processes import Process
from gdm_studio.maths.samplers import SAMPLERS, check_suits
from gdm_studio.maths.spacings import OptimalTable
from gdm_studio.models.accepts import Accepts, fitted
from gdm_studio.models.vocabulary import Reading, Vocabulary, sentence
from gdm_studio.passes import enlarged, is_enlarged, shares
from gdm_studio.request import MAX_SIDE, SETTINGS, Request

FAR = 2  # times as wide and high as the pictures that it learnt from, or as small a part, are too far from those
COLD = frozenset({"blur", "pixelate", "mask", "fade", "snow"})  # processes that degrade in another way than by noise


@dataclass(frozen=True)
class Style:
    id: str
    title: str
    group: str = ""  # the heading under which styles of a kind are offered together


@dataclass(frozen=True)
class FormerStyle:
    """A style that an earlier edition of the model had; its id still draws, in the nearest style there is."""

    id: str
    title: str
    nearest: str  # id of a style


@dataclass(frozen=True)
class Example:
    """A prompt that the model draws well, in the style and with the seed of the small picture beside it."""

    prompt: str
    style: str = ""  # the model's default where there is none
    seed: int = 3


@dataclass(frozen=True)
class Source:
    """Where training pictures came from, and whom to credit."""

    set: str
    author: str
    licence: str
    url: str
    count: int = 0
    title: str = ""  # what people call the set, where that is not its id


@dataclass(frozen=True)
class ModelCard:
    """Facts of a model; `parameters` counts its numbers, `data_scale` is its latents' standard deviation."""

    name: str
    family: str
    date: str  # ISO 8601
    parameters: int
    author: str
    licence: str
    size: int  # side of its pictures in pixels
    channels: int  # 4 with transparency, 3 without
    latent: tuple[int, ...]  # of one picture's data: (channels, height, width) of most
    prediction: str
    process: str
    data_scale: float
    title: str = ""
    summary: str = ""
    styles: tuple[Style, ...] = ()
    former_styles: tuple[FormerStyle, ...] = ()
    examples: tuple[Example, ...] = ()
    defaults: dict[str, float | int | str] = field(default_factory=dict)  # fields of Request
    fast_of: str = ""  # the name of the model that this is the quicker version of
    accepts: Accepts = field(default_factory=Accepts)
    stages: tuple[float, ...] = (1.0,)  # of each of its stages, the share of a request's steps
    paper: str = ""  # the publication that it follows: authors, year, number
    tags: tuple[str, ...] = ()  # of what kind of system it is
    learned_variance: bool = False  # it says how much noise a step is to add
    own_steps: bool = False  # what it predicts is where its own chain goes: samplers.PLAIN alone leave it as it is
    score_norms: tuple[tuple[float, float], ...] = ()  # measured (log ratio, G), rising: `ScoreNorms.table`
    sources: tuple[Source, ...] = ()
    figures: dict[str, float | str] = field(default_factory=dict)
    vocabulary: Vocabulary | None = field(default=None, compare=False)  # None where it is not known what it met
    process_numbers: dict[str, Any] = field(default_factory=dict)  # what the process of that name is made with
    dtypes: tuple[str, ...] = ("fp32",)  # number types for "auto", the first that the device is fast with
    path: Path | None = None
    weights: tuple[Path, ...] = ()  # the files that decide what it makes
    files: tuple[Path, ...] = ()  # those and all others that belong to it
    file_bytes: int = 0
    base: str = ""  # the kind of checkpoint that it is, by which adapters and learnt words are told to suit it: "SDXL"
    few_steps: str = ""  # of `few_steps.FEW_STEPS`, where its file says that it was distilled so
    made_for_steps: int = 0  # how many then, where it says so
    told: dict[str, Any] = field(default_factory=dict)  # by its file, where people chose: prediction, zero_snr
    chosen_snr: str = ""  # "with" or "without" zero terminal SNR, where people chose otherwise than its file
    beside: dict[str, Any] = field(default_factory=dict)  # of no file: Paths `vae` and `adapter`, `refiner`, a card

    def weights_beside(self) -> dict[str, tuple[Path, ...]]:
        """The files that decide what each part beside it does."""
        return {name: part.weights if isinstance(part, ModelCard) else (part,) for name, part in self.beside.items()}

    @property
    def has_zero_snr(self) -> bool:
        """Whether its last level of noise is noise alone, by its file or by people."""
        return self.process_numbers.get("zero_terminal_snr") is True

    def usual(self) -> Request:
        """The settings that it begins with."""
        given: dict[str, Any] = {name: value for name, value in self.defaults.items() if name in SETTINGS}
        return Request(**given)

    def sizes(self) -> tuple[tuple[int, int], ...]:
        """The picture sizes (width, height) this model really makes."""
        return self.accepts.sizes or ((self.size, self.size),)

    def makes(self, size: tuple[int, int]) -> bool:
        """Whether it makes pictures of that size, offered or not."""
        unit = self.accepts.multiple
        return size in self.sizes() or bool(unit) and all(side % unit == 0 and side >= 8 * unit for side in size)

    def near(self, size: tuple[int, int]) -> tuple[int, int]:
        """The size in which this model draws a picture of that size anew: the same, in sides that it makes, unless it
        were far from what it learnt. Of a model with few sizes, the usual one.
        """
        if not (unit := self.accepts.multiple):
            return self.sizes()[0]
        side = math.sqrt(size[0] * size[1])  # of a square as large
        scale = min(max(side, self.size / FAR), self.size * FAR) / side
        width, height = (min(max(round(each * scale / unit), 8), MAX_SIDE // unit) * unit for each in size)
        return width, height

    def offers(self) -> frozenset[str]:
        """What samplers may need beside a denoiser, of maths.samplers.NEEDS, that this model has; and "own_steps"."""
        has = {
            "reverse_variance": bool(self.score_norms),
            "degrade": self.process in COLD,
            "learned_variance": self.learned_variance,
            "own_steps": self.own_steps,
        }
        return frozenset(need for need, there in has.items() if there)

    def unmet(self, prompt: str) -> list[Reading]:
        """The words of a prompt that this model never met; none where its card does not know."""
        return self.vocabulary.unmet(prompt) if self.vocabulary is not None else []

    def words(self) -> dict[str, str]:
        """What people call its styles, "" being any of them, and what else it is told, by their names."""
        styles = {"": "Any style"} | {style.id: style.title for style in self.styles} if self.styles else {}
        return styles | {knob.name: knob.title for knob in self.accepts.factors}

    def about_words(self, prompt: str) -> str:
        """The same for people; "" where there is nothing to say."""
        return sentence(self.unmet(prompt), self.title or self.name)

    def style_for(self, style: str) -> str:
        """The id of the style that draws what is asked for under this id: the nearest, for one that is no more."""
        return next((former.nearest for former in self.former_styles if former.id == style), style)

    def about_style(self, style: str) -> str:
        """A sentence for people about a style that is no more; "" where there is nothing to say."""
        titles, name = {each.id: each.title for each in self.styles}, self.title or self.name
        for former in self.former_styles:
            if former.id == style:
                return f"{former.title} is no style of {name} any more; it is drawn in {titles[former.nearest]}."
        return ""

    def points(self, process: Process, spacing: str, steps: int) -> NoisePath:
        """The points that the spacing of that name visits on the model's process, `steps` + 1 of them.

        Optimal spacing goes by the score norms. Raises BadRequest where the spacing has no such number of steps.
        """
        return process.path(spacing, steps, table=OptimalTable(process.ratios, ScoreNorms(self.score_norms)))

    def stage_ends(self, steps: int) -> tuple[int, ...]:
        """The last step of each stage of a run of so many, counted from its beginning.

        Raises BadRequest where there is not one for each.
        """
        if steps < len(self.stages):
            raise BadRequest(f"{self.name} draws in {len(self.stages)} stages; give it at least so many steps.")
        ends = [0]
        for later, share in zip(range(len(self.stages) - 1, -1, -1), accumulate(self.stages), strict=True):
            ends.append(min(max(round(steps * share / sum(self.stages)), ends[-1] + 1), steps - later))
        return tuple(ends[1:])

    def stage_of(self, index: int, of: int) -> int:
        """Which stage makes the step `index` of a run of so many."""
        return bisect_left(self.stage_ends(of), index)

    def checked(self, request: Request) -> Request:
        """The request, its size filled in and its style one of today's; raises BadRequest for what this model does not
        have or cannot do."""
        request = self._fitted(self._sized(request).checked())
        self.drawing(request).stage_ends(request.steps)
        if is_enlarged(request):
            width, height = enlarged(request.size or self.sizes()[0], request.factors)
            if max(width, height) > MAX_SIDE:
                raise BadRequest(f"The second pass would make {width}x{height} pixels; {MAX_SIDE} a side are the most.")
        return request

    def drawing(self, request: Request) -> ModelCard:
        """The same with the stages that this request has."""
        passes = shares(request)
        return replace(self, stages=passes) if len(passes) > 1 else self

    def _fitted(self, request: Request) -> Request:
        """As far as the model can carry it out, and the pictures it leaves: they are made again on the way."""
        self._check(request)
        branch = request.branch and replace(request.branch, parent=self._fitted(request.branch.parent))
        return fitted(self.accepts, replace(request, branch=branch), by=self.name)

    def _check(self, request: Request) -> None:
        if request.style and request.style not in (style.id for style in self.styles):
            has = ", ".join(style.id for style in self.styles) or "no styles"
            raise BadRequest(f"{self.name} has no style called {request.style!r}; choose one of {has}.")
        if request.inverted and len(self.drawing(request).stages) > 1:
            raise BadRequest(f"{self.name} draws in several stages and finds no picture's noise; draw it by the seed.")
        check_suits(SAMPLERS[request.sampler], self.offers())

    def _sized(self, request: Request) -> Request:
        request = request.typed()
        size = request.size or self.sizes()[0]
        if not self.makes(size):  # before any other limit: these are the sizes to choose from
            has = ", ".join(f"{w}x{h}" for w, h in self.sizes())
            if unit := self.accepts.multiple:
                has += f", or with sides of any multiple of {unit} pixels from {8 * unit} on"
            raise BadRequest(f"{self.name} makes pictures of {has}, not {size[0]}x{size[1]}.")
        branch = request.branch
        if branch is not None and isinstance(branch.parent, Request):
            branch = replace(branch, parent=self._sized(branch.parent))
        return replace(request, size=size, style=self.style_for(request.style), branch=branch)
