"""Training drawings of `icons` that a model itself contains, with random prompts: its memorised drawings, and its
silhouettes as a style of their own.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from gdm_studio.common.atomic_files import write
from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.families.icons.pose import Pose, pose_images
from gdm_studio.models.families.icons.start_drawing_choice import SeedChoice
from gdm_studio.models.loaded_model import VARIATION_NUMBERS, Variation
from gdm_studio.models.memory.precision import fast_autocast
from gdm_studio.models.prompts.word_tokenizer import Tokenizer
from gdm_studio.models.straight_alpha import to_premultiplied, to_straight_alpha
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.networks.icons.special_tokens import FIRST_STYLE, FIRST_WORD, PADDING
from gdm_studio.training.data.catalogue import load_demand
from gdm_studio.training.data.colours import dominant_colour
from gdm_studio.training.data.dataset import captions
from gdm_studio.training.icons.pose_augmented_pairs import draw_hue_turns, find_nearest_of_style, premultiply, turn_hues

# The metadata key of the settings with which a file of drawings was created.
SETTINGS = "settings"
# The id of the style in which silhouettes are drawn.
SILHOUETTE_STYLE = "silhouette"
# The number of prompts composed for each drawing. The first one is the plain name.
PROMPTS = 8
# A drawing of a common word has its word frequency to this power as its sampling weight.
FREQUENCY_POWER = 0.3
# The weights of other drawings: those that are memorised first, the rarer ones, and silhouettes.
COMMON_WEIGHT, RARE_WEIGHT, SILHOUETTE_WEIGHT = 0.7, 0.25, 0.5
# The power that is applied to a style's fraction of the weights.
STYLE_POWER = 0.6
# The share of drawings that are held out, and the number of further styles in which their objects must be drawn.
HELD_OUT, OTHER_STYLES = 0.04, 2
# The largest share by which a draft is moved towards similar drawings.
DRAFT_SPREAD = 0.5
# The largest turn of the hue in degrees after which colours are still usual ones.
SLIGHT_TURN = 30.0
# The range of temperatures at which poses are drawn.
TEMPERATURES = (0.3, 1.3)
# The number of images that are decoded or encoded at once.
CHUNK = 64


@dataclass(frozen=True)
class TextDrawings:
    """Latents of drawings with the tokens of random prompts.

    A drawing may be present several times, in different poses and colours, each with its own prompts.
    """

    # (n, C, h, w) fp16: the drawings, and drafts of them in the same pose and colours.
    latents: Tensor
    drafts: Tensor
    # (n, PROMPTS, L) int16, tokens including the style. The first prompt is the plain name.
    prompts: Tensor
    # (n,) sampling probabilities, which are 0 for drawings that are held out.
    odds: Tensor
    # (n,) numbers in 0 … 1 that divide the drawings at random; all poses of a drawing have the same number.
    lots: Tensor
    # (n,) bool: True for held-out drawings, and for drawings in their own pose and colours.
    is_held_out: Tensor
    is_original: Tensor

    def to(self, device: torch.device) -> TextDrawings:
        """Return the same drawings, with latents and prompts on a device."""
        return replace(
            self,
            latents=self.latents.to(device),
            drafts=self.drafts.to(device),
            prompts=self.prompts.to(device),
            lots=self.lots.to(device),
        )

    def write(self, path: Path, settings: str) -> None:
        """Save the drawings as a safetensors file, with the settings of their creation. Raises StorageError."""
        parts = {field.name: getattr(self, field.name).contiguous() for field in fields(self)}
        write(path, save(parts, {SETTINGS: settings}))

    @classmethod
    def read(cls, path: Path, settings: str) -> TextDrawings:
        """Load the drawings from a file that `write` has saved.

        Raises StorageError, for example if they were created with other settings.
        """
        try:
            with safe_open(path, "pt") as file:
                found = (file.metadata() or {}).get(SETTINGS)
            if found == settings:
                return cls(**load_file(path))
        except (SafetensorError, TypeError, OSError) as error:
            raise StorageError(f"{path} is damaged; delete it, so that it is created again.") from error
        raise StorageError(
            f"The drawings in {path} were created with other settings ({found}, now {settings}); delete the file, or "
            "choose another --out."
        )


@dataclass(frozen=True)
class _SourceDrawing:
    """Drawing before it is posed: its name, style token and sampling weight, and other names of the object."""

    name: str
    style: int
    weight: float
    synonyms: tuple[str, ...] = ()
    # The row of the drawing in the table of memorised drawings, or None if it is a silhouette.
    row: int | None = None


def tokenizer_of(model: IconsModel) -> Tokenizer:
    """Return a model's tokenizer, which additionally knows the style and the names of silhouettes."""
    tokenizer = model.tokenizer
    if model.silhouettes is None:
        return tokenizer
    styles = [*tokenizer.styles, SILHOUETTE_STYLE]
    named = tokenizer.with_drawings(model.silhouettes.names)
    extended = Tokenizer(tokenizer.vocab, styles, tokenizer.length, named.emoji, named.lexicon)
    extended.names = named.names
    return extended


def create_text_drawings(
    model: IconsModel, *, count: int, poses: int, seed: int
) -> Iterator[tuple[int, int] | TextDrawings]:
    """Create `count` random training drawings of a model (all drawings if it is 0), each in its own pose and in a
    number of random `poses`.

    Yields the progress as (done, total), and at last the drawings. Raises ModelError if the model has no drawings.
    """
    tokenizer = tokenizer_of(model)
    sources = [*_iter_memorised(model, tokenizer), *_iter_silhouettes(model, tokenizer)]
    if not sources:
        raise ModelError("This model contains no drawings to train on; choose the built-in model.")
    held_out = _choose_held_out(sources)
    odds = _compute_odds(sources, held_out)
    rng = np.random.default_rng(seed)
    if count:
        chosen = np.sort(rng.permutation(len(sources))[:count])
        sources, held_out, odds = [sources[each] for each in chosen], held_out[chosen], odds[chosen]
        odds /= odds.sum()
    lots = np.array([_draw_lot("prior", source) for source in sources])
    maker = _TrainingDataBuilder(model, tokenizer, poses, rng)
    chunks = []
    for start in range(0, len(sources), CHUNK):
        chunks.append(maker.chunk(sources[start : start + CHUNK]))
        yield min(start + CHUNK, len(sources)), len(sources)
    latents, drafts, prompts = (torch.cat(column).flatten(0, 1) for column in zip(*chunks, strict=True))
    versions = 1 + poses
    is_original = torch.arange(len(latents)) % versions == 0
    each, numbers, out = (
        torch.from_numpy(column).repeat_interleave(versions) for column in (odds / versions, lots, held_out)
    )
    yield TextDrawings(latents, drafts, prompts, each, numbers, out, is_original)


def _iter_memorised(model: IconsModel, tokenizer: Tokenizer) -> Iterator[_SourceDrawing]:
    recall = model.all_drawings or model.recall
    if recall is None or model.recall is None:
        return
    names = {tuple(model.tokenizer.encode(name)[1:]): name for name in model.tokenizer.names.styles_of}
    synonyms = defaultdict(list)
    for name, meant in model.tokenizer.names.styles_of.items():
        if not isinstance(meant, int):
            synonyms[next(iter(meant))].append(name)
    demand = load_demand()
    for row, (style, *tokens) in enumerate(recall.rows.tolist()):
        name = names.get(tuple(tokens)) or _join_tokens(tokens, tokenizer.vocab)
        other = COMMON_WEIGHT if row < len(model.recall.rows) else RARE_WEIGHT
        weight = demand[name] ** FREQUENCY_POWER if name in demand else other
        yield _SourceDrawing(name, style, weight, tuple(synonyms[name]), row)


def _join_tokens(tokens: Sequence[int], vocab: Sequence[str]) -> str:
    """Return a name as text, given its tokens with padding."""
    return " ".join(vocab[token - FIRST_WORD] for token in tokens if token != PADDING).replace(" ##", "")


def _iter_silhouettes(model: IconsModel, tokenizer: Tokenizer) -> Iterator[_SourceDrawing]:
    if model.silhouettes is not None:
        for name in model.silhouettes.drawings:
            yield _SourceDrawing(name, tokenizer.styles[SILHOUETTE_STYLE], SILHOUETTE_WEIGHT)


def _choose_held_out(sources: Sequence[_SourceDrawing]) -> NDArray[np.bool_]:
    """Choose drawings by a hash of their names and styles, whose objects are drawn in further styles."""
    styles = Counter(source.name for source in sources)

    return np.array([styles[each.name] > OTHER_STYLES and _draw_lot("held out", each) < HELD_OUT for each in sources])


def _draw_lot(purpose: str, source: _SourceDrawing) -> float:
    """Return a number in 0 … 1 that depends only on the purpose, and on the style and name of a drawing."""
    digest = hashlib.sha256(f"{purpose} {source.style} {source.name}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def _compute_odds(sources: Sequence[_SourceDrawing], held_out: NDArray[np.bool_]) -> NDArray[np.float64]:
    totals: Counter[int] = Counter()
    for source in sources:
        totals[source.style] += source.weight  # type: ignore[assignment]
    odds = np.array([each.weight * (totals[each.style] / totals.total()) ** (STYLE_POWER - 1) for each in sources])
    odds[held_out] = 0
    return odds / odds.sum()


class _TrainingDataBuilder:
    """Builder of latents, drafts and prompts from the drawings of a model."""

    def __init__(self, model: IconsModel, tokenizer: Tokenizer, poses: int, rng: np.random.Generator) -> None:
        recall = model.all_drawings or model.recall
        assert recall is not None and model.unet.sketch is not None
        self.model = model
        self.sketch = model.unet.sketch
        self.recall = recall
        self.neighbours = find_nearest_of_style(recall.components.float(), recall.rows[:, 0])
        self.tokenizer = tokenizer
        self.poses = poses
        self.rng = rng

    @torch.no_grad()
    def chunk(self, sources: Sequence[_SourceDrawing]) -> tuple[Tensor, Tensor, Tensor]:
        """Return latents and drafts (m, 1 + poses, C, h, w), and prompts (m, 1 + poses, PROMPTS, L) of m drawings."""
        rows = [source.row for source in sources if source.row is not None]
        parts = []
        if rows:
            latents = self._mix_latents(rows)
            # The images of the drafts are only needed for poses.
            images = _decode(self.model.vae, latents if self.poses else latents[: len(rows)])
            parts.append((*latents.half().chunk(2), images[: len(rows)], images[-len(rows) :]))
        if drawn := [self._draw_silhouette(source.name) for source in sources if source.row is None]:
            images = torch.stack(drawn).to(self.model.device)
            latents = _encode_pictures(self.model.vae, images)
            parts.append((latents, latents, images, images))
        # All memorised drawings are in front of all silhouettes.
        drawings, drafts, images, draft_images = (torch.cat(column) for column in zip(*parts, strict=True))
        versions = [
            (drawings, drafts, _compose_prompts(sources, images, [False] * len(sources), self.tokenizer, self.rng))
        ]
        for _ in range(self.poses):
            turned = draw_hue_turns(self.rng, [frozenset(source.name.split()) for source in sources])
            posed, posed_drafts = _pose_pictures(sources, images, draft_images, turned, self.rng)
            drawings, drafts = _encode_pictures(self.model.vae, torch.cat([posed, posed_drafts])).chunk(2)
            is_tinted = [abs(degrees) > SLIGHT_TURN for degrees in turned]
            prompts = _compose_prompts(sources, posed, is_tinted, self.tokenizer, self.rng)
            versions.append((drawings, drafts, prompts))
        latents, moved, prompts = (
            torch.stack([part.cpu() for part in column], 1) for column in zip(*versions, strict=True)
        )
        return latents, moved, prompts

    def _mix_latents(self, rows: Sequence[int]) -> Tensor:
        """Return the latents of memorised drawings, followed by the latents of their drafts, which are the same
        drawings moved towards similar ones.
        """
        neighbours = self.neighbours[rows]
        numbers = torch.from_numpy(self.rng.standard_normal(neighbours.shape, np.float32))
        shares = torch.from_numpy(DRAFT_SPREAD * self.rng.random(len(rows), np.float32))
        own = self.recall.components[rows].float()
        mixture = torch.einsum("nk,nkc->nc", numbers.softmax(1), self.recall.components[neighbours].float())
        moved = own + shares[:, None] * (mixture - own)
        components = self.recall.step * torch.cat([own, moved])
        return self.sketch.from_components(components.to(self.model.device), torch.Size(self.model.card.latent[1:]))

    def _draw_silhouette(self, name: str) -> Tensor:
        silhouettes = self.model.silhouettes
        assert silhouettes is not None
        colour = str(self.rng.choice(silhouettes.colours(name)))
        pixels = silhouettes.draw(name, colour, self.model.card.size)
        return to_premultiplied(torch.from_numpy(pixels)[None])[0]


def _pose_pictures(
    sources: Sequence[_SourceDrawing],
    pictures: Tensor,
    drafts: Tensor,
    turned: Sequence[float],
    rng: np.random.Generator,
) -> tuple[Tensor, Tensor]:
    """Return the pictures and their drafts in the same random poses, with values −1 … 1. Hues are turned by angles in
    degrees.
    """
    words = [frozenset(source.name.split()) for source in sources]
    numbers = torch.from_numpy(rng.standard_normal((len(sources), VARIATION_NUMBERS), np.float32))
    temperatures = rng.uniform(*TEMPERATURES, len(sources))
    poses = [
        Pose.choose(SeedChoice(Variation(each, float(temperature), has_rare_drawings=True)), named)
        for each, temperature, named in zip(numbers, temperatures, words, strict=True)
    ]
    both = premultiply((torch.cat([pictures, drafts]) + 1) / 2)
    both = turn_hues(both, torch.tensor([*turned, *turned], device=both.device))
    posed, _ = pose_images(both, [*poses, *poses])
    first, second = (2 * premultiply(posed) - 1).chunk(2)
    return first, second


def _compose_prompts(
    sources: Sequence[_SourceDrawing],
    pictures: Tensor,
    is_tinted: Sequence[bool],
    tokenizer: Tokenizer,
    rng: np.random.Generator,
) -> Tensor:
    """Compose prompts (m, PROMPTS, L) int16 for pictures, the plain name first. Some of the others name the colour, and
    most of those for pictures in an unusual colour.
    """
    styles = list(tokenizer.styles)
    found = []
    small = to_straight_alpha(pictures[:, :, ::4, ::4]).numpy()
    for source, pixels, tinted in zip(sources, small, is_tinted, strict=True):
        colour = dominant_colour(pixels)
        row = {"caption": source.name, "words": source.synonyms, "colour": colour, "tint": colour if tinted else ""}
        texts = [captions(row, random.Random(int(rng.integers(2**31)))) for _ in range(PROMPTS - 1)]
        style = styles[source.style - FIRST_STYLE]
        found.append([tokenizer.encode(text, style) for text in (source.name, *texts)])
    return torch.tensor(found, dtype=torch.int16)


def _decode(vae: AutoencoderKL, latents: Tensor) -> Tensor:
    with fast_autocast(latents.device):
        return vae.decode(latents).float()


def _encode_pictures(vae: AutoencoderKL, pictures: Tensor) -> Tensor:
    with fast_autocast(pictures.device):
        return vae.encode(pictures.contiguous(memory_format=torch.channels_last)).half()
