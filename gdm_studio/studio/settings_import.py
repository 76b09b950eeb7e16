"""Conversion of the settings in other tools' images to requests for installed models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, Sentence, translatable
from gdm_studio.gallery.metadata.generation_settings import GUIDANCE_FACTOR, number
from gdm_studio.gallery.metadata.record import TOOL
from gdm_studio.models.capabilities import WEB_UI, Capabilities
from gdm_studio.models.files.recognition import UPSCALER
from gdm_studio.models.installed.model_table import ModelTableRow, find_model, suitable_vaes
from gdm_studio.request.generation_request import SETTINGS, Request, Role, with_role
from gdm_studio.request.hires import REFINER_SHARE, SECOND_PASS_SCALE, SECOND_PASS_STEPS, SECOND_PASS_STRENGTH

if TYPE_CHECKING:
    from gdm_studio.gallery import Metadata
    from gdm_studio.models.model_card import ModelCard

# Refiner as written by the A1111 web UI.
_NAME_AND_HASH = re.compile(r"(.+?)(?:\s+\[([0-9a-f]+)\])?")
# Tools whose only guidance scale is the input of a network that takes one. Such images have no other guidance.
_ONE_GUIDANCE = ("Civitai", "Draw Things", "Hugging Face Space", "SD.Next")
# Names in the web UI for the model's own VAE.
_OWN_VAE = ("automatic", "none")


@dataclass(frozen=True)
class RestoredRequest:
    """Settings of an image from another tool, restored as a request for the installed models.

    It lists which metadata entries were used and which were ignored.
    """

    metadata: Metadata
    # The installed model of the image, found by hash or by name.
    model: ModelTableRow | None = None
    # Descriptions of missing files.
    missing: tuple[Sentence, ...] = ()
    # Files that are used although their hash differs.
    others: tuple[Sentence, ...] = ()
    # Ignored entries, except entries that name missing files.
    unused: tuple[str, ...] = ()

    @property
    def warning(self) -> str:
        """Sentence for the user about installed model files that have the right name but another hash, or "" if there
        are none.
        """
        if not self.others:
            return ""
        files = {f"file_{number}": each for number, each in enumerate(self.others)}
        template = QT_TRANSLATE_NOOP("Errors", "Used by its name, though its hash is another: {files}.")
        return translatable(template, files=translatable(", ".join(f"{{{name}}}" for name in files), **files))


def restore_request(
    metadata: Metadata, lines: Sequence[ModelTableRow], instead: ModelCard | None = None
) -> RestoredRequest:
    """Convert the metadata of another tool's image to a request for installed models, which are found by hash, or else
    by name. `instead` replaces a model that is not installed. Settings that the file lacks are the model's defaults.
    """
    if metadata.id or metadata.request is None:
        return RestoredRequest(metadata, unused=tuple(metadata.ignored))
    files = _FileFinder(lines)
    fields = metadata.fields
    request = metadata.request
    name = str(fields.get("model", ""))
    digest = str(fields.get("model_hash", ""))
    title = QT_TRANSLATE_NOOP("Errors", "model {name}")
    model = files.find("model", title, [line for line in lines if line.card is not None], name, digest)
    if model is not None:
        request = replace(request, model=model.name)
    card = model.card if model is not None else instead
    accepts = card.accepts if card is not None else Capabilities(prompt="")
    request = _apply_vae(request, card, files, fields)
    # The LoRAs of Icons, which has no base, are its own.
    takes_loras = accepts.prompt == WEB_UI or (accepts.tags and card is not None and bool(card.base))
    request = _apply_loras(request, accepts, files, fields, takes_loras=takes_loras)
    if card is not None:
        request = _apply_factors(request, card, files, metadata)
        request = _apply_distilled_guidance(request, card, files, metadata)
        request = _apply_defaults(request, card, metadata)
    used = {each: files.used.get(metadata.common_names.get(each, ""), value) for each, value in metadata.used.items()}
    more = {
        each: files.used[kind]
        for each in metadata.ignored
        if (kind := metadata.common_names.get(each, "")) in files.used
    }
    ignored = {each: value for each, value in metadata.ignored.items() if each not in more}
    # Files that are not installed are not used.
    lost = [each for each in used if metadata.common_names.get(each, "") in files.reported - files.used.keys()]
    ignored = {each: used.pop(each) for each in lost} | ignored
    request_fields = metadata.request_fields | dict.fromkeys(more, "")
    return RestoredRequest(
        replace(metadata, request=request, used=used | more, ignored=ignored, request_fields=request_fields),
        model,
        tuple(files.missing),
        tuple(files.others),
        tuple(each for each in ignored if metadata.common_names.get(each, "") not in files.reported),
    )


@dataclass
class _FileFinder:
    """Finder of the files that an image's metadata names, among the installed model files. It records which files were
    used and which are missing.
    """

    lines: Sequence[ModelTableRow]
    # {field: value that is used}
    used: dict[str, str] = field(default_factory=dict)
    # Fields that are already reported.
    reported: set[str] = field(default_factory=lambda: {"version"})
    missing: list[Sentence] = field(default_factory=list)
    others: list[Sentence] = field(default_factory=list)

    def find(
        self, kind: str, title: str, among: Sequence[ModelTableRow], name: str, digest: str
    ) -> ModelTableRow | None:
        """Find the installed model file with the given hash, or else the one with the given name. Returns None if
        neither is installed.

        Missing files and differing hashes are recorded, each with its `title`, such as "model {name}".
        """
        if not (name or digest):
            return None
        self.reported |= {kind, f"{kind}_hash"}
        line = find_model(among, name, digest)
        if line is not None:
            self.used |= {kind: line.name, f"{kind}_hash": line.name}
        elif (line := find_model(among, name)) is not None:
            self.used[kind] = line.name
            self.others.append(translatable(title, name=line.name))
        else:
            file = translatable(title, name=name[:60])
            template = QT_TRANSLATE_NOOP("Errors", "{file} (hash {digest})")
            self.missing.append(translatable(template, file=file, digest=digest[:12]) if digest else file)
        return line

    def find_listed(
        self, kind: str, title: str, among: Sequence[ModelTableRow], named: Any
    ) -> list[tuple[dict[str, Any], ModelTableRow]]:
        """Find the installed files of a list in the metadata, such as that of the LoRAs.

        Return the entries of the list `named` whose files are installed, each with its file.
        """
        pairs = [(each, str(each.get("name", "")), str(each.get("hash", ""))) for each in named]
        found = [(each, self.find(kind, title, among, name, digest)) for each, name, digest in pairs]
        here = [(each, line) for each, line in found if line is not None]
        self.used |= {kind: ", ".join(line.name for _, line in here)} if here else {}
        return here


def _apply_defaults(request: Request, card: ModelCard, metadata: Metadata) -> Request:
    """Return the request with the model's defaults for the settings that neither the file nor its parts determine."""
    given = {*metadata.request_fields.values(), "vae", "refiner"}
    # The name of a sampler can imply its spacing and its parameters.
    given |= {"spacing", "knobs"} if "sampler" in given else set()
    own = card.default_request()
    missing = [setting.name for setting in with_role(SETTINGS, Role.MODEL_DEFAULT) if setting.name not in given]
    return replace(request, **{name: getattr(own, name) for name in missing})


def _apply_vae(request: Request, card: ModelCard | None, files: _FileFinder, fields: dict[str, Any]) -> Request:
    name = str(fields.get("vae", ""))
    digest = str(fields.get("vae_hash", ""))
    if name.casefold() in _OWN_VAE:
        files.reported |= {"vae", "vae_hash"}
    elif card is not None and card.accepts.vae:
        suitable = suitable_vaes(card, files.lines)
        part = files.find("vae", "VAE {name}", [line for line in files.lines if line.name in suitable], name, digest)
        return request if part is None else replace(request, vae=part.name)
    return request


def _apply_loras(
    request: Request, accepts: Capabilities, files: _FileFinder, fields: dict[str, Any], *, takes_loras: bool
) -> Request:
    """Return the request with the LoRAs and embeddings in its prompt renamed to the names of the installed files."""
    # Other models use neither LoRAs nor embeddings, or LoRAs only.
    of_words, of_loras = (
        files if is_used else _FileFinder(files.lines) for is_used in (accepts.prompt == WEB_UI, takes_loras)
    )
    learnt = [line for line in files.lines if line.family.startswith("Embedding")]
    words = of_words.find_listed(
        "embeddings", QT_TRANSLATE_NOOP("Errors", "embedding {name}"), learnt, fields.get("embeddings", [])
    )
    adapters = [line for line in files.lines if line.card is None and line not in learnt]
    here = of_loras.find_listed("loras", "LoRA {name}", adapters, fields.get("loras", []))
    for each in (of_words, of_loras):
        if each is not files:
            files.missing += each.missing
            files.reported |= each.reported - each.used.keys()
    words, here = (words if of_words is files else []), (here if of_loras is files else [])
    for entry, line in words:
        texts = (request.prompt, request.negative_prompt)
        prompt, negative = (_rename_embedding(text, str(entry["name"]), line.name) for text in texts)
        request = replace(request, prompt=prompt, negative_prompt=negative)
    for entry, line in here:
        weights = [entry.get(name) for name in ("text_weight", "weight")]
        prompt = _set_lora_tag(request.prompt, str(entry["name"]), line.name, weights)
        request = replace(request, prompt=prompt)
    return request


def _apply_factors(request: Request, card: ModelCard, files: _FileFinder, metadata: Metadata) -> Request:
    """Return the request with the image's clip skip, second pass and refiner, if the model supports them."""
    fields = metadata.fields
    factors = dict(request.factors)
    params = {param.name: param for param in card.accepts.factors}
    skip = fields.get("clip_skip")
    times = fields.get("hires_upscale")
    # The web UI applies clip skip to Stable Diffusion 1 only.
    heeds_skip = card.base == "Stable Diffusion 1" or metadata.tool == TOOL
    if (param := params.get("clip_skip")) and heeds_skip and isinstance(skip, int) and param.low <= skip <= param.high:
        factors |= {param.name: float(skip)} if skip != param.default else {}
        files.used["clip_skip"] = str(skip)
    if (
        SECOND_PASS_SCALE.name in params
        and times is not None
        and SECOND_PASS_SCALE.low < times <= SECOND_PASS_SCALE.high
    ):
        strength = min(
            max(fields.get("denoising_strength", SECOND_PASS_STRENGTH.default), SECOND_PASS_STRENGTH.low),
            SECOND_PASS_STRENGTH.high,
        )
        factors |= {SECOND_PASS_SCALE.name: times, SECOND_PASS_STRENGTH.name: strength}
        files.used |= {"hires_upscale": number(times), "denoising_strength": number(strength)}
        steps = fields.get("hires_steps")
        if isinstance(steps, int) and 0 < steps <= SECOND_PASS_STEPS.high:
            factors[SECOND_PASS_STEPS.name] = float(steps)
            files.used["hires_steps"] = str(steps)
        # Other names are ways to interpolate, such as "Latent".
        upscalers = [line for line in files.lines if line.family.startswith(UPSCALER) and not line.unusable]
        if (line := find_model(upscalers, str(fields.get("hires_upscaler", "")))) is not None:
            request = replace(request, upscaler=line.name)
            files.used["hires_upscaler"] = line.name
    if card.accepts.refiner and (named := _NAME_AND_HASH.fullmatch(str(fields.get("refiner", "")))):
        refiners = [line for line in files.lines if line.card is not None and line.card.accepts.refines]
        part = files.find("refiner", QT_TRANSLATE_NOOP("Errors", "refiner {name}"), refiners, *named.groups(""))
        switch = fields.get("refiner_switch")
        files.reported.add("refiner_switch")
        if part is not None:
            share = 1 - switch if isinstance(switch, float) else REFINER_SHARE.default
            share = round(min(max(share, REFINER_SHARE.low), REFINER_SHARE.high), 4)
            request = replace(request, refiner=part.name)
            factors[REFINER_SHARE.name] = share
            files.used["refiner_switch"] = number(round(1 - share, 4))
    return replace(request, factors=factors)


def _apply_distilled_guidance(request: Request, card: ModelCard, files: _FileFinder, metadata: Metadata) -> Request:
    """Return the request with the image's distilled guidance if the model's network takes one as an input. The guidance
    scale of the image is then classifier-free guidance, except for tools that have one guidance scale for both.
    """
    param = next((each for each in card.accepts.factors if each.name == GUIDANCE_FACTOR), None)
    if param is None:
        return request
    value = metadata.fields.get("distilled_guidance")
    if value is None and metadata.tool in _ONE_GUIDANCE and "guidance_scale" in metadata.stated:
        value = request.guidance_scale
        request = replace(request, guidance_scale=1.0)
    if value is None:
        return request
    value = min(max(value, param.low), param.high)
    files.used["distilled_guidance"] = number(value)
    return replace(request, factors=request.factors | ({param.name: value} if value != param.default else {}))


def _rename_embedding(prompt: str, old: str, name: str) -> str:
    """Replace the name of an embedding in a prompt with the name of the installed file."""
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: name, prompt, flags=re.IGNORECASE)


def _set_lora_tag(prompt: str, old: str, name: str, weights: Sequence[object]) -> str:
    """Replace the name of a LoRA in a prompt with the name of the installed file, or append a tag if the prompt does
    not contain the LoRA. `weights` are those in the text encoders, or None if it is the same, and in the network.
    """
    called = re.compile(rf"(<(?:lora|lyco):){re.escape(old)}(?=[:>])")
    if called.search(prompt):
        return called.sub(lambda at: at[1] + name, prompt)
    text, weight = weights
    both = [text, 1 if weight is None else weight] if text is not None else [weight]
    numbers = [f"{each if isinstance(each, int | float) else 1:g}" for each in both]
    return f"{prompt} <lora:{name}:{':'.join(numbers)}>".strip()
