"""What people hold: every model and what models use, as lines of one table."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gdm_studio.models import families
from gdm_studio.models.about import ADAPTERS, About
from gdm_studio.models.card import ModelCard
from gdm_studio.models.checkpoints import is_weights
from gdm_studio.models.choices import Choices
from gdm_studio.models.hashes import is_hash, known
from gdm_studio.models.kept import Kept
from gdm_studio.models.listing import Described

PREVIEWS = tuple(f"{mark}.{kind}" for mark in (".preview", "") for kind in ("png", "jpg", "jpeg", "webp"))
_CALLED = {"Embedding": "embedding", "Text encoder": "text encoder", "Previews": "preview decoder"}
_CALLED |= {"Upscaler": "upscaler", **dict.fromkeys(ADAPTERS, "LoRA")}
XL = "SDXL"  # of its kind, what the base of a model begins with
_SAYS_XL = re.compile(r"(?:sd)?xl|pony|illustrious|noobai", re.IGNORECASE)
_AGAIN = 60.0  # seconds after which a use is noted once more
_USED = Kept("used")


@dataclass(frozen=True)
class Held:
    """A line: `card` of a model that makes pictures, None of an adapter, an embedding and the like."""

    name: str
    path: Path
    title: str
    family: str  # of a model, or its kind there: "SDXL"; of others what they are and for which: "LoRA · SDXL"
    date: str  # ISO 8601
    parameters: int
    author: str
    licence: str
    file_bytes: int
    summary: str = ""
    made_for: str = ""  # the models that it is for, as a note beside it says
    tags: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()  # words that call what an adapter learnt
    last_used: float = 0.0  # seconds since 1970; 0 for never
    card: ModelCard | None = None
    chosen: Choices = Choices()
    variants: tuple[str, ...] = ()  # the adapters that have it draw in few steps, the one that is chosen first


def counted(lines: Sequence[Held]) -> str:
    """How many there are of each kind: "2 models, 3 LoRAs, 1 VAE"."""
    found = Counter(map(_kind, lines))
    words = [f"{count} {kind}{'s' * (count > 1)}" for kind, count in found.items()]
    return ", ".join(words) or "nothing that can be used"


def kind_of(family: str) -> str:
    """What people call such a file, which is no model by itself: LoRA, VAE, embedding, …"""
    kind = family.partition(" · ")[0]
    return "incomplete file" if kind.endswith(", not whole") else _CALLED.get(kind, kind)


def group_of(line: Held) -> str:
    """Its kind as a heading over many: "Models", "LoRAs" for adapters of all sorts, "VAEs", …"""
    kind = _kind(line)
    return f"{kind[0].upper()}{kind[1:]}s"


def uses() -> Mapping[str, object]:
    """When each was last used, in seconds since 1970, by its path."""
    return _USED.load()


def held(
    found: Iterable[Described], used: Mapping[str, object], chosen: Mapping[str, Choices] | None = None
) -> list[Held]:
    """The lines of what is in the folders, newest first, groups last; `used` as `uses` tells, `chosen` as `choices`."""
    every = (each for each in found if each.card is not None or each.about.kind)
    known = chosen or {}
    lines = [replace(_line(each, used.get(each.path)), chosen=known.get(each.path, Choices())) for each in every]
    newest = sorted(sorted(lines, key=lambda line: line.name), key=lambda line: line.date, reverse=True)
    return sorted(newest, key=lambda line: line.card is not None and bool(families.group_of(line.card)))


def of_card(card: ModelCard, about: About, last_used: float = 0.0) -> Held:
    """The line of a model."""
    return Held(
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
    )


def weights_of(line: Held) -> tuple[Path, ...]:
    """The files that decide what it does."""
    return line.card.weights if line.card is not None else (line.path,)


def base_of(line: Held) -> str:
    """The models that it is for, "" where its file does not tell; of a model, the kind that it is."""
    return line.card.base if line.card is not None else line.family.partition(" · ")[2]


def call_of(line: Held) -> str:
    """By what a prompt uses it: a LoRA's tag, the name of a learnt word; "" for what no prompt calls."""
    return {"LoRA": f"<lora:{line.name}:1>", "embedding": line.name}.get(_kind(line), "")


def may_be_quick(line: Held) -> bool:
    """Whether it can be one that was distilled to draw in few steps: a checkpoint, or an adapter of a known base."""
    kind, _, base = line.family.partition(" · ")
    return line.card.accepts.vae if line.card else bool(base) and kind in ADAPTERS


def vae_for(base: str, lines: Iterable[Held]) -> str:
    """The name of a VAE for models of that kind, "" for none here: by what is said of it, for SDXL's have the shapes of
    Stable Diffusion's.
    """
    for line in lines:
        said = " ".join((line.name, line.title, line.made_for, line.summary, *line.tags))
        if line.family == "VAE" and bool(_SAYS_XL.search(said)) == base.startswith(XL):
            return line.name
    return ""


def note_use(path: Path) -> Mapping[str, object]:
    """Remembers that what is at that path was used now; all uses there are by then."""
    facts = _USED.load()
    before = facts.get(str(path))
    if not isinstance(before, int | float) or time.time() - before > _AGAIN:
        facts.pop(str(path), None)  # the last that was used comes last
        facts[str(path)] = time.time()
        _USED.save(facts)
    return facts


def preview_of(path: Path) -> Path | None:
    """The picture that lies beside a model to show what it makes, as other tools put it there: NAME.preview.png."""
    if not path.name:
        return None
    stem = path.with_suffix("") if is_weights(path.name) else path
    places = [*(stem.with_name(stem.name + ending) for ending in PREVIEWS)]
    if path.is_dir():
        places += [path / f"{name}{ending}" for name in ("preview", path.name) for ending in PREVIEWS[4:]]
    return next((place for place in places if place.is_file()), None)


def _kind(line: Held) -> str:
    return "model" if line.card is not None else kind_of(line.family)


def _line(each: Described, used: object) -> Held:
    last = float(used) if isinstance(used, int | float) else 0.0
    if each.card is not None:
        return of_card(each.card, each.about, last)
    path, about = Path(each.path), each.about
    stamps = [stamp for file, stamp in each.seen.stamps if stamp is not None and file != each.note]
    return Held(
        name=path.stem,
        path=path,
        title=about.title or path.stem,
        family=" · ".join(filter(None, (about.kind, about.base))),
        date=about.date or time.strftime("%Y-%m-%d", time.gmtime(max((at for at, _ in stamps), default=0) / 1e9)),
        parameters=about.parameters,
        author=about.author,
        licence=about.licence,
        file_bytes=sum(size for _, size in stamps),
        summary=each.reason or about.summary,
        made_for=about.made_for,
        tags=about.tags,
        triggers=about.triggers,
        last_used=last,
    )


def meant(lines: Sequence[Held], name: str, said: str = "") -> Held | None:
    """Which of these a file of another tool means by a name and a hash; None where it is not here.

    Weights that are known by another hash than that are others, whatever they are called.
    """
    hashed = {line.path: known(line.path) for line in lines} if is_hash(said) else {}
    for line in lines:
        if (found := hashed.get(line.path)) is not None and found.are(said):
            return line
    wanted = plain_name(name)
    called = (line for line in lines if wanted in map(plain_name, (line.name, line.title, line.path.name)))
    return next((line for line in called if wanted and hashed.get(line.path) is None), None)


def plain_name(said: str) -> str:
    """A model's name as any tool writes it, to be compared: without folders, ending, case and what A1111 takes out."""
    last = said.replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
    stem = os.path.splitext(last)[0] if is_weights(last) else last
    return stem.replace(",", "").replace(":", "").casefold()
