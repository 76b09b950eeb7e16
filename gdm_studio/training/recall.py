"""Recipe: what the sketch of `icons` knows by heart, solved for: principal components of the drawings people ask for.

The last layer of the sketch becomes their basis, so that its guesses of other prompts are put together from it too.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gdm_studio.atomic import make_folder
from gdm_studio.errors import BadRequest
from gdm_studio.networks.autoencoder_kl import AutoencoderKL
from gdm_studio.networks.recall import Recall
from gdm_studio.networks.unet import Sketch, UNet
from gdm_studio.training import icons_vae
from gdm_studio.training.checkpoint import save_checkpoint
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.icons import UNSTYLED, choice
from gdm_studio.training.icons_networks import RECALL, Trained, averaged
from gdm_studio.training.recipe import CHECKPOINT

DRAWINGS = 6_000  # those shown most often; of `best` they are 98 of 100 that are shown in their own colours
STEP = 1.0  # of components; the basis has unit length
EVENED = 0.5  # power of how often a drawing is shown, by which it counts
SEEN = 0.5  # power of how much a latent channel changes a picture, by which it counts


def build(data: Path, vae: Path, table: Path, run: Path, out: Path, *, subset: str) -> int:
    """Write into `out` the run that training begins from anew, and what it knows; how many drawings that are.

    Raises StudioError.
    """
    pictures = open_pictures(data)
    model, seen = averaged(run, table)
    if (sketch := model.unet.sketch) is None or model.unet.config.components:
        raise BadRequest(f"The model in {run} has no sketch, or one that knows drawings already; name another run.")
    rows, odds, places = known(model, pictures, subset=subset)
    latents = torch.from_numpy(icons_vae.load_latents(vae, pictures)[places]).float()
    mean, basis = components_of(latents, odds**EVENED, icons_vae.load(vae), count=model.unet.config.sketch)
    levels = ((latents.flatten(1) - mean) @ torch.linalg.pinv(basis).T / STEP).round().clamp(-127, 127)
    config = replace(model.unet.config, components=basis.shape[1])
    unet = UNet(config)
    kept = {name: value for name, value in model.unet.state_dict().items() if not name.startswith("sketch.")}
    unet.load_state_dict(kept, strict=False)
    assert unet.sketch is not None
    put_together(sketch, unet.sketch, mean, basis)
    make_folder(out)
    blended = [number for style, number in model.tokenizer.styles.items() if style in UNSTYLED]
    Recall(rows, levels.to(torch.int8), STEP, blended).write(out / RECALL)
    save_checkpoint(out / CHECKPOINT, {
        "ema": [parameter.detach() for parameter in (*unet.parameters(), *model.text.parameters())],
        "styles": list(model.tokenizer.styles),
        "network": asdict(config),
        "seen": seen,
    })
    return len(rows)


def known(model: Trained, pictures: Pictures, *, subset: str) -> tuple[Tensor, Tensor, NDArray[np.int64]]:
    """The drawings shown most often, in their own colours: ids of name and style (n, L) int16, odds, and places.

    Of several with one name in one style it is the one shown most often.
    """
    chosen, odds = choice(pictures, subset)
    found: dict[tuple[int, ...], int] = {}
    for at in np.argsort(-odds, kind="stable").tolist():
        row = pictures.rows[chosen[at]]
        if not row["tint"] and not row["tone"]:
            found.setdefault(tuple(model.tokenizer.encode(row["caption"], row["style"])), at)
    taken = dict(list(found.items())[:DRAWINGS])
    places = [*taken.values()]
    return torch.tensor([*taken], dtype=torch.int16), torch.from_numpy(odds[places]).float(), chosen[places]


@torch.no_grad()
def components_of(latents: Tensor, weights: Tensor, vae: AutoencoderKL, *, count: int) -> tuple[Tensor, Tensor]:
    """The mean (D,) of latents (n, C, h, w), flat, and `count` components (D, count) of unit length, the largest first.

    Between those of latents, whose fine detail is blown up, and those of the pictures they stand for.
    """
    share = (weights / weights.sum())[:, None]
    channels = latents.shape[1]
    impulses = torch.zeros(channels + 1, *latents.shape[1:])
    impulses[range(channels), range(channels), latents.shape[2] // 2, latents.shape[3] // 2] = 1
    drawn = vae.linear(impulses).flatten(1)
    change = drawn[:-1] - drawn[-1]
    strengths, ways = torch.linalg.eigh(change @ change.T)
    root = ways @ torch.diag(strengths.clamp(min=1e-6 * float(strengths[-1])) ** (SEEN / 2)) @ ways.T

    def turned(matrix: Tensor, latents: Tensor) -> Tensor:
        return torch.einsum("cd,nd...->nc...", matrix, latents.view(-1, *impulses.shape[1:])).flatten(1)

    mean = (share * latents.flatten(1)).sum(0)
    off = turned(root, latents.flatten(1) - mean)
    _, vectors = torch.linalg.eigh((off * share).T @ off)
    basis = turned(torch.linalg.inv(root), vectors.flip(1)[:, :count].T.contiguous()).T
    return mean, basis / basis.norm(dim=0)


@torch.no_grad()
def put_together(earlier: Sketch, sketch: Sketch, mean: Tensor, basis: Tensor) -> None:
    """Give a sketch the weights of an earlier one, whose answers it puts together from mean and basis."""
    *narrow, last = (layer for layer in earlier.layers if isinstance(layer, nn.Linear))
    *first, mixing, drawing = (layer for layer in sketch.layers if isinstance(layer, nn.Linear))
    for layer, known in zip(first, narrow, strict=True):
        layer.load_state_dict(known.state_dict())
    inverse = torch.linalg.pinv(basis)
    mixing.weight.copy_(inverse @ last.weight)
    mixing.bias.copy_(inverse @ (last.bias - mean))
    drawing.weight.copy_(basis)
    drawing.bias.copy_(mean)
