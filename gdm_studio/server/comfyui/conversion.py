"""Conversion of a graph to a request of the service. Whatever cannot be expressed is an error of its node."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.text_safety import shorten
from gdm_studio.common.unicode_names import comparable_name
from gdm_studio.models.adapters.lookup import embeddings_named_in
from gdm_studio.models.capabilities import WEB_UI
from gdm_studio.models.forward_process import forward_process, noise_level_at, start_step
from gdm_studio.models.installed.model_table import kind_of, suitable_vaes
from gdm_studio.models.prompts.a1111_syntax import embeddings_mentioned
from gdm_studio.request.generation_request import Request
from gdm_studio.server.comfyui.errors import NodeError
from gdm_studio.server.comfyui.graph import Graph, Names
from gdm_studio.server.comfyui.nodes import NODES, accepts_loras
from gdm_studio.server.comfyui.prompt_syntax import has_tags, has_weights, to_a1111, to_plain
from gdm_studio.server.comfyui.values import Clip, Conditioning, Generated, Output, OutputImages, Sampling

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.server.comfyui.nodes import Files
    from gdm_studio.server.service import Service

# Characters that the tag of a LoRA cannot contain.
_TAG_CHARACTERS = frozenset("<>:")
# Halvings of the interval in which the strength for a step is searched.
_HALVINGS = 60
_STABLE_DIFFUSION_1 = "Stable Diffusion 1"
# Models whose text encoders stop at the last but one layer by default.
_STOP_EARLY = ("Stable Diffusion 2", "SDXL")


@dataclass(frozen=True)
class Converted:
    """Request of a graph, with its output nodes and the ids of all nodes in the order in which they run. `sampler` is
    the id of the sampler, whose run makes the steps after `start`.
    """

    request: Request
    outputs: tuple[Output, ...]
    order: tuple[str, ...]
    sampler: str
    start: int


def find_names(service: Service) -> dict[str, list[str]]:
    """Return the names that nodes can refer to, by ComfyUI's names of folders."""
    rows = service.library.model_table()
    kinds: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.card is None and not row.unusable:
            kinds[kind_of(row.family)].append(row.name)
    return {
        "checkpoints": [card.name for card in service.cards()],
        "vae": kinds["VAE"],
        "loras": kinds["LoRA"],
        "embeddings": kinds["embedding"],
        "upscale_models": list(service.library.upscalers()),
    }


def convert(
    service: Service, files: Files, names: Names, data: Any, targets: Collection[str] | None = None
) -> Converted:
    """Convert a graph in ComfyUI's API format. Stores its start image and mask. `targets` are the ids of the output
    nodes that the client wants, or None for all. Raises GraphError.
    """
    graph = Graph.parse(data, NODES, targets)
    shown: list[OutputImages] = graph.evaluate(names, files)
    try:
        images = _find_images(shown)
        request = _Builder(service, images).request()
    except NodeError as error:
        graph.fail({error.node: [error]})
    sampling = images.sampling
    order = tuple(node.id for node in graph.in_order())
    outputs = tuple(each.output for each in shown)
    return Converted(request, outputs, order, sampling.node, sampling.start)


def _find_images(shown: list[OutputImages]) -> Generated:
    """Return the images of all outputs. Raises NodeError if the outputs have different ones."""
    first = shown[0].images
    for each in shown[1:]:
        if each.images.sampling is not first.sampling or each.images.decoder != first.decoder:
            sentence = "This server makes one sampler of a graph; send the others as graphs of their own."
            raise NodeError(sentence, input_name="images", node=each.output.node)
    return first


class _Builder:
    """Builder of the request for the images of a graph. Its methods raise NodeError."""

    def __init__(self, service: Service, images: Generated) -> None:
        self._service = service
        self._images = images
        self._sampling: Sampling = images.sampling
        self._card: ModelCard = images.sampling.model.card

    def request(self) -> Request:
        sampling = self._sampling
        try:
            # Before the noise levels of all steps are computed.
            self._service.check_limits({"steps": sampling.steps})
        except BadRequest as error:
            raise NodeError(str(error), node=sampling.node) from error
        given = {
            **sampling.settings,
            "steps": sampling.steps,
            "count": sampling.latent.count,
            "size": self._size(),
            "vae": self._vae(),
            "refiner": "",
            **self._prompts(),
            **self._start(),
        }
        try:
            request, changed = self._service.fitted(self._card, **given)
        except BadRequest as error:
            raise NodeError(str(error), node=sampling.node) from error
        self._check_settings(request)
        if changed:
            raise NodeError(f"{self._name} does not support: {', '.join(changed)}.", node=sampling.node)
        return request

    @property
    def _name(self) -> str:
        return self._card.title or self._card.name

    def _size(self) -> tuple[int, int]:
        latent = self._sampling.latent
        if not self._card.makes(latent.size):
            near = "{}x{}".format(*self._card.near(latent.size))
            sentence = f"{self._name} does not make images of {latent.size[0]}x{latent.size[1]}; the nearest is {near}."
            raise NodeError(sentence, node=latent.node)
        return latent.size

    def _vae(self) -> str:
        decoder, encoder = self._images.decoder, self._sampling.latent.encoder
        if encoder is not None and encoder != decoder:
            sentence = "An image must be encoded and decoded by the same VAE."
            raise NodeError(sentence, input_name="vae", node=self._sampling.latent.node)
        if decoder.card is not None:
            if decoder.card.name != self._card.name:
                raise NodeError(f"This is not the VAE of {self._name}; connect that.", node=decoder.node)
            return ""
        if decoder.name not in suitable_vaes(self._card, self._service.library.model_table()):
            sentence = f"{self._name} cannot use the VAE {decoder.name}."
            raise NodeError(sentence, input_name="vae_name", node=decoder.node)
        return decoder.name

    def _prompts(self) -> dict[str, Any]:
        positive, negative = self._sampling.positive, self._sampling.negative
        clip = positive.clip
        if negative.clip != clip:
            sentence = "Both prompts must have the same text encoder, with the same LoRAs and the same last layer."
            raise NodeError(sentence, input_name="clip", node=negative.node)
        if clip.card.name != self._card.name:
            raise NodeError(f"This is not the text encoder of {self._name}.", input_name="clip", node=positive.node)
        if negative.text.strip() and not self._card.accepts.negative:
            raise NodeError(f"{self._name} has no negative prompt.", input_name="text", node=negative.node)
        prompt = self._translate(positive)
        if tags := self._lora_tags(clip):
            prompt = f"{prompt} {tags}".strip()
        found: dict[str, Any] = {"prompt": prompt, "negative_prompt": self._translate(negative)}
        factors = self._factors(clip)
        return found | ({"factors": factors} if factors else {})

    def _translate(self, conditioning: Conditioning) -> str:
        """Return a prompt in the grammar of the model."""
        text, grammar = conditioning.text, self._card.accepts.prompt
        if not grammar:
            if text.strip():
                raise NodeError(f"{self._name} has no prompt.", input_name="text", node=conditioning.node)
            return ""
        if has_tags(text):
            sentence = "ComfyUI reads tags such as <lora:name:1> as words; use the node LoraLoader."
            raise NodeError(sentence, input_name="text", node=conditioning.node)
        named = embeddings_mentioned(text)
        installed = embeddings_named_in(named) if named and grammar == WEB_UI else {}
        if missing := [name for name in named if comparable_name(name) not in installed]:
            sentence = f"{self._name} has no embedding called {shorten(missing[0])!r} here; leave it out."
            raise NodeError(sentence, input_name="text", node=conditioning.node)
        if grammar == WEB_UI:
            return to_a1111(text)
        if has_weights(text):
            sentence = f"{self._name} knows no weights; write round brackets with a backslash before them."
            raise NodeError(sentence, input_name="text", node=conditioning.node)
        return to_plain(text)

    def _lora_tags(self, clip: Clip) -> str:
        """Return the tags of all LoRAs, with the weights in the text encoders and in the network."""
        nodes: dict[str, str] = {}
        weights: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for place, loras in enumerate((clip.loras, self._sampling.model.loras)):
            for lora in loras:
                nodes[lora.name] = lora.node
                weights[lora.name][place] = lora.weight
        for name, node in nodes.items():
            if not accepts_loras(self._card) or _TAG_CHARACTERS & set(name):
                raise NodeError(f"{self._name} cannot use the LoRA {name}.", input_name="lora_name", node=node)
        return " ".join(f"<lora:{name}:{text:.6f}:{network:.6f}>" for name, (text, network) in weights.items())

    def _factors(self, clip: Clip) -> dict[str, float]:
        base, skip = self._card.base, clip.skip
        if not skip or (skip == 2 and base.startswith(_STOP_EARLY)) or (skip == 1 and base == _STABLE_DIFFUSION_1):
            return {}
        param = next((each for each in self._card.accepts.factors if each.name == "clip_skip"), None)
        if base != _STABLE_DIFFUSION_1 or param is None or not param.low <= skip <= param.high:
            sentence = f"The text encoder of {self._name} cannot stop at layer {-skip}."
            raise NodeError(sentence, input_name="stop_at_clip_layer", node=clip.skip_node)
        return {param.name: float(skip)}

    def _start(self) -> dict[str, Any]:
        """Return the start image, the mask and the strength, or {} if the run starts from empty latents."""
        from gdm_studio.engine import image_inputs
        from gdm_studio.engine.inpainting_masks import check_marks

        latent = self._sampling.latent
        if latent.pixels is None:
            return {}
        accepts = self._card.accepts
        if not accepts.picture or (latent.mask is not None and not accepts.mask):
            what = "start from an image" if not accepts.picture else "redraw a part of an image"
            raise NodeError(f"{self._name} cannot {what}.", node=latent.node)
        found: dict[str, Any] = {"strength": self._strength()}
        try:
            # An alpha channel is a mask in ComfyUI, unless the model makes transparent images.
            has_alpha = self._card.channels == 4 and latent.mask is None
            pixels = latent.pixels.rgba[..., : 4 if has_alpha else 3]
            found["image"] = image_inputs.store(np.ascontiguousarray(pixels))
            if latent.mask is not None:
                levels = latent.mask.levels
                check_marks(levels)
                found["mask"] = image_inputs.store(np.repeat(levels[..., None], 3, axis=-1))
        except BadRequest as error:
            raise NodeError(str(error), node=latent.mask_node or latent.node) from error
        return found

    def _strength(self) -> float:
        """Return the strength with which a run skips the first `start` steps."""
        sampling = self._sampling
        if not sampling.start:
            return 1.0
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
                return strength
        sentence = f"{self._name} cannot start at step {sampling.start} of {sampling.steps}; use fewer steps."
        raise NodeError(sentence, node=sampling.node)

    def _check_settings(self, request: Request) -> None:
        """Raise NodeError for a setting that has no effect with the model, and would be ignored."""
        node = self._sampling.node
        accepts = self._card.accepts
        if not accepts.guidance and request.guidance_scale != 1:
            raise NodeError(f"{self._name} has no guidance; set cfg to 1.", input_name="cfg", node=node)
        if not accepts.steps and request.steps != 1:
            raise NodeError(f"{self._name} needs one step; set steps to 1.", input_name="steps", node=node)


def object_info(names: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the descriptions of all nodes in the format of ComfyUI's /object_info."""
    return {name: kind.facts(names) for name, kind in NODES.items()}
