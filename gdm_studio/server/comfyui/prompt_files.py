"""Files that the nodes of one graph read, which remain the same from its check until its run."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gdm_studio.common.errors import ModelError
from gdm_studio.common.image_file import open_image
from gdm_studio.models.upscalers.built_in_upscaler import NAME as BUILT_IN_UPSCALER
from gdm_studio.server.comfyui.errors import NodeError
from gdm_studio.server.comfyui.image_name import ImageName
from gdm_studio.server.comfyui.node_registry import check_side
from gdm_studio.server.comfyui.pictures import Pictures, cache_name, generated_name
from gdm_studio.server.comfyui.stand_ins import is_built_in, upscaling_factor_in
from gdm_studio.server.json_fields import decode_base64
from gdm_studio.server.limits import NotFoundError

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.server.service import Service


class PromptFiles:
    """`Files` of a graph. The files of the images that it reads are remembered, so that `for_run` reads them again."""

    def __init__(self, service: Service, pictures: Pictures, read: dict[ImageName, bytes] | None = None) -> None:
        self._service = service
        self._pictures = pictures
        self.is_rehearsal = read is None
        self.has_stand_ins = False
        self._cached_bytes: dict[ImageName, bytes] = {} if read is None else read

    def for_run(self) -> PromptFiles:
        """Return the files for the run of a graph that was checked."""
        return PromptFiles(self._service, self._pictures, self._cached_bytes)

    @property
    def byte_count(self) -> int:
        return sum(map(len, self._cached_bytes.values()))

    def card(self, name: str) -> ModelCard:
        return self._service.models.card(name)

    def load_image(self, name: str) -> np.ndarray:
        return self.decode(self._read_file(ImageName.of(name, folder="input")))

    def decode_image(self, text: str) -> np.ndarray:
        return self.decode(decode_base64(text, "image"))

    def load_cached(self, key: str) -> tuple[np.ndarray, np.ndarray]:
        data = self._read_file(cache_name(key))
        rgba = self.decode(data)
        with open_image(Path("The image"), io.BytesIO(data)) as image:
            has_alpha = "A" in image.getbands()
        return rgba, rgba[..., 3 if has_alpha else 0].copy()

    def decode(self, data: bytes) -> np.ndarray:
        return self._pictures.decode(data)

    def read_generated(self, picture: str) -> bytes:
        return self._pictures.read(generated_name("", picture, "output"))

    def upscale(self, name: str, rgba: np.ndarray) -> np.ndarray:
        from gdm_studio.engine.upscale import Upscaler, finish_upscaling
        from gdm_studio.models.upscalers.network import upscaling_factor

        path = self._service.library.upscaler(BUILT_IN_UPSCALER if is_built_in(name) else name)
        factor = upscaling_factor_in(name) if is_built_in(name) else upscaling_factor(path)
        if factor == 1:
            raise ModelError(f"{name} does not enlarge images; choose another upscaler.")
        height, width = factor * rgba.shape[0], factor * rgba.shape[1]
        try:
            check_side(width, height)
        except NodeError as error:
            raise NodeError(str(error), input_name="image") from error
        if self.is_rehearsal:
            self.has_stand_ins = True
            return np.full((height, width, 4), (128, 128, 128, 255), np.uint8)
        # Between two steps of the other requests.
        work = self._service.call(
            lambda: finish_upscaling(
                Upscaler(path).steps_to((width, height), rgba), lambda: not self._service.is_closing
            )
        )
        return work.result()

    def _read_file(self, name: ImageName) -> bytes:
        if name not in self._cached_bytes:
            if not self.is_rehearsal:
                raise NotFoundError("The image was removed; send it again.")
            self._cached_bytes[name] = self._pictures.read(name)
        return self._cached_bytes[name]
