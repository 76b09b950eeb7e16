"""Library of the installed models. It lists them without importing torch, and loads a model on first use."""

from __future__ import annotations

import os
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable
from gdm_studio.common.unicode_names import comparable_name, find_by_name
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.families import FAMILIES, Family, group_of
from gdm_studio.models.few_step_models import FEW_STEPS
from gdm_studio.models.files.checkpoints import is_gguf_name, is_weights_name, read_entry, stamp_of
from gdm_studio.models.files.clip_words import tokenizer_files
from gdm_studio.models.files.hashes import known_hashes
from gdm_studio.models.files.ip_adapter import image_encoder_part, required_image_encoder
from gdm_studio.models.files.recognition import CONTROLS, IMAGE_PROMPTS, MODE_OF, UPSCALER
from gdm_studio.models.files.weight_file_names import answers_to, distinct_name, name_of, names_of, split_folders
from gdm_studio.models.fingerprint import (
    DIGITS,
    files_of_prompts,
    fingerprint,
    fingerprint_of_files,
    hash_in_background,
    is_known,
)
from gdm_studio.models.installed.control_models import named_control_models, with_control_models
from gdm_studio.models.installed.description import ADAPTERS, Description, split_list
from gdm_studio.models.installed.missing_parts import borrow_part, combine_parts, find_part
from gdm_studio.models.installed.model_options import (
    PREDICTIONS,
    Choices,
    apply_choices,
    few_step_version,
    load_choices,
    save_choices,
)
from gdm_studio.models.installed.model_table import (
    ModelTableRow,
    base_of,
    can_be_few_step,
    create_rows,
    kind_of,
    load_last_uses,
    record_uses,
    suitable_vaes,
)
from gdm_studio.models.installed.scanner import FolderScanner, ScannedEntry
from gdm_studio.models.memory.loaded_model_cache import Key, Store, key_of
from gdm_studio.models.model_card import CONTROL_PART, ModelCard
from gdm_studio.models.required_parts import BorrowedPart, RequiredPart, missing_parts_reason
from gdm_studio.models.upscalers.built_in_upscaler import NAME as BUILT_IN_UPSCALER
from gdm_studio.models.upscalers.built_in_upscaler import shipped_file
from gdm_studio.request.generation_request import SETTINGS, Request
from gdm_studio.request.hires import has_second_pass
from gdm_studio.request.setting import join_alternatives, similar_names

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded_model import LoadedModel


# Maximum number of models that an error lists.
MOST_NAMES = 5
# Size of a model in bytes above which its weights are not hashed only to give it a unique name.
LARGE = 2**28


@dataclass(frozen=True)
class RefusedFile:
    """File or folder that looks like a model but cannot be used, with a sentence that states the reason."""

    path: Path
    reason: str
    # True if another file that is listed has the same weights.
    is_copy: bool = False


class Library:
    """All installed models: the built-in models, and the models that the last scan detected in the user's folders.

    The folders are scanned on first use, on `refresh`, and for an unknown name. Otherwise the methods return
    immediately. `store` contains the loaded models. The scanning thread calls `on_progress` when there are new results.
    """

    def __init__(self, families: Sequence[Family] = FAMILIES, store: Store | None = None) -> None:
        self._families = families
        self.store = store or Store()
        self._scanner = FolderScanner(families)
        # Entries by path. Their cards have unique names.
        self._scanned_entries: dict[str, ScannedEntry] | None = None
        # Models combined with a few-step adapter.
        self._few_step_models: list[ScannedEntry] = []
        # Models by current and earlier names.
        self._entries_by_name: Mapping[str, ScannedEntry] = {}
        # Time of the last use, by path.
        self._last_uses: Mapping[str, object] = {}
        self._choices: Mapping[str, Choices] = {}
        self._scan_lock = threading.Lock()
        self.on_progress: Callable[[], object] = lambda: None

    def restore(self) -> None:
        """Fill the library with the built-in models and the saved results of the last scan, for a fast start. No file
        in the user's folders is opened; a later scan corrects the list.
        """
        with self._scan_lock:
            if self._scanned_entries is None:
                self._last_uses = load_last_uses()
                self._update_models(self._scanner.restore(), read=False)

    def refresh(self) -> bool:
        """Scan the models folders again and update the list. Returns True if any model has appeared, disappeared or
        changed.
        """
        with self._scan_lock:
            before = self._scanned_entries
            few_step_before = self._few_step_models
            self._last_uses = load_last_uses()
            now = self._update_models(self._scanner.scan(self._show_progress))
            same = [each.card for each in few_step_before] == [each.card for each in self._few_step_models]
            return before is None or _comparable_entries(before) != _comparable_entries(now) or not same

    def _show_progress(self, listed: Iterable[ScannedEntry]) -> None:
        self._update_models(listed)
        self.on_progress()

    def _update_models(self, listed: Iterable[ScannedEntry], *, read: bool = True) -> dict[str, ScannedEntry]:
        """Replace the library's list of models with the results of a scan.

        Without `read`, no weight file is hashed, and models whose unique name would depend on a hash are omitted.
        """
        chosen = load_choices()
        named = list(_with_unique_names(listed, read=read))
        whole = with_control_models(combine_parts(named, named), named)
        found = {each.path: _with_choices(each, chosen.get(each.path, Choices())) for each in whole}
        few_step_models = sorted(
            _iter_few_step_versions(found.values(), chosen), key=lambda each: not _is_preferred(each, chosen)
        )
        self._scanned_entries = found
        self._few_step_models = few_step_models
        self._entries_by_name = _index_by_name([*found.values(), *few_step_models])
        self._choices = chosen
        return found

    def cards(self) -> list[ModelCard]:
        """Return the cards of all usable models for the model menu, newest first.

        Refiners, and families that have a heading of their own in the menu, come last.
        """
        cards = [each.card for each in (*self._get_entries().values(), *self._few_step_models) if each.card is not None]
        newest = sorted(cards, key=lambda card: card.date, reverse=True)
        return sorted(newest, key=lambda card: (bool(group_of(card)), card.accepts.refines))

    def refused(self) -> list[RefusedFile]:
        """Return the unusable files in the models folders, with the reasons. Files that are part of a model are not
        included.
        """
        return [
            RefusedFile(Path(each.path), each.reason, bool(each.duplicate_of))
            for each in self._get_entries().values()
            if each.reason
        ]

    def model_table(self) -> list[ModelTableRow]:
        """Return the table of installed models, newest first, with one row for each model and each add-on, such as a
        LoRA or VAE.
        """
        lines = create_rows(self._get_entries().values(), self._last_uses, self._choices)
        variants = defaultdict[str, list[str]](list)
        for each in self._few_step_models:
            variants[each.path].append(_adapter_name_of(each))
        of_each = ((line, variants.get(str(line.path))) for line in lines)
        return [replace(line, variants=tuple(names)) if names else line for line, names in of_each]

    def file_with_part(self, wanted: RequiredPart) -> Path | None:
        """Return the file or folder from which a model would take this text encoder, or None if there is none. VAEs are
        not searched for, because those of several families have the same shapes.
        """
        if wanted.kind in ("vae", "wan_vae"):
            return None
        found = find_part(wanted, list(self._get_entries().values()))
        return Path(found.path) if found is not None else None

    def row_at(self, path: Path, *, even_unusable: bool = False) -> ModelTableRow:
        """Examine the file or folder at a path, inside or outside the models folders, and return its table row.

        Raises ModelError if it is unusable. With `even_unusable`, files of a known but unsupported kind are accepted.
        """
        found = self._scanner.scan_entry(path)
        if found.reason and not (even_unusable and found.about.kind):
            raise _unusable_error(path, found)
        for line in create_rows([found], load_last_uses()):
            return line
        raise _unusable_error(path, found)

    def card(self, name: str) -> ModelCard:
        """Return the card of a model, given its name, its path, or its name with a fingerprint ("name@hash"). The
        folders are scanned again if the name is unknown.

        Raises ModelError if there is no such model, and BadRequest if `name` is not a string.
        """
        SETTINGS["model"].typed(name)
        if is_weights_name(name):
            return self._card_at_path(Path(name))
        found = self._find_entry(name)
        if found is None or not found.seen.is_current():
            self.refresh()
            found = self._find_entry(name)
        if found is not None and found.card is not None:
            return found.card
        self._raise_if_unusable(name)
        if of_weights := _NAME_WITH_FINGERPRINT.fullmatch(name):
            return _find_card_by_weights(self, *of_weights.groups())
        if os.path.isdir(name):
            return self._card_at_path(Path(name))
        for line in self.model_table():
            if line.card is None and comparable_name(name) in map(comparable_name, (line.name, line.title)):
                raise _add_on_error(line.name, kind_of(line.family), base_of(line))
        names = [card.name for card in self.cards()]
        if near := similar_names(name, names)[:3]:
            template = QT_TRANSLATE_NOOP("Errors", "There is no model called {name!r}; did you mean {names}?")
            raise ModelError(translatable(template, name=name, names=join_alternatives(near)))
        if names:
            template = QT_TRANSLATE_NOOP("Errors", "There is no model called {name!r}; there are: {names}.")
            listed = ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
            raise ModelError(translatable(template, name=name, names=listed))
        template = QT_TRANSLATE_NOOP(
            "Errors", "There is no model called {name!r}, and no other; put a model file into the models folder."
        )
        raise ModelError(translatable(template, name=name))

    def is_loaded(self, name: str, *, device: torch.device, dtype: torch.dtype, asked: Request | None = None) -> bool:
        """Return True if the model, with the parts named in the request `asked`, is already in memory, so that `load`
        returns immediately.
        """
        try:
            return self.store.has(_cache_key(self.with_parts(self.card(name), asked), device, dtype))
        except ModelError:
            return False

    def load(self, name: str, *, device: torch.device, dtype: torch.dtype, asked: Request | None = None) -> LoadedModel:
        """Load a model onto a device, with the VAE, refiner, upscaler and control models that the request `asked`
        names. Raises ModelError.

        A model that is already in memory is not loaded again.
        """
        card = self.with_parts(self.card(name), asked)
        family = next(family for family in self._families if family.name == card.family)

        if card.path is not None:
            parts = (part.path if isinstance(part, ModelCard) else part for part in card.beside.values())
            self._last_uses = record_uses([card.path, *(part for part in parts if isinstance(part, Path))])

        def load() -> LoadedModel:
            hash_in_background(card)  # the hash is saved with the first image
            return family.load(card, device, dtype, self.store)

        return self.store.model(_cache_key(card, device, dtype), load)

    def with_parts(self, card: ModelCard, asked: Request | None) -> ModelCard:
        """Return a copy of the model card that includes the files of the VAE, refiner, upscaler and control models that
        a request names. Raises ModelError if one of them is not installed.
        """
        parts: dict[str, Any] = {}
        if asked is not None and asked.vae:
            parts["vae"] = self.vae(asked.vae)
        if asked is not None and asked.refiner:
            parts["refiner"] = self.card(asked.refiner)
        if asked is not None and asked.upscaler and has_second_pass(asked):
            parts["upscaler"] = self.upscaler(asked.upscaler)
        if asked is not None and card.accepts.controls:
            parts |= {CONTROL_PART + name: self._find_control_model(name, card.base) for name in _control_names(asked)}
        borrowed = self._find_image_encoders(file for name, file in parts.items() if name.startswith(CONTROL_PART))
        parts |= {part.name: part.path for part in borrowed}
        beside = card.beside | parts
        return replace(card, beside=beside, borrowed=(*card.borrowed, *borrowed)) if parts else card

    def _find_image_encoders(self, control_models: Iterable[Path]) -> list[BorrowedPart]:
        """Return the image encoders of those control models that need one. Raises ModelError if one is not
        installed.
        """
        entries = list(self._get_entries().values())
        adapters = {each.path for each in entries if each.about.kind in IMAGE_PROMPTS}
        found = {}
        for file in control_models:
            if str(file) in adapters:
                wanted = required_image_encoder(read_entry(file))
                if (encoder := find_part(wanted, entries)) is None:
                    raise ModelError(missing_parts_reason(file.name, [wanted]))
                name = image_encoder_part(wanted)
                found[name] = borrow_part(name, wanted, encoder)
        return list(found.values())

    def _find_control_model(self, name: str, base: str) -> Path:
        """Return the file of the control model with this name for models of the kind `base`. Raises ModelError if it is
        not installed.
        """
        if (found := find_by_name(named_control_models(self._get_entries().values(), base), name)) is None:
            self._raise_if_unusable(name.rpartition(MODE_OF)[0] or name)
            where = "in the models folder; put its file there, or choose another"
            raise ModelError(f"There is no control model for {base} called {name[:80]!r} {where}.")
        return found

    def _raise_if_unusable(self, name: str) -> None:
        """Raise ModelError with the reason, if the models folders contain an unusable file of this name. A copy of a
        listed file is none.
        """
        for each in self._get_entries().values():
            if each.reason and not each.duplicate_of and name in names_of(Path(each.path)):
                raise ModelError(each.reason)

    def make_room(self, name: str, *, device: torch.device, dtype: torch.dtype, asked: Request | None = None) -> bool:
        """Free memory on the device by releasing all models except the named one. Returns False if no other model was
        loaded.
        """
        return self.store.release(device, but=_cache_key(self.with_parts(self.card(name), asked), device, dtype))

    def release_models(self) -> set[torch.device]:
        """Release all loaded models, for example before another process needs the memory, and return their devices.

        A model that is in use stays in memory until its run ends.
        """
        return self.store.clear()

    def vaes(self) -> dict[str, Path]:
        """Return the installed VAE files that can replace a model's own VAE, by the name that the menu shows."""
        return {name: path for name, path in self.named_vaes().items() if name == name_of(path)}

    def named_vaes(self) -> dict[str, Path]:
        """Return the installed VAE files by all names that a request may use, including names from earlier versions.

        A file stem has priority over a folder name, so that the names in older images refer to the same files.
        """
        files = self._list_vae_files()
        found: dict[str, Path] = {}
        for path in files:
            found.setdefault(path.stem, path)
        for path in files:
            found.setdefault(name_of(path), path)
        for path in {*files} - {*found.values()}:
            found.setdefault(distinct_name(path, files), path)
        return found

    def vae(self, name: str) -> Path:
        """Return the file of the VAE with this name, after another scan if the name is unknown. The name may follow
        folders, as in "old/vivid". Raises ModelError if it is not installed.
        """
        if (found := self._find_vae(name)) is None:
            self.refresh()
            found = self._find_vae(name)
        if found is None:
            self._raise_if_unusable(name)
            where = "in the models folder; put its file there, or choose another"
            raise ModelError(f"There is no VAE called {name[:80]!r} {where}.")
        return found

    def _find_vae(self, name: str) -> Path | None:
        return find_by_name(self.named_vaes(), name) or _find_in_folders(name, self._list_vae_files())

    def _list_vae_files(self) -> list[Path]:
        """Return the VAE files in the models folders. Those that can be used come first."""
        vaes = [each for each in self._get_entries().values() if each.about.kind == "VAE"]
        return [
            Path(each.path)
            for each in sorted(vaes, key=lambda each: (bool(each.reason or each.about.base), is_gguf_name(each.path)))
        ]

    def upscalers(self) -> dict[str, Path]:
        """Return the usable upscaler files in the models folders by name, in alphabetical order. If several have the
        same name, the names of all but the first follow their folders.
        """
        files = [
            Path(each.path) for each in self._get_entries().values() if each.about.kind == UPSCALER and not each.reason
        ]
        found: dict[str, Path] = {}
        for path in sorted(files, key=lambda path: (is_gguf_name(path.name), str(path))):
            name = name_of(path)
            found.setdefault(name if name not in found else distinct_name(path, files), path)
        return dict(sorted(found.items(), key=lambda each: each[0].casefold()))

    def upscaler(self, name: str) -> Path:
        """Return the weight file of an upscaling network, given its name or its path. Raises ModelError if it is not
        installed.

        The name of the built-in upscaler is `built_in_upscaler.NAME`.
        """
        if name == BUILT_IN_UPSCALER:
            return shipped_file()
        if is_weights_name(name) and Path(name).is_file():
            return Path(name)
        if name not in self.upscalers():
            self.refresh()
        found = {comparable_name(each): path for each, path in reversed(self.upscalers().items())} | self.upscalers()
        path = found.get(name) or found.get(comparable_name(name)) or _find_in_folders(name, self.upscalers().values())
        if path is not None:
            return path
        self._raise_if_unusable(name)
        has = ", ".join((*self.upscalers(), BUILT_IN_UPSCALER))
        raise ModelError(f"There is no upscaler called {name[:80]!r}; there are: {has}.")

    def choose(self, line: ModelTableRow, **values: str) -> Choices:
        """Save the user's choices for a model or add-on from the models page, if the model supports them.

        See `save_choices`. Raises BadRequest, ModelError and StorageError.
        """
        for reason in self._iter_refusals(line, {name: value for name, value in values.items() if value}):
            raise BadRequest(f"{line.name} {reason}.")
        return save_choices(line.path, **values)

    def _iter_refusals(self, line: ModelTableRow, values: Mapping[str, str]) -> Iterator[str]:
        accepts = line.card.accepts if line.card is not None else Capabilities()
        if "vae" in values:
            if not accepts.vae:
                yield "takes no VAE in place of its own; leave that as it is"
            path = self.vae(values["vae"])
            rows = self.model_table()
            suitable = suitable_vaes(line.card, rows) if line.card is not None else []
            if accepts.vae and path not in {row.path for row in rows if row.name in suitable}:
                yield f"cannot use {values['vae'][:80]}, a VAE for other models; choose another"
        if "refiner" in values:
            if not accepts.refiner:
                yield "supports no refiner; leave that as it is"
            if not self.card(refiner := values["refiner"]).accepts.refines:
                yield f"cannot use {refiner}, which is not a refiner; choose another model for the last steps"
        predicts = line.card.prediction if line.card is not None and accepts.predictions else ""
        if values.keys() & {"prediction", "zero_snr"} and predicts not in PREDICTIONS:
            yield "predicts what its file says; leave that as it is"
        both = values.get("zero_snr") == "yes" and values.get("prediction", predicts) == "epsilon"
        if both and line.card is not None and line.card.stated_values != {"prediction": "epsilon", "zero_snr": True}:
            yield "predicts epsilon, which is undefined for pure noise; choose the prediction v first"
        if "fast" in values and values["fast"] not in line.variants:
            yield f"has no LoRA for few steps called {values['fast'][:80]!r}; leave that as it is"
        if "few_steps" in values and not can_be_few_step(line):
            yield "cannot be a few-step model; leave that as it is"

    def _get_entries(self) -> dict[str, ScannedEntry]:
        if self._scanned_entries is None:
            self.refresh()
        assert self._scanned_entries is not None
        return self._scanned_entries

    def _find_entry(self, name: str) -> ScannedEntry | None:
        self._get_entries()
        return find_by_name(self._entries_by_name, name)

    def _card_at_path(self, path: Path) -> ModelCard:
        found = self._scanner.scan_entry(path)
        if found.card is not None and found.card.needs:
            (found,) = combine_parts([found], list(self._get_entries().values()))
        (found,) = with_control_models([found], self._get_entries().values())
        if found.card is not None:
            return found.card
        raise _unusable_error(path, found)


def _find_in_folders(name: str, files: Iterable[Path]) -> Path | None:
    """Return the first of the weight files whose folders and name are `name`, such as "old/vivid", or None."""
    folders, _ = split_folders(name)
    return next((path for path in files if folders and answers_to(path, name)), None)


def name_with_weights(library: Library, name: str, weights: str) -> str:
    """Return the name of the installed model whose weights have the fingerprint `weights`, so that an image can be
    reproduced after a model was renamed. Raises ModelError if no installed model has these weights.

    Returns `name` if that model has the given weights, or if its weights are unknown.
    """
    if not weights:
        return name
    found = _NAME_WITH_FINGERPRINT.fullmatch(name)
    plain = found[1] if found else name
    with suppress(ModelError):  # the model is gone, but another one may have the weights
        if fingerprint(library.card(plain)) in ("", weights):
            return plain
    library.refresh()
    return _find_card_by_weights(library, plain, weights).name


def with_recorded_weights(library: Library, request: Request, made_with: Mapping[str, str]) -> Request:
    """Adapt the request of a saved image to this computer. The model, VAE, refiner and upscaler are replaced by the
    installed files that have the hashes in `made_with`.

    `made_with` is the metadata in the image file. Parent requests are changed too. Raises ModelError if no such model
    or refiner is installed. A VAE or upscaler with an unknown hash keeps its name.
    """
    parts = {}
    if request.refiner:
        parts["refiner"] = name_with_weights(library, request.refiner, made_with.get("refiner_hash", ""))
    if request.vae and (weights := made_with.get("vae_hash", "")):
        vaes = library.named_vaes()
        listed = library.vaes()
        first = sorted(vaes, key=lambda name: (name != request.vae, name not in listed))
        same = (name for name in first if fingerprint_of_files([vaes[name]]) == weights)
        parts["vae"] = next(same, request.vae)
    if request.upscaler and (weights := made_with.get("upscaler_hash", "")):
        files = {request.upscaler: library.upscaler(request.upscaler)} if request.upscaler == BUILT_IN_UPSCALER else {}
        files |= dict(sorted(library.upscalers().items(), key=lambda each: each[0] != request.upscaler))
        same = (name for name, file in files.items() if fingerprint_of_files([file]) == weights)
        parts["upscaler"] = next(same, request.upscaler)
    return request.with_model(name_with_weights(library, request.model, made_with.get("model_hash", "")), **parts)


_NAME_WITH_FINGERPRINT = re.compile(rf"(.+)@([0-9a-f]{{{DIGITS}}})", re.DOTALL)


def _find_card_by_weights(library: Library, name: str, weights: str) -> ModelCard:
    for card in library.cards():
        if fingerprint(card) == weights:
            return card
    raise ModelError(
        f"This was made by other weights of {name} (hash {weights}); put that model's files into the models folder, "
        f"{paths.models_dir()}, or run `gdm-studio models add FILE`."
    )


def _unusable_error(path: Path, found: ScannedEntry) -> ModelError:
    if found.about.kind and not found.reason:
        return _add_on_error(name_of(path), kind_of(found.about.kind), found.about.base)
    part = f"{path.name} is a part of the program or of a model; choose the model's own file."
    return ModelError(found.reason or part)


def _add_on_error(name: str, kind: str, base: str) -> ModelError:
    of = f"a model of {base}" if base else "a model"
    vae = "models without one use it" if base else f"choose {of}, and this as its VAE"
    uses = {"VAE": vae, "embedding": f"choose {of}, and write {name} into the prompt"}
    uses |= dict.fromkeys(CONTROLS, f"choose {of}, and this to follow a picture")
    how = uses.get(kind, f"choose {of}, and write <lora:{name}:1> into the prompt" if base else f"choose {of}")
    if kind == "text encoder":
        return ModelError(f"{name} is a text encoder ({base}), and no model by itself; models without one use it.")
    if kind == "image encoder":
        return ModelError(f"{name} is an image encoder ({base}), and no model by itself; IP-Adapters or Redux use it.")
    if kind == "upscaler":
        return ModelError(f"{name} is an upscaler, and no model by itself; choose it in Export or for a second pass.")
    what = f"{'an' if kind[0] in 'aeiouI' else 'a'} {kind}{f' for {base}' if base else ''}"
    return ModelError(f"{name} is {what}, and no model by itself; {how}.")


def _with_choices(entry: ScannedEntry, chosen: Choices) -> ScannedEntry:
    if chosen.tags:
        entry = replace(entry, about=replace(entry.about, tags=split_list(chosen.tags)))
    return entry if entry.card is None else replace(entry, card=apply_choices(entry.card, chosen))


def _iter_few_step_versions(found: Iterable[ScannedEntry], chosen: Mapping[str, Choices]) -> Iterator[ScannedEntry]:
    """Yield an additional library entry for each combination of a few-step LoRA (such as LCM) and a model to which it
    can be applied.
    """
    found = list(found)
    for each in found:
        path = Path(each.path)
        kind = (chosen.get(each.path) or Choices()).few_steps or each.about.few_steps
        steps = each.about.made_for_steps if kind == each.about.few_steps else 0
        if each.about.kind not in ADAPTERS or not each.about.base or kind not in FEW_STEPS:
            continue
        for other in found:
            # Few-step settings do not apply to flow matching.
            if other.card is not None and other.card.base == each.about.base and other.card.prediction != "flow":
                with suppress(ModelError):
                    yield replace(
                        other,
                        card=few_step_version(other.card, path, kind, steps),
                        seen=other.seen.combined_with(each.seen),
                    )


def _adapter_name_of(few_step_model: ScannedEntry) -> str:
    return name_of(few_step_model.card.beside["adapter"]) if few_step_model.card is not None else ""


def _is_preferred(few_step_model: ScannedEntry, chosen: Mapping[str, Choices]) -> bool:
    adapter = few_step_model.card.beside.get("adapter") if few_step_model.card is not None else None
    return isinstance(adapter, Path) and chosen.get(few_step_model.path, Choices()).fast in names_of(adapter)


def _index_by_name(listed: Iterable[ScannedEntry]) -> dict[str, ScannedEntry]:
    """Return the models in a scan by name.

    Images of earlier versions contain plain file names. A current name has precedence over an earlier one.
    """
    models = [each for each in listed if each.card is not None]
    found: dict[str, ScannedEntry] = {}
    for each in models:
        assert each.card is not None
        found.setdefault(each.card.name, each)
    for each in models:
        for name in _earlier_names(each):
            found.setdefault(name, each)
    return found


def _earlier_names(entry: ScannedEntry) -> tuple[str, ...]:
    """Return the names by which earlier versions listed a model, which old requests may contain."""
    models = names_of(Path(entry.path))
    adapter = entry.card.beside.get("adapter") if entry.card is not None else None
    if not isinstance(adapter, Path):
        return models[1:]
    adapters = names_of(adapter)
    return tuple(f"{model} + {adapter}" for model in models for adapter in adapters)[1:]


def load_for_request(library: Library, request: Request, *, device: torch.device, dtype: torch.dtype) -> LoadedModel:
    """Load the model of a request together with its parts (VAE, refiner and others) and with the additional stages that
    the request needs. If the request has tiles, its stages denoise in windows. Raises ModelError.
    """
    from gdm_studio.models.loaded_model import MultiStageModel

    # `load` records the use of the model and its parts, and reads all last uses.
    if named := files_of_prompts(library.card(request.model), request):
        record_uses(named)
    model = library.load(request.model, device=device, dtype=dtype, **load_arguments(request))
    if model.card.accepts.vae:
        hash_in_background(model.card, named_by=request)
    found = model.for_request(request) if isinstance(model, MultiStageModel) else model
    if not request.tile:
        return found
    from gdm_studio.models.tiled_model import in_tiles

    return in_tiles(found, request)


def card_for_request(library: Library, request: Request) -> ModelCard:
    """Return the model card for a request, including its parts such as the VAE, without loading the model. The stages
    of a refiner or second pass are not yet added.

    Raises ModelError if the model or one of its parts is not installed.
    """
    return library.with_parts(library.card(request.model), request)


def load_arguments(request: Request) -> dict[str, Request]:
    """Return the keyword arguments for `Library.load`: {"asked": request} if the request names a VAE, refiner, upscaler
    or control model, or else {}.
    """
    has_parts = request.vae or request.refiner or request.upscaler or _control_names(request)
    return {"asked": request} if has_parts else {}


def _control_names(request: Request) -> list[str]:
    """Return the names of all control models that a request and its parent requests use, in alphabetical order."""
    names = {hint.kind for hint in request.hints}
    names.update(_control_names(request.branch.parent) if request.branch else ())
    return sorted(names)


def _cache_key(card: ModelCard, device: torch.device, dtype: torch.dtype) -> Key:
    whole = {name: part.files for name, part in card.beside.items() if isinstance(part, ModelCard)}
    parts = card.weights_beside() | whole
    files = (*card.files, *chain.from_iterable(parts.values()))
    files += tokenizer_files(files)
    what = "model", card.family, card.prediction, "zero SNR" if card.has_zero_snr else "", *parts
    return key_of(" ".join(what), files, device, dtype)


def _comparable_entries(found: dict[str, ScannedEntry]) -> list[tuple[str, ModelCard | None, str]]:
    return [(path, each.card, each.reason) for path, each in found.items()]


def _with_unique_names(found: Iterable[ScannedEntry], *, read: bool) -> Iterator[ScannedEntry]:
    """Yield all entries of a scan with unique names. A model whose name is taken is renamed to "name@fingerprint".

    If hashing the weights would take too long, it becomes "name (folder)". Without `read`, cards whose weights would
    have to be hashed are left out.
    """
    first: dict[str, ModelCard] = {}
    parts: dict[tuple[str, str], ScannedEntry] = {}
    for each in found:
        if each.card is None and each.about.kind and not each.reason:
            earlier = parts.setdefault((each.about.kind, name_of(Path(each.path))), each)
            if earlier is not each and _is_same_file(Path(each.path), Path(earlier.path), read=read):
                each = _mark_as_duplicate(each, Path(earlier.path))
        if (card := each.card) is not None:
            before = first.setdefault(card.name, card)
            if before is not card and not read and not (is_known(before) and is_known(card)):
                continue
            if before is not card and (name := _choose_unique_name(card, before, first)):
                first[name] = card = replace(card, name=name, fast_of="")
                each = replace(each, card=card)
            elif before is not card and before.path is not None:
                each = _mark_as_duplicate(each, before.path)
        yield each


def _mark_as_duplicate(entry: ScannedEntry, first: Path) -> ScannedEntry:
    """Return an entry that marks a file as unusable, because a file with the same content is already listed under
    another path.
    """
    reason = f"{Path(entry.path).name} has the same weights as {first}, which is listed; one of them is enough."
    return replace(entry, card=None, about=Description(), reason=reason, duplicate_of=str(first))


def _is_same_file(one: Path, other: Path, *, read: bool) -> bool:
    """Return True if two small files have the same content, judging by their hashes. Without `read`, no file is opened,
    and files without cached hashes count as different.
    """
    sizes = [stamp[1] for path in (one, other) if (stamp := stamp_of(path)) is not None]
    if len(sizes) < 2 or sizes[0] != sizes[1] or sizes[0] >= LARGE:
        return False
    if not read and not all(known_hashes(path) for path in (one, other)):
        return False
    weights = fingerprint_of_files([one])
    return bool(weights) and weights == fingerprint_of_files([other])


def _choose_unique_name(card: ModelCard, before: ModelCard, taken: Mapping[str, ModelCard]) -> str:
    """Return a unique name for a model whose name is already taken, or "" if both models have the same weights, so that
    one of them is enough.
    """
    if max(card.file_bytes, before.file_bytes) < LARGE:
        same = fingerprint(before) == (weights := fingerprint(card))
        return "" if same else f"{card.name}@{weights}"
    names = atomic_files.numbered_names(f"{card.name} ({card.path.parent.name if card.path else ''})")
    return next(name for name in names if name not in taken)
