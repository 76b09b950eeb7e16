"""Training pairs of `icons`: training images in random poses and colours, each with the draft image that the model
would derive from a seed.

The U-Net receives such drafts when it generates images. Without these pairs, it would have to keep the pose of a draft
although it was trained only on drawings in their original pose.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.icons.draft_colours import FIXED_COLOURS
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis
from gdm_studio.models.families.icons.object_collage import PLACES
from gdm_studio.models.families.icons.pose import Pose, pose_images
from gdm_studio.models.families.icons.start_drawing_choice import LARGEST_SPAN_SHARE, NEIGHBOURS, SPAN_SHARE, SeedChoice
from gdm_studio.models.loaded_model import VARIATION_NUMBERS, Variation
from gdm_studio.models.memory.precision import fast_autocast
from gdm_studio.models.prompts.word_tokenizer import Tokenizer
from gdm_studio.models.straight_alpha import to_premultiplied
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.training.data.dataset import Pictures, Row, captions
from gdm_studio.training.icons.denoiser_recipe import drawings_of_styles
from gdm_studio.training.icons.networks import IconsNetworks

# A drawing is posed in proportion to its sampling probability to this power, so that rare ones are not forgotten.
PROBABILITY_POWER = 0.5
# The range of temperatures at which poses are drawn.
TEMPERATURES = (0.2, 1.3)
# The share of pairs whose colours are turned, and the share of these with any hue. The others turn slightly.
TINTED = 0.5
ANY_HUE = 0.4
# The standard deviation of a slight turn of the hue, in degrees.
SLIGHT_TURN = 10.0
# The share of drafts that are estimated from the drawings of the object in other styles, as for a style in which an
# object was never drawn.
TRANSFERRED = 0.15
# The share of pairs that show two objects.
COLLAGES = 0.08
# The number of pairs that are made at once.
CHUNK = 256


@dataclass(frozen=True)
class PosedDrawings:
    """Training pairs of a draft image and a finished image in the same pose, as latents on the training device, with a
    prompt for each pair.
    """

    # (n, C, h, w) fp16: the encoded drafts and the encoded drawings, in the same pose.
    drafts: Tensor
    latents: Tensor
    # (n, L) int64 on the CPU: the tokens of the prompts.
    prompts: Tensor

    def __len__(self) -> int:
        return len(self.drafts)


def memorised_images(
    recall: PrototypeBasis, tokenizer: Tokenizer, pictures: Pictures, *, subset: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Find the images in the dataset that a model has memorised.

    Returns the rows of the table `recall` that were found, their image indices and their sampling probabilities. Raises
    ModelError if none were found, which means that the images are not the model's.
    """
    found, chosen, odds = drawings_of_styles(pictures, tokenizer, subset)
    known = [(number, found[tuple(name)]) for number, name in enumerate(recall.rows.tolist()) if tuple(name) in found]
    if not known:
        raise ModelError("The images have none of the drawings that this model has memorised; choose its images.")
    numbers, places = (np.array(column, dtype=np.int64) for column in zip(*known, strict=True))
    weights = odds[places] ** PROBABILITY_POWER
    return numbers, chosen[places], weights / weights.sum()


@torch.no_grad()
def pose_drawings(
    networks: IconsNetworks, vae: AutoencoderKL, pictures: Pictures, *, subset: str, count: int, seed: int
) -> PosedDrawings:
    """Create `count` training pairs of a draft image and a finished image in a random pose, from the training images
    that `networks` has memorised.
    """
    maker = _PairMaker(networks, vae, pictures, subset, seed)
    drafts, latents, prompts = (torch.cat(column) for column in zip(*maker.chunks(count), strict=True))
    return PosedDrawings(drafts, latents, prompts)


class _PairMaker:
    """Builder of training pairs, each with a draft image and a finished image, from memorised training images."""

    def __init__(self, networks: IconsNetworks, vae: AutoencoderKL, pictures: Pictures, subset: str, seed: int) -> None:
        assert networks.prototypes is not None and networks.unet.sketch is not None
        self.device = networks.device
        self.tokenizer = networks.tokenizer
        self.sketch = networks.unet.sketch
        self.vae = vae.to(self.device)
        self.pictures = pictures
        self.rng = np.random.default_rng(seed)
        recall = networks.prototypes
        self.rows, self.images, self.odds = memorised_images(recall, self.tokenizer, pictures, subset=subset)
        self.styles = recall.rows[self.rows, 0]
        components = recall.components[self.rows].float() * recall.step
        self.components = components.to(self.device)
        self.neighbours = find_nearest_of_style(self.components, self.styles.to(self.device))
        transferred = [recall.transfer(int(row)) for row in self.rows]
        self.is_transferable = np.array([each is not None for each in transferred])
        filled = [own if each is None else each for own, each in zip(components, transferred, strict=True)]
        self.transferred = torch.stack(filled).to(self.device)

    def chunks(self, count: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Yield `count` training pairs in chunks of at most CHUNK pairs, as (draft latents, target latents, prompt
        tokens).
        """
        for start in range(0, count, CHUNK):
            size = min(CHUNK, count - start)
            picked = self.rng.choice(len(self.rows), size, p=self.odds)
            texts = [captions(self._get_row(each), random.Random(int(self.rng.integers(2**31)))) for each in picked]
            drafts, drawings = self._draw_pixels(picked)
            seconds = self._choose_partners(picked)
            is_collage = self.rng.random(size) < COLLAGES
            if is_collage.any():
                other_drafts, other_drawings = self._draw_pixels(seconds[is_collage])
                drafts[is_collage] = _make_collage(drafts[is_collage], other_drafts)
                drawings[is_collage] = _make_collage(drawings[is_collage], other_drawings)
            for place in np.flatnonzero(is_collage):
                names = (self._get_row(each[place])["caption"] for each in (picked, seconds))
                texts[place] = " and ".join(f"a {name}" for name in names)
            styles = [self._get_row(each)["style"] for each in picked]
            prompts = [self.tokenizer.encode(*prompt) for prompt in zip(texts, styles, strict=True)]
            yield self._encode(drafts), self._encode(drawings), torch.tensor(prompts)

    def _get_row(self, index: int) -> Row:
        return self.pictures.rows[self.images[index]]

    def _choose_partners(self, picked: NDArray[np.int64]) -> NDArray[np.int64]:
        """Choose a random second training image of the same style for each training image, for images with two
        objects.
        """
        by_style = {int(style): np.flatnonzero(self.styles == style) for style in self.styles.unique()}
        return np.array([self.rng.choice(by_style[int(self.styles[each])]) for each in picked], dtype=np.int64)

    def _draw_pixels(self, picked: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Return the draft images and the finished images of training pairs, premultiplied (n, 4, H, H) in 0 … 1. The
        images of a pair have the same random pose and colours.
        """
        temperatures = self.rng.uniform(*TEMPERATURES, len(picked))
        numbers = torch.from_numpy(self.rng.standard_normal((len(picked), VARIATION_NUMBERS), np.float32))
        choices = [
            SeedChoice(Variation(each, float(temperature), has_rare_drawings=True))
            for each, temperature in zip(numbers, temperatures, strict=True)
        ]
        words = [frozenset(self._get_row(each)["caption"].split()) for each in picked]
        poses = [Pose.choose(*each) for each in zip(choices, words, strict=True)]
        components = self._shift_components(picked, numbers, temperatures)
        size = torch.Size(self.sketch.shape[1:])
        with fast_autocast(self.device):
            drafts = self.vae.decode(self.sketch.from_components(components, size)).float()
        drawings = to_premultiplied(torch.from_numpy(self.pictures.rgba(self.images[picked])).to(self.device))
        turned = draw_hue_turns(self.rng, words)
        both = premultiply((torch.cat([drafts, drawings]) + 1) / 2)
        both = turn_hues(both, torch.tensor([*turned, *turned], device=self.device))
        posed, _ = pose_images(both, [*poses, *poses])
        drafts, drawings = premultiply(posed).chunk(2)
        return drafts, drawings

    def _shift_components(
        self, picked: NDArray[np.int64], numbers: Tensor, temperatures: NDArray[np.float64]
    ) -> Tensor:
        """Return the draft images as components (n, K), shifted towards similar training images as a seed would shift
        them.
        """
        at = torch.from_numpy(picked).to(self.device)
        shares = np.minimum(SPAN_SHARE * temperatures, LARGEST_SPAN_SHARE)
        mixing = torch.softmax(numbers[:, -NEIGHBOURS:].to(self.device), 1)
        mixture = torch.einsum("nk,nkc->nc", mixing, self.components[self.neighbours[at]])
        own = self.components[at]
        moved = own + torch.from_numpy(shares).float().to(self.device)[:, None] * (mixture - own)
        is_transferred = self.is_transferable[picked] & (self.rng.random(len(picked)) < TRANSFERRED)
        return torch.where(torch.from_numpy(is_transferred).to(self.device)[:, None], self.transferred[at], moved)

    def _encode(self, pixels: Tensor) -> Tensor:
        with fast_autocast(self.device):
            return self.vae.encode((2 * pixels - 1).contiguous(memory_format=torch.channels_last)).half()


def find_nearest_of_style(components: Tensor, styles: Tensor) -> Tensor:
    """Return the indices (n, NEIGHBOURS) of the training images that are most similar to each image, among those of the
    same style.
    """
    nearest = torch.empty(len(components), NEIGHBOURS, dtype=torch.int64, device=components.device)
    for style in styles.unique():
        places = (styles == style).nonzero()[:, 0]
        distances = torch.cdist(components[places], components[places]).fill_diagonal_(math.inf)
        order = distances.argsort(1)[:, :NEIGHBOURS]
        # A style with few drawings repeats them.
        order = order[:, torch.arange(NEIGHBOURS, device=order.device) % order.shape[1]]
        nearest[places] = places[order]
    return nearest


def premultiply(images: Tensor) -> Tensor:
    """Clamp images (n, 4, H, H) to valid premultiplied colours: all values in 0 … 1, and no colour above the alpha."""
    levels = images.clamp(0, 1)
    return torch.cat([torch.minimum(levels[:, :3], levels[:, 3:]), levels[:, 3:]], 1)


def draw_hue_turns(rng: np.random.Generator, words: Sequence[frozenset[str]]) -> list[float]:
    """Return a random hue rotation in degrees for each image. It is 0 for objects with a fixed colour."""
    turns = SLIGHT_TURN * rng.standard_normal(len(words))
    turns = np.where(rng.random(len(words)) < ANY_HUE, rng.uniform(-180, 180, len(words)), turns)
    keeps = [not FIXED_COLOURS.isdisjoint(each) for each in words]
    return np.where(keeps | (rng.random(len(words)) >= TINTED), 0.0, turns).tolist()


def turn_hues(images: Tensor, degrees: Tensor) -> Tensor:
    """Rotate the colours of premultiplied images (n, 4, H, H) about the grey axis by angles (n,) in degrees."""
    angles = torch.deg2rad(degrees.float())[:, None, None]
    eye = torch.eye(3, device=images.device)
    # Rodrigues' formula for the axis (1, 1, 1) / √3.
    cross = (eye.roll(1, 0) - eye.roll(-1, 0)) / math.sqrt(3)
    rotation = torch.cos(angles) * eye + torch.sin(angles) * cross + (1 - torch.cos(angles)) / 3
    colours = torch.einsum("nij,njhw->nihw", rotation, images[:, :3])
    return premultiply(torch.cat([colours, images[:, 3:]], 1))


def _make_collage(first: Tensor, second: Tensor) -> Tensor:
    """Combine pairs of premultiplied images (n, 4, H, H) into images with two objects, in the arrangement of
    `make_collage`.
    """
    part, corners = PLACES[2]
    side = first.shape[-1]
    small = round(part * side)
    whole = torch.zeros_like(first)
    for images, corner in zip((first, second), corners, strict=True):
        left, above = (round(at * side) for at in corner)
        reduced = F.interpolate(images, (small, small), mode="bicubic", antialias=True, align_corners=False)
        reduced = premultiply(reduced)
        at = whole[:, :, above : above + small, left : left + small]
        at.copy_(reduced + (1 - reduced[:, 3:]) * at)
    return whole
