"""Inputs and helpers of the measurements that verify claims: models, judge, generated images and summaries.

Images are generated without guidance, unless the claim is about guidance. The Fréchet distance of an equally large set
of real images is subtracted from every Fréchet distance, because small sets have large distances.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.memory.parallel_rows import whole_batches
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.papers.claims.toy_point_measurements import Plane
from gdm_studio.papers.system_description import Measurement, Summary, System
from gdm_studio.papers.training.quality_classifier import FILE, Judge, load_judge
from gdm_studio.request.generation_request import Request
from gdm_studio.training.evaluation.cached_generator import CachedGenerator, ProgressCallback
from gdm_studio.training.evaluation.statistics import frechet_distance

# The number of sampling seeds. The interval of a measurement ranges from the lowest to the highest of their results.
SEEDS = 3
# The number of images per seed. With fewer than about 500 images, a Fréchet distance is mostly its own bias.
IMAGES_PER_SEED = 512


@dataclass(frozen=True)
class ClaimContext:
    """Resources for verifying the claims of published systems: installed models, training images, and the judge (an
    image classifier).

    The training images are optional. With `broken`, the ablations are measured instead of the systems.
    """

    library: Library
    judge_file: Path
    images_per_seed: int = IMAGES_PER_SEED
    show: ProgressCallback = lambda title, done, of: None
    # The dataset for measurements that train networks.
    data: Path | None = None
    # True if the ablation is measured instead of the system.
    broken: bool = False
    # Models of points that are loaded already, by name.
    planes: dict[str, Plane] = field(default_factory=dict, repr=False)

    @cached_property
    def judge(self) -> Judge:
        return load_judge(self.judge_file)

    @property
    def pictures(self) -> Path:
        """Folder of the training dataset, which some measurements need. Raises ModelError if the user gave none."""
        if self.data is None:
            raise ModelError("needs --data, the output of `gdm-studio data icons`")
        return self.data

    def card(self, model: str) -> ModelCard:
        """Return the model card of the installed model with this name. Raises ModelError if the model is not trained
        yet.
        """
        found = next((each for each in self.library.cards() if each.name == model and each.family == "systems"), None)
        if found is None:
            raise ModelError("not trained yet")
        return found

    def own_card(self, system: System) -> ModelCard:
        """Return the model card of the installed model that is used to verify the claim of a published system.

        For a system such as Stable Diffusion, whose weights come from the user, this is the first installed checkpoint
        of its family. Raises ModelError if there is none.
        """
        if system.family == "systems":
            return self.card(system.model)
        found = next((each for each in self.library.cards() if each.family == system.family), None)
        if found is None:
            raise ModelError(f"needs a checkpoint of {system.title}; add one with  gdm-studio models add FILE")
        return found

    def plane(self, system: System | str) -> Plane:
        """Load the model that demonstrates a published system on 2-D points, or return it if it is already loaded.

        Raises ModelError if it is not trained yet.
        """
        name = system if isinstance(system, str) else system.points_model
        if name not in self.planes:
            self.planes[name] = Plane.load(self.library, self.card(name).name)
        return self.planes[name]

    def generate_images(self, model: str, **settings: object) -> list[NDArray[np.uint8]]:
        """Generate images with a model for a measurement, and return one batch (N, H, W, 4) for each seed.

        `settings` override the model's default settings. The images of a batch have the classes returned by `labels`.
        Guidance is off unless `settings` sets it.
        """
        card = self.card(model)
        drawings = CachedGenerator.of(self.library, card.name, self.show)
        batches: list[list[NDArray[np.uint8]]] = [[] for _ in range(SEEDS)]
        settings = {"guidance_scale": 1.0, **settings} if card.accepts.guidance else settings
        for index, (label, count) in enumerate(Counter(self.labels(card)).items(), start=1):
            conditioning = {"label": label} if label else {}
            request = _apply_overrides(
                drawings.base, seed=10_000 * index, count=SEEDS * count, **{**conditioning, **settings}
            )
            with whole_batches():
                images = drawings.generate(card.name, [request])
            for batch, part in zip(batches, np.split(images, SEEDS), strict=True):
                batch.append(part)
        return [np.concatenate(parts) for parts in batches]

    def labels(self, card: ModelCard) -> list[str]:
        """Return the class of each image in a generated batch. The classes are in order, and the images are divided
        evenly among them.

        All classes of the model occur equally often.
        """
        names = card.accepts.labels or ("",)
        return sorted((names[index % len(names)] for index in range(self.images_per_seed)), key=names.index)

    @cached_property
    def frechet_floor(self) -> float:
        """Mean Fréchet distance between random subsets of real images and all real images, the lowest distance to be
        expected.

        The subsets are as large as the generated batches, so this is the distance that a perfect model would have.
        """
        real, count = self.judge.real, min(self.images_per_seed, len(self.judge.real))
        draws = [np.random.default_rng(seed).permutation(len(real))[:count] for seed in range(SEEDS)]
        return float(np.mean([frechet_distance(real[indices], real) for indices in draws]))

    def frechet_excess(self, model: str, **settings: object) -> list[float]:
        """Generate images with a model, and return the excess Fréchet distance from real images for each seed.

        The excess is the distance minus the distance of equally many real images.
        """
        distances = [
            frechet_distance(self.judge.features(images), self.judge.real)
            for images in self.generate_images(model, **settings)
        ]
        return [max(distance - self.frechet_floor, 1e-3) for distance in distances]


Measure = Callable[[ClaimContext, System], Measurement]


def shipped_judge() -> Path:
    """Return the path of the judge, the image classifier that ships with GDM Studio for measuring generated images."""
    return Path(str(paths.resources())) / "systems" / FILE


def summarise(
    values: Sequence[float],
    count: int = 0,
    floor: float | None = None,
    terms: Mapping[str, Sequence[float]] | None = None,
) -> Measurement:
    """Summarise the values of a measurement, usually one per seed, by their mean, minimum and maximum.

    `count` is the number of images or points behind each value. `floor` is the value that real images or points have.
    `terms` are the values of the claim's terms.
    """
    spreads = {name: Summary(float(np.mean(each)), min(each), max(each)) for name, each in (terms or {}).items()}
    return Measurement(float(np.mean(values)), min(values), max(values), count, floor, terms=spreads)


def _apply_overrides(request: Request, **settings: Any) -> Request:
    return Request(**{**vars(request), **settings})
