"""Model files and images that a request needs, described for a worker on another computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.common.text_safety import escape_unsafe, shorten
from gdm_studio.models.fingerprint import fingerprint, part_hashes, prompt_file_hashes, web_ui_hashes
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library, card_for_request
from gdm_studio.request.generation_events import GenerationFacts, Result
from gdm_studio.request.generation_request import Request


@dataclass(frozen=True)
class RequestFiles:
    """Model files and input images of a request, as hashes and names, so that a worker on another computer can find its
    copies.
    """

    # The request with all defaults of its model filled in.
    request: Request
    card: ModelCard
    # The hashes of the model files, as `request_hashes` returns them.
    hashes: Mapping[str, str]
    # The hashes that other tools use, which are only saved with the image.
    other_hashes: Mapping[str, str]
    # The names of the stored images.
    inputs: Sequence[str]

    @classmethod
    def of(cls, library: Library, request: Request) -> RequestFiles:
        """Collect the hashes of the model files and the names of the images that a request needs.

        Model files whose hashes are unknown are read. Raises BadRequest or ModelError.
        """
        from gdm_studio.engine import image_inputs

        card = library.card(request.model)
        checked = card.checked(request)
        whole = card_for_request(library, checked)
        inputs = image_inputs.names_in(checked)
        return cls(checked, whole, request_hashes(library, checked), web_ui_hashes(whole), inputs)

    def restore_own_facts(self, result: Result, device: str, torch_version: str) -> Result:
        """Replace the request and the hashes in a worker's result with this computer's own, because the worker is not
        trusted. `device` and `torch_version` describe the worker.
        """
        request = replace(self.request.picture(result.image), device=device)
        made = result.made
        if made is not None:
            hashes = dict(self.hashes)
            weights = hashes.pop("model_hash")
            where = shorten(escape_unsafe(made.device))
            dtype = shorten(escape_unsafe(made.dtype))
            parts = hashes | dict(self.other_hashes) | {"torch": torch_version}
            made = GenerationFacts(where, dtype, abs(made.seconds), weights, parts)
        return replace(result, request=request, made=made)

    def missing(self, parts: Sequence[str], host: str, folder: str) -> ModelError:
        """Return the error that tells the user which model files are missing on the computer `host`.

        `folder` is its models folder.
        """
        name = self.card.title or self.card.name
        if "prediction" in parts and len(parts) == 1:
            return ModelError(
                f"{name} has another prediction type on {host}; choose {self.hashes['prediction']} there."
            )
        files = self._name_files(parts)
        listed = ", ".join(files) or f"the files of {name}"
        return ModelError(f"{host} lacks files of {name}; copy {listed} to {escape_unsafe(folder)} there.")

    def _name_files(self, parts: Sequence[str]) -> list[str]:
        """Return the model files that are missing on the other computer, as paths or names without duplicates, for an
        error message.
        """
        beside = {f"{name}_hash": files for name, files in self.card.weights_beside().items()}
        found: dict[str, None] = {}
        for part in parts:
            files = self.card.weights if part == "model_hash" else beside.get(part, ())
            # The card of a model is in its folder.
            whole = len(files) > 1 or any((file.parent / "card.json").is_file() for file in files)
            paths_of = {file.parent for file in files} if whole else set(files)
            found |= dict.fromkeys(paths.display_path(path) for path in sorted(paths_of))
            if part in self.hashes and not files and part != "prediction":
                found[part] = None
        return list(found)


def request_hashes(library: Library, request: Request) -> dict[str, str]:
    """Return the hashes of all model files that a request needs. The keys are those of the image metadata, such as
    "model_hash".

    Raises ModelError if the model is not installed.
    """
    card = library.card(request.model)
    whole = library.with_parts(card, request)
    return {"model_hash": fingerprint(card)} | part_hashes(whole) | prompt_file_hashes(whole, request)
