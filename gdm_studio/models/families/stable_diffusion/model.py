"""Stable Diffusion in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.errors import ModelError
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.path import Denoise, Noise, Path, Point
from gdm_studio.models.accepts import CHOOSE_VAE, NO_VAE, PLAIN
from gdm_studio.models.card import ModelCard
from gdm_studio.models.checkpoints import read_entry
from gdm_studio.models.families.stable_diffusion.adapting import Adapters
from gdm_studio.models.families.stable_diffusion.conditioning import Told, Vectors, encoded, words_in
from gdm_studio.models.families.stable_diffusion.glimpses import Glimpses, decoded
from gdm_studio.models.families.stable_diffusion.kinds import Kind, kind_of
from gdm_studio.models.families.stable_diffusion.layout import Network, layout_of, with_vae
from gdm_studio.models.families.stable_diffusion.loading import Networks, networks
from gdm_studio.models.families.stable_diffusion.staged import Again, Part, Passes
from gdm_studio.models.grammar import stretches
from gdm_studio.models.loaded import Ask, Attend, LoadedModel, NoiseAt, Stage
from gdm_studio.models.precision import finite, quickly
from gdm_studio.models.process import process_of
from gdm_studio.models.rows import Rows
from gdm_studio.models.store import Store
from gdm_studio.models.watching import level_of, maps_of, watched
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.unet import Attention, TransformerBlock, UNet
from gdm_studio.passes import enlarged, is_enlarged
from gdm_studio.request import Request

PIXELS = 8  # to a latent, along an axis
UGLY, PLEASING = 2.5, 6.0  # aesthetic scores that a refiner is led away from, and to (Podell et al. 2023, section 2.5)
# RGB in −1 … 1 of latents: of 1 and 2 as K. Turner fitted them, of XL as T. A. Vass has them
LINEAR = ((0.298, 0.207, 0.208), (0.187, 0.286, 0.173), (-0.158, 0.189, 0.264), (-0.184, -0.271, -0.473))
LINEAR_XL = ((0.471, 0.471, 0.471), (-0.471, -0.039, 0.078), (0.196, 0.118, -0.039), (-0.549, -0.392, -0.275))
MIDDLE, MIDDLE_XL = (0.0, 0.0, 0.0), (0.176, 0.098, 0.020)

Script = list[tuple[int, Told]]  # what a row is told, each up to and with a step


@dataclass(frozen=True)
class StableDiffusion:
    """A LoadedModel and its only stage: opaque pictures, eight pixels a latent."""

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    kind: Kind
    networks: Networks

    @classmethod
    def load(
        cls, card: ModelCard, device: torch.device, dtype: torch.dtype, store: Store, lent: Network | None = None
    ) -> StableDiffusion:
        """Reads what is not in the store, what stands beside the card too; raises ModelError.

        A model without an autoencoder has the `lent` one.
        """
        assert card.path is not None
        entry = read_entry(card.path)
        layout = layout_of(entry)
        kind = kind_of(entry, layout)
        if (vae := card.beside.get("vae")) is not None:
            layout = with_vae(layout, read_entry(vae))
        elif "vae" not in layout.networks:
            if lent is None:
                raise ModelError(f"{card.name} {NO_VAE}.", remedy=CHOOSE_VAE, model=card.name)
            layout = replace(layout, networks={**layout.networks, "vae": lent})
        read = networks(card.path.name, layout, kind, device, dtype, store)
        if (other := card.beside.get("refiner")) is None:
            return cls(card, device, dtype, kind, read)
        if not other.accepts.refines:
            raise ModelError(f"{other.name} is no refiner; choose an SDXL refiner, or none.")
        refiner = cls.load(replace(other, beside={}), device, dtype, store, layout.networks["vae"])
        helping = replace(refiner, kind=replace(refiner.kind, assists=True))
        return cls(card, device, dtype, kind, replace(read, refiner=helping))

    def drawing(self, request: Request) -> LoadedModel:
        card = self.card.drawing(request)
        if card is self.card:
            return self
        stages: list[Stage] = [self]
        if request.refiner and self.networks.refiner is not None:
            stages = [Part(self), Part(self.networks.refiner, joined=True)]
        if is_enlarged(request):
            stages.append(Again(self, size=enlarged(request.size or card.sizes()[0], request.factors)))
        return Passes(card, self.device, self.dtype, tuple(stages))

    @property
    def stages(self) -> tuple[StableDiffusion]:
        return (self,)

    @cached_property
    def diffusion(self) -> Diffusion:
        return Diffusion(process_of(self.card), self.card.prediction, self.card.data_scale)

    @cached_property
    def rows(self) -> Rows:
        return Rows(self.device)

    @cached_property
    def adapters(self) -> Adapters:
        """What prompts may name."""
        return Adapters(self.networks, self.card.base, None if self.kind.assists else self.card.beside.get("adapter"))

    @cached_property
    def glimpses(self) -> Glimpses:
        """What shows its latents while a run goes on."""
        return Glimpses(
            lambda pictures: self.kind.scale * self.networks.vae.encode(pictures)[0],
            lambda latents: self.networks.vae.decode(latents / self.kind.scale),
            self._linearly,
            self.device,
        )

    def shape(self, request: Request) -> tuple[int, ...]:
        width, height = request.size or self.card.sizes()[0]
        return self.card.latent[0], height // PIXELS, width // PIXELS

    def start(self, asks: Sequence[Ask], path: Path, noise: Noise, like: Tensor) -> Tensor:
        x: Tensor = self.diffusion.process.prior(noise, like, path[0])
        return x

    def denoiser(self, asks: Sequence[Ask], path: Path, noise: NoiseAt) -> Denoise:
        self.glimpses.look()
        return self._bound(asks, path)[0]

    def _bound(self, asks: Sequence[Ask], path: Path) -> tuple[Denoise, UNet]:
        """The denoiser, and the network that it asks."""
        unet, texts = self.adapters.networks(self._calling(asks))
        learnt = self.adapters.vectors(ask.text for ask in asks)
        known: dict[tuple[str, bool], Script] = {}
        told = []
        for ask in asks:
            key = ask.text, ask.negative
            if key not in known:
                known[key] = self._script(ask, texts, learnt, len(path) - 1)
            told.append(known[key])
        del texts
        self.networks.texts.rest()

        network = _guided(unet, asks[0].factors.get("told_guidance", 1.0) - 1) if unet.config.guidance else unet
        beside = torch.cat([self._beside(ask) for ask in asks]) if self.card.accepts.sees_rest else None

        def denoise(x: Tensor, at: Point) -> Tensor:
            step = _step(path, at)
            rows = [next(each for until, each in script if step <= until) for script in told[: len(x)]]
            more = () if beside is None else (beside[: len(x)],)
            return self.diffusion.x0(lambda *shown: self._answers(network, rows, *shown), x, at, *more)

        return denoise, unet

    @torch.no_grad()
    def attention(self, asks: Sequence[Ask], path: Path) -> Attend:
        denoise, unet = self._bound(asks, path)
        layers = [block.attn2 for block in unet.modules() if isinstance(block, TransformerBlock)]
        learnt = self.adapters.vectors(ask.text for ask in asks)
        lengths = {word: len(next(iter(vectors.values()))) for word, vectors in learnt.items()}
        script = stretches(asks[0].text, len(path) - 1, plain=asks[0].plain)

        def attend(x: Tensor, at: Point) -> tuple[tuple[str, ...], Tensor]:
            step, (height, width) = _step(path, at), x.shape[-2:]
            words = words_in(next(each.windows for each in script if step <= each.until), lengths)

            def look(layer: Attention, h: Tensor, context: Tensor) -> Tensor:
                shares = layer.looked_at(h, context)                                            # (1, T, S)
                return shares.transpose(1, 2).unflatten(2, level_of(h.shape[1], height, width))

            with watched(layers, look) as found:
                denoise(x, at)
            return tuple(word for word, _ in words), maps_of(found, words, (height, width))

        return attend

    def remarks(self, request: Request) -> Sequence[str]:
        prompts = request.prompt_weights()
        return () if self.kind.assists else self.adapters.remarks(prompts, plain=request.grammar == PLAIN)

    def _calling(self, asks: Sequence[Ask]) -> Iterator[str]:
        """The prompts that may name adapters."""
        return (ask.text for ask in asks if not (ask.negative or ask.plain or self.kind.assists))

    def _beside(self, ask: Ask) -> Tensor:
        """Where an ask's picture is painted anew, and what stays of it, grey where it does not: (1, 5, h, w)."""
        width, height = ask.size or self.card.sizes()[0]
        mask, rest = ask.mask, ask.rest
        if mask is None or rest is None:
            rest = self.latents(torch.zeros(1, 3, height, width, device=self.device))
            mask = torch.ones_like(rest[:, :1])
        return torch.cat([(mask >= 0.5).to(rest), rest], dim=1)

    def _script(self, ask: Ask, texts: Sequence[ClipText], learnt: Vectors, steps: int) -> Script:
        sizes = self._sizes(ask)
        script: Script = []
        for stretch in stretches(ask.text, steps, plain=ask.plain):
            skip = 0 if self.kind.assists else round(ask.factors["clip_skip"]) - 1
            told = encoded(self.kind, texts, stretch.windows, skip=skip, learnt=learnt)
            if self.kind.silent and ask.negative and not ask.text.strip():
                told = told.silenced()
            script.append((stretch.until, told.sized(sizes).on(self.device)))
        return script

    def _sizes(self, ask: Ask) -> list[float]:
        """Of the original and of the picture, height first; no crop; a refiner is told the score in place of one."""
        width, height = map(float, ask.size or self.card.sizes()[0])
        if self.kind.scored:
            score = UGLY if ask.negative else ask.factors.get("aesthetic", PLEASING)
            return [height, width, 0.0, 0.0, score]
        return [height, width, 0.0, 0.0, height, width]

    @torch.no_grad()
    def _answers(
        self, unet: Callable[..., Tensor], told: Sequence[Told], x: Tensor, time: float, *beside: Tensor
    ) -> Tensor:
        """The U-Net's, those rows together whose texts are equally long."""
        shown = torch.cat([x, *beside], dim=1)
        found: list[Tensor | None] = [None] * len(told)
        for length in sorted({each.context.shape[1] for each in told}):
            places = [place for place, each in enumerate(told) if each.context.shape[1] == length]
            inputs = [shown[places].to(self.dtype), torch.full((len(places),), time, device=self.device)]
            inputs.append(torch.cat([told[place].context for place in places]).to(self.dtype))
            vectors = [vector for place in places if (vector := told[place].vector) is not None]
            if vectors:
                inputs.append(torch.cat(vectors).to(self.dtype))
            for place, row in zip(places, self.rows(unet, *inputs).float().split(1), strict=True):
                found[place] = row
        return torch.cat([row for row in found if row is not None])

    @torch.no_grad()
    def encode(self, rgba: Tensor) -> Tensor:
        levels = rgba.to(self.device).permute(0, 3, 1, 2).float() / 255
        over_white = levels[:, :3] * levels[:, 3:] + 1 - levels[:, 3:]
        return self.latents(2 * over_white - 1)

    @torch.no_grad()
    def latents(self, pictures: Tensor) -> Tensor:
        """Of pictures (N, 3, H, W) in −1 … 1, in the scale of the U-Net."""
        return self.kind.scale * self.rows(lambda rows: self.networks.vae.encode(rows)[0], pictures)

    @torch.no_grad()
    def pictures(self, latents: Tensor) -> Tensor:
        """The way back."""
        return self.rows(self.networks.vae.decode, latents.float() / self.kind.scale)

    def decode(self, x0: Tensor) -> Tensor:
        return _levels(finite(self.pictures(x0)))

    @torch.no_grad()
    def glimpse(self, x0: Tensor) -> Tensor:
        if (tiny := self.glimpses.decoder) is not None:
            return _levels(self.rows(lambda latents: decoded(tiny, latents), x0.float()))
        return _levels(self.rows(self._quickly_decoded, x0.float() / self.kind.scale))

    def _quickly_decoded(self, latents: Tensor) -> Tensor:
        with torch.no_grad(), quickly(self.device):
            return self.networks.vae.decode(latents)

    @torch.no_grad()
    def preview(self, x0: Tensor) -> Tensor:
        levels = _levels(self._linearly(x0))
        return torch.cat([levels, torch.full_like(levels[..., :1], 255)], dim=-1)

    def _linearly(self, x0: Tensor) -> Tensor:
        factors, middle = (LINEAR_XL, MIDDLE_XL) if self.kind.told else (LINEAR, MIDDLE)
        rgb = torch.einsum("nchw,cr->nrhw", x0.float().cpu(), torch.tensor(factors))
        return F.interpolate(rgb + torch.tensor(middle)[:, None, None], scale_factor=float(PIXELS))


def _step(path: Path, at: Point) -> int:
    """Which of the path's steps, from 1 on, begins at that point."""
    return sum(point.ratio >= at.ratio for point in path[:-1])


def _guided(unet: UNet, guidance: float) -> Callable[..., Tensor]:
    """The U-Net, told what guidance adds to 1."""

    def answer(x: Tensor, *told: Tensor) -> Tensor:
        found: Tensor = unet(x, *told, guidance=x.new_full((len(x),), guidance, dtype=torch.float32))
        return found

    return answer


def _levels(pictures: Tensor) -> Tensor:
    """(N, 3, H, W) in −1 … 1 to uint8 (N, H, W, 3) on the CPU."""
    levels = ((pictures.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return levels.permute(0, 2, 3, 1).contiguous().cpu()
