"""Latents and conditions of the training images of a LoRA, encoded one image at a time."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import gdm_studio
from gdm_studio.common import atomic_files
from gdm_studio.common.errors import StorageError
from gdm_studio.common.image_file import read_rgba
from gdm_studio.models.files.checkpoints import stamp_of
from gdm_studio.training.captioned_folder import CaptionedImage, FolderProblems
from gdm_studio.training.lora.base_models import LoraBase

# Suffix of the files with encodings, and maximum bytes of such a file.
SUFFIX = ".encoding"
MOST_BYTES = 64_000_000
# Latents of an image and the alternative conditions of its caption.
_Encoding = tuple[Tensor, list[tuple[Tensor, ...]]]


class EncodedImages:
    """Latents of n training images, and their encoded captions (conditions), which are inputs of the network.

    They are complete when `encode` has been exhausted, which takes minutes for a large model. Images that can no longer
    be read by then are left out, and added to `problems`. `size` is the side of the images in pixels. `threads` encode
    images at the same time, if the base model allows it.
    """

    def __init__(
        self,
        base: LoraBase,
        pictures: Sequence[CaptionedImage],
        size: int,
        *,
        seed: int,
        threads: int,
        problems: FolderProblems,
    ) -> None:
        self.base = base
        self._pictures = pictures
        self._size = size
        self._seed = seed
        self._threads = threads if base.encodes_in_threads else 1
        self._problems = problems
        self._done = 0
        # The images that could be read, with the latents and alternative conditions of each.
        self.pictures: list[CaptionedImage] = []
        self._encodings: list[_Encoding] = []

    def encode(self, folder: Path) -> Iterator[int]:
        """Encode the images that are not yet encoded, and yield after each of them how many are done.

        Each result is stored as a file in `folder`. An image whose file is there is not encoded again. Raises
        StorageError if the folder cannot be created.
        """
        atomic_files.make_folder(folder)
        encode = partial(self._encode, folder)
        indices = range(self._done, len(self._pictures))
        with ThreadPoolExecutor(self._threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            results = map(encode, indices) if self._threads == 1 else pool.map(encode, indices)
            try:
                for result in results:
                    picture = self._pictures[self._done]
                    self._done += 1
                    if result is None:
                        self._problems.unreadable.append(picture.path)
                    else:
                        self.pictures.append(picture)
                        self._encodings.append(result)
                    yield self._done
            finally:
                pool.shutdown(cancel_futures=True)

    def _encode(self, folder: Path, index: int) -> _Encoding | None:
        """Encode an image and its caption, or load the encoding from `folder`. Return None if the image cannot be read,
        for example because the user has deleted it meanwhile.
        """
        picture = self._pictures[index]
        stored = folder / self._build_file_name(index)
        if (encoding := _load(stored)) is not None:
            return encoding
        try:
            image = read_rgba(picture.path)
        except StorageError:
            return None
        latents = self.base.encode_image(image, self._size)
        rng = np.random.default_rng([self._seed, 1, index])
        rows = self.base.encode_caption(picture.caption, latents[0], self._size, rng)
        # A view would keep the whole tensor to which it belongs, and write it to the file.
        encoding = latents.clone(), [tuple(part.clone() for part in row) for row in rows]
        # On a full disk, the image is only encoded again if the preparation is paused.
        with suppress(StorageError):
            _save(stored, encoding)
        return encoding

    def _build_file_name(self, index: int) -> str:
        """Return the name of the file for the encoding of an image. It changes with the image, its caption, the
        settings, the model's files and the version of GDM Studio.
        """
        picture = self._pictures[index]
        card = self.base.card
        weights = [*card.weights, *chain.from_iterable(card.weights_beside().values())]
        stamps = [stamp_of(path) for path in (picture.path, *weights)]
        made_by = [gdm_studio.__version__, card.name, stamps]
        parts = [*made_by, picture.path.name, picture.caption, self._size, self._seed, index]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32] + SUFFIX

    @property
    def latents(self) -> Tensor:
        """Latents (n, C, h, w) of the images, in fp32 on the CPU."""
        return torch.cat([latents for latents, _ in self._encodings])

    @property
    def rows(self) -> np.ndarray:
        """Row numbers (n, k) in the tensors of `conditions`: k alternative encodings of the caption for each image."""
        count = sum(len(conditions) for _, conditions in self._encodings)
        return np.arange(count).reshape(len(self._encodings), -1)

    def conditions(self) -> tuple[Tensor, ...]:
        """Return the encoded captions of all images as tensors with one row per encoding. The last row is for the empty
        prompt.
        """
        rows = [row for _, conditions in self._encodings for row in conditions]
        rows.append(self.base.encode_empty_prompt(self._size))
        return tuple(torch.cat(part) for part in zip(*rows, strict=True))


def remove_encodings(folder: Path) -> None:
    """Delete the files that `EncodedImages.encode` has written to a folder, and the folder if it is then empty."""
    for pattern in (f"*{SUFFIX}", f".*{atomic_files.PART}"):
        for file in folder.glob(pattern):
            with suppress(OSError):
                file.unlink()
    with suppress(OSError):
        folder.rmdir()


def _save(path: Path, encoding: _Encoding) -> None:
    """Write the encoding of an image to a file, after its digest. Raises StorageError."""
    content = io.BytesIO()
    torch.save(encoding, content)
    data = content.getvalue()
    atomic_files.write(path, _digest_image(path, data) + data, durable=False)


def _load(path: Path) -> _Encoding | None:
    """Load the encoding of an image, or return None if the file is missing or damaged.

    A damaged or renamed file does not have the right digest.
    """
    try:
        data = atomic_files.read(path, max_bytes=MOST_BYTES)
    except StorageError:
        return None
    size = hashlib.sha256().digest_size
    digest, content = data[:size], data[size:]
    if digest != _digest_image(path, content):
        return None
    encoding: _Encoding = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    return encoding


def _digest_image(path: Path, content: bytes) -> bytes:
    return hashlib.sha256(path.name.encode() + content).digest()
