"""The built-in model in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from gdm_studio.errors import ModelError
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import Process
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families.icons import PARTS, base_of, config_of, part_file
from gdm_studio.models.families.icons import process as process_of
from gdm_studio.models.header import read_header
from gdm_studio.models.loaded import Prompt
from gdm_studio.models.quantised import restored
from gdm_studio.models.rows import Rows
from gdm_studio.networks.autoencoder_kl import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.layers import channels_last
from gdm_studio.networks.text_encoder import TextConfig, TextEncoder
from gdm_studio.networks.tokenizer import Tokenizer
from gdm_studio.networks.unet import UNet, UNetConfig
from gdm_studio.request import Request

T = TypeVar("T")
HAZE = 4 / 255  # of alpha: what is so nearly clear or solid is meant to be


@dataclass(frozen=True)
class Told:
    """Encoded prompts: tokens (N, L, D), which of them are there (N, L), and pooled vectors (N, P)."""

    tokens: Tensor
    mask: Tensor
    pooled: Tensor


@dataclass(frozen=True)
class IconsModel:
    """A LoadedModel: premultiplied RGBA in, straight RGBA out."""

    card: ModelCard
    diffusion: Diffusion
    device: torch.device
    dtype: torch.dtype
    tokenizer: Tokenizer
    text: TextEncoder
    unet: UNet
    vae: AutoencoderKL
    rows: Rows

    @classmethod
    def load(cls, card: ModelCard, device: torch.device, dtype: torch.dtype) -> IconsModel:
        """Reads the weights; raises ModelError where the file does not hold what its header promises.

        Memory running out is no damage: it is raised as it comes, for the engine to find a remedy.
        """
        assert card.path is not None
        try:
            config, base = config_of(card.path), base_of(card.path, read_header(card.path))
            weights = load_file(card.path)
            for part in PARTS[1:]:
                weights |= load_file(part_file(base, part))
            weights = restored(weights)
            text = TextEncoder(TextConfig(**config["text"]))
            unet = UNet(_tupled(UNetConfig, config["unet"]))
            vae = AutoencoderKL(_tupled(AutoencoderConfig, config["vae"]))
            for prefix, module in (("text", text), ("unet", unet), ("vae", vae)):
                _fill(module, _under(prefix, weights))
            process = process_of(card)
            tokenizer = Tokenizer(**config["tokenizer"])
        except (SafetensorError, KeyError, TypeError, ValueError, AttributeError, OSError) as error:
            raise ModelError(f"{card.path.name} is damaged; copy or download the model again.") from error
        return cls(
            card=card,
            diffusion=Diffusion(process, card.prediction, card.data_scale),
            device=device,
            dtype=dtype,
            tokenizer=tokenizer,
            text=text.to(device).eval().requires_grad_(False),
            unet=channels_last(unet.to(device)).eval().requires_grad_(False),
            vae=channels_last(vae.to(device)).eval().requires_grad_(False),
            rows=Rows(device),
        )

    @property
    def process(self) -> Process:
        return self.diffusion.process

    def latent_shape(self, request: Request) -> tuple[int, int, int]:
        return self.card.latent

    @torch.no_grad()
    def encode(self, prompts: Sequence[Prompt]) -> Told:
        """Each distinct prompt once and by itself, so that its row does not depend on the others."""
        places = {prompt: place for place, prompt in enumerate(dict.fromkeys(prompts))}
        ids = [self.tokenizer.encode(prompt.text, prompt.style or None) for prompt in places]
        alone = [self.text(torch.tensor([row], device=self.device)) for row in ids]
        wanted = torch.tensor([places[prompt] for prompt in prompts], device=self.device)
        tokens, mask, pooled = (torch.cat(parts)[wanted] for parts in zip(*alone, strict=True))
        return Told(tokens, mask, pooled)

    @torch.no_grad()
    def denoised(self, x: Tensor, at: Point, conditioning: Told) -> Tensor:
        told = conditioning
        return self.diffusion.x0(self._answers, x, at, told.tokens, told.mask, told.pooled)

    def _answers(self, scaled: Tensor, time: float, *told: Tensor) -> Tensor:
        return self.rows(self._network, scaled, torch.full((len(scaled),), time, device=self.device), *told).float()

    def _network(self, *inputs: Tensor) -> Tensor:
        with torch.no_grad(), torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            return self.unet(*inputs)

    @torch.no_grad()
    def encode_picture(self, rgba: Tensor) -> Tensor:
        return self.rows(self._encoded, premultiplied(rgba.to(self.device)))

    def _encoded(self, pictures: Tensor) -> Tensor:
        with torch.no_grad():
            return self.vae.encode(pictures).float()

    @torch.no_grad()
    def decode(self, x0: Tensor) -> Tensor:
        return straight(self.rows(self.vae.decode, x0), haze=HAZE)

    @torch.no_grad()
    def glimpse(self, x0: Tensor) -> Tensor:
        return straight(self.rows(self._quickly_decoded, x0), haze=HAZE)

    def _quickly_decoded(self, x0: Tensor) -> Tensor:
        with torch.no_grad(), torch.autocast(self.device.type, torch.bfloat16, enabled=bf16_is_fast(self.device)):
            return self.vae.decode(x0)

    @torch.no_grad()
    def preview(self, x0: Tensor) -> Tensor:
        return straight(self.vae.linear(x0), haze=HAZE)


def bf16_is_fast(device: torch.device) -> bool:
    """Whether the device multiplies bf16 in hardware: emulated, it is slower than fp32."""
    if device.type != "cpu":
        return device.type == "cuda"
    # asked for only where this torch can tell (2.11 and later)
    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


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


def _under(prefix: str, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(f"{prefix}."): w for name, w in weights.items() if name.startswith(f"{prefix}.")}
