"""The networks of `icons` in training: the denoiser and its text encoder, and how a checkpoint gives them back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from gdm_studio.errors import StorageError
from gdm_studio.maths import processes
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.path import Point
from gdm_studio.models.precision import quickly
from gdm_studio.networks.layers import channels_last
from gdm_studio.networks.recall import Recall, remembered
from gdm_studio.networks.text_encoder import TextConfig, TextEncoder
from gdm_studio.networks.tokenizer import ANY_STYLE, FIRST_STYLE, Tokenizer
from gdm_studio.networks.unet import UNet, UNetConfig
from gdm_studio.training import lexicon, words
from gdm_studio.training.checkpoint import load_checkpoint
from gdm_studio.training.recipe import CHECKPOINT

DATA_SCALE = 1.0  # the autoencoder's latents have unit variance
RECALL = "recall.safetensors"  # in the folder of a run whose sketch knows drawings by heart
SIGMA_MIN, SIGMA_MAX = 0.01, 40.0  # where its pictures begin and end


@dataclass(frozen=True)
class Trained:
    """The parts that learn, with what turns prompts into their input."""

    tokenizer: Tokenizer
    text: TextEncoder
    unet: UNet
    recall: Recall | None = None  # what its sketch knows by heart; it learns no more

    @classmethod
    def new(
        cls, table: Path, styles: Sequence[str], *, network: UNetConfig, recall: Recall | None = None
    ) -> Trained:
        """Fresh networks around the word table in folder `table`."""
        try:
            vocabulary = json.loads((table / words.VOCABULARY).read_text(encoding="utf-8"))
            vectors = load_file(table / words.TABLE)
        except OSError as error:
            raise StorageError(f"There is no word table in {table}; make it with  gdm-studio train words") from error
        config = TextConfig(words=len(vectors["table"]), word_width=vectors["table"].shape[1])
        text = TextEncoder(config)
        text.table.copy_(vectors["table"])
        text.table_scale.copy_(vectors["scale"])
        tokenizer = Tokenizer(vocabulary["vocab"], styles, config.length, vocabulary["emoji"], lexicon.read(table))
        return cls(tokenizer, text, channels_last(UNet(network)), recall)

    def to(self, device: str | torch.device) -> Trained:
        return replace(self, text=self.text.to(device), unet=self.unet.to(device))

    @property
    def diffusion(self) -> Diffusion:
        """The process that its pictures are drawn along, and what the U-Net predicts on it."""
        return Diffusion(processes.edm(SIGMA_MIN, SIGMA_MAX), "edm", DATA_SCALE)

    @property
    def device(self) -> torch.device:
        return self.text.special.weight.device

    def parameters(self) -> list[torch.nn.Parameter]:
        return [*self.unet.parameters(), *self.text.parameters()]

    def settle(self) -> None:
        """Text encoder and sketch learn nothing more."""
        self.text.requires_grad_(False)
        if self.unet.sketch is not None:
            self.unet.sketch.requires_grad_(False)

    def learning(self) -> list[torch.nn.Parameter]:
        """The parameters that still learn."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    def denoised(self, x: Tensor, at: Point, ids: Tensor) -> Tensor:
        """x0 (N, C, h, w) predicted from x; `at` holds arrays (N, 1, 1, 1) where samples stand at different points."""
        return self.diffusion.x0(self.network, x, at, *self.told(ids, ids, x))

    def told(self, ids: Tensor, sketched: Tensor, like: Tensor, *, carries: bool = True) -> tuple[Tensor, ...]:
        """What the U-Net is told of prompts (N, L), with sketches, at the size of `like`, of those in `sketched`; these
        carry over what nobody drew in a style, or leave the style to it."""
        told: tuple[Tensor, ...] = self.text(ids)
        if (sketch := self.unet.sketch) is None:
            return told
        pooled = told[2] if sketched is ids else self.text(sketched)[2]
        return *told, remembered(sketch, self.recall, sketched, pooled, ids[:, 0], like.shape[-2:], carries=carries)

    def network(self, scaled: Tensor, time: Tensor | float, *told: Tensor) -> Tensor:
        """The U-Net's own answer F in fp32, for input already scaled by c_in and what the text encoder gave."""
        c_noise = torch.as_tensor(time, device=scaled.device).flatten().expand(len(scaled))
        with quickly(scaled.device):
            return self.unet(scaled, c_noise, *told).float()

    def sketched(self, told: tuple[Tensor, Tensor, Tensor], like: Tensor) -> Tensor:
        """The sketch of each prompt, at the size of the latents `like`; zeros where the U-Net has none."""
        sketch = self.unet.sketch
        return torch.zeros_like(like) if sketch is None else sketch(told[2], like.shape[-2:])


def at_sigma(sigma: Tensor) -> Point:
    """The point of each of a batch on the path without alpha, from noise levels (N,)."""
    return Point(1.0, sigma[:, None, None, None])  # type: ignore[arg-type]


def averaged(run: Path, table: Path) -> tuple[Trained, int]:
    """The model with the averaged weights of the checkpoint in folder `run`, and the samples it has seen in all."""
    state = load_checkpoint(run / CHECKPOINT)
    if state is None or not state.get("ema"):
        raise StorageError(
            f"There is no checkpoint of a denoiser in {run}; train first, with  gdm-studio train icons --out {run}"
        )
    model = Trained.new(table, state["styles"], network=UNetConfig(**state["network"]), recall=recalled(run))
    with torch.no_grad():
        for parameter, average in zip(model.parameters(), state["ema"], strict=True):
            parameter.copy_(average)
    return model, state["seen"] + state.get("before", 0)


def recalled(run: Path) -> Recall | None:
    """What the sketch of the model in folder `run` knows by heart; raises StorageError where that is damaged."""
    path = run / RECALL
    try:
        return Recall.read(path) if path.exists() else None
    except (SafetensorError, LookupError, TypeError, ValueError, OSError) as error:
        raise StorageError(f"{path} is damaged; make it again, with  gdm-studio train recall --out {run}") from error


@torch.no_grad()
def begin_from(earlier: Trained, model: Trained) -> None:
    """Give `model` the weights of `earlier`; a style that it did not know begins as any style, another sketch anew."""
    special = model.text.special.weight.clone()
    weights = earlier.unet.state_dict()
    if _sketch_of(model) != _sketch_of(earlier):
        weights = {name: weight for name, weight in weights.items() if not name.startswith("sketch.")}
    model.unet.load_state_dict(weights, strict=len(weights) == len(earlier.unet.state_dict()))
    model.text.load_state_dict(earlier.text.state_dict())
    known = earlier.text.special.weight
    special[:FIRST_STYLE] = known[:FIRST_STYLE]
    for style, place in model.tokenizer.styles.items():
        special[place] = known[earlier.tokenizer.styles.get(style, ANY_STYLE)]
    model.text.special.weight.copy_(special)


def _sketch_of(model: Trained) -> tuple[int, int]:
    config = model.unet.config
    return config.sketch, config.components
