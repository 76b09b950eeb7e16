"""Pictures drawn for evaluation, kept on disk: an evaluation that was stopped goes on, and is repeated in seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gdm_studio import paths
from gdm_studio.atomic import make_folder, replacing
from gdm_studio.engine.generate import generate
from gdm_studio.models.card import ModelCard
from gdm_studio.models.library import Library
from gdm_studio.picture_file import read_rgba
from gdm_studio.request import BUILT_IN, Request
from gdm_studio.run import Result

Show = Callable[[str, int, int], None]  # title, done, of


@dataclass(frozen=True)
class Drawings:
    """Draws what is asked of one model, unless these weights have drawn it before.

    Pictures are kept by weights and request; the sampling code is not looked at, so remove `folder` after changing it.
    """

    library: Library
    base: Request  # the model and its settings
    folder: Path
    show: Show = lambda title, done, of: None

    @classmethod
    def of(cls, library: Library, model: str, show: Show) -> Drawings:
        """With the defaults of the model's card, kept in the cache."""
        card = library.card(model)
        return cls(library, default_request(library, model), kept_in() / f"drawn-{weights_digest(card)}", show)

    def draw(self, title: str, requests: Sequence[Request]) -> NDArray[np.uint8]:
        """(n, H, W, 4) the pictures of each request in turn, straight alpha."""
        count = sum(request.count for request in requests)
        made: list[NDArray[np.uint8]] = []
        for request in requests:
            made += self._pictures(request)
            self.show(title, len(made), count)
        return np.stack(made)

    def _pictures(self, request: Request) -> list[NDArray[np.uint8]]:
        """Those not drawn before are drawn together."""
        paths = [self._path(request.picture(image)) for image in range(request.count)]
        missing = [image for image, path in enumerate(paths) if not path.exists()]
        events = generate(request, self.library, images=missing, steps_budget=0) if missing else ()
        for event in events:
            if isinstance(event, Result):
                make_folder(self.folder)
                with replacing(paths[event.image], durable=False) as file:
                    Image.fromarray(event.rgba).convert("RGBA").save(file, "PNG")
        return [np.array(read_rgba(path)) for path in paths]

    def _path(self, request: Request) -> Path:
        """Where the picture is kept."""
        return self.folder / f"{hashlib.sha256(request.to_json().encode()).hexdigest()[:32]}.png"


def default_request(library: Library, model: str = BUILT_IN) -> Request:
    """A request with the defaults of the model's card."""
    return Request(model=model, **library.card(model).defaults)  # type: ignore[arg-type]


def kept_in() -> Path:
    """Where evaluations keep what they would otherwise make again."""
    return paths.cache_dir() / "evaluation"


def weights_digest(card: ModelCard) -> str:
    """A short name for the weights of a model: those of its file, and of the files it shares its name with."""
    if card.path is None:
        return card.name
    stem = card.path.stem
    sha = hashlib.sha256()
    for path in sorted(card.path.parent.glob("*.safetensors")):
        owner = path.name.split(".")[0]
        if stem == owner or stem.startswith(f"{owner}-"):  # a variant shares parts of the model it is named after
            with path.open("rb") as file:
                sha.update(hashlib.file_digest(file, "sha256").digest())
    return sha.hexdigest()[:16]
