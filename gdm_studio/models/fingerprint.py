"""Fingerprints of models: short hashes of their weights, which are saved with images to identify the model later."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from gdm_studio.common.errors import ModelError, StorageError, StudioError
from gdm_studio.models.adapters.lookup import adapters_named_in, embeddings_named_in, files_named
from gdm_studio.models.capabilities import PLAIN, WEB_UI
from gdm_studio.models.files.checkpoints import stamp_of
from gdm_studio.models.files.clip_words import words_by_folder
from gdm_studio.models.files.hashes import hash_file, known_hashes
from gdm_studio.models.files.sidecars import with_sidecars
from gdm_studio.models.model_card import CONTROL_PART, ModelCard
from gdm_studio.request.generation_request import Request

DIGITS = 10
# Key and value in step logs for how checkpoints, adapters and vocabularies are read. The number increases when the same
# files give another network, because a run must not continue with another one than it began with.
READING, READING_NOW = "reading", "2"
# Fingerprints of the models of version 0.1.0, whose records contain none.
FIRST_RELEASE = {"icons": "8a3b3729b0", "icons-fast": "a0bfb37b28"}
# SHA-256 of weight files of the built-in model that were written again in another format, and the SHA-256 that they had
# before, which still counts in the model's fingerprint: the weights are the same.
RECODED = {
    "3a20f6ba5ad165c760bdf4ab51d628ea60614ec8be75feb73acb81a332bba482": (
        "a16899bc9e9eedbe926639a1c900ea49bdd3b5c93f96a86f33a78b1315ca37c0"
    )
}


def fingerprint(card: ModelCard) -> str:
    """Return the fingerprint of a model's weights, the first hex digits of a SHA-256, or "" if its files are missing.

    File hashes are cached, so a file is read again only after it has changed.
    """
    return fingerprint_of_files(card.weights)


def is_known(card: ModelCard) -> bool:
    """Return True if the fingerprint of a model is cached, so that `fingerprint` reads no weight file."""
    return all(known_hashes(file) is not None for file in card.weights)


def fingerprint_of_files(files: Sequence[Path]) -> str:
    """Return one fingerprint for a list of weight files, computed from their SHA-256 hashes, or "" if any of them
    cannot be read. Words that the folder of a text encoder adds to CLIP's vocabulary count, too.
    """
    try:
        digests = [hash_file(file).sha256 for file in files]
        words = [words for words in words_by_folder(files) if words]
    except (OSError, StorageError, ModelError):
        return ""
    whole = hashlib.sha256(b"".join(bytes.fromhex(RECODED.get(digest, digest)) for digest in digests))
    whole.update(repr([[tuple(word) for word in each] for each in words]).encode() if words else b"")
    return whole.hexdigest()[:DIGITS] if files else ""


def part_hashes(card: ModelCard) -> dict[str, str]:
    """Return the fingerprints of the parts that a model loads from other files, such as `vae_hash`, `refiner_hash` and
    `text_encoder_hash`.

    They are saved with an image. Control models have the key "control model NAME". If the user can choose the model's
    prediction type, the result also has a `prediction` entry.
    """
    files = card.weights_beside()
    files.pop("adapter", None)  # already among the model's own weights
    keys = {name: name if name.startswith(CONTROL_PART) else f"{name}_hash" for name in files}
    found = {keys[name]: digits for name, each in files.items() if (digits := fingerprint_of_files(each))}
    # Earlier versions generated images without the zero terminal SNR of such files.
    end = "with" if card.prediction == "epsilon" and card.has_zero_snr else card.chosen_snr
    predicts = card.prediction + (f" {end} zero terminal SNR" if end else "")
    return found | ({"prediction": predicts} if card.accepts.predictions else {})


def files_of_prompts(card: ModelCard, request: Request) -> list[Path]:
    """Return the LoRA and embedding files that the prompts of a request name, if the model of `card` can use them."""
    texts = [*request.positive_prompts(), *request.negative_prompts()]
    if card.accepts.prompt == WEB_UI:
        return files_named(texts, plain=request.grammar == PLAIN)
    if _names_adapters(card, request):
        return [file for _, file in adapters_named_in(request.positive_prompts())]
    return []


def named_files_stamp(card: ModelCard, request: Request) -> dict[str, str]:
    """Return {"named": hash} for the LoRA and embedding files that the prompts name, or {} if they name none. The hash
    changes whenever one of these files is modified.

    The hash covers the size and modification time of the files.
    """
    stamps = [stamp_of(file) for file in with_sidecars(files_of_prompts(card, request))]
    return {"named": hashlib.sha256(repr(stamps).encode()).hexdigest()[:DIGITS]} if stamps else {}


def reading_of(card: ModelCard) -> dict[str, str]:
    """Return how the files of a model are read, for step logs: {"reading": number}, or {} for models that no other
    program writes.
    """
    return {READING: READING_NOW} if card.base else {}


def prompt_file_hashes(card: ModelCard, request: Request) -> dict[str, str]:
    """Return the hashes of the LoRA and embedding files that the prompts name, by keys such as "LoRA NAME" or
    "embedding NAME". The hashes have the format of AUTOMATIC1111's web UI and are saved with an image.
    """
    found: dict[str, str] = {}
    prompts = request.positive_prompts()
    for name, file in adapters_named_in(prompts if _names_adapters(card, request) else ()):
        with suppress(OSError, StudioError):  # the image must be saved even if a file was removed meanwhile
            found[f"LoRA {name}"] = hash_file(file).content[:12]
    for word, file in (
        embeddings_named_in([*prompts, *request.negative_prompts()]).items() if card.accepts.prompt == WEB_UI else ()
    ):
        with suppress(OSError, StudioError):
            found[f"embedding {word}"] = hash_file(file).sha256[:12]
    return found


def _names_adapters(card: ModelCard, request: Request) -> bool:
    """Return True if the prompts of this request can load LoRAs by tags, which depends on the model's capabilities and
    the prompt grammar.
    """
    return card.accepts.tags or (card.accepts.prompt == WEB_UI and request.grammar != PLAIN)


def web_ui_hashes(card: ModelCard) -> dict[str, str]:
    """Return the hashes by which other tools identify the model and its parts, such as `model_autov2`, and the names of
    the files of its parts, such as `text_encoder_file`. Only hashes that are already cached are included.
    """
    files = {"model": card.weights} | card.weights_beside()
    single = {name: each[0] for name, each in files.items() if len(each) == 1 and name != "adapter"}
    single = {name: file for name, file in single.items() if not name.startswith(CONTROL_PART)}
    found = {f"{name}_autov2": forms.forms["AutoV2"] for name, file in single.items() if (forms := known_hashes(file))}
    found |= {"vae_file": single["vae"].name} if "vae" in single else {}
    return found | {f"{part.name}_file": part.file for part in card.borrowed_parts()}


def describe_borrowed(card: ModelCard) -> list[dict[str, str]]:
    """Return the parts that a model takes from other files, each with its title, file, path and hash. Hashes that are
    not cached are "".
    """
    return [
        {
            "part": part.name,
            "title": part.title,
            "file": part.file,
            "path": str(part.weights[0] if len(part.weights) == 1 else part.path),
            "hash": fingerprint_of_files(part.weights) if all(map(known_hashes, part.weights)) else "",
        }
        for part in card.borrowed_parts()
    ]


def borrowed_lines(card: ModelCard) -> list[str]:
    """Return a line for each part that a model takes from another file, such as "text encoder CLIP-L: FILE (HASH)"."""
    found = describe_borrowed(card)
    return [f"{each['title']}: {each['file']}" + (f" ({each['hash']})" if each["hash"] else "") for each in found]


def hash_in_background(card: ModelCard, *, named_by: Request | None = None) -> None:
    """Start a background thread that computes and caches the hashes of a model's weights or, with `named_by`, of the
    LoRAs and embeddings that the prompts of that request name.

    Otherwise, the first image could not be saved until the weights were hashed.
    """

    def read() -> None:
        if named_by is not None:
            prompt_file_hashes(card, named_by)
        else:
            fingerprint(card)
            part_hashes(card)

    threading.Thread(target=read, name="hashing", daemon=True).start()


def weights_in_record(found: Mapping[str, Any], model: str) -> str:
    """Read the model's fingerprint from the metadata of saved steps. Raises ValueError if it is not text.

    Files of version 0.1.0 contain no fingerprint. For that version's models the known fingerprint is returned, and ""
    for others.
    """
    weights = found.get("weights", FIRST_RELEASE.get(model, ""))
    if not isinstance(weights, str):
        raise ValueError(weights)
    return weights


def parts_in_record(found: Mapping[str, Any]) -> dict[str, str]:
    """Read the fingerprints of a model's parts, such as its VAE, from the metadata of saved steps, in the form that
    `part_hashes` returns. Raises ValueError if they are malformed.
    """
    parts = found.get("parts", {})
    if not isinstance(parts, dict) or not all(isinstance(part, str) for part in parts.values()):
        raise ValueError(parts)
    return parts
