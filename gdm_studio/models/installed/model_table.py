"""Table of the installed models and add-ons, with one row for each, and functions that search it."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gdm_studio.common.unicode_names import comparable_name
from gdm_studio.models import families
from gdm_studio.models.adapters.adapter_detection import BASES
from gdm_studio.models.files.checkpoints import SUFFIX, is_weights_name, read_entry
from gdm_studio.models.files.hashes import is_hash, known_hashes
from gdm_studio.models.files.json_cache import JsonCache
from gdm_studio.models.files.recognition import CONTROL, UNIONS
from gdm_studio.models.files.sidecars import find_sidecars
from gdm_studio.models.files.taesd import LATENT
from gdm_studio.models.files.weight_file_names import (
    answers_to,
    distinct_name,
    is_in_folders,
    name_of,
    names_of,
    split_folders,
)
from gdm_studio.models.installed.description import ADAPTERS, Description
from gdm_studio.models.installed.model_options import Choices
from gdm_studio.models.installed.scanner import ScannedEntry
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.prompts.a1111_syntax import escape_brackets
from gdm_studio.models.required_parts import FLUX_1_VAE, STABLE_DIFFUSION_3_VAE

PREVIEWS = tuple(f"{mark}.{kind}" for mark in (".preview", "") for kind in ("png", "jpg", "jpeg", "webp"))
_KIND_NAMES = {"Embedding": "embedding", "Text encoder": "text encoder", "Previews": "preview decoder"}
_KIND_NAMES |= {"Upscaler": "upscaler", "Language model": "language model", "Image encoder": "image encoder"}
_KIND_NAMES |= {"Diffusion transformer": "diffusion transformer", "Motion module": "motion module"}
_KIND_NAMES |= dict.fromkeys(ADAPTERS, "LoRA") | dict.fromkeys(UNIONS, CONTROL)
# Prefix of the base of an SDXL model.
XL = "SDXL"
_MENTIONS_XL = re.compile(r"(?:sd)?xl|pony|illustrious|noobai", re.IGNORECASE)
# Minimum number of seconds between two saved uses of the same model.
_SAVE_INTERVAL = 60.0
_LAST_USES = JsonCache("used")


@dataclass(frozen=True)
class ModelTableRow:
    """Row of the table of installed models and add-ons. `card` is None for add-ons such as LoRAs and embeddings."""

    name: str
    path: Path
    title: str
    # The kind of a model ("SDXL"), or the kind and base of an add-on ("LoRA · SDXL").
    family: str
    # Date in ISO 8601.
    date: str
    parameters: int
    author: str
    licence: str
    file_bytes: int
    summary: str = ""
    # The models that the add-on is for, according to a note beside it.
    made_for: str = ""
    tags: tuple[str, ...] = ()
    # Words that activate an adapter.
    triggers: tuple[str, ...] = ()
    # Other names by which prompts may name an adapter.
    aliases: tuple[str, ...] = ()
    # Seconds since 1970, or 0 if it was never used.
    last_used: float = 0.0
    card: ModelCard | None = None
    chosen: Choices = Choices()
    # Channels of a VAE's latents, or 0 for other rows.
    latent: int = 0
    # The format in which most of the weights are quantised, such as "Q5_K", or "" for plain weights.
    storage: str = ""
    # A sentence that states why the file is unusable, or "" for usable files.
    unusable: str = ""
    # Few-step adapters for this model, the chosen one first.
    variants: tuple[str, ...] = ()


def count_by_kind(lines: Sequence[ModelTableRow]) -> str:
    """Return a phrase that counts the models and add-ons by kind, such as "2 models, 3 LoRAs, 1 VAE"."""
    found = Counter(map(_kind_of_row, lines))
    words = [f"{count} {kind}{'s' * (count > 1)}" for kind, count in found.items()]
    return ", ".join(words) or "nothing that can be used"


def kind_of(family: str) -> str:
    """Return the display name of an add-on's kind, such as "LoRA", "VAE" or "embedding", from the `family` of
    its row.
    """
    kind = family.partition(" · ")[0]
    return "incomplete file" if kind.endswith(", not whole") else _KIND_NAMES.get(kind, kind)


def group_of(line: ModelTableRow) -> str:
    """Return the heading under which the models page lists a row, such as "Models", "From the literature", "LoRAs" (for
    all adapters) or "VAEs".
    """
    if line.card is not None and (heading := families.group_of(line.card)):
        return heading
    kind = _kind_of_row(line)
    return f"{kind[0].upper()}{kind[1:]}s"


def load_last_uses() -> Mapping[str, object]:
    """Return the time at which each model was last used, in seconds since 1970, by the model's path."""
    return _LAST_USES.load()


def create_rows(
    found: Iterable[ScannedEntry], used: Mapping[str, object], chosen: Mapping[str, Choices] | None = None
) -> list[ModelTableRow]:
    """Convert the entries of a scan to the rows of the table, newest first. Model families with a heading of their own
    come last.

    `used` is the result of `load_last_uses`, and `chosen` that of `load_choices`.
    """
    every = (each for each in found if each.card is not None or each.about.kind)
    known = chosen or {}
    lines = [replace(_create_row(each, used.get(each.path)), chosen=known.get(each.path, Choices())) for each in every]
    lines = _with_distinct_names(lines)
    newest = sorted(sorted(lines, key=lambda line: line.name), key=lambda line: line.date, reverse=True)
    return sorted(newest, key=lambda line: line.card is not None and bool(families.group_of(line.card)))


def _with_distinct_names(lines: Sequence[ModelTableRow]) -> list[ModelTableRow]:
    """Return the rows with the folders in the names of those add-ons that have the name of another one of their kind,
    such as "pose/ink".

    Prompts cannot name an embedding by its folders. Those of one folder have the names of their files, if no other
    embedding has them.
    """
    same: dict[tuple[str, str], list[Path]] = {}
    for line in lines:
        if line.card is None:
            same.setdefault((_kind_of_row(line), line.name.casefold()), []).append(line.path)
    embeddings = [line.path for line in lines if _is_embedding(line)]

    def distinct(line: ModelTableRow) -> ModelTableRow:
        rivals = same.get((_kind_of_row(line), line.name.casefold()), []) if line.card is None else []
        if len(rivals) < 2:
            return line
        if not _is_embedding(line):
            return replace(line, name=distinct_name(line.path, rivals))
        plain = names_of(line.path)[-1]
        is_shared = any(answers_to(path, plain) for path in embeddings if path != line.path)
        return line if is_shared else replace(line, name=plain)

    return [*map(distinct, lines)]


def _is_embedding(line: ModelTableRow) -> bool:
    return line.card is None and line.family.startswith("Embedding")


def row_of_card(card: ModelCard, about: Description, last_used: float = 0.0) -> ModelTableRow:
    """Create the table row for the model that a card describes."""
    return ModelTableRow(
        name=card.name,
        path=card.path or Path(),
        title=card.title or card.name,
        family=card.base or families.group_of(card) or card.family,
        date=card.date,
        parameters=card.parameters,
        author=card.author,
        licence=card.licence,
        file_bytes=card.file_bytes,
        summary=card.summary,
        made_for=about.made_for,
        tags=about.tags or card.tags,
        triggers=about.triggers,
        last_used=last_used,
        card=card,
        storage=about.storage,
    )


def weights_of(line: ModelTableRow) -> tuple[Path, ...]:
    """Return the weight files that determine the output of a model or add-on, without configurations."""
    if line.card is not None:
        return line.card.weights
    return read_entry(line.path).weights if line.path.is_dir() else (line.path,)


def files_of(line: ModelTableRow) -> tuple[Path, ...]:
    """Return all files of a model or add-on, including its configurations, for example to delete them."""
    if line.card is not None:
        return line.card.files
    return read_entry(line.path).files if line.path.is_dir() else (line.path, *find_sidecars(line.path))


def base_of(line: ModelTableRow) -> str:
    """Return the kind of a model, such as "SDXL", or the kind of model that an add-on is for. Returns "" if it is
    unknown.
    """
    return line.card.base if line.card is not None else line.family.partition(" · ")[2]


def prompt_text_of(line: ModelTableRow) -> str:
    """Return the text that activates an add-on in a prompt: the tag of a LoRA, the word of an embedding, or "" for
    other kinds.
    """
    return {"LoRA": f"<lora:{line.name}:1>", "embedding": escape_brackets(line.name)}.get(_kind_of_row(line), "")


def can_be_few_step(line: ModelTableRow) -> bool:
    """Return True if the user may mark a row as a few-step model: it is a Stable Diffusion checkpoint, or an adapter
    for one.
    """
    kind, _, base = line.family.partition(" · ")
    return line.card.accepts.predictions if line.card else base in BASES.values() and kind in ADAPTERS


def suggest_vae(base: str, lines: Iterable[ModelTableRow]) -> str:
    """Suggest an installed VAE for models of the kind `base`. Returns its name, or "" if there is none.

    SDXL's autoencoders have the same shapes as Stable Diffusion's, so they are distinguished by their descriptions.
    """
    for line in lines:
        text = " ".join((line.name, line.title, line.made_for, line.summary, *line.tags))
        if line.family == "VAE" and bool(_MENTIONS_XL.search(text)) == base.startswith(XL):
            return line.name
    return ""


def suitable_vaes(card: ModelCard, lines: Iterable[ModelTableRow]) -> list[str]:
    """Return the names of the installed VAEs that can replace a model's own, because they decode the same kind of
    latents.

    The VAEs of FLUX.1 and Stable Diffusion 3 have the same shapes; a file with the usual name of one is considered
    unsuitable for the other.
    """
    if not card.accepts.vae:
        return []
    is_sd3 = card.base.startswith(STABLE_DIFFUSION_3_VAE.made_for)
    other = (FLUX_1_VAE if is_sd3 else STABLE_DIFFUSION_3_VAE).usual_name.removesuffix(SUFFIX)
    return [line.name for line in lines if line.latent == card.latent[0] and name_of(line.path).casefold() != other]


def record_uses(files: Iterable[Path]) -> Mapping[str, object]:
    """Record that the models and add-ons in the given files are being used now. Returns the time at which each one was
    last used, by path.
    """
    facts = _LAST_USES.load()
    now = time.time()
    outdated = [str(file) for file in files if not _is_recent(facts.get(str(file)), now)]
    for file in outdated:
        facts.pop(file, None)  # keeps the order of the last uses
        facts[file] = now
    if outdated:
        _LAST_USES.save(facts)
    return facts


def _is_recent(use: object, now: float) -> bool:
    return isinstance(use, int | float) and now - use <= _SAVE_INTERVAL


def preview_image_of(path: Path) -> Path | None:
    """Return the path of the preview image that another tool has saved beside a model (NAME.preview.png), or None."""
    if not path.name:
        return None
    stem = path.with_suffix("") if is_weights_name(path.name) else path
    places = [*(stem.with_name(stem.name + ending) for ending in PREVIEWS)]
    if path.is_dir():
        places += [path / f"{name}{ending}" for name in ("preview", path.name) for ending in PREVIEWS[4:]]
    return next((place for place in places if place.is_file()), None)


def _kind_of_row(line: ModelTableRow) -> str:
    return "model" if line.card is not None else kind_of(line.family)


def _create_row(entry: ScannedEntry, used: object) -> ModelTableRow:
    last = float(used) if isinstance(used, int | float) else 0.0
    if entry.card is not None:
        return row_of_card(entry.card, entry.about, last)
    path = Path(entry.path)
    name = name_of(path)
    about = entry.about
    stamps = [stamp for file, stamp in entry.seen.stamps if stamp is not None and file not in entry.beside]
    return ModelTableRow(
        name=name,
        path=path,
        title=about.title or name,
        family=" · ".join(filter(None, (about.kind, about.base))),
        date=about.date or time.strftime("%Y-%m-%d", time.gmtime(max((at for at, _ in stamps), default=0) / 1e9)),
        parameters=about.parameters,
        author=about.author,
        licence=about.licence,
        file_bytes=sum(size for _, size in stamps),
        summary=entry.reason or about.summary,
        unusable=entry.reason,
        made_for=about.made_for,
        tags=about.tags,
        triggers=about.triggers,
        aliases=tuple(dict.fromkeys((*names_of(path), *about.aliases))) if about.kind in ADAPTERS else (),
        last_used=last,
        latent=_latent_channels(entry),
        storage=about.storage,
    )


def _latent_channels(entry: ScannedEntry) -> int:
    """Return the number of latent channels that a VAE decodes, or 0 if the file is not a usable VAE."""
    if entry.about.kind != "VAE" or entry.reason:
        return 0
    return next((part.width for part in entry.parts if part.kind == "vae"), LATENT if not entry.about.base else 0)


def find_model(lines: Sequence[ModelTableRow], name: str, file_hash: str = "") -> ModelTableRow | None:
    """Find an installed model by the name and hash that another tool has saved in an image. Returns its row, or None.

    A model whose hash is known to differ does not match, even if its name does. Of several models with that name, one
    in the folders that the name states is preferred, as in "pose/ink.safetensors".
    """
    hashed = {line.path: known_hashes(line.path) for line in lines} if is_hash(file_hash) else {}
    for line in lines:
        if (found := hashed.get(line.path)) is not None and found.are(file_hash):
            return line
    wanted = normalised_name(name)
    called = [line for line in lines if wanted in map(normalised_name, (line.name, line.title, line.path.name))]
    folders, _ = split_folders(name)
    called.sort(key=lambda line: not is_in_folders(line.path, folders))
    return next((line for line in called if wanted and hashed.get(line.path) is None), None)


def normalised_name(name: str) -> str:
    """Normalise a model's name, so that names from different tools can be compared. Folders, the file suffix, upper
    case and the characters that A1111 removes are dropped.
    """
    last = name.strip().replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
    stem = os.path.splitext(last)[0] if is_weights_name(last) else last
    return comparable_name(stem.replace(",", "").replace(":", ""))
