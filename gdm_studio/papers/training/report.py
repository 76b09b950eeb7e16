"""Report on the training of a system: test images, a diagnosis of its denoiser, and the number of copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.families.papers import family
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.request.generation_request import Request
from gdm_studio.training.diagnosis import (
    Diagnosis,
    Evidence,
    MeasuredImages,
    Predict,
    ReferenceErrors,
    diagnose,
    information_of,
    is_early,
    levels_for,
    squared_norm,
)
from gdm_studio.training.progress_report import CopyDetector, generate_images, write_report
from gdm_studio.training.run_comparison import UNITS

# Test images on a sheet, the side of each in pixels, and the maximum number of sampling steps for each.
SHOWN = 8
SHOWN_SIDE = 128
STEPS = 20
# Maximum number of training images, and of held-out images, whose errors are measured.
MEASURED = 64
# Maximum number of training images for the error floors.
COMPARED = 1000
# Minimum number of training images with classes for judging the effect of the classes.
FEWEST_WITH_CLASSES = 100


class SystemReport:
    """Reporter on the training of a system, which writes test images, a diagnosis and the number of copies.

    It always uses the same images and noise, so that reports are comparable.
    """

    def __init__(self, recipe: Any) -> None:
        self._recipe = recipe
        self._peak_loss = 0.0
        self._largest_growth = 0.0

    def write(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        """Write test images and a diagnosis of the networks after `seen` training samples.

        The images are generated with the model file in `out`.
        """
        images = list(self._generate_test_images(out / self._recipe.product))
        copies = None if self._recipe.pictures.is_points else self._copy_detector.count(images)
        write_report(out, seen, images, side=SHOWN_SIDE, diagnosis=self.diagnosis(model, seen), copies=copies)

    def diagnosis(self, model: nn.ModuleDict, seen: int) -> Diagnosis | None:
        """Diagnose the training by the denoiser's errors on training and held-out images. `seen` is the number of
        training samples of the last phase.

        Returns None without held-out images, or for a system that does not denoise images directly.
        """
        if not all(bool(weight.isfinite().all()) for weight in model.parameters()):
            return Diagnosis("overflow", "overflow")
        floors = self._compute_floors(model)
        if floors is None:
            return None
        recipe = self._recipe
        learned, held_out = (_pick_evenly(indices, MEASURED) for indices in recipe.split)
        predict, ratios = denoiser_of(recipe, model), floors.ratios
        images, others = _select_images(recipe, learned), _select_images(recipe, held_out)
        with torch.no_grad():
            first = max(others.errors(_make_zero_denoiser(recipe), ratios))
            found = others.errors(predict, ratios)
            self._peak_loss = max(self._peak_loss, *found)
            share, bias = others.high_noise_signs(predict, ratios[-1])
            wrong: tuple[float, ...] = ()
            if len(self._labelled_indices) >= FEWEST_WITH_CLASSES:
                # Images are ordered by class, so most have another class half of the images away.
                captions = images.captions.roll(len(images.captions) // 2, 0)
                wrong = MeasuredImages(images.images, captions).errors(predict, ratios)
            evidence = Evidence(
                first_loss=first,
                loss=max(found),
                peak_loss=self._peak_loss,
                train=images.errors(predict, ratios),
                others=found,
                wrong_level=images.errors(predict, ratios[1:], ratios[:-1]),
                wrong_captions=wrong,
                information=self._class_information,
                noise_share=share,
                bias=bias,
                growth=self._compute_weight_growth(model, seen),
                is_early=is_early(seen, batch=recipe.batch, warmup=recipe.schedule.warmup),
                constant_output=others.constant_output_errors(_make_zero_denoiser(recipe), ratios),
            )
        return diagnose(evidence, floors)

    def paired_errors(self, model: nn.ModuleDict) -> tuple[str, NDArray[np.float64]] | None:
        """Return the denoising errors for a fixed set of images and noise, and a key that identifies the set.

        Two runs with the same key can be compared pair by pair. Returns None if the system does not denoise images.
        """
        recipe = self._recipe
        if not recipe.is_image_denoiser(model):
            return None
        ratios = [each for each in levels_for(recipe.pictures.scale)[1::2] if each <= recipe.process.ratios[-1]]
        learned, held_out = recipe.split
        chosen = _pick_evenly(held_out if len(held_out) else learned, UNITS)
        measured = _select_images(recipe, chosen)
        was_training = {name: network.training for name, network in model.items()}
        model.eval()
        with torch.no_grad():
            found = measured.paired_units(denoiser_of(recipe, model), ratios, round(recipe.pictures.scale, 4))
        for name, network in model.items():
            network.train(was_training[name])
        return found

    @cached_property
    def _copy_detector(self) -> CopyDetector:
        rgba = self._recipe.pictures.rgba
        learned, held_out = self._recipe.split
        return CopyDetector(*((Image.fromarray(rgba[index]) for index in part) for part in (learned, held_out)))

    @cached_property
    def _class_information(self) -> float:
        """Fraction of the training images' variance that their classes explain, or 0 without classes."""
        pictures, chosen = self._recipe.pictures, _pick_evenly(self._labelled_indices, COMPARED)
        return information_of(pictures.data[chosen], pictures.label[chosen].tolist()) if len(chosen) else 0.0

    @cached_property
    def _labelled_indices(self) -> NDArray[np.int64]:
        """Indices of the training images that have a class label."""
        learned = self._recipe.split[0]
        return learned[self._recipe.pictures.label[learned] >= 0]

    def _compute_weight_growth(self, model: nn.ModuleDict, seen: int) -> float:
        """Return the growth of the squared norm of the networks' weights per training step, relative to the norm of new
        networks.

        Returns the largest increase so far, since weights that are too large may stop growing, or 0 if the training has
        not started from a new network.
        """
        if self._recipe.init is None:
            growth = squared_norm(model.parameters()) / self._initial_norm - 1
            self._largest_growth = max(self._largest_growth, growth / max(seen / self._recipe.batch, 1.0))
        return self._largest_growth

    @cached_property
    def _initial_norm(self) -> float:
        """Squared norm of the weights of newly initialised networks, the reference for measuring weight growth."""
        return squared_norm(nn.ModuleDict(self._recipe.networks()).parameters())

    def _compute_floors(self, model: nn.ModuleDict) -> ReferenceErrors | None:
        return self._data_floors if self._recipe.is_image_denoiser(model) else None

    @cached_property
    def _data_floors(self) -> ReferenceErrors | None:
        recipe = self._recipe
        learned, held_out = recipe.split
        levels, known = levels_for(recipe.pictures.scale), recipe.process.ratios
        # A truncated process does not start from pure noise, which the diagnosis assumes.
        if not len(held_out) or not known[0] <= levels[0] or not levels[-1] <= known[-1]:
            return None
        data = recipe.pictures.data
        return ReferenceErrors.of(data[_pick_evenly(learned, COMPARED)], data[_pick_evenly(held_out, MEASURED)], levels)

    def _generate_test_images(self, path: Path) -> Iterator[np.ndarray]:
        card = family.card(read_entry(path))
        model = family.load(card, torch.device(self._recipe.device), torch.float32, Store())
        labels = card.accepts.labels[:SHOWN] or ("",)
        default = card.default_request()
        shown: Request = replace(
            default, model=card.name, device=self._recipe.device, dtype="fp32", steps=min(default.steps, STEPS)
        )
        yield from generate_images(
            model,
            (replace(shown, label=labels[place % len(labels)], seed=place // len(labels)) for place in range(SHOWN)),
        )


def denoiser_of(recipe: Any, model: nn.ModuleDict) -> Predict:
    """Return the recipe's denoiser as a function (noisy images, noise ratio, conditioning) → predicted images.

    The noisy images are x0 + ratio·noise.
    """

    def predict(noisy: Tensor, ratio: float, cond: Tensor) -> Tensor:
        level = recipe.process.coordinates(ratio)
        at = NoiseLevel(*(torch.full((len(noisy), 1, 1, 1), each, device=recipe.device) for each in level))  # type: ignore[arg-type]
        x = level.alpha * noisy.to(recipe.device)
        output, *_ = recipe.predict(model["denoiser"], x, at, cond.to(recipe.device)).chunk(recipe.outputs, dim=1)
        found: Tensor = recipe.diffusion.to_x0(output, x, at)
        return found.cpu()

    return predict


def _pick_evenly(indices: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return at most `count` evenly spaced image indices from an array, so that only some are measured."""
    return indices[:: max(1, -(-len(indices) // count))]


def _make_zero_denoiser(recipe: Any) -> Predict:
    """Return the denoiser function of a network that always outputs 0, as a new network does. It serves as a reference
    for a trained denoiser.
    """

    def predict(noisy: Tensor, ratio: float, cond: Tensor) -> Tensor:
        at = recipe.process.coordinates(ratio)
        found: Tensor = recipe.diffusion.to_x0(torch.zeros_like(noisy), at.alpha * noisy, at)
        return found

    return predict


def _select_images(recipe: Any, indices: Any) -> MeasuredImages:
    """Return training or held-out images of a recipe with their conditions as captions."""
    is_given = np.ones(len(indices), bool)
    cond: Tensor = recipe.pictures.conditioning(indices, label=is_given, factors=is_given)
    if width := recipe.cond_width - cond.shape[1]:
        cond = torch.cat([cond, torch.zeros(len(cond), width)], dim=1)
    return MeasuredImages(recipe.pictures.data[indices], cond)
