"""Back to a picture that was made: its settings in the controls, or itself on the canvas."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.errors import StorageError
from gdm_studio.gallery.metadata.ours import TOOL
from gdm_studio.models.held import Held, meant
from gdm_studio.models.passes import ANEW, ENLARGED, REFINED
from gdm_studio.studio.draft import ROLLED_LIMIT
from gdm_studio.ui.gallery.close_to import less_like
from gdm_studio.ui.prompting.prompting import WEIGHTS

if TYPE_CHECKING:
    from gdm_studio.gallery import Metadata, Picture
    from gdm_studio.models.card import ModelCard
    from gdm_studio.request import Request
    from gdm_studio.ui.pages.create_page import CreatePage
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.shelf import Shelf
    from gdm_studio.ui.steps.steps import Steps
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.tools import Tools
    from gdm_studio.ui.viewer import Viewer
    from gdm_studio.ui.ways import Ways


NAMED = 4  # of what is not used; the report names all
_NAME_AND_HASH = re.compile(r"(.+?)(?:\s+\[([0-9a-f]+)\])?")  # as the web UI writes a refiner


class Recalling:
    """What a picture of the gallery, or a file that is dropped, does to the Create page; `open_page` turns to it.

    `report(path)` tells field by field what is read in a file, `held()` what models there are.
    """

    def __init__(
        self, viewer: Viewer, *, steps: Steps, shelf: Shelf, ways: Ways, tools: Tools, tasks: Tasks, say: Say,
        open_page: Callable[[], object], report: Callable[[Path], object], held: Callable[[], Sequence[Held]],
    ) -> None:  # fmt: skip
        self._viewer, self._steps, self._shelf = viewer, steps, shelf
        self._ways, self._tools, self._tasks, self._say = ways, tools, tasks, say
        self._open_page, self._report, self._held = open_page, report, held

    def begin_with_last(self, page: CreatePage) -> None:
        """Shows the newest picture once it is known, unless something else has come on the stage by then."""
        model = self._shelf.beside

        def look(number: int) -> None:
            if number:
                model.found.disconnect(look)
                model.with_pictures([0], show)

        def show(found: list[Picture]) -> None:
            empty = page.stage.canvas.picture() is None and self._viewer.on_stage is None and not page.stage.mode()
            if found and empty and not page.gallery.grid.selected_rows() and not self._ways.sets.on:
                model.fill(found)
                page.gallery.select(found[0].id)

        model.found.connect(look)

    def take(self, path: Path, use: str) -> None:
        """A file for what `use` says: its "settings", or to "start" from it."""
        if use == "start":
            self._tools.start_from(path)
        else:
            self._tasks.start(self.restore_from(path))

    async def restore_from(self, path: Path, *, title: str = "") -> None:
        """Sets everything as the picture file at `path` says it was made, and tells what was used, under that title.

        One that says nothing becomes the picture to start from.
        """
        metadata = await self._shelf.read(path)
        if metadata.request is None:
            await self._tools.starting.use(path)
            self._open_page()
            text = "It does not say how it was made; the next pictures grow out of it."
            self._say(f"Starting from {path.name}", text)
            return
        request = metadata.request
        missing: list[str] = []
        if not metadata.id:
            request, missing = with_models(metadata, await asyncio.to_thread(self._held))
        left_out = [name for name in self._steps.use(request) if name != "model" or not missing]
        left_out = [*missing, *left_out, *_unused(metadata, request), *metadata.unknown]
        self._ways.live.refresh()
        self._open_page()
        self._say(
            title or f"Settings of {path.name} restored",
            _outlook(left_out, metadata.stopped_at),
            kind="success",
            action="What was read",
            on_action=lambda: self._report(path),
        )

    def use(self, picture: Picture) -> None:
        """Sets everything as it was for a picture of the gallery."""
        if picture.tool == TOOL:
            self.use_request(picture.request, picture.stopped_at)
        else:
            self._tasks.start(self._use_anothers(picture))

    async def _use_anothers(self, picture: Picture) -> None:
        """By its file, which tells more of its model than a request has room for, or by that where it is away."""
        try:
            await self.restore_from(picture.path, title="Settings taken over")
        except StorageError:
            self.use_request(picture.request, picture.stopped_at)

    def use_request(self, request: Request, stopped_at: int = 0) -> None:
        """Sets everything as `request` says, and turns to the page where it is seen."""
        left_out = self._steps.use(request)
        self._ways.live.refresh()
        self._open_page()
        self._say("Settings taken over", _outlook(left_out, stopped_at), kind="success")

    def less_like(self, picture: Picture) -> None:
        """Draws the same words without a style, more freely and with another seed, and with these settings from now."""
        self._steps.use(less_like(picture.request, secrets.randbelow(ROLLED_LIMIT)))
        if self._ways.sets.on:
            self._ways.sets.toggle(False)
        self._open_page()
        self._ways.generate()

    def vary(self, picture: Picture) -> None:
        """Opens variations around a picture of the gallery."""
        if self._ways.sets.on:
            self._ways.sets.toggle(False)
        self._open_page()
        self._tools.sheets.vary(picture.request)

    def show(self, picture: Picture | None) -> None:
        """Puts a picture of the gallery on the canvas: with its steps where it is of the run at hand."""
        if picture is None:
            return
        if self._ways.sets.on:
            self._ways.sets.toggle(False)
        if not self._viewer.choose_picture(picture.id):
            self._steps.show(picture)


def with_models(metadata: Metadata, lines: Sequence[Held]) -> tuple[Request, list[str]]:
    """The request of another tool's picture by the model and adapters that are here, by hash or else by name; and which
    of those that made it are not here, in words.
    """
    assert metadata.request is not None
    fields = metadata.fields
    name, said = str(fields.get("model", "")), str(fields.get("model_hash", ""))
    usable = [line for line in lines if line.card is not None]
    found = meant(usable, name, said) if name or said else None
    missing = [] if found is not None or not (name or said) else [_called("model", name, said)]
    request = metadata.request if found is None else replace(metadata.request, model=found.name)
    vae = str(fields.get("vae", "")), str(fields.get("vae_hash", ""))
    if any(vae) and vae[0].casefold() not in ("automatic", "none"):
        part = meant([line for line in lines if line.family == "VAE"], *vae)
        missing += [_called("VAE", *vae)] if part is None else []
        request = request if part is None else replace(request, vae=part.name)
    if found is not None and found.card is not None:
        request = _with_skip(request, found.card, fields.get("clip_skip"))
        request = _with_second_pass(request, found.card, fields)
        if found.card.accepts.refiner and (refiner := _NAME_AND_HASH.fullmatch(str(fields.get("refiner", "")))):
            part = meant([line for line in usable if line.card and line.card.accepts.refines], *refiner.groups(""))
            missing += [_called("refiner", *refiner.groups(""))] if part is None else []
            request = request if part is None else _with_refiner(request, part.name, fields.get("refiner_switch"))
    for word in fields.get("embeddings", []):
        if meant([line for line in lines if line.family.startswith("Embedding")], word["name"], word["hash"]) is None:
            missing.append(_called("embedding", word["name"], word["hash"]))
    for lora in fields.get("loras", []):
        told = str(lora.get("name", "")), str(lora.get("hash", ""))
        adapter = meant([line for line in lines if line.card is None], *told)
        if adapter is None:
            missing.append(_called("LoRA", *told))
        elif found is not None and found.card is not None and found.card.accepts.prompt == WEIGHTS:
            request = replace(request, prompt=_calling(request.prompt, told[0], adapter.name, lora.get("weight", 1.0)))
    return request, missing


def _with_skip(request: Request, card: ModelCard, skip: object) -> Request:
    """The request with a clip skip, which the web UI heeds with Stable Diffusion 1 alone whatever it writes."""
    knob = next((knob for knob in card.accepts.factors if knob.name == "clip_skip"), None)
    if knob is None or not isinstance(skip, int) or not knob.low < skip <= knob.high:
        return request
    is_heeded = card.base == "Stable Diffusion 1"
    return replace(request, factors=request.factors | {knob.name: float(skip)}) if is_heeded else request


def _with_second_pass(request: Request, card: ModelCard, fields: Mapping[str, Any]) -> Request:
    """The request with what the web UI calls a high-resolution fix, where it enlarges as much as the model can."""
    times, strength = fields.get("hires_upscale"), fields.get("denoising_strength", ANEW.default)
    if ENLARGED not in card.accepts.factors or times is None or not ENLARGED.low < times <= ENLARGED.high:
        return request
    passes = {ENLARGED.name: times, ANEW.name: min(max(strength, ANEW.low), ANEW.high)}
    return replace(request, factors=request.factors | passes)


def _with_refiner(request: Request, name: str, switch: object) -> Request:
    """The request with a refiner for the steps behind that share of them."""
    share = 1 - switch if isinstance(switch, float) else REFINED.default
    share = round(min(max(share, REFINED.low), REFINED.high), 4)
    return replace(request, refiner=name, factors=request.factors | {REFINED.name: share})


def _calling(prompt: str, said: str, name: str, weight: object) -> str:
    """The prompt with an adapter by the name that it has here; at its end where the other tool does not say it there.

    What stands in the prompt keeps the weights that stand there.
    """
    called = re.compile(rf"(<(?:lora|lyco):){re.escape(said)}(?=[:>])")
    if called.search(prompt):
        return called.sub(lambda at: at[1] + name, prompt)
    return f"{prompt} <lora:{name}:{weight if isinstance(weight, int | float) else 1:g}>".strip()


def _called(what: str, name: str, said: str) -> str:
    return f"{what} {name[:60]} (hash {said[:12]})" if said else f"{what} {name[:60]}"


def _unused(metadata: Metadata, request: Request) -> list[str]:
    """What the file says and nothing is done with, but for what told the model and what it is used with."""
    files = {name: text for name, text in metadata.fields.items() if isinstance(text, str)}
    told = {text for name, text in files.items() if name.removesuffix("_hash") in ("model", "vae") or name == "refiner"}
    skip = str(metadata.fields.get("clip_skip")) if "clip_skip" in request.factors else None
    used = {
        "Hires upscale": ENLARGED.name in request.factors,
        "Denoising strength": ENLARGED.name in request.factors,
        "Refiner switch at": bool(request.refiner),
        "Lora hashes": "loras" in metadata.fields,
        "Lora weights": "loras" in metadata.fields,
        "TI hashes": "embeddings" in metadata.fields,
    }
    left = {name: text for name, text in metadata.ignored.items() if text not in told and not used.get(name)}
    return [name for name, text in left.items() if text != skip or "clip" not in name.lower()]


def _outlook(left_out: list[str], stopped_at: int) -> str:
    """What Generate will do with settings taken from a picture."""
    if left_out:
        return f"Not used: {_listed(left_out)}."
    return "Generate goes on to its end." if stopped_at else "Generate makes the same picture again."


def _listed(names: list[str]) -> str:
    """The first of the names, each once, in small letters but for abbreviations, and how many more there are."""
    small = list(dict.fromkeys(name.lower() if name[1:].islower() else name for name in names))
    more = len(small) - NAMED
    return ", ".join(small[:NAMED]) + (f" and {more} more" if more > 0 else "")
