"""The graph as it was drawn, for files that lack the one that was run: widgets have places, not names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gdm_studio.gallery.metadata.comfy.graph import MAX_NODES

_MUTED, _BYPASSED = 2, 4
_AFTER = ("fixed", "increment", "decrement", "randomize")  # what to do with a seed next: a widget without a name
_WIDGETS: dict[str, Sequence[str]] = {  # of nodes whose files do not name them
    "KSampler": ("seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": (
        "add_noise", "noise_seed", "steps", "cfg", "sampler_name", "scheduler", "start_at_step", "end_at_step",
        "return_with_leftover_noise",
    ),
    "SamplerCustom": ("add_noise", "noise_seed", "cfg"),
    "RandomNoise": ("noise_seed",),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "CFGGuider": ("cfg",),
    "FluxGuidance": ("guidance",),
    "CLIPTextEncode": ("text",),
    "CLIPSetLastLayer": ("stop_at_clip_layer",),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name", "weight_dtype"),
    "VAELoader": ("vae_name",),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "SaveImage": ("filename_prefix",),
    "PrimitiveNode": ("value",),
    "PrimitiveString": ("value",),
    "PrimitiveStringMultiline": ("value",),
    "PrimitiveInt": ("value",),
    "PrimitiveFloat": ("value",),
}  # fmt: skip


def graph_of_workflow(drawn: Mapping[str, Any]) -> dict[str, Any]:
    """The same as an API graph; muted nodes are left out, bypassed ones hand on what they are handed."""
    nodes, links = drawn.get("nodes"), drawn.get("links")
    if not isinstance(nodes, list) or not isinstance(links, list):
        return {}
    sources = {each[0]: [str(each[1]), each[2]] for each in links[: 4 * MAX_NODES] if _is_link(each)}
    kept = [node for node in nodes[:MAX_NODES] if isinstance(node, dict) and node.get("mode", 0) != _MUTED]
    return {str(node.get("id")): _node(node, sources) for node in kept}


def _is_link(each: Any) -> bool:
    return isinstance(each, list) and len(each) >= 5 and isinstance(each[0], int | str) and isinstance(each[2], int)


def _node(node: Mapping[str, Any], sources: Mapping[Any, list[Any]]) -> dict[str, Any]:
    listed = node.get("inputs")
    slots = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    linked = {
        str(each.get("name")): sources[place]
        for each in slots
        if isinstance(place := each.get("link"), int | str) and place in sources
    }
    if node.get("mode") == _BYPASSED:
        return {"class_type": "Reroute", "inputs": linked}
    return {"class_type": str(node.get("type")), "inputs": _widgets(node, slots) | linked}


def _widgets(node: Mapping[str, Any], slots: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """{name: value} of the widgets, which the file names itself or as that kind of node is known to."""
    values = node.get("widgets_values")
    if isinstance(values, dict):
        return values
    if not isinstance(values, list):
        return {}
    named = [each["widget"].get("name") for each in slots if isinstance(each.get("widget"), dict)]
    known = _WIDGETS.get(str(node.get("type")), ())
    names = named if len(named) > len(known) or not known else known
    pairs = zip([None, *values], values, strict=False)
    plain = [value for before, value in pairs if not (isinstance(before, int) and value in _AFTER)]
    return {str(name): value for name, value in zip(names, plain, strict=False)}
