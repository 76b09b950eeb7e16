"""Conversion of a graph to requests of the service. Whatever cannot be expressed is an error of its node."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.text_safety import shorten
from gdm_studio.common.unicode_names import comparable_name
from gdm_studio.models.adapters.lookup import embeddings_named_in
from gdm_studio.models.capabilities import WEB_UI
from gdm_studio.models.families.stable_diffusion.family import DISTILLED_GUIDANCE
from gdm_studio.models.files.recognition import ANIMA, FLUX_1, Z_IMAGE
from gdm_studio.models.forward_process import forward_process, noise_level_at, start_step
from gdm_studio.models.installed.model_table import kind_of, suitable_vaes
from gdm_studio.models.prompts.a1111_syntax import embeddings_mentioned
from gdm_studio.request.conditioning import ControlImage, check_control_images
from gdm_studio.request.generation_request import SEED_LIMIT, Request
from gdm_studio.server.comfyui import control_nodes, krita_nodes, nodes, sampler_nodes
from gdm_studio.server.comfyui.errors import GraphError, NodeError
from gdm_studio.server.comfyui.graph import Graph, Names
from gdm_studio.server.comfyui.node_registry import NODES
from gdm_studio.server.comfyui.nodes import accepts_loras
from gdm_studio.server.comfyui.prompt_syntax import has_tags, has_weights, to_a1111, to_plain
from gdm_studio.server.comfyui.stand_ins import STAND_IN_FOLDERS, add_stand_ins
from gdm_studio.server.comfyui.values import (
    Clip,
    Conditioning,
    Generated,
    Output,
    OutputImages,
    Pixels,
    Sampling,
    Vae,
)

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.server.comfyui.node_registry import Files
    from gdm_studio.server.service import Service

# The modules that register nodes.
_NODE_MODULES = (nodes, sampler_nodes, krita_nodes, control_nodes)
# Characters that the tag of a LoRA cannot contain.
_TAG_CHARACTERS = frozenset("<>:")
# Halvings of the interval in which the strength for a step is searched.
_HALVINGS = 60
# Maximum number of samplers of a graph.
MAX_STAGES = 144
_STABLE_DIFFUSION_1 = "Stable Diffusion 1"
# Models whose control models are patches of the network in ComfyUI.
_FAMILIES_WITH_PATCHES = (Z_IMAGE, ANIMA)
# Models whose text encoders stop at the last but one layer by default.
_STOP_EARLY = ("Stable Diffusion 2", "SDXL")


@dataclass(frozen=True)
class Stage:
    """Run of the sampler `sampler`, the id of a node, by one or several requests. Each makes the steps after `start`
    of `steps`.
    """

    sampler: str
    requests: tuple[Request, ...]
    steps: int
    start: int

    @property
    def image_count(self) -> int:
        return sum(request.count for request in self.requests)


class StageImage(NamedTuple):
    """Image of a stage: its id in the gallery, and its PNG file, or b"" if it is to be read from the gallery."""

    picture: str
    png: bytes


@dataclass(frozen=True)
class ShownImages:
    """Images of an output node: ids in the gallery if the images are those of a sampler, or changed images."""

    output: Output
    pictures: tuple[str, ...] = ()
    pixels: Pixels | None = None
    # Width and height of those in the gallery.
    size: tuple[int, int] = (0, 0)


Stages = Generator[Stage, Sequence[StageImage], list[ShownImages]]


@dataclass(frozen=True)
class Plan:
    """Graph that was checked: its first stage, or None without a sampler, its output nodes, and the ids of all nodes in
    the order in which they run. `is_plain` is True if the images of the only stage are the results. The requests of the
    first stage are incomplete if `starts_with_nodes`, because it needs images that a network enlarges first.
    """

    # None for a plain graph, which need not run again.
    graph: Graph | None
    first: Stage | None
    outputs: tuple[Output, ...]
    order: tuple[str, ...]
    stage_count: int
    is_plain: bool
    starts_with_nodes: bool


def find_names(service: Service) -> dict[str, list[str]]:
    """Return the names that nodes can refer to, by ComfyUI's names of folders."""
    rows = service.library.model_table()
    kinds: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.card is None and not row.unusable:
            kinds[kind_of(row.family)].append(row.name)
    cards = service.models.cards()
    controls = list(dict.fromkeys(name for card in cards if card.accepts.controls for name in card.accepts.hints))
    patches = [name for card in cards if card.base.startswith(_FAMILIES_WITH_PATCHES) for name in card.accepts.hints]
    styles = [name for card in cards if card.base.startswith(FLUX_1) for name in card.accepts.image_prompts]
    return {
        "checkpoints": [card.name for card in cards],
        "vae": kinds["VAE"],
        "loras": kinds["LoRA"],
        "embeddings": kinds["embedding"],
        "upscale_models": list(service.library.upscalers()),
        "controlnet": controls,
        "ipadapter": controls,
        "clip_vision": kinds["image encoder"],
        "model_patches": list(dict.fromkeys(patches)),
        "style_models": list(dict.fromkeys(styles)),
    }


def add_required_names(names: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the names of files as the nodes list them, with stand-ins for those that clients require."""
    return {folder: add_stand_ins(folder, names.get(folder, ())) for folder in (*names, *STAND_IN_FOLDERS)}


def rehearse(service: Service, files: Files, names: Names, data: Any, targets: Collection[str] | None = None) -> Plan:
    """Check a graph in ComfyUI's API format, as if it ran, with grey images instead of generated ones. Stores the start
    images and masks. `targets` are the ids of the output nodes that the client wants, or None for all. Raises
    GraphError.
    """
    graph = Graph.parse(data, NODES, targets)
    running = run_stages(service, files, names, graph)
    stages = []
    shown = []
    starts_with_nodes = True
    try:
        stages.append(next(running))
        starts_with_nodes = files.has_stand_ins
        while len(stages) <= MAX_STAGES:
            stages.append(running.send(()))
        raise GraphError("unsupported", f"A graph can have at most {MAX_STAGES} samplers.")
    except StopIteration as end:
        shown = end.value
    outputs = tuple(each.output for each in shown)
    is_plain = (
        not starts_with_nodes
        and [len(stage.requests) for stage in stages] == [1]
        and all(
            each.pixels is None and (each.output.folder != "cache" or each.output.file_format == "PNG")
            for each in shown
        )
    )
    order = tuple(node.id for node in graph.in_order())
    first = stages[0] if stages else None
    return Plan(None if is_plain else graph, first, outputs, order, len(stages), is_plain, starts_with_nodes)


def run_stages(service: Service, files: Files, names: Names, graph: Graph) -> Stages:
    """Run a graph. Yields its stages, and receives their images, or none in a rehearsal. Returns the images of all
    output nodes. Raises GraphError.
    """
    running = graph.run(names, files)
    # The decoder and the gallery's ids of the images of each sampler.
    made: dict[Sampling, tuple[Vae, tuple[str, ...]]] = {}
    try:
        needed = next(running)
        while True:
            sampling, decoder = needed.images.sampling, needed.images.decoder
            images: Sequence[StageImage] = ()
            try:
                if sampling not in made:
                    stage = _Builder(service, needed.images).stage()
                    images = yield stage
                    made[sampling] = decoder, tuple(each.picture for each in images)
                elif made[sampling][0] != decoder:
                    raise NodeError("The latents of a sampler are decoded by one VAE.", node=needed.node)
            except NodeError as error:
                graph.fail({error.node or sampling.node: [error]})
            pixels = None
            if needed.needs_pixels and files.is_rehearsal:
                grey = np.full((*sampling.latent.size[::-1], 4), (128, 128, 128, 255), np.uint8)
                pixels = Pixels((grey,) * sampling.latent.images)
            elif needed.needs_pixels:
                pngs = {each.picture: each.png for each in images}
                ids = made[sampling][1]
                pixels = Pixels(tuple(files.decode(pngs.get(each) or files.read_generated(each)) for each in ids))
            needed = running.send(pixels)
    except StopIteration as end:
        shown: list[OutputImages] = end.value
    return [
        ShownImages(each.output, pixels=each.images)
        if isinstance(each.images, Pixels)
        else ShownImages(each.output, made[each.images.sampling][1], size=each.images.sampling.latent.size)
        for each in shown
    ]


class _Builder:
    """Builder of the requests for the images of a sampler. Its methods raise NodeError."""

    def __init__(self, service: Service, images: Generated) -> None:
        self._service = service
        self._images = images
        self._sampling: Sampling = images.sampling
        self._card: ModelCard = images.sampling.model.card

    def stage(self) -> Stage:
        """Return the stage of the sampler. Stores its start images, mask and control images."""
        sampling = self._sampling
        try:
            # Before the noise levels of all steps are computed.
            self._service.limits.check({"steps": sampling.steps, "count": sampling.latent.images})
        except BadRequest as error:
            raise NodeError(str(error), node=sampling.node) from error
        given = {
            **sampling.settings,
            "steps": sampling.steps,
            "size": self._check_size(),
            "vae": self._find_vae(),
            "refiner": "",
            **self._build_prompt_fields(),
            **self._build_control_fields(),
        }
        return Stage(sampling.node, tuple(self._build_requests(given)), sampling.steps, sampling.start)

    def _build_requests(self, given: Mapping[str, Any]) -> Iterator[Request]:
        """Yield one request, or one for each start image of a batch."""
        latent = self._sampling.latent
        seed = given["seed"]
        frames = [None] if latent.pixels is None else latent.pixels.frames
        strength = {} if latent.pixels is None else self._compute_strength()
        for number, frame in enumerate(frames):
            first = {"seed": (seed + number * latent.count) % SEED_LIMIT, "count": latent.count}
            yield self._build_request(
                {**given, **first, **strength, **({} if frame is None else self._build_start_fields(frame))}
            )

    def _build_request(self, given: Mapping[str, Any]) -> Request:
        node = self._sampling.node
        try:
            request, changed = self._service.models.create_request(self._card, **given)
        except BadRequest as error:
            raise NodeError(str(error), node=node) from error
        self._check_settings(request)
        if changed:
            raise NodeError(f"{self._model_title} does not support: {', '.join(changed)}.", node=node)
        return request

    @property
    def _model_title(self) -> str:
        return self._card.title or self._card.name

    def _check_size(self) -> tuple[int, int]:
        latent = self._sampling.latent
        if not self._card.can_generate(latent.size):
            near = "{}x{}".format(*self._card.near(latent.size))
            sentence = (
                f"{self._model_title} does not make images of {latent.size[0]}x{latent.size[1]}; the nearest is {near}."
            )
            raise NodeError(sentence, node=latent.node)
        return latent.size

    def _find_vae(self) -> str:
        decoder, encoder = self._images.decoder, self._sampling.latent.encoder
        if encoder is not None and encoder != decoder:
            sentence = "An image must be encoded and decoded by the same VAE."
            raise NodeError(sentence, input_name="vae", node=self._sampling.latent.node)
        if decoder.card is not None:
            if decoder.card.name != self._card.name:
                raise NodeError(f"This is not the VAE of {self._model_title}; connect that.", node=decoder.node)
            return ""
        if decoder.name not in suitable_vaes(self._card, self._service.library.model_table()):
            sentence = f"{self._model_title} cannot use the VAE {decoder.name}."
            raise NodeError(sentence, input_name="vae_name", node=decoder.node)
        return decoder.name

    def _build_prompt_fields(self) -> dict[str, Any]:
        positive, negative = self._sampling.positive, self._sampling.negative or self._create_empty_prompt()
        clip = positive.clip
        if negative.clip != clip:
            sentence = "Both prompts must have the same text encoder, with the same LoRAs and the same last layer."
            raise NodeError(sentence, input_name="clip", node=negative.node)
        if clip.card.name != self._card.name:
            raise NodeError(
                f"This is not the text encoder of {self._model_title}.", input_name="clip", node=positive.node
            )
        if negative.text.strip() and not self._card.accepts.negative:
            raise NodeError(f"{self._model_title} has no negative prompt.", input_name="text", node=negative.node)
        prompt = self._translate(positive)
        if tags := self._format_lora_tags(clip):
            prompt = f"{prompt} {tags}".strip()
        found: dict[str, Any] = {"prompt": prompt, "negative_prompt": self._translate(negative)}
        factors = self._build_factor_fields(clip) | self._build_guidance_field(positive)
        return found | ({"factors": factors} if factors else {})

    def _create_empty_prompt(self) -> Conditioning:
        positive = self._sampling.positive
        return replace(positive, text="", guidance=None)

    def _build_guidance_field(self, positive: Conditioning) -> dict[str, float]:
        if positive.guidance is None:
            return {}
        param = next((each for each in self._card.accepts.factors if each.name == DISTILLED_GUIDANCE.name), None)
        if param is None or not param.low <= positive.guidance <= param.high:
            sentence = f"{self._model_title} does not take the guidance {positive.guidance:g} as an input."
            raise NodeError(sentence, node=positive.node)
        return {param.name: positive.guidance}

    def _build_control_fields(self) -> dict[str, Any]:
        """Return the control images of the prompts and of the network."""
        from gdm_studio.engine import image_inputs

        positive, negative = self._sampling.positive, self._sampling.negative
        # Without guidance, the negative prompt has no effect.
        is_guided = negative is not None and self._sampling.settings["guidance_scale"] != 1
        if is_guided and negative is not None and negative.controls != positive.controls:
            sentence = "Both prompts must have the same control images."
            raise NodeError(sentence, input_name="negative", node=self._sampling.node)
        found = []
        for each in (*positive.controls, *self._sampling.model.controls):
            try:
                if each.name not in self._card.accepts.hints:
                    raise BadRequest(f"{self._model_title} cannot use the control model {each.name}.")
                image = image_inputs.store(np.ascontiguousarray(each.image.frames[0][..., :3]))
                found.append(ControlImage(each.name, image, each.weight, start=each.start, end=each.end))
                check_control_images("The control images", tuple(found))
            except BadRequest as error:
                raise NodeError(str(error), node=each.node) from error
        return {"hints": tuple(found)} if found else {}

    def _translate(self, conditioning: Conditioning) -> str:
        """Return a prompt in the grammar of the model."""
        text, grammar = conditioning.text, self._card.accepts.prompt
        if not grammar:
            if text.strip():
                raise NodeError(f"{self._model_title} has no prompt.", input_name="text", node=conditioning.node)
            return ""
        if has_tags(text):
            sentence = "ComfyUI reads tags such as <lora:name:1> as words; use the node LoraLoader."
            raise NodeError(sentence, input_name="text", node=conditioning.node)
        named = embeddings_mentioned(text)
        installed = embeddings_named_in(named) if named and grammar == WEB_UI else {}
        if missing := [name for name in named if comparable_name(name) not in installed]:
            sentence = f"{self._model_title} has no embedding called {shorten(missing[0])!r} here; leave it out."
            raise NodeError(sentence, input_name="text", node=conditioning.node)
        if grammar == WEB_UI:
            return to_a1111(text)
        if has_weights(text):
            sentence = f"{self._model_title} knows no weights; write round brackets with a backslash before them."
            raise NodeError(sentence, input_name="text", node=conditioning.node)
        return to_plain(text)

    def _format_lora_tags(self, clip: Clip) -> str:
        """Return the tags of all LoRAs, with the weights in the text encoders and in the network."""
        nodes: dict[str, str] = {}
        weights: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for place, loras in enumerate((clip.loras, self._sampling.model.loras)):
            for lora in loras:
                nodes[lora.name] = lora.node
                weights[lora.name][place] = lora.weight
        for name, node in nodes.items():
            if not accepts_loras(self._card) or _TAG_CHARACTERS & set(name):
                raise NodeError(f"{self._model_title} cannot use the LoRA {name}.", input_name="lora_name", node=node)
        return " ".join(f"<lora:{name}:{text:.6f}:{network:.6f}>" for name, (text, network) in weights.items())

    def _build_factor_fields(self, clip: Clip) -> dict[str, float]:
        base, skip = self._card.base, clip.skip
        if not skip or (skip == 2 and base.startswith(_STOP_EARLY)) or (skip == 1 and base == _STABLE_DIFFUSION_1):
            return {}
        param = next((each for each in self._card.accepts.factors if each.name == "clip_skip"), None)
        if base != _STABLE_DIFFUSION_1 or param is None or not param.low <= skip <= param.high:
            sentence = f"The text encoder of {self._model_title} cannot stop at layer {-skip}."
            raise NodeError(sentence, input_name="stop_at_clip_layer", node=clip.skip_node)
        return {param.name: float(skip)}

    def _build_start_fields(self, rgba: np.ndarray) -> dict[str, Any]:
        """Return the start image, RGBA uint8 (H, W, 4), and the mask."""
        from gdm_studio.engine import image_inputs
        from gdm_studio.engine.inpainting_masks import check_marks

        latent = self._sampling.latent
        accepts = self._card.accepts
        if not accepts.picture or (latent.mask is not None and not accepts.mask):
            what = "start from an image" if not accepts.picture else "redraw a part of an image"
            raise NodeError(f"{self._model_title} cannot {what}.", node=latent.node)
        found: dict[str, Any] = {}
        try:
            # An alpha channel is a mask in ComfyUI, unless the model makes transparent images.
            has_alpha = self._card.channels == 4 and latent.mask is None
            found["image"] = image_inputs.store(np.ascontiguousarray(rgba[..., : 4 if has_alpha else 3]))
            if latent.mask is not None:
                levels = latent.mask.levels
                check_marks(levels)
                found["mask"] = image_inputs.store(np.repeat(levels[..., None], 3, axis=-1))
        except BadRequest as error:
            raise NodeError(str(error), node=latent.mask_node or latent.node) from error
        return found

    def _compute_strength(self) -> dict[str, float]:
        """Return the strength with which a run skips the first `start` steps."""
        sampling = self._sampling
        if not sampling.start:
            return {"strength": 1.0}
        wanted = replace(
            self._card.default_request(),
            model=self._card.name,
            size=sampling.latent.size,
            steps=sampling.steps,
            sampler=sampling.settings["sampler"],
            spacing=sampling.settings["spacing"],
        )
        try:
            card = self._card.for_request(wanted)
            process = forward_process(card)
            path = card.points(process, wanted.spacing, wanted.steps)
        except BadRequest as error:
            raise NodeError(str(error), node=sampling.node) from error
        target = path[sampling.start].ratio
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if noise_level_at(process, middle).ratio < target else (low, middle)
        for digits in (3, 6, 17):
            strength = round(high, digits)
            if start_step(process, path, strength) == sampling.start and math.isfinite(strength):
                return {"strength": strength}
        sentence = f"{self._model_title} cannot start at step {sampling.start} of {sampling.steps}; use fewer steps."
        raise NodeError(sentence, node=sampling.node)

    def _check_settings(self, request: Request) -> None:
        """Raise NodeError for a setting that has no effect with the model, and would be ignored."""
        node = self._sampling.node
        accepts = self._card.accepts
        if not accepts.guidance and request.guidance_scale != 1:
            raise NodeError(f"{self._model_title} has no guidance; set cfg to 1.", input_name="cfg", node=node)
        if not accepts.steps and request.steps != 1:
            raise NodeError(f"{self._model_title} needs one step; set steps to 1.", input_name="steps", node=node)


def object_info(names: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the descriptions of all nodes in the format of ComfyUI's /object_info."""
    return {name: kind.facts(names) for name, kind in NODES.items()}
