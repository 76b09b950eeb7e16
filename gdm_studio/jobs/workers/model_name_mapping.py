"""Mapping from another computer's model names and file hashes to the models of this computer."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from gdm_studio.common.errors import ModelError
from gdm_studio.jobs.workers.request_files import request_hashes
from gdm_studio.models.fingerprint import fingerprint
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library, with_recorded_weights
from gdm_studio.request.generation_request import Request


class MissingFiles(Exception):
    """Error raised when this computer lacks model files of a request from another computer.

    `parts` are the keys of their hashes.
    """

    def __init__(self, parts: list[str]) -> None:
        super().__init__(", ".join(parts))
        self.parts = parts


class RenamedLibrary(Library):
    """Library of this computer's models, VAEs and upscalers that also finds them by the names that another computer
    uses. Requests and recorded steps from that computer can thus be used unchanged.
    """

    def __init__(self) -> None:
        super().__init__()
        self._models: dict[str, str] = {}
        self._vaes: dict[str, str] = {}
        self._upscalers: dict[str, str] = {}

    def rename(self, request: Request, hashes: Mapping[str, str]) -> None:
        """Find the installed model files by the hashes in a request from another computer, and make them available
        under the names used in the request. Raises MissingFiles if a file is not installed.
        """
        self._models.clear()
        self._vaes.clear()
        self._upscalers.clear()
        try:
            here = with_recorded_weights(self, request, hashes)
        except ModelError as error:
            has_model = any(fingerprint(card) == hashes.get("model_hash") for card in self.cards())
            raise MissingFiles(["refiner_hash" if has_model else "model_hash"]) from error
        self._models = {request.model: here.model, request.refiner: here.refiner}
        self._vaes = {request.vae: here.vae}
        self._upscalers = {request.upscaler: here.upscaler}
        # The VAE may be missing, and other parts are chosen by the settings of this computer.
        own = {name: digits for name, digits in hashes.items() if name == "model_hash"}
        with suppress(ModelError):
            own = request_hashes(self, request)
        if other := sorted(name for name in hashes.keys() | own.keys() if hashes.get(name) != own.get(name)):
            raise MissingFiles(other)

    def card(self, name: str) -> ModelCard:
        here = self._models.get(name, name)
        card = super().card(here)
        return card if here == name else replace(card, name=name)

    def vae(self, name: str) -> Path:
        return super().vae(self._vaes.get(name, name))

    def upscaler(self, name: str) -> Path:
        return super().upscaler(self._upscalers.get(name, name))
