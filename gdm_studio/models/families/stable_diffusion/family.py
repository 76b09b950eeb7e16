"""Stable Diffusion 1, 2, XL and its refiner as a family of models, in single files and in folders."""

from __future__ import annotations

import array
import re
import statistics
import struct
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.atomic import open_file
from gdm_studio.errors import BadRequest, ModelError, StorageError
from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.processes import PROCESSES
from gdm_studio.models.about import about
from gdm_studio.models.accepts import WEIGHTS, Accepts
from gdm_studio.models.card import ModelCard
from gdm_studio.models.checkpoints import Entry
from gdm_studio.models.families.base import Family
from gdm_studio.models.families.stable_diffusion.kinds import INPAINTING, Kind, config, damaged, kind_of
from gdm_studio.models.families.stable_diffusion.layout import is_pipeline, is_stable_diffusion, layout_of
from gdm_studio.models.families.stable_diffusion.sizes import layers
from gdm_studio.models.families.stable_diffusion.whole import check_networks
from gdm_studio.models.few_steps import SCHEDULERS
from gdm_studio.passes import ANEW, ENLARGED, REFINED

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded import LoadedModel
    from gdm_studio.models.store import Store

PIXELS = 8  # of a picture to a number of its latents, along an axis
SIDES = (32, 2048)  # of the pictures that a file may say it draws
SHAPES = (  # of pictures, in sixteenths of that side
    (16, 16), (18, 14), (19, 13), (21, 12), (24, 16), (16, 24), (12, 21), (13, 19), (14, 18),
)  # fmt: skip
STEPS, GUIDANCE = 25, 7.0
PASSES = (ENLARGED, ANEW)
AESTHETIC = Knob("Aesthetic score", 0.0, 10.0, "How pleasing the picture is meant to be", "aesthetic", 6.0)
SKIP = Knob(
    "Clip skip", 1.0, 12.0, "At 2 the last layer of the text encoder is left out, at 3 the last two …",
    "clip_skip", 1.0, "Stable Diffusion",
)  # fmt: skip
TOLD = Knob(
    "Guidance it is told", 1.0, 14.0, "How strictly it keeps to the prompt: what it was distilled from was guided so",
    "told_guidance", 8.5,
)  # fmt: skip
BETAS = {"beta_start": 0.00085, "beta_end": 0.012}
PREDICTIONS = {"epsilon": "epsilon", "v": "v", "v_prediction": "v", "sample": "x0"}  # by what files call them
MARGIN = 0.09  # spread of BIASES above which a Stable Diffusion 2 predicts v: the released ones are far to both sides
BIASES = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias"


def card(entry: Entry) -> ModelCard:
    """What the headers and the small files beside them tell; raises ModelError."""
    layout = layout_of(entry)
    kind = kind_of(entry, layout)
    check_networks(entry.path.name, layout, kind)
    prediction, numbers = _process(entry, kind)
    few_steps, made_for_steps = _few_steps(entry)
    side = _side(entry, kind, prediction)
    paints = layout.channels == INPAINTING
    told = (TOLD,) if "guidance_proj.weight" in layout.unet else ()
    try:
        depth = min(layers(layout.networks[part].shapes) for part in kind.texts)
    except ValueError as error:
        raise ModelError(f"{entry.path.name} is damaged; copy or download it again.") from error
    skip = replace(SKIP, high=float(max(depth - kind.skip + 1, 1)))
    weights = tuple(dict.fromkeys(file for part in layout.networks.values() for file in part.files))
    try:
        PROCESSES["vp"](**numbers)
        bytes_ = sum(file.stat().st_size for file in weights)
    except (BadRequest, ArithmeticError, ValueError, TypeError) as error:
        raise damaged(entry, "scheduler/scheduler_config.json") from error
    except OSError as error:
        raise ModelError(f"{entry.path.name} cannot be read; copy it again.") from error
    return ModelCard(
        name=entry.path.name if entry.kind == "folder" else entry.path.stem,
        family=FAMILY.name,
        date="",  # what its file says, or the day of that
        parameters=sum(part.parameters for part in layout.networks.values()),
        author="",
        licence="",
        size=side,
        channels=3,
        latent=(4, side // PIXELS, side // PIXELS),
        prediction=prediction,
        process="vp",
        data_scale=1.0,
        summary=f"{kind.title}, for inpainting" if paints else kind.title,
        defaults=dict(steps=STEPS, guidance_scale=1.0 if told else GUIDANCE, sampler="dpmpp_2m", spacing="karras"),
        base=kind.title,
        accepts=Accepts(
            prompt=WEIGHTS, negative=not told, guidance=not told, factors=(skip, *told, *_factors(kind), *PASSES),
            sees_rest=paints, sizes=_sizes(side), multiple=PIXELS, vae=True, needs_vae="vae" not in layout.networks,
            refiner=kind.refined, refines=kind.scored,
        ),
        process_numbers=numbers,
        dtypes=("bf16", "fp16", "fp32"),
        path=entry.path,
        weights=weights,
        files=tuple(dict.fromkeys((*weights, *entry.files, *_configurations(entry)))),
        file_bytes=bytes_,
        few_steps="lcm" if told else few_steps,
        made_for_steps=0 if told else made_for_steps,
    )


def load(of: ModelCard, device: torch.device, dtype: torch.dtype, store: Store) -> LoadedModel:
    from gdm_studio.models.families.stable_diffusion.model import StableDiffusion

    return StableDiffusion.load(of, device, dtype, store)


FAMILY = Family("stable_diffusion", is_stable_diffusion, card, load, frozenset())


def _factors(kind: Kind) -> tuple[Knob, ...]:
    """What a model of that kind alone is told."""
    return ((AESTHETIC,) if kind.scored else ()) + ((REFINED,) if kind.refined else ())


def _configurations(entry: Entry) -> list[Path]:
    """What its card depends on beside the weights, and the folder in which those of a VAE may come to lie."""
    names = ("scheduler/scheduler_config.json", "unet/config.json", "vae/config.json", "vae")
    return [entry.folder / name for name in names if is_pipeline(entry) and (entry.folder / name).exists()]


def _few_steps(entry: Entry) -> tuple[str, int]:
    """Of which few-step kind it is, and for how many: by its scheduler, or what the file says; never by its name."""
    if is_pipeline(entry):
        return SCHEDULERS.get(str(config(entry, "scheduler/scheduler_config.json").get("_class_name")), ""), 0
    told = about(entry)
    return told.few_steps, told.made_for_steps


def _process(entry: Entry, kind: Kind) -> tuple[str, dict[str, Any]]:
    """What the U-Net predicts, and the numbers of its process: of the scheduler beside it, else told or guessed."""
    if is_pipeline(entry):
        return _of_scheduler(entry)
    marks = {name for header in entry.headers.values() for name in header.shapes}
    if marks & {"edm_mean", "edm_std"}:
        raise ModelError(f"{entry.path.name} is of a process that is not known here; choose another model file.")
    told = PREDICTIONS.get(entry.metadata.get("modelspec.prediction_type", "").lower(), "")
    if "v_pred" in marks:
        told = "v"
    if not told:
        told = "v" if kind.title == "Stable Diffusion 2" and _spread(entry) > MARGIN else "epsilon"
    zero = "ztsnr" in marks and told == "v"
    return told, {"schedule": "scaled_linear", "options": BETAS, "zero_terminal_snr": zero}


def _of_scheduler(entry: Entry) -> tuple[str, dict[str, Any]]:
    name = "scheduler/scheduler_config.json"
    told = config(entry, name)
    schedule = told.get("beta_schedule", "scaled_linear")
    prediction = PREDICTIONS.get(str(told.get("prediction_type", "epsilon")))
    if schedule not in ("scaled_linear", "linear") or prediction is None or "EDM" in str(told.get("_class_name")):
        raise ModelError(f"{entry.path.name} is of a process that is not known here; choose another model.")
    options = {each: told.get(each, usual) for each, usual in BETAS.items()}
    if not all(isinstance(beta, float) and 0 < beta < 0.1 for beta in options.values()):
        raise damaged(entry, name)
    zero = told.get("rescale_betas_zero_snr") is True and prediction != "epsilon"
    return prediction, {"schedule": schedule, "options": options, "zero_terminal_snr": zero}


def _side(entry: Entry, kind: Kind, prediction: str) -> int:
    """Of the pictures it learnt from: what it says itself, else what its kind has."""
    told = re.match(r"(\d{2,4})x", entry.metadata.get("modelspec.resolution", ""))
    side = int(told[1]) if told else 0
    if is_pipeline(entry) and type(sample := config(entry, "unet/config.json").get("sample_size")) is int:
        side = sample * PIXELS
    if SIDES[0] <= side <= SIDES[1] and side % PIXELS == 0:
        return side
    return 768 if kind.title == "Stable Diffusion 2" and prediction == "v" else kind.side


def _sizes(side: int) -> tuple[tuple[int, int], ...]:
    """(width, height): the square, and others of about its area, as SDXL learnt them (Podell et al. 2023, app. I)."""
    shapes = ((side * width // 16, side * height // 16) for width, height in SHAPES)
    return tuple(shape for shape in shapes if not any(each % PIXELS for each in shape))


def _spread(entry: Entry) -> float:
    """The standard deviation of BIASES, read from the file itself; 0 where there are none."""
    name = next((file for file, header in entry.headers.items() if BIASES in header.shapes), None)
    if name is None:
        return 0.0
    path = entry.folder / name
    kinds = {"F16": "e", "F32": "f", "F64": "d", "BF16": "H"}
    try:
        with open_file(path) as file:
            stored = entry.headers[name].stored[BIASES]
            file.seek(stored.begin)
            data, kind = file.read(min(stored.size, 2**20)), kinds[stored.dtype]
        if kind == "H":  # the first half of a float's bits
            halves = array.array("H", data)
            if sys.byteorder == "big":
                halves.byteswap()
            data, kind = struct.pack(f"<{len(halves)}I", *(half << 16 for half in halves)), "f"
        numbers = struct.unpack(f"<{len(data) // struct.calcsize(kind)}{kind}", data)
        return statistics.pstdev(numbers)
    except (StorageError, OSError, ValueError, KeyError, TypeError, OverflowError, struct.error) as error:
        raise ModelError(f"{path.name} is damaged; copy or download it again.") from error
