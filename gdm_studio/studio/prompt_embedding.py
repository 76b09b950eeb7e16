"""Embedding of prompts by the built-in model's word vectors, for the similarity search of the gallery."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from gdm_studio.common.errors import ModelError
from gdm_studio.request.generation_request import BUILT_IN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gdm_studio.models.families.icons.word_vectors import WordVectors
    from gdm_studio.models.model_library import Library


class PromptEmbedding:
    """Callable that converts prompts to unit vectors (texts, width), so that the gallery can find images with similar
    prompts. The word vectors are loaded on the first call. If the built-in model is missing or damaged, all vectors are
    zero.
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def _vectors(self) -> WordVectors | None:
        from gdm_studio.models.families.icons.family import load_word_vectors

        try:
            return load_word_vectors(self._library.card(BUILT_IN))
        except ModelError:
            return None

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        return np.zeros((len(texts), 1), np.float32) if self._vectors is None else self._vectors.embed(texts)
