"""Generation of evaluation images with a disk cache, so that evaluations can be resumed, or repeated in seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gdm_studio.common import paths
from gdm_studio.common.atomic_files import make_folder, open_replacement
from gdm_studio.common.image_file import read_rgba_array
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import BUILT_IN, Request

# A progress callback with (title, done, total).
ProgressCallback = Callable[[str, int, int], None]


@dataclass(frozen=True)
class CachedGenerator:
    """Generator of evaluation images with one model, which caches the images on disk by weights and request.

    The cache does not depend on the sampling code. Delete `folder` after changing that code.
    """

    library: Library
    # A request with the model and its default settings.
    base: Request
    folder: Path
    show: ProgressCallback = lambda title, done, of: None

    @classmethod
    def of(cls, library: Library, model: str, show: ProgressCallback) -> CachedGenerator:
        """Create a generator for a model's default settings, which stores its images in the user's cache folder."""
        card = library.card(model)
        return cls(library, default_request(library, model), cache_folder() / f"drawn-{weights_digest(card)}", show)

    def generate(self, title: str, requests: Sequence[Request]) -> NDArray[np.uint8]:
        """Return the generated images of all requests, loading cached ones from disk.

        Returns an array (n, H, W, 4) with straight alpha, in the order of the requests. `title` describes the progress.
        """
        count = sum(request.count for request in requests)
        images: list[NDArray[np.uint8]] = []
        for request in requests:
            images += self._load_or_generate(request)
            self.show(title, len(images), count)
        return np.stack(images)

    def _load_or_generate(self, request: Request) -> list[NDArray[np.uint8]]:
        """Return the images of one request. Images that are not cached are generated in one batch."""
        paths = [self._get_cache_path(request.picture(image)) for image in range(request.count)]
        missing = [image for image, path in enumerate(paths) if not path.exists()]
        events = generate(request, self.library, images=missing, steps_budget=0) if missing else ()
        for event in events:
            if isinstance(event, Result):
                make_folder(self.folder)
                with open_replacement(paths[event.image], durable=False) as file:
                    Image.fromarray(event.rgba).convert("RGBA").save(file, "PNG")
        return [read_rgba_array(path) for path in paths]

    def _get_cache_path(self, request: Request) -> Path:
        """Return the path of the cache file for a request with a single image."""
        return self.folder / f"{hashlib.sha256(request.to_json().encode()).hexdigest()[:32]}.png"


def default_request(library: Library, model: str = BUILT_IN) -> Request:
    """Return a request with the default settings of a model, for evaluation."""
    return Request(model=model, **library.card(model).defaults)  # type: ignore[arg-type]


def cache_folder() -> Path:
    """Return the cache folder for evaluation images."""
    return paths.cache_dir() / "evaluation"


def weights_digest(card: ModelCard) -> str:
    """Return a short hash of a model's weights, which identifies them in the cache.

    It includes the files that a variant shares with its base model.
    """
    if card.path is None:
        return card.name
    stem = card.path.stem
    sha = hashlib.sha256()
    for path in sorted(card.path.parent.glob("*.safetensors")):
        owner = path.name.split(".")[0]
        # A variant shares the files of the model after which it is named.
        if stem == owner or stem.startswith(f"{owner}-"):
            with path.open("rb") as file:
                sha.update(hashlib.file_digest(file, "sha256").digest())
    return sha.hexdigest()[:16]
