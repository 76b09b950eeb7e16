"""Words that were learnt as vectors (textual inversion, Gal et al. 2022, arXiv:2208.01618), read from their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.errors import ModelError
from gdm_studio.models.adapters.card import damaged
from gdm_studio.models.checkpoints import read_entry
from gdm_studio.models.stored import Header

if TYPE_CHECKING:
    from torch import Tensor

    from gdm_studio.models.adapters.spellings import Part

MOST = 75  # vectors of a word: as many tokens as a prompt has room for
_UNNAMED = ("emb_params", "*", "string_to_param.*")  # of tensors in files that do not tell the word
_PARTS: dict[str, Part] = {"clip_l": "text_encoder", "clip_g": "text_encoder_2"}  # of the tensors for both of SDXL
_BY_WIDTHS = {(768,): "Stable Diffusion 1", (1024,): "Stable Diffusion 2", (768, 1280): "SDXL", (1280,): "SDXL refiner"}


@dataclass(frozen=True)
class TextEmbedding:
    """A word for prompts, and what stands in them for each token of it."""

    word: str  # as the file has it, or the file's own name
    base: str  # the models it is for
    vectors: Mapping[Part, Tensor]  # (count, width) in fp32, the same count for every text encoder

    @property
    def tokens(self) -> tuple[str, ...]:
        """A name for each vector: word, word_1, word_2 …"""
        count = len(next(iter(self.vectors.values())))
        return (self.word, *(f"{self.word}_{place}" for place in range(1, count)))


def is_embedding(header: Header) -> bool:
    """Whether the tensors are those of one word: one or two, of one or several vectors of a text encoder's width."""
    return bool(base_of(header))


def base_of(header: Header) -> str:
    """The models that it is a word for; "" where the tensors are not those of a word."""
    shapes = header.shapes
    widths = tuple(shape[-1] for _, shape in sorted(shapes.items(), reverse=True) if len(shape) in (1, 2))
    is_one = len(widths) == len(shapes) and (len(shapes) == 1 or shapes.keys() == _PARTS.keys())
    return _BY_WIDTHS.get(widths, "") if is_one else ""


def vectors_of(base: str, parameters: int) -> int:
    """How many vectors a word for such models has whose file holds so many numbers; at least one."""
    widths = next((widths for widths, name in _BY_WIDTHS.items() if name == base), (parameters,))
    return max(1, parameters // max(1, sum(widths)))


def read_embedding(path: Path) -> TextEmbedding:
    """The word in a file; raises ModelError where it holds none, or a damaged one."""
    from torch import float32

    from gdm_studio.models.weights import Weights

    entry = read_entry(path)
    header = next(iter(entry.headers.values()))
    if not is_embedding(header):
        raise ModelError(f"{path.name} holds no word for prompts; choose a textual inversion of Stable Diffusion.")
    names = sorted(header.shapes, reverse=True)
    tensors = Weights(entry)
    vectors: dict[Part, Tensor] = {}
    for name in names:
        rows = tensors[name].reshape(-1, tensors[name].shape[-1])
        if not 1 <= len(rows) <= MOST or not rows.is_floating_point() or not rows.float().isfinite().all():
            raise damaged(path, name)
        vectors[_PARTS.get(name, "text_encoder")] = rows.to(dtype=float32, copy=True)
    if len({len(rows) for rows in vectors.values()}) > 1:
        raise ModelError(f"{path.name} has more vectors for one text encoder than for the other; download it again.")
    word = path.stem if names[0] in (*_UNNAMED, *_PARTS) else names[0]
    return TextEmbedding(word, base_of(header), vectors)
