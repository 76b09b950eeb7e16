"""The built-in model in memory."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from gdm_studio.errors import ModelError
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.path import Denoise, Noise, Point
from gdm_studio.maths.path import Path as NoisePath
from gdm_studio.models.card import ModelCard
from gdm_studio.models.header import read_header
from gdm_studio.models.loaded import Ask, Attend, NoiseAt
from gdm_studio.models.placing import placed
from gdm_studio.models.precision import finite, quickly
from gdm_studio.models.process import process_of
from gdm_studio.models.quantised import restored
from gdm_studio.models.recolouring import LOOKS, recoloured
from gdm_studio.models.rows import Rows
from gdm_studio.models.store import Store, key_of
from gdm_studio.models.watching import maps_of, watched
from gdm_studio.networks.autoencoder_kl import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.layers import Attention2d, channels_last
from gdm_studio.networks.recall import Recall, remembered
from gdm_studio.networks.text_encoder import TextConfig, TextEncoder
from gdm_studio.networks.tokenizer import ANY_STYLE, Subject, Tokenizer
from gdm_studio.networks.unet import Sketch, UNet, UNetConfig
from gdm_studio.request import Request

T = TypeVar("T")
M = TypeVar("M", bound=torch.nn.Module)
HAZE = 4 / 255  # of alpha: what is so nearly clear or solid is meant to be


@dataclass(frozen=True)
class Told:
    """Encoded prompts: tokens (N, L, D), which of them are there (N, L), pooled vectors (N, P), and the latents
    (N, C, H, W) that the network remembers of what they are about, or (N, 0) where it remembers none."""

    tokens: Tensor
    mask: Tensor
    pooled: Tensor
    sketch: Tensor

    def parts(self) -> tuple[Tensor, ...]:
        """As the network takes them."""
        parts = (self.tokens, self.mask, self.pooled, self.sketch)
        return parts if self.sketch.ndim == 4 else parts[:3]

    def first(self, count: int) -> Told:
        """Of as many rows."""
        return Told(*(part[:count] for part in vars(self).values()))


@dataclass(frozen=True)
class IconsModel:
    """A LoadedModel and its only stage: premultiplied RGBA in, straight RGBA out."""

    card: ModelCard
    diffusion: Diffusion
    dtype: torch.dtype
    tokenizer: Tokenizer
    text: TextEncoder
    unet: UNet
    vae: AutoencoderKL
    rows: Rows
    recall: Recall | None = None

    @classmethod
    def load(
        cls,
        card: ModelCard,
        device: torch.device,
        dtype: torch.dtype,
        store: Store,
        *,
        config: dict[str, Any],
        files: dict[str, File],
    ) -> IconsModel:
        """Reads what is not in the store; raises ModelError where the files do not hold what their headers promise.

        `config` has sizes, tokenizer and process, `files` are those of "unet", "text" and "vae", of "sketch" where
        the U-Net's has none, and of "recall" where that knows drawings by heart.
        Weights are fp32 whatever the number type. Memory running out is no damage: it is raised as it comes, for the
        engine to find a remedy.
        """
        assert card.path is not None
        try:
            parts = _Parts(config, files, device, store)
            # what a variant shares is taken before room is made for what is its own
            text = parts.get("text", lambda: TextEncoder(TextConfig(**config["text"])))
            vae = parts.get("vae", lambda: AutoencoderKL(_tupled(AutoencoderConfig, config["vae"])))
            unet = parts.get("unet", lambda: UNet(_tupled(UNetConfig, config["unet"])), "sketch")
            recall = parts.recall(unet.config.components) if "recall" in files else None
            tokenizer = Tokenizer(**config["tokenizer"])
            _check(card, tokenizer, text, unet, vae)
        except (SafetensorError, LookupError, TypeError, ValueError, AttributeError, OSError) as error:
            raise ModelError(f"{card.path.name} is damaged; copy or download the model again.") from error
        diffusion = Diffusion(process_of(card), card.prediction, card.data_scale)
        return cls(card, diffusion, dtype, tokenizer, text, unet, vae, Rows(device), recall)

    @property
    def device(self) -> torch.device:
        return self.rows.device

    @property
    def stages(self) -> tuple[IconsModel]:
        return (self,)

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.card.latent

    def start(self, asks: Sequence[Ask], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        x: Tensor = self.diffusion.process.prior(noise, like, path[0])
        return x

    def denoiser(self, asks: Sequence[Ask], path: NoisePath, noise: NoiseAt) -> Denoise:
        told = self.told(asks)

        def denoise(x: Tensor, at: Point) -> Tensor:
            return self.denoised(x, at, told.first(len(x)))

        return denoise

    @torch.no_grad()
    def told(self, asks: Sequence[Ask]) -> Told:
        """Each distinct prompt once and by itself, so that its row does not depend on the others.

        Words in no style, but those that guidance leads away from, are sketched in none and drawn in the usual one:
        what all drawings have in common, not drawn in several ways at once.
        """
        usual = self.card.defaults.get("style", "")
        usual = usual if self.unet.sketch is not None and usual in self.tokenizer.styles else ""
        prompts = [(ask.text, ask.style, ask.style or (usual if ask.text and not ask.negative else "")) for ask in asks]
        places = {prompt: place for place, prompt in enumerate(dict.fromkeys(prompts))}
        alone = [self._encoded_prompt(*prompt) for prompt in places]
        wanted = torch.tensor([places[prompt] for prompt in prompts], device=self.device)
        return Told(*(torch.cat(parts)[wanted] for parts in zip(*alone, strict=True)))

    def _encoded_prompt(self, text: str, style: str, drawn_in: str) -> tuple[Tensor, ...]:
        whole = self.tokenizer.encode(text, drawn_in or None)
        told: tuple[Tensor, ...] = self.text(torch.tensor([whole], device=self.device))
        if (sketch := self.unet.sketch) is None:
            return *told, torch.zeros(1, 0, device=self.device)
        subjects = self.tokenizer.subjects(text, style or None)
        drawn = {each: self._sketched(sketch, each, style) for each in dict.fromkeys(subjects)}
        things = [drawn[each] for each in subjects]
        return *told, things[0] if len(things) == 1 else self._side_by_side(things)

    def _side_by_side(self, things: Sequence[Tensor]) -> Tensor:
        """What the network remembers of several things in one picture, which nobody drew."""
        picture = placed([self.decode(each)[0].numpy() for each in things])
        return self.encode(torch.from_numpy(picture)[None])

    def _sketched(self, sketch: Sketch, subject: Subject, style: str) -> Tensor:
        """What the network remembers of a thing, to be drawn in a style or in none. Of one in a colour that it was
        never drawn in that is mush, so the thing alone is remembered, and its colour turned: in the picture, for
        latents know no hue."""
        ids, size = torch.tensor([subject.row]), torch.Size(self.card.latent[1:])
        pooled = self.text(ids.to(self.device))[2]
        styles = torch.tensor([self.tokenizer.styles.get(style, ANY_STYLE)])
        thing = remembered(sketch, self.recall, ids, pooled, styles, size)
        if subject.colour not in LOOKS:
            return thing
        drawn = self.decode(thing)
        turned = torch.from_numpy(recoloured(drawn[0].numpy(), subject.colour))[None]
        return thing + self.encode(turned) - self.encode(drawn)  # what is lost on the way is lost in both

    @torch.no_grad()
    def denoised(self, x: Tensor, at: Point, told: Told) -> Tensor:
        """x0 in fp32, shaped like x, with as many rows told."""
        return self.diffusion.x0(self._answers, x, at, *told.parts())

    def attention(self, asks: Sequence[Ask], path: NoisePath) -> Attend:
        words, told = self.tokenizer.words(asks[0].text), self.told(asks[:1])
        layers = [each for each in self.unet.modules() if isinstance(each, Attention2d) and each.context is not None]

        def attend(x: Tensor, at: Point) -> tuple[tuple[str, ...], Tensor]:
            with watched(layers, Attention2d.followed) as found:
                self.denoised(x, at, told)
            return tuple(word for word, _ in words), maps_of(found, words, (x.shape[-2], x.shape[-1]))

        return attend

    def _answers(self, scaled: Tensor, time: float, *told: Tensor) -> Tensor:
        return self.rows(self._network, scaled, torch.full((len(scaled),), time, device=self.device), *told).float()

    def _network(self, *inputs: Tensor) -> Tensor:
        with torch.no_grad(), torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            return self.unet(*inputs)

    @torch.no_grad()
    def encode(self, rgba: Tensor) -> Tensor:
        return self.rows(self._encoded, premultiplied(rgba.to(self.device)))

    def _encoded(self, pictures: Tensor) -> Tensor:
        with torch.no_grad():
            return self.vae.encode(pictures).float()

    @torch.no_grad()
    def decode(self, x0: Tensor) -> Tensor:
        return straight(finite(self.rows(self.vae.decode, x0)), haze=HAZE)

    @torch.no_grad()
    def glimpse(self, x0: Tensor) -> Tensor:
        return straight(self.rows(self._quickly_decoded, x0), haze=HAZE)

    def _quickly_decoded(self, x0: Tensor) -> Tensor:
        with torch.no_grad(), quickly(self.device):
            return self.vae.decode(x0)

    @torch.no_grad()
    def preview(self, x0: Tensor) -> Tensor:
        return straight(self.vae.linear(x0), haze=HAZE)


def straight(pictures: Tensor, *, haze: float = 0.0) -> Tensor:
    """Premultiplied RGBA (N, 4, H, W) in −1 … 1 to straight uint8 (N, H, W, 4) on the CPU.

    Alpha within `haze` (0 … ½) of clear or solid becomes so, and the rest is spread over the room between.
    """
    pictures = ((pictures.float() + 1) / 2).clamp(0, 1)
    rgb, alpha = pictures[:, :3], pictures[:, 3:]
    # below half a level of alpha there is no colour to recover
    rgb = torch.where(alpha > 1 / 510, rgb / alpha.clamp(min=1 / 510), 0).clamp(max=1)
    alpha = ((alpha - haze) / (1 - 2 * haze)).clamp(0, 1)
    rgb = torch.where(alpha > 0, rgb, 0)
    levels = torch.cat([rgb, alpha], dim=1).mul(255).round().to(torch.uint8)
    return levels.permute(0, 2, 3, 1).contiguous().cpu()


def premultiplied(rgba: Tensor) -> Tensor:
    """Straight uint8 RGBA (N, H, W, 4) to premultiplied (N, 4, H, W) in −1 … 1: what `straight` undoes."""
    levels = rgba.permute(0, 3, 1, 2).float() / 255
    return 2 * torch.cat([levels[:, :3] * levels[:, 3:], levels[:, 3:]], dim=1) - 1


def _tupled(kind: type[T], config: dict[str, Any]) -> T:
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in config.items()})


def _fill(module: torch.nn.Module, weights: dict[str, Tensor]) -> None:
    try:
        module.load_state_dict(weights)
    except RuntimeError as error:  # what torch raises for names or shapes that do not fit; memory it has by now
        raise ValueError(str(error)) from error


@dataclass(frozen=True)
class _Parts:
    """Of one model, by their names: from the store, or from their files."""

    config: dict[str, Any]
    files: dict[str, File]
    device: torch.device
    store: Store

    def get(self, name: str, make: Callable[[], M], *more: str) -> M:
        files = [self.files[part] for part in (name, *more) if part in self.files]
        what = f"icons {name} {json.dumps(self.config[name], sort_keys=True)}"
        size = sum(4 * math.prod(shape) for file in files for shape in read_header(file).shapes.values())

        def load() -> M:
            module = make()
            weights = {key: value for file in reversed(files) for key, value in load_file(file).items()}  # its own win
            _fill(module, _under(name, restored(weights)))
            module = module.to(self.device)
            return (module if name == "text" else channels_last(module)).eval().requires_grad_(False)

        return self.store.part(key_of(what, files, self.device, torch.float32), size, load)

    def recall(self, width: int) -> Recall:
        """What a sketch of so many components knows by heart; raises ValueError where it is of another sketch."""
        file = self.files["recall"]

        def load() -> Recall:
            return Recall.read(file)

        found = self.store.part(key_of("icons recall", [file], self.device, torch.float32), file.stat().st_size, load)
        if found.width != width:
            raise ValueError(f"drawings of {found.width} components for a sketch of {width}")
        return found


def _check(card: ModelCard, tokenizer: Tokenizer, text: TextEncoder, unet: UNet, vae: AutoencoderKL) -> None:
    """Raises LookupError, TypeError or ValueError where the parts do not go together, or not with the card."""
    channels = (unet.config.in_channels, unet.config.out_channels, vae.config.latent_channels)
    if set(channels) != {card.latent[0]}:
        raise ValueError(f"latents of {channels} channels")
    if not all(isinstance(words, str) for words in tokenizer.emoji.values()):
        raise TypeError("names of emoji are not all text")
    for style in (None, *(style.id for style in card.styles)):
        tokenizer.encode(" ".join(tokenizer.vocab[-9:]), style)
    if len(tokenizer.vocab) > len(text.table) or tokenizer.length > len(text.position):
        raise ValueError("the text encoder does not know all words")


def _under(prefix: str, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(f"{prefix}."): w for name, w in weights.items() if name.startswith(f"{prefix}.")}
