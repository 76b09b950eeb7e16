"""Training recipe for LoRA adapters of Icons and Stable Diffusion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.image_file import read_rgba
from gdm_studio.request.generation_request import BUILT_IN
from gdm_studio.training.captioned_folder import CaptionedImage, FolderProblems, read_folder
from gdm_studio.training.ema import Ema
from gdm_studio.training.learning_rate_schedule import Schedule, normal
from gdm_studio.training.lora.base_models import LAYERS, LoraBase, load_base
from gdm_studio.training.lora.encoded_images import EncodedImages, remove_encodings
from gdm_studio.training.lora.files import LAYOUTS, product_path, write_lora
from gdm_studio.training.lora.layers import LoraNetwork
from gdm_studio.training.lora.report import LoraReport
from gdm_studio.training.optim import adamw_of
from gdm_studio.training.options import Option
from gdm_studio.training.progress_report import CopyDetector, held_out_count, write_report
from gdm_studio.training.recipe import Batch, LearningRate, Objective, Progress, Recipe, Samples, Warmup
from gdm_studio.training.run_state_file import check_title

# Name of the phase before training, in which the images are encoded.
ENCODING = "encoding"
# Folder of a run for the encoded images, until its first checkpoint. No title of a model begins with a dot.
ENCODED = ".encodings"
# Images on a sample sheet, and the side of each in pixels.
SHOWN = 4
SHOWN_SIDE = 192


@dataclass(frozen=True)
class LoraModel:
    """Base model with the LoRA that is being trained, and the latents and conditions of the training images."""

    base: LoraBase
    # A LoraNetwork, or the weights of the network itself.
    lora: Any
    latents: Tensor
    conditions: tuple[Tensor, ...]
    # (images, k): indices of the conditions of each image.
    drafts: np.ndarray
    # Indices of the images to train on, and of those that are held out.
    learned: np.ndarray
    held_out: np.ndarray
    report: LoraReport | None = None
    copies: CopyDetector | None = None


@dataclass(frozen=True, kw_only=True)
class LoraRecipe(Recipe[LoraModel]):
    """Training recipe for a LoRA, a small adapter that teaches a model's U-Net new subjects or styles.

    The model's weights and its text encoders are not trained.
    """

    name: ClassVar[str] = "lora"
    starts_with_sheet: ClassVar[bool] = True

    images: Annotated[Path, Option("Images", "folder of images, with captions in NAME.txt, metadata or file names")]
    base: Annotated[str, Option("Base", "model for which the LoRA is trained")] = BUILT_IN
    title: Annotated[str, Option("Name", "name of the LoRA, as in <lora:NAME:1>", may_change=True)] = "my-lora"
    samples: Samples = 16_000
    batch: Batch = 8
    learning_rate: LearningRate = 5e-4
    warmup: Warmup = 400
    rank: Annotated[int, Option("Rank", "rank of the changes; higher ranks can learn more details", 1, 512)] = 8
    alpha: Annotated[float, Option("Alpha", "strength of the changes, divided by the rank", 0.001, 10_000)] = 8.0
    layers: Annotated[str, Option("Layers", "layers with changes", choices=LAYERS)] = "default"
    size: Annotated[int, Option("Size", "side of the images in pixels; 0 for the model's own", 0, 2048)] = 0
    drop_text: Annotated[float, Option("No text", "share of samples without caption, for guidance", 0, 1)] = 0.1
    ema_halflife: Annotated[float, Option("Half-life", "half-life of the weight average in samples; 0 for none")] = 800
    layout: Annotated[str, Option("Layout", "names and files of the LoRA", choices=LAYOUTS, may_change=True)] = "kohya"
    prompts: Annotated[
        str, Option("Prompts", "prompts of the sample sheets, separated by semicolons", may_change=True)
    ] = ""
    sheet_minutes: Annotated[float, Option("Sheets", "minutes between sample sheets; 0 for none", may_change=True)] = (
        2.0
    )

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS or self.layers not in LAYERS:
            raise BadRequest("The layout or the choice of layers of the LoRA does not exist; choose another.")
        check_title(self.title)

    @property
    def product(self) -> str:  # type: ignore[override]
        """Name of the LoRA's output file or folder."""
        return product_path(Path(), self.title, self.layout).name

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, min(self.warmup, self.samples // 10), self.samples // 4)

    @property
    def sheet_seconds(self) -> float:
        return 60 * self.sheet_minutes

    @cached_property
    def problems(self) -> FolderProblems:
        return FolderProblems()

    @cached_property
    def pictures(self) -> Sequence[CaptionedImage]:
        """Training images of the folder `images` with their captions. Raises BadRequest if there are none."""
        found = read_folder(self.images, self.read_prompt, problems=self.problems)
        if not found:
            raise self._build_no_images_error()
        return found

    @cached_property
    def picture_digests(self) -> Mapping[str, str]:
        return {each.path.name: digest for each in self.pictures if (digest := each.digest())}

    def _build_no_images_error(self) -> BadRequest:
        if inside := self.problems.nested:
            return BadRequest(
                f"The images of {self.images} are in subfolders; choose one of these, such as {inside[0].parent.name}."
            )
        return BadRequest(f"The folder {self.images} contains no images; choose another folder.")

    @cached_property
    def _encoded_images(self) -> EncodedImages:
        """Encoder of the training images and captions, with the base model."""
        base = load_base(self.base, self.device)
        size = self.size or base.card.size
        if size % base.card.accepts.multiple if base.card.accepts.multiple else self.size not in (0, base.card.size):
            raise BadRequest(f"{self.base} does not draw images of {size} pixels; use --size 0.")
        return EncodedImages(base, self.pictures, size, seed=self.seed, threads=self.threads, problems=self.problems)

    def prepare(self, out: Path) -> Iterator[Progress]:
        """Encode the images and captions, and yield the number of encoded images as the progress."""
        for count in self._encoded_images.encode(out / ENCODED):
            yield Progress(ENCODING, count, count, len(self.pictures))

    def clear_preparation(self, out: Path) -> None:
        remove_encodings(out / ENCODED)

    def model(self, out: Path) -> LoraModel:
        encoded = self._encoded_images
        # The LoRA stays attached to the network of the base model, so that another run has to load another copy.
        del self.__dict__["_encoded_images"]
        # Only the first process of `torchrun` has prepared them.
        for _ in encoded.encode(out / ENCODED):
            pass
        if not encoded.pictures:
            raise self._build_no_images_error()
        base = encoded.base
        lora = self.new_weights(base)
        latents = encoded.latents
        order = np.random.default_rng([self.seed, 0]).permutation(len(latents))
        count = held_out_count(len(order))
        data = (latents, encoded.conditions(), encoded.rows, order[count:], order[:count])
        report = copies = None
        if self.sheet_minutes:
            report = LoraReport(base, lora, *data, batch=self.batch, warmup=self.schedule.warmup)
            copies = CopyDetector(*(_load_images(encoded.pictures, part) for part in (order[count:], order[:count])))
        return LoraModel(base, lora, *data, report, copies)

    def new_weights(self, base: LoraBase) -> Any:
        """Create the new weights to be trained, by default a LoRA, and attach them to the base model's network."""
        layers = base.default_layers if self.layers == "default" else self.layers
        lora = LoraNetwork(base.network, base.adaptable(layers), rank=self.rank, alpha=self.alpha)
        lora.attach(base.network)
        return lora

    def modules(self, model: LoraModel) -> Mapping[str, nn.Module]:
        return {"lora": model.lora}

    def fixed_settings(self, model: LoraModel) -> dict[str, Any]:
        return {"model": self.base, "rank": self.rank, "layers": list(model.lora.names)}

    def average(self, model: LoraModel) -> Ema | None:
        return Ema(list(model.lora.parameters()), self.ema_halflife) if self.ema_halflife else None

    def objectives(self, model: LoraModel) -> Sequence[Objective]:
        def loss(
            x0: Tensor, noise: Tensor, alphas: Tensor, sigmas: Tensor, times: Tensor, *conditions: Tensor
        ) -> Tensor:
            return model.base.loss(x0, noise, alphas, sigmas, times, conditions)

        parameters = list(model.lora.parameters())
        return (Objective("loss", loss, parameters, [adamw_of(parameters, self.learning_rate)]),)

    def draw(self, model: LoraModel, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        picked = rng.choice(model.learned, self.batch)
        rows = model.drafts[picked, rng.integers(model.drafts.shape[1], size=self.batch)]
        rows = np.where(rng.random(self.batch) < self.drop_text, len(model.conditions[0]) - 1, rows)
        x0 = model.latents[picked]
        alphas, sigmas = model.base.draw_levels(rng, self.batch)
        timed = model.base.level_tensors(alphas, sigmas)
        return x0, normal(rng, *x0.shape), *timed, *(part[rows] for part in model.conditions)

    @property
    def shown_prompts(self) -> tuple[str, ...]:
        """Prompts of the sample images: those given by the user, or else some of the training captions."""
        given = [text for prompt in self.prompts.split(";") if (text := prompt.strip())]
        captions = list(dict.fromkeys(each.caption for each in self.pictures))
        step = max(1, len(captions) // SHOWN)
        return tuple(given or captions[::step][:SHOWN])

    def paired_errors(self, model: LoraModel) -> tuple[str, NDArray[np.float64]] | None:
        return model.report.paired_errors() if model.report else None

    def write_sheet(self, model: LoraModel, out: Path, seen: int) -> None:
        """Write a sheet of sample images, with fixed prompts and seeds, together with the current LoRA and a diagnosis
        of the training.
        """
        self._write_product(model, out)
        images = list(model.base.sample(self.shown_prompts, self.seed, self.size or model.base.card.size))
        write_report(
            out,
            seen,
            images,
            side=SHOWN_SIDE,
            # Before the first step, every layer is unchanged.
            diagnosis=model.report.diagnosis(seen) if model.report and seen else None,
            copies=model.copies.count(images) if model.copies and seen else 0,
        )

    def finish(self, model: LoraModel, out: Path, seen: int) -> None:
        self._write_product(model, out)
        if self.sheet_minutes:
            self.write_sheet(model, out, seen)

    def _write_product(self, model: LoraModel, out: Path) -> None:
        card = model.base.card
        network = model.base.network
        write_lora(out, self.title, model.lora, network, base=card.base, model=self.base, layout=self.layout)


def _load_images(pictures: Sequence[CaptionedImage], indices: np.ndarray) -> Iterator[Image.Image]:
    """Yield the images at the indices. Those that the user has deleted since they were encoded are left out."""
    for index in indices:
        with suppress(StorageError):
            yield read_rgba(pictures[index].path)
