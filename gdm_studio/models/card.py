"""A model's card: what it is and what it can do, read without loading it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from gdm_studio.errors import BadRequest
from gdm_studio.request import Request


@dataclass(frozen=True)
class Style:
    id: str
    title: str


@dataclass(frozen=True)
class Source:
    """Where training pictures came from, and whom to credit."""

    set: str
    author: str
    licence: str
    url: str
    count: int = 0


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
    examples: tuple[str, ...] = ()
    defaults: dict[str, float | int | str] = field(default_factory=dict)  # fields of Request
    sources: tuple[Source, ...] = ()
    figures: dict[str, float | str] = field(default_factory=dict)
    path: Path | None = None
    file_bytes: int = 0

    def sizes(self) -> tuple[tuple[int, int], ...]:
        """The picture sizes (width, height) this model really makes."""
        return ((self.size, self.size),)

    def checked(self, request: Request) -> Request:
        """The request, its size filled in; raises BadRequest for a style or size this model does not have."""
        size = request.size or self.sizes()[0]
        if size not in self.sizes():  # before any other limit: these are the sizes to choose from
            has = ", ".join(f"{w}x{h}" for w, h in self.sizes())
            raise BadRequest(f"{self.name} makes pictures of {has}, not {size[0]}x{size[1]}.")
        request = request.checked()
        if request.style and request.style not in (style.id for style in self.styles):
            has = ", ".join(style.id for style in self.styles) or "no styles"
            raise BadRequest(f"{self.name} has no style called {request.style!r}; choose one of {has}.")
        return replace(request, size=size)
