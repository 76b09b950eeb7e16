"""A model's card: what it is and what it can do, read without loading it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from gdm_studio.errors import BadRequest
from gdm_studio.maths.analytic import ScoreNorms
from gdm_studio.maths.path import Path as NoisePath
from gdm_studio.maths.processes import Process
from gdm_studio.maths.samplers import SAMPLERS, check_suits
from gdm_studio.maths.spacings import OptimalTable
from gdm_studio.models.vocabulary import Reading, Vocabulary, sentence
from gdm_studio.request import Branch, Request

COLD = frozenset({"blur", "pixelate", "mask", "fade", "snow"})  # processes that degrade in another way than by noise

# the fields of a request that belong to one version of a model, its quicker one having its own
PACE = ("sampler", "spacing", "steps", "knobs", "guidance_scale", "temperature", "controls")


@dataclass(frozen=True)
class Style:
    id: str
    title: str
    group: str = ""  # the heading under which styles of a kind are offered together


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
    latent: tuple[int, int, int]  # (channels, height, width)
    prediction: str
    process: str
    data_scale: float
    title: str = ""
    summary: str = ""
    styles: tuple[Style, ...] = ()
    examples: tuple[Example, ...] = ()
    defaults: dict[str, float | int | str] = field(default_factory=dict)  # fields of Request
    fast_of: str = ""  # the name of the model that this is the quicker version of
    takes_pictures: bool = True  # can begin from one: it has an encoder
    score_norms: tuple[tuple[float, float], ...] = ()  # measured (log ratio, G), rising: `ScoreNorms.table`
    sources: tuple[Source, ...] = ()
    figures: dict[str, float | str] = field(default_factory=dict)
    vocabulary: Vocabulary | None = field(default=None, compare=False)  # None where it is not known what it met
    path: Path | None = None
    file_bytes: int = 0

    def sizes(self) -> tuple[tuple[int, int], ...]:
        """The picture sizes (width, height) this model really makes."""
        return ((self.size, self.size),)

    def offers(self) -> frozenset[str]:
        """What samplers may need beside a denoiser, of maths.samplers.NEEDS, that this model has."""
        has = {"reverse_variance": bool(self.score_norms), "degrade": self.process in COLD}
        return frozenset(need for need, there in has.items() if there)

    def unmet(self, prompt: str) -> list[Reading]:
        """The words of a prompt that this model never met; none where its card does not know. Raises ModelError."""
        return self.vocabulary.unmet(prompt) if self.vocabulary is not None else []

    def about_words(self, prompt: str) -> str:
        """The same for people; "" where there is nothing to say. Raises ModelError."""
        return sentence(self.unmet(prompt), self.title or self.name)

    def points(self, process: Process, spacing: str, steps: int) -> NoisePath:
        """The points that the spacing of that name visits on the model's process, `steps` + 1 of them.

        Optimal spacing goes by the score norms. Raises BadRequest where the spacing has no such number of steps.
        """
        return process.path(spacing, steps, table=OptimalTable(process.ratios, ScoreNorms(self.score_norms)))

    def checked(self, request: Request) -> Request:
        """The request, its size filled in; raises BadRequest for what this model does not have or cannot do."""
        request = self._sized(request).checked()
        self._check(request)
        branch = request.branch
        while branch is not None:  # the pictures it leaves are made again on the way
            self._check(branch.parent)
            branch = branch.parent.branch
        return request

    def _check(self, request: Request) -> None:
        if request.style and request.style not in (style.id for style in self.styles):
            has = ", ".join(style.id for style in self.styles) or "no styles"
            raise BadRequest(f"{self.name} has no style called {request.style!r}; choose one of {has}.")
        if request.image and not self.takes_pictures:
            raise BadRequest(f"{self.name} cannot begin from a picture; begin from noise, or choose another model.")
        check_suits(SAMPLERS[request.sampler], self.offers())

    def _sized(self, request: Request) -> Request:
        size = request.size or self.sizes()[0]
        if size not in self.sizes():  # before any other limit: these are the sizes to choose from
            has = ", ".join(f"{w}x{h}" for w, h in self.sizes())
            raise BadRequest(f"{self.name} makes pictures of {has}, not {size[0]}x{size[1]}.")
        branch = request.branch
        if isinstance(branch, Branch) and isinstance(branch.parent, Request):
            branch = replace(branch, parent=self._sized(branch.parent))
        return replace(request, size=size, branch=branch)
