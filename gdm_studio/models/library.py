"""The models on this machine: listed without torch, loaded when they are first used."""

from __future__ import annotations

import os
import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio import atomic, paths
from gdm_studio.errors import BadRequest, ModelError
from gdm_studio.models.about import ADAPTERS, listed
from gdm_studio.models.accepts import Accepts
from gdm_studio.models.card import ModelCard
from gdm_studio.models.checkpoints import is_weights
from gdm_studio.models.choices import PREDICTIONS, Choices, as_chosen, choices, choose, quicker
from gdm_studio.models.families import FAMILIES, Family, group_of
from gdm_studio.models.few_steps import FEW_STEPS
from gdm_studio.models.fingerprint import DIGITS, find_out, fingerprint, of_files
from gdm_studio.models.held import Held, base_of, held, kind_of, may_be_quick, note_use, uses
from gdm_studio.models.listing import Described, Listing
from gdm_studio.models.store import Key, Store, key_of
from gdm_studio.request import SETTINGS, Request
from gdm_studio.setting import meant

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded import LoadedModel


LARGE = 2**28  # bytes of a model, whose weights are not compared with another's only to name it


@dataclass(frozen=True)
class Refused:
    """A file or folder that cannot be used as a model, and why, in a sentence."""

    path: Path
    reason: str


class Library:
    """Built-in models and those in people's folders, as they were found when the library last looked.

    It looks when it is first asked, on `refresh`, and for a name that it does not know; what it has found, `cards`,
    `refused` and `held` tell at once. Loaded models are in `store`.
    """

    def __init__(self, families: Sequence[Family] = FAMILIES, store: Store | None = None) -> None:
        self._families, self.store = families, store or Store()
        self._listing = Listing(families)
        self._found: dict[str, Described] | None = None  # each card under a name of its own
        self._quick: list[Described] = []  # models with an adapter for few steps
        self._used: Mapping[str, object] = {}  # when, by their paths
        self._choices: Mapping[str, Choices] = {}
        self._looking = threading.Lock()

    def refresh(self) -> bool:
        """Looks through the folders again; whether there is anything else than before."""
        with self._looking:
            before, quick, self._used = self._found, self._quick, uses()
            named = _each_named(self._listing.look())
            chosen = self._choices = choices()
            self._found = {each.path: _chosen(each, chosen.get(each.path, Choices())) for each in named}
            self._quick = sorted(_quicker(self._found.values(), chosen), key=lambda each: not _is_fast(each, chosen))
            same = [each.card for each in quick] == [each.card for each in self._quick]
            return before is None or _shown(before) != _shown(self._found) or not same

    def cards(self) -> list[ModelCard]:
        """Cards of all models that can be read, newest first, refiners and groups last, each by a name of its own."""
        cards = [each.card for each in (*self._now().values(), *self._quick) if each.card is not None]
        newest = sorted(cards, key=lambda card: card.date, reverse=True)
        return sorted(newest, key=lambda card: (bool(group_of(card)), card.accepts.refines))

    def refused(self) -> list[Refused]:
        """What lies beside them and cannot be used; what belongs to a model is not among it."""
        return [Refused(Path(each.path), each.reason) for each in self._now().values() if each.reason]

    def held(self) -> list[Held]:
        """All models and what belongs to several, such as adapters, newest first, groups last."""
        lines, variants = held(self._now().values(), self._used, self._choices), defaultdict[str, list[str]](list)
        for each in self._quick:
            variants[each.path].append(_adapter_of(each))
        of_each = ((line, variants.get(str(line.path))) for line in lines)
        return [replace(line, variants=tuple(names)) if names else line for line, names in of_each]

    def line_at(self, path: Path) -> Held:
        """What is at that path, in the folders or elsewhere; raises ModelError where nothing can be done with it."""
        found = self._listing.at(path)
        if found.reason:
            raise _useless(path, found)
        for line in held([found], uses()):
            return line
        raise _useless(path, found)

    def card(self, name: str) -> ModelCard:
        """The card of the model of that name, of the one at that path, or of what `exact` names.

        Raises ModelError, and BadRequest for what is no text.
        """
        SETTINGS["model"].typed(name)
        if is_weights(name):
            return self._at(Path(name))
        found = self._named(name)
        if (found is None or not found.seen.still_holds()) and self.refresh():
            found = self._named(name)
        if found is not None and found.card is not None:
            return found.card
        for each in self._now().values():
            if each.reason and Path(each.path).stem == name:
                raise ModelError(each.reason)
        if of_weights := _EXACT.fullmatch(name):
            return _of_weights(self, *of_weights.groups())
        if os.path.isdir(name):
            return self._at(Path(name))
        for line in self.held():
            if line.card is None and name.casefold() in (line.name.casefold(), line.title.casefold()):
                raise _no_model(line.name, kind_of(line.family), base_of(line))
        names = [card.name for card in self.cards()]
        has = f"{near}?" if (near := meant(name, names)) else f"; there are: {', '.join(names) or 'none yet'}."
        raise ModelError(f"There is no model called {name!r}{has}")

    def is_loaded(self, name: str, *, device: torch.device, dtype: torch.dtype, asked: Request | None = None) -> bool:
        """Whether `load` would return at once."""
        try:
            return self.store.has(_key(self.with_parts(self.card(name), asked), device, dtype))
        except ModelError:
            return False

    def load(self, name: str, *, device: torch.device, dtype: torch.dtype, asked: Request | None = None) -> LoadedModel:
        """The model on the device, from memory where it is there already, with the parts that a request asks for.

        Raises ModelError.
        """
        card = self.with_parts(self.card(name), asked)
        family = next(family for family in self._families if family.name == card.family)

        if card.path is not None:
            self._used = note_use(card.path)

        def load() -> LoadedModel:
            find_out(card)  # before a picture that it makes has to name the weights
            return family.load(card, device, dtype, self.store)

        return self.store.model(_key(card, device, dtype), load)

    def with_parts(self, card: ModelCard, asked: Request | None) -> ModelCard:
        """The card with what a request asks for in place of the model's own, or beside it; raises ModelError."""
        parts: dict[str, Any] = {}
        if asked is not None and asked.vae:
            parts["vae"] = self.vae(asked.vae)
        if asked is not None and asked.refiner:
            parts["refiner"] = self.card(asked.refiner)
        return replace(card, beside=card.beside | parts) if parts else card

    def make_room(self, name: str, *, device: torch.device, dtype: torch.dtype, asked: Request | None = None) -> bool:
        """Lets go of all models on the device but that one; False where there are no others."""
        return self.store.let_go(device, but=_key(self.with_parts(self.card(name), asked), device, dtype))

    def vaes(self) -> dict[str, Path]:
        """The files that may stand in for a model's own autoencoder, by name."""
        found: dict[str, Path] = {}
        for each in self._now().values():
            if each.about.kind == "VAE":
                found.setdefault(Path(each.path).stem, Path(each.path))
        return found

    def vae(self, name: str) -> Path:
        """That of this name; raises ModelError."""
        if (found := self.vaes().get(name)) is None and self.refresh():
            found = self.vaes().get(name)
        if found is None:
            where = "in the models folder; put its file there, or choose another"
            raise ModelError(f"There is no VAE called {name[:80]!r} {where}.")
        return found

    def choose(self, line: Held, **values: str) -> Choices:
        """As choices.choose, of what is there and that model takes. Raises BadRequest, ModelError, StorageError."""
        for reason in self._refusals(line, {name: value for name, value in values.items() if value}):
            raise BadRequest(f"{line.name} {reason}.")
        return choose(line.path, **values)

    def _refusals(self, line: Held, values: Mapping[str, str]) -> Iterator[str]:
        accepts = line.card.accepts if line.card is not None else Accepts()
        if "vae" in values:
            if not accepts.vae:
                yield "takes no VAE in place of its own; leave that as it is"
            self.vae(values["vae"])
        if "refiner" in values:
            if not accepts.refiner:
                yield "goes on with no refiner; leave that as it is"
            if not self.card(refiner := values["refiner"]).accepts.refines:
                yield f"cannot go on with {refiner}, which is no refiner; choose another model for the last steps"
        predicts = line.card.prediction if line.card is not None and accepts.vae else ""
        if values.keys() & {"prediction", "zero_snr"} and predicts not in PREDICTIONS:
            yield "predicts what its file says; leave that as it is"
        if values.get("zero_snr") == "yes" and values.get("prediction", predicts) == "epsilon":
            yield "predicts epsilon, which pure noise says nothing of; have it predict v first"
        if "fast" in values and values["fast"] not in line.variants:
            yield f"has no LoRA for few steps called {values['fast'][:80]!r}; leave that as it is"
        if "few_steps" in values and not may_be_quick(line):
            yield "is nothing that is distilled to draw in few steps; leave that as it is"

    def _now(self) -> dict[str, Described]:
        if self._found is None:
            self.refresh()
        assert self._found is not None
        return self._found

    def _named(self, name: str) -> Described | None:
        found = (*self._now().values(), *self._quick)
        return next((each for each in found if each.card is not None and each.card.name == name), None)

    def _at(self, path: Path) -> ModelCard:
        found = self._listing.at(path)
        if found.card is not None:
            return found.card
        raise _useless(path, found)


def exact(library: Library, name: str, weights: str) -> str:
    """What the model of that name with those weights, as `fingerprint` has them, is called in this library.

    Its name, where that has them or nothing is known of them; else the name of whichever model has them. Raises
    ModelError where none has.
    """
    if not weights:
        return name
    found = _EXACT.fullmatch(name)
    plain = found[1] if found else name
    with suppress(ModelError):  # gone, while one of another name may have them
        if fingerprint(library.card(plain)) in ("", weights):
            return plain
    library.refresh()
    return _of_weights(library, plain, weights).name


def as_made(library: Library, request: Request, made_with: Mapping[str, str]) -> Request:
    """The request, and all that it branches from, with its model, VAE and refiner by the names that files with their
    hashes, as a picture's file notes them, have in this library.

    Raises ModelError where there is no such model or refiner; a VAE that is not known by its hash keeps its name.
    """
    parts = {}
    if request.refiner:
        parts["refiner"] = exact(library, request.refiner, made_with.get("refiner_hash", ""))
    if request.vae and (weights := made_with.get("vae_hash", "")):
        plain = library.vaes()
        first = sorted(plain, key=lambda name: name != request.vae)
        same = (name for name in first if of_files([plain[name]]) == weights)
        parts["vae"] = next(same, request.vae)
    return request.made_by(exact(library, request.model, made_with.get("model_hash", "")), **parts)


_EXACT = re.compile(rf"(.+)@([0-9a-f]{{{DIGITS}}})", re.DOTALL)


def _of_weights(library: Library, name: str, weights: str) -> ModelCard:
    for card in library.cards():
        if fingerprint(card) == weights:
            return card
    raise ModelError(
        f"This was made by other weights of {name} (hash {weights}); put that model's files into the models folder, "
        f"{paths.models_dir()}, or have them put there by `gdm-studio models add FILE`."
    )


def _useless(path: Path, found: Described) -> ModelError:
    if found.about.kind and not found.reason:
        return _no_model(path.stem, kind_of(found.about.kind), found.about.base)
    part = f"{path.name} is a part of the program or of a model; choose the model's own file."
    return ModelError(found.reason or part)


def _no_model(name: str, kind: str, base: str) -> ModelError:
    of = f"a model of {base}" if base else "a model"
    vae = "no model here uses it" if base else f"choose {of}, and this as its VAE"
    uses = {"VAE": vae, "embedding": f"choose {of}, and write {name} into the prompt"}
    how = uses.get(kind, f"choose {of}, and write <lora:{name}:1> into the prompt" if base else f"choose {of}")
    what = f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}{f' for {base}' if base else ''}"
    return ModelError(f"{name} is {what}, and no model by itself; {how}.")


def _chosen(each: Described, chosen: Choices) -> Described:
    if chosen.tags:
        each = replace(each, about=replace(each.about, tags=listed(chosen.tags)))
    return each if each.card is None else replace(each, card=as_chosen(each.card, chosen))


def _quicker(found: Iterable[Described], chosen: Mapping[str, Choices]) -> Iterator[Described]:
    """Every model with every adapter for models of its kind that has it draw in a few steps."""
    found = list(found)
    for each in found:
        path = Path(each.path)
        kind = (chosen.get(each.path) or Choices()).few_steps or each.about.few_steps
        steps = each.about.made_for_steps if kind == each.about.few_steps else 0
        if each.about.kind not in ADAPTERS or not each.about.base or kind not in FEW_STEPS:
            continue
        for other in found:
            if other.card is not None and other.card.base == each.about.base:
                with suppress(ModelError):
                    yield replace(other, card=quicker(other.card, path, kind, steps), seen=other.seen.and_of(each.seen))


def _adapter_of(quick: Described) -> str:
    return quick.card.beside["adapter"].stem if quick.card is not None else ""


def _is_fast(quick: Described, chosen: Mapping[str, Choices]) -> bool:
    return _adapter_of(quick) == chosen.get(quick.path, Choices()).fast


def load_for(library: Library, request: Request, *, device: torch.device, dtype: torch.dtype) -> LoadedModel:
    """What draws the request: its model with its parts, in the stages that it asks for. Raises ModelError."""
    from gdm_studio.models.loaded import Composer

    model = library.load(request.model, device=device, dtype=dtype, **parts_of(request))
    if model.card.accepts.vae:
        find_out(model.card, named_by=request)
    return model.drawing(request) if isinstance(model, Composer) else model


def card_of(library: Library, request: Request) -> ModelCard:
    """That of what `load_for` loads, before it is put into stages. Raises ModelError."""
    card = library.card(request.model)
    return library.with_parts(card, request) if parts_of(request) else card


def parts_of(request: Request) -> dict[str, Request]:
    """What `Library.load` is told beside the name of the request's model."""
    return {"asked": request} if request.vae or request.refiner else {}


def _key(card: ModelCard, device: torch.device, dtype: torch.dtype) -> Key:
    parts = {name: part.files if isinstance(part, ModelCard) else (part,) for name, part in card.beside.items()}
    files = (*card.files, *chain.from_iterable(parts.values()))
    what = "model", card.family, card.prediction, "zero SNR" if card.has_zero_snr else "", *parts
    return key_of(" ".join(what), files, device, dtype)


def _shown(found: dict[str, Described]) -> list[tuple[str, ModelCard | None, str]]:
    return [(path, each.card, each.reason) for path, each in found.items()]


def _each_named(found: Sequence[Described]) -> Iterator[Described]:
    """All of them; a card with the name of another before it, but other weights, is called name@weights.

    One that is so large that to compare them would take long is called by its folder: name (folder).
    """
    first: dict[str, ModelCard] = {}
    for each in found:
        if (card := each.card) is not None:
            before = first.setdefault(card.name, card)
            if before is not card and (name := _apart(card, before, first)):
                first[name] = card = replace(card, name=name, fast_of="")
                each = replace(each, card=card)
        yield each


def _apart(card: ModelCard, before: ModelCard, taken: Mapping[str, ModelCard]) -> str:
    """What to call a card beside another of its name; "" where they are of the same weights."""
    if max(card.file_bytes, before.file_bytes) < LARGE:
        same = fingerprint(before) == (weights := fingerprint(card))
        return "" if same else f"{card.name}@{weights}"
    names = atomic.numbered(f"{card.name} ({card.path.parent.name if card.path else ''})")
    return next(name for name in names if name not in taken)
