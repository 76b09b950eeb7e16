"""Embeddings: prompt words with learned vectors (textual inversion, Gal et al. 2022, arXiv:2208.01618)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common.errors import ModelError
from gdm_studio.models.adapters.peft_configuration import damaged_error
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.header import Header, integer_error, unreadable_error
from gdm_studio.models.files.weight_file_names import name_of

if TYPE_CHECKING:
    from torch import Tensor

    from gdm_studio.models.adapters.layer_names import Part

# Maximum number of vectors of an embedding: the number of tokens in one window of a prompt.
MOST = 75
# Tensor names in embedding files that do not contain the word.
_NAMELESS_TENSORS = ("emb_params", "*", "string_to_param.*")
# Tensor names in embedding files for the two text encoders of SDXL.
_PARTS: dict[str, Part] = {"clip_l": "text_encoder", "clip_g": "text_encoder_2"}
_BY_WIDTHS = {(768,): "Stable Diffusion 1", (1024,): "Stable Diffusion 2", (768, 1280): "SDXL", (1280,): "SDXL refiner"}


@dataclass(frozen=True)
class TextEmbedding:
    """Textual inversion embedding in memory: the word that activates it in a prompt, and the learned vectors that
    replace the word's tokens.
    """

    # The word in the file, or else the name of the file.
    word: str
    # Kind of model that the embedding is for, such as "SDXL".
    base: str
    # Vectors (count, width) in fp32 by text encoder. The count is the same for every text encoder.
    vectors: Mapping[Part, Tensor]

    @property
    def tokens(self) -> tuple[str, ...]:
        """Names of the tokens that represent the embedding's vectors in a tokenised prompt: word, word_1, word_2 …"""
        count = len(next(iter(self.vectors.values())))
        return (self.word, *(f"{self.word}_{place}" for place in range(1, count)))


def is_embedding(header: Header) -> bool:
    """Return True if a file contains a textual inversion embedding, judging by its tensor shapes."""
    return bool(embedding_base(header))


def embedding_base(header: Header) -> str:
    """Return the kind of model that a textual inversion embedding is for, or "" if the file is not an embedding."""
    shapes = header.shapes
    widths = tuple(shape[-1] for _, shape in sorted(shapes.items(), reverse=True) if len(shape) in (1, 2))
    is_one = len(widths) == len(shapes) and (len(shapes) == 1 or shapes.keys() == _PARTS.keys())
    return _BY_WIDTHS.get(widths, "") if is_one else ""


def vector_count(base: str, parameters: int) -> int:
    """Return the number of vectors in a textual inversion embedding, computed from its number of parameters and the
    kind of model that it is for.
    """
    widths = next((widths for widths, name in _BY_WIDTHS.items() if name == base), (parameters,))
    return max(1, parameters // max(1, sum(widths)))


def check_embedding(file: str, header: Header) -> None:
    """Check the types and shapes of a textual inversion embedding. Raises ModelError if it cannot be used."""
    counts = set()
    for name, shape in header.shapes.items():
        if header.is_integer(name):
            raise integer_error(file, name)
        counts.add(shape[0] if len(shape) > 1 else 1)
        if name in header.unreadable:
            raise unreadable_error(file, header.unreadable[name])
    if len(counts) > 1:
        raise ModelError(f"{file} has more vectors for one text encoder than for the other; download it again.")
    if not 1 <= max(counts) <= MOST:
        raise ModelError(f"{file} has {max(counts)} vectors, and prompts have room for 1 to {MOST}; choose another.")


def read_embedding(path: Path) -> TextEmbedding:
    """Read a textual inversion embedding from a file. Raises ModelError if the file is damaged or contains no
    embedding.
    """
    from torch import float32

    from gdm_studio.models.files.weights import Weights, is_possible

    entry = read_entry(path)
    header = next(iter(entry.headers.values()))
    if not is_embedding(header):
        raise ModelError(f"{path.name} is not an embedding; choose a textual inversion for Stable Diffusion.")
    check_embedding(path.name, header)
    names = sorted(header.shapes, reverse=True)
    tensors = Weights(entry)
    vectors: dict[Part, Tensor] = {}
    for name in names:
        rows = tensors[name].reshape(-1, tensors[name].shape[-1])
        if not is_possible(rows):
            raise damaged_error(path, name)
        vectors[_PARTS.get(name, "text_encoder")] = rows.to(dtype=float32, copy=True)
    word = name_of(path) if names[0] in (*_NAMELESS_TENSORS, *_PARTS) else names[0]
    return TextEmbedding(word, embedding_base(header), vectors)
