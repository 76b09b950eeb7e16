"""Similarity search by the meaning of a prompt (`like:animal`) or by the pixels of an image (`similar:ID`)."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from gdm_studio.gallery.saved_image import Picture
    from gdm_studio.gallery.thumbnails import Thumbnails

Floats = NDArray[np.float32]
# Function that embeds strings: returns unit vectors (strings, width), or zeros for a string without known words.
Embed = Callable[[Sequence[str]], Floats]

# Maximum number of results of a `like:` search and of a `similar:` search.
MAX_FOUND, MAX_SIMILAR = 500, 200
# Minimum cosine similarity of the search text and a prompt: absolute, and as a fraction of the best match. The fraction
# is lower if no prompt contains the text, such as "animal" where the prompts name a dog and a pig, because the matches
# then differ more from each other.
LEAST_COSINE, LEAST_SHARE, UNNAMED_SHARE = 0.3, 0.55, 0.46
# Candidates whose pixels are compared: the nearest by meaning, and images created shortly before and after.
BY_MEANING, BY_TIME = 400, 300
# Weight of the prompt in the score of an image, minimum score, and pixel difference at which the visual similarity is
# 0. An image with the same prompts is similar in any case. If a prompt has no known words, only the pixels count.
MEANING_SHARE, LEAST_SCORE, UNLIKE = 0.55, 0.5, 0.35
# Time limit in seconds for creating missing thumbnails. Without a thumbnail, only the prompt counts.
SECONDS = 1.0
# Side of the reduced images that are compared, and side of the thumbnails that they come from.
SIDE, THUMBNAIL = 8, 32
MAX_PROMPT = 400
# Stop words.
SMALL_WORDS = frozenset(("a", "an", "and", "for", "in", "of", "on", "the", "with"))
MAX_LOOKS, MAX_ANSWERS = 20_000, 16


class PromptIndex(Protocol):
    """Interface of the gallery index with only the methods that the similarity search needs."""

    def content_version(self) -> object: ...
    def prompts_by_row(self, limit: int) -> list[tuple[int, str]]: ...
    def get(self, picture_id: str) -> Picture | None: ...
    def at(self, moments: Iterable[int]) -> list[Picture]: ...


class SimilaritySearch:
    """Search for gallery images that are similar to a search text or to another image.

    Without `embed`, only pixels are compared. It caches the vectors of all prompts, the downscaled images that were
    compared, and the most recent results.
    """

    def __init__(self, thumbnails: Thumbnails) -> None:
        # Set this before the first search.
        self.embed: Embed | None = None
        self._thumbnails = thumbnails
        # Row of each image's prompts in `_vectors`. The prompts of an interpolation have one vector.
        self._vector_indices: dict[str, int] = {}
        self._vectors: Floats = np.zeros((0, 1), np.float32)
        self._reduced_thumbnails: OrderedDict[str, Floats] = OrderedDict()
        self._cached_results: OrderedDict[tuple[object, ...], list[int]] = OrderedDict()
        # Rows of the images in the index, in ascending order, the row of each image's prompts in `_vectors`, and the
        # index's version.
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._prompts: NDArray[np.int64] = np.zeros(0, np.int64)
        self._version: object = None

    def rows(self, index: PromptIndex, field: str, value: str) -> list[int]:
        """Return the database rows of the images that are similar to a search text (field "like") or to the image with
        an id (field "similar"). Recent results are cached until the index changes.
        """
        key = (index.content_version(), field, value)
        if key not in self._cached_results:
            self._read_prompts(index, key[0])
            find = self._find_like_text if field == "like" else self._find_like_image
            self._cached_results[key] = find(index, value)
            while len(self._cached_results) > MAX_ANSWERS:
                self._cached_results.popitem(last=False)
        return self._cached_results[key]

    def between(self, one: Picture, other: Picture) -> float:
        """Return the visual similarity of two images, from 0 to 1, computed from their thumbnails.

        The result is 0 if a file is damaged.
        """
        looks = self._load_reduced_thumbnails([one, other])
        return _compare_thumbnails(looks.get(one.id), looks.get(other.id))

    def _find_like_text(self, index: PromptIndex, text: str) -> list[int]:
        embed = self.embed or _embed_nothing
        cosines = self._compute_cosines(embed([text[:MAX_PROMPT]])[0])
        best = float(cosines.max(initial=0.0))
        share = LEAST_SHARE if self._is_named(text) else UNNAMED_SHARE
        return self._select_best(cosines, MAX_FOUND, least=max(LEAST_COSINE, share * best))

    def _find_like_image(self, index: PromptIndex, picture_id: str) -> list[int]:
        picture = index.get(picture_id)
        if picture is None:
            return []
        row = round(picture.created * 1e6)
        # An image that was added after the prompts were read has no vector yet, so that only its pixels count.
        cosines = self._compute_cosines(self._vectors[self._prompts[self._rows == row]].sum(axis=0))
        by_meaning = self._select_best(cosines, BY_MEANING, least=LEAST_COSINE)
        own = int(np.searchsorted(self._rows, row))
        by_time = self._rows[max(own - BY_TIME // 2, 0) : own + BY_TIME // 2].tolist()
        others = index.at(sorted({*by_meaning, *by_time}))
        looks = self._load_reduced_thumbnails([picture, *others])
        of_row = dict(zip(self._rows.tolist(), cosines.tolist(), strict=True))
        known = self._find_known_rows() if cosines.any() else set()
        scores = {}
        for other in others:
            other_row = round(other.created * 1e6)
            look = _compare_thumbnails(looks.get(picture.id), looks.get(other.id))
            share = MEANING_SHARE if other_row in known else 0.0
            scores[other_row] = share * of_row.get(other_row, 0.0) + (1 - share) * look
        scores[row] = 1.0
        found = sorted(scores, key=lambda each: -scores[each])[:MAX_SIMILAR]
        return sorted(each for each in found if scores[each] >= LEAST_SCORE)

    def _is_named(self, text: str) -> bool:
        """Return True if the prompt of any image contains all words of the search text except stop words."""
        words = _find_content_words(text[:MAX_PROMPT])
        used = np.unique(self._prompts).tolist()
        prompts = [*self._vector_indices]
        for place in used if words else ():
            prompt = prompts[place].casefold()
            # Most prompts do not contain the letters. Splitting them all into words would take longer than the search.
            if all(word in prompt for word in words) and words <= _find_content_words(prompt):
                return True
        return False

    def _compute_cosines(self, vector: Floats) -> Floats:
        """Return the cosine similarity of a search text's `vector` to the prompts of every indexed image, as an array
        of shape (images,).
        """
        if not self._vector_indices:
            return np.zeros(0, np.float32)
        known: Floats = self._vectors @ vector
        return known[self._prompts]

    def _find_known_rows(self) -> set[int]:
        """Return the database rows of the images whose prompts contain a word known to the text encoder. The vectors of
        all other prompts are zero.
        """
        has_meaning: NDArray[np.bool_] = np.any(self._vectors != 0, axis=1)
        return set(self._rows[has_meaning[self._prompts]].tolist())

    def _select_best(self, scores: Floats, count: int, *, least: float) -> list[int]:
        """Return the database rows of the `count` images with the highest similarity scores, in ascending order.

        Scores below `least` are excluded.
        """
        enough = np.flatnonzero(scores >= least)
        best = enough[np.argsort(-scores[enough], kind="stable")[:count]]
        found: list[int] = sorted(self._rows[best].tolist())
        return found

    def _read_prompts(self, index: PromptIndex, version: object) -> None:
        """Reread the prompts of all gallery images if the index has changed, and compute the vectors of new prompts."""
        if version == self._version:
            return
        embed = self.embed or _embed_nothing
        found = sorted(index.prompts_by_row(MAX_PROMPT))
        fresh = list(dict.fromkeys(prompt for _, prompt in found if prompt not in self._vector_indices))
        if fresh:
            vectors = embed(fresh)
            self._vectors = np.concatenate([self._vectors, vectors]) if self._vector_indices else vectors
            self._vector_indices |= {prompt: len(self._vector_indices) + place for place, prompt in enumerate(fresh)}
        self._rows = np.array([row for row, _ in found], np.int64)
        self._prompts = np.array([self._vector_indices[prompt] for _, prompt in found], np.int64)
        self._version = version

    def _load_reduced_thumbnails(self, pictures: Sequence[Picture]) -> dict[str, Floats]:
        """Return tiny versions of images for pixel comparisons, as {image id: array}.

        Images whose thumbnails cannot be created in time are left out.
        """
        missing = [picture for picture in pictures if picture.id not in self._reduced_thumbnails]
        for picture_id, rgba in self._thumbnails.get(missing, THUMBNAIL, seconds=SECONDS).items():
            if rgba is not None:
                self._reduced_thumbnails[picture_id] = _reduce_thumbnail(rgba)
        found = {
            picture.id: self._reduced_thumbnails[picture.id]
            for picture in pictures
            if picture.id in self._reduced_thumbnails
        }
        while len(self._reduced_thumbnails) > MAX_LOOKS:
            self._reduced_thumbnails.popitem(last=False)
        return found


def _find_content_words(text: str) -> set[str]:
    """Return the words of a text except stop words, without the "s" of plurals."""
    words = set(re.findall(r"\w+", text.casefold())) - SMALL_WORDS
    return {word.rstrip("s") or word for word in words}


def _embed_nothing(texts: Sequence[str]) -> Floats:
    return np.zeros((len(texts), 1), np.float32)


def _reduce_thumbnail(rgba: NDArray[np.uint8]) -> Floats:
    """Reduce a thumbnail to a tiny float image for comparisons: SIDE × SIDE premultiplied RGBA pixels from 0 to 1, with
    shape (SIDE, SIDE, 4).
    """
    small = Image.fromarray(rgba).convert("RGBA").convert("RGBa").resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(small, np.float32) / np.float32(255)


def _compare_thumbnails(one: Floats | None, other: Floats | None) -> float:
    """Return the similarity of two tiny images, from 0 to 1. A mirrored image counts as equal; a
    missing image gives 0.
    """
    if one is None or other is None:
        return 0.0
    difference = min(float(np.sqrt(np.mean((one - each) ** 2))) for each in (other, other[:, ::-1]))
    return max(0.0, 1 - difference / UNLIKE)
