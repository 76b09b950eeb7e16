"""Another tool's picture by the models that are here: the request it becomes, and what of its file that uses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gdm_studio.gallery.metadata.facts import number
from gdm_studio.gallery.metadata.ours import TOOL
from gdm_studio.models.accepts import WEIGHTS, Accepts
from gdm_studio.models.held import Held, meant
from gdm_studio.passes import ANEW, ENLARGED, REFINED
from gdm_studio.request import Request

if TYPE_CHECKING:
    from gdm_studio.gallery import Metadata
    from gdm_studio.models.card import ModelCard

_NAME_AND_HASH = re.compile(r"(.+?)(?:\s+\[([0-9a-f]+)\])?")  # as the web UI writes a refiner
_OWN_VAE = ("automatic", "none")  # what the web UI calls the model's own


@dataclass(frozen=True)
class Restored:
    """`metadata` has the request by what is here, and its entries are shared out by what that uses."""

    metadata: Metadata
    model: Held | None = None  # that made it, or has its name
    missing: tuple[str, ...] = ()  # files that made it and are not here, in words
    others: tuple[str, ...] = ()  # files that are used though their hash is another
    unused: tuple[str, ...] = ()  # entries of which nothing is used, but for those of `missing`

    @property
    def warning(self) -> str:
        """A sentence on `others`; "" where there are none."""
        return f"Used by its name, though its hash is another: {', '.join(self.others)}." if self.others else ""


def restored(metadata: Metadata, lines: Sequence[Held], instead: ModelCard | None = None) -> Restored:
    """What the file of another tool asks of the model and the other files that are here, by hash or else by name.

    `instead` is the model that draws it where its own is not here.
    """
    if metadata.id or metadata.request is None:
        return Restored(metadata, unused=tuple(metadata.ignored))
    files, fields, request = _Files(lines), metadata.fields, metadata.request
    name, said = str(fields.get("model", "")), str(fields.get("model_hash", ""))
    model = files.find("model", "model", [line for line in lines if line.card is not None], name, said)
    if model is not None:
        request = replace(request, model=model.name)
    card = model.card if model is not None else instead
    accepts = card.accepts if card is not None else Accepts(prompt="")
    request = _with_vae(request, accepts, files, fields)
    request = _with_loras(request, accepts, files, fields)
    if card is not None:
        request = _with_factors(request, card, files, metadata)
    used = {each: files.used.get(metadata.says.get(each, ""), value) for each, value in metadata.used.items()}
    more = {each: files.used[kind] for each in metadata.ignored if (kind := metadata.says.get(each, "")) in files.used}
    ignored = {each: value for each, value in metadata.ignored.items() if each not in more}
    became = metadata.became | dict.fromkeys(more, "")
    return Restored(
        replace(metadata, request=request, used=used | more, ignored=ignored, became=became),
        model,
        tuple(files.missing),
        tuple(files.others),
        tuple(each for each in ignored if metadata.says.get(each, "") not in files.said),
    )


@dataclass
class _Files:
    """Finds the files that made a picture, and remembers by the fields that name them what became of these."""

    lines: Sequence[Held]
    used: dict[str, str] = field(default_factory=dict)  # what a field has become
    said: set[str] = field(default_factory=lambda: {"version"})  # fields of which no more is to be said
    missing: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def find(self, kind: str, title: str, among: Sequence[Held], name: str, said: str) -> Held | None:
        """The one that is meant, else the one of its name, though its hash is another."""
        if not (name or said):
            return None
        self.said |= {kind, f"{kind}_hash"}
        line = meant(among, name, said)
        if line is not None:
            self.used |= {kind: line.name, f"{kind}_hash": line.name}
        elif (line := meant(among, name)) is not None:
            self.used[kind] = line.name
            self.others.append(f"{title} {line.name}")
        else:
            self.missing.append(f"{title} {name[:60]} (hash {said[:12]})" if said else f"{title} {name[:60]}")
        return line

    def find_each(self, kind: str, title: str, among: Sequence[Held], named: Any) -> list[tuple[dict[str, Any], Held]]:
        """Of the list that a field is, each that is here."""
        pairs = [(each, str(each.get("name", "")), str(each.get("hash", ""))) for each in named]
        found = [(each, self.find(kind, title, among, name, said)) for each, name, said in pairs]
        here = [(each, line) for each, line in found if line is not None]
        self.used |= {kind: ", ".join(line.name for _, line in here)} if here else {}
        return here


def _with_vae(request: Request, accepts: Accepts, files: _Files, fields: dict[str, Any]) -> Request:
    name, said = str(fields.get("vae", "")), str(fields.get("vae_hash", ""))
    if name.casefold() in _OWN_VAE:
        files.said |= {"vae", "vae_hash"}
    elif accepts.vae:
        part = files.find("vae", "VAE", [line for line in files.lines if line.family == "VAE"], name, said)
        return request if part is None else replace(request, vae=part.name)
    return request


def _with_loras(request: Request, accepts: Accepts, files: _Files, fields: dict[str, Any]) -> Request:
    """The request with LoRAs and embeddings by the names that they have here."""
    found = files if accepts.prompt == WEIGHTS else _Files(files.lines)  # else the model reads none
    learnt = [line for line in files.lines if line.family.startswith("Embedding")]
    words = found.find_each("embeddings", "embedding", learnt, fields.get("embeddings", []))
    adapters = [line for line in files.lines if line.card is None and line not in learnt]
    here = found.find_each("loras", "LoRA", adapters, fields.get("loras", []))
    if found is not files:
        files.missing += found.missing
        files.said |= found.said - found.used.keys()
        return request
    for told, line in words:
        texts = (request.prompt, request.negative_prompt)
        prompt, negative = (_renamed(text, str(told["name"]), line.name) for text in texts)
        request = replace(request, prompt=prompt, negative_prompt=negative)
    for told, line in here:
        prompt = _calling(request.prompt, str(told["name"]), line.name, told.get("weight", 1.0))
        request = replace(request, prompt=prompt)
    return request


def _with_factors(request: Request, card: ModelCard, files: _Files, metadata: Metadata) -> Request:
    """The request with clip skip, second pass and refiner, as far as the model takes them."""
    fields, factors = metadata.fields, dict(request.factors)
    knobs = {knob.name: knob for knob in card.accepts.factors}
    skip, times = fields.get("clip_skip"), fields.get("hires_upscale")
    heeds_skip = card.base == "Stable Diffusion 1" or metadata.tool == TOOL  # the web UI heeds it there alone
    if (knob := knobs.get("clip_skip")) and heeds_skip and isinstance(skip, int) and knob.low <= skip <= knob.high:
        factors |= {knob.name: float(skip)} if skip != knob.default else {}
        files.used["clip_skip"] = str(skip)
    if ENLARGED.name in knobs and times is not None and ENLARGED.low < times <= ENLARGED.high:
        strength = min(max(fields.get("denoising_strength", ANEW.default), ANEW.low), ANEW.high)
        factors |= {ENLARGED.name: times, ANEW.name: strength}
        files.used |= {"hires_upscale": number(times), "denoising_strength": number(strength)}
    if card.accepts.refiner and (named := _NAME_AND_HASH.fullmatch(str(fields.get("refiner", "")))):
        refiners = [line for line in files.lines if line.card is not None and line.card.accepts.refines]
        part, switch = files.find("refiner", "refiner", refiners, *named.groups("")), fields.get("refiner_switch")
        files.said.add("refiner_switch")
        if part is not None:
            share = 1 - switch if isinstance(switch, float) else REFINED.default
            share = round(min(max(share, REFINED.low), REFINED.high), 4)
            request, factors[REFINED.name] = replace(request, refiner=part.name), share
            files.used["refiner_switch"] = number(round(1 - share, 4))
    return replace(request, factors=factors)


def _renamed(prompt: str, said: str, name: str) -> str:
    """The prompt with a learnt word by its name here."""
    return re.sub(rf"(?<!\w){re.escape(said)}(?!\w)", lambda _: name, prompt, flags=re.IGNORECASE)


def _calling(prompt: str, said: str, name: str, weight: object) -> str:
    """The prompt with a LoRA by its name here, and the weights there; at its end where it does not say it."""
    called = re.compile(rf"(<(?:lora|lyco):){re.escape(said)}(?=[:>])")
    if called.search(prompt):
        return called.sub(lambda at: at[1] + name, prompt)
    return f"{prompt} <lora:{name}:{weight if isinstance(weight, int | float) else 1:g}>".strip()
