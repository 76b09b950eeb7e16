"""Settings in a ComfyUI graph, taken from the first sampler of the image rather than from later passes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from gdm_studio.gallery.metadata.comfy.entries import Settings
from gdm_studio.gallery.metadata.comfy.graph import (
    Graph,
    Link,
    Node,
    follow_all_links,
    towards_conditioning,
    towards_pictures,
    towards_settings,
    towards_weights,
)
from gdm_studio.gallery.metadata.comfy.prompts import Prompts, find_prompts
from gdm_studio.gallery.metadata.comfy.searge import searge_settings
from gdm_studio.gallery.metadata.comfy.workflow import graph_of_workflow
from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import lora_entry, parse_object, parse_size, to_text

_MAX_PASSES = 12
_MAX_SAVES = 16
_SEEDS = ("seed", "noise_seed", "seed_num")
_STEPS = ("steps", "steps_total", "base_steps")
_MODELS = ("ckpt_name", "unet_name", "base_ckpt_name", "model_name", "gguf_name", "ckpt", "unet", "base_model")
# Patterns for kinds of nodes that are themselves a sampler or scheduler and contain its name.
_NODES_WITH_NAMES = {
    "sampler": re.compile(r"Sampler(?!Custom)([A-Z]\w+)$"),
    "scheduler": re.compile(r"(?!Basic)([A-Z]\w+?)(?:Sampling)?Scheduler$"),
}
_MODEL_INPUT = re.compile("model|unet", re.IGNORECASE)
_LORA_SLOT = re.compile(r"lora_(?:name_)?(\d+)$")
# Kinds of nodes that do not change the image.
_NEUTRAL_NODE = re.compile(
    r"reroute|primitive|preview|saveimage|save image|loader|vaedecode|vaeencode|cliptextencode|clipsetlastlayer|"
    r"emptylatent|empty latent|ksampler|basicscheduler|cfgguider|basicguider|randomnoise|samplercustom|conditioning|"
    r"switch|string|(?<!gligen)text|loadimage|seed|note",
    re.IGNORECASE,
)
# Kinds of nodes that read a file, and the end of its name.
_LOADING_NODE = re.compile(r"load", re.IGNORECASE)
_FILE = re.compile(r"\.\w{2,11}$")
# Maximum number of unknown nodes that are shown.
_MAX_UNKNOWN = 24


def settings_in(embedded: EmbeddedTexts) -> Settings | None:
    """Return the settings in a file's ComfyUI graph. Returns None if the file has no graph, and empty settings if the
    graph has no sampler.
    """
    graph = _read_graph(embedded)
    return _read_settings(graph, embedded) if graph else None


def _read_graph(embedded: EmbeddedTexts) -> Graph | None:
    """Read the ComfyUI graph in an image file: the executed graph or, if that is missing, the editor's graph
    ("workflow"). Returns None if there is none.
    """
    for text in _find_graph_texts(embedded, "prompt"):
        found = parse_object(text)
        inner = found.get("prompt") if found else None
        if found and (graph := Graph.of(inner if isinstance(inner, dict) and "class_type" not in inner else found)):
            return graph
        if isinstance(inner, str) and (graph := Graph.of(parse_object(inner) or {})):
            return graph
    for text in _find_graph_texts(embedded, "workflow"):
        found = parse_object(text)
        drawn = found.get("workflow", found) if found else None
        drawn = parse_object(drawn) if isinstance(drawn, str) else drawn
        if isinstance(drawn, dict) and (graph := Graph.of(graph_of_workflow(drawn))):
            return graph
    return None


def _find_graph_texts(embedded: EmbeddedTexts, name: str) -> Iterator[str]:
    """Yield the metadata texts of an image file that may contain the ComfyUI graph `name`: a PNG chunk, and EXIF tags
    that begin with the name.
    """
    yield embedded.text(name)
    for place in ("Make", "Model", "ImageDescription", "UserComment"):
        text = embedded.text(f"exif:{place}")
        if text[: len(name) + 1].lower() == f"{name}:":
            yield text[len(name) + 1 :]
    for place in ("exif:UserComment", "exif:ImageDescription", "Comment", "parameters"):
        if embedded.text(place).lstrip().startswith("{"):
            yield embedded.text(place)


def _read_settings(graph: Graph, embedded: EmbeddedTexts) -> Settings:
    passes = _find_passes(graph, embedded)
    if not passes:
        return searge_settings(graph)
    base = passes[-1]
    found = _read_pass_settings(graph, base)
    if "vae" not in found.names.values():
        decoder = _find_decoder(graph, passes[0])
        found.add("vae", None if decoder is None else graph.value(decoder, ("vae_name",), _leads_to_vae))
    if len(passes) > 1:
        _add_refiner(found, graph, base, passes[-2])
    for number, later in enumerate(reversed(passes[:-1]), start=2):
        _list_later_pass(found, graph, later, number)
    _add_unknown(found, graph, passes)
    return found


def _find_decoder(graph: Graph, last: Node) -> Node | None:
    """Return the node that decodes the latents of the last sampler node, or None."""
    users = (node for node in graph.nodes.values() if any(each.node == last.id for each in node.links.values()))
    return next((node for node in users if "vae" in node.links), None)


def _leads_to_vae(name: str) -> bool:
    return "vae" in name.lower()


def _read_pass_settings(graph: Graph, base: Node) -> Settings:
    """Return the settings of one sampler node, including those of the nodes that it is linked to."""
    found = Settings()
    _add_prompts(found, graph, base)
    for kind, names in (
        ("seed", _SEEDS),
        ("steps", _STEPS),
        ("sampler", ("sampler_name", "sampler")),
        ("scheduler", ("scheduler", "scheduler_name")),
        ("guidance_scale", ("cfg", "cfg_scale", "guidance_scale", "cfg_conds")),
        ("denoising_strength", ("denoise",)),
    ):
        value = _check_type(kind, graph.value(base, names, towards_settings))
        found.add(kind, value or (_find_in_node_kinds(graph, base, kind) if kind in _NODES_WITH_NAMES else None))
    for kind, entry in _find_latent_size(graph, base):
        found.add(kind, entry)
    _add_weights(found, graph, base)
    found.add("clip_skip", _clip_skip(graph.value(base, ("stop_at_clip_layer",), follow_all_links)))
    found.add("vae", graph.value(base, ("vae_name",), follow_all_links))
    if second := graph.value(base, ("cfg_cond2_negative",), towards_settings):
        found.ignore(*second)
    found.add("distilled_guidance", graph.value(base, ("guidance",), _leads_to_guidance))
    return found


def _leads_to_guidance(name: str) -> bool:
    return not towards_pictures(name) and "negative" not in name.lower()


def _list_later_pass(found: Settings, graph: Graph, later: Node, number: int) -> None:
    """Add the settings of a later pass: the values of its sampler node, and the model, LoRAs, prompts and
    other settings in which it differs from the first pass.
    """
    own = {f"{later.kind}.{name}": value for name, value in later.inputs.items() if _is_literal(value)}
    linked = _read_pass_settings(graph, later)
    first = {(found.names[name], to_text(value)) for name, value in found.entries if name in found.names}
    for name, value in linked.entries:
        if name not in own and (linked.names.get(name, ""), to_text(value)) not in first:
            own[name] = value
    for lora in linked.more.get("loras", []):
        if lora not in found.more.get("loras", []):
            weight = lora.get("weight", 1.0)
            own[f"LoRA {lora['name']}"] = f"{lora['text_weight']}:{weight}" if "text_weight" in lora else weight
    if models := linked.more.get("models"):
        own["models"] = models
    for name, value in own.items():
        if (entry := f"pass {number}: {name}") not in found.names:
            found.ignore(entry, value)


def _add_refiner(found: Settings, graph: Graph, base: Node, later: Node) -> None:
    """Add the model of the second pass as the refiner if the pass makes the last steps of the same run, as
    KSamplerAdvanced does from the step at which the first pass ends.
    """
    name, step = _find_switch(graph, base, later)
    steps = _check_type("steps", graph.value(base, _STEPS, towards_settings))
    weights = Settings()
    _add_weights(weights, graph, later)
    if not steps or not isinstance(step, int) or not isinstance(steps[1], int) or not 0 < step < steps[1]:
        return
    refiner = next((entry for entry in weights.entries if weights.names[entry[0]] == "model"), None)
    model = next((value for entry, value in found.entries if found.names.get(entry) == "model"), None)
    if refiner is not None and refiner[1] != model:
        found.add("refiner", (f"pass 2: {refiner[0]}", refiner[1]))
        found.add("refiner_switch", (f"pass 2: {name} / steps", round(step / steps[1], 4)))


def _find_switch(graph: Graph, base: Node, later: Node) -> tuple[str, Any]:
    """Return (entry name, step) of the step after which the second pass continues the run of the first one. The step is
    None if it does not.
    """
    if "start_at_step" in later.inputs and "end_at_step" in base.inputs:
        names = ("start_at_step", "end_at_step")
        start, end = (graph.literal(node.inputs[name], name) for node, name in zip((later, base), names, strict=True))
        steps = [graph.literal(node.inputs.get("steps"), "steps") for node in (base, later)]
        continues = graph.literal(later.inputs.get("add_noise"), "add_noise") == "disable" and steps[0] == steps[1]
        return f"{later.kind}.start_at_step", start if start == end and continues else None
    first, second = (node.links.get("sigmas") for node in (base, later))
    if first and second and first.node == second.node and (first.slot, second.slot) == (0, 1):
        divider = graph.nodes.get(first.node)
        if divider is not None and "step" in divider.inputs:
            return f"{divider.kind}.step", graph.literal(divider.inputs["step"], "step")
    return "", None


def _is_literal(value: Any) -> bool:
    return isinstance(value, int | float | str)


def _find_passes(graph: Graph, embedded: EmbeddedTexts) -> list[Node]:
    """Return the sampler nodes of a ComfyUI graph that generated the image in this file, last one first, or [] if they
    cannot be determined.
    """
    used = {each.node for node in graph.nodes.values() for each in node.links.values()}
    ends = [node for name, node in graph.nodes.items() if name not in used and node.links][:_MAX_SAVES]
    chains = [(node, _find_sampler_chain(graph, node)) for node in ends]
    chains = [(node, chain) for node, chain in chains if chain]
    if not chains:
        # The graph is incomplete or contains a loop.
        loose = [node for node in graph.nodes.values() if _is_sampler(node)]
        return loose if len(loose) == 1 else []
    signs = [_collect_signs(graph, node, chain, embedded) for node, chain in chains]
    likely = [chain for (_, chain), each in zip(chains, signs, strict=True) if each == max(signs)]
    starts = {chain[-1].id for chain in likely}
    # If the graph creates several images, it is unknown which of them is in this file.
    return max(likely, key=len) if len(starts) == 1 else []


def _collect_signs(
    graph: Graph, node: Node, chain: list[Node], embedded: EmbeddedTexts
) -> tuple[int, bool, bool, bool]:
    """Return the signs that a ComfyUI node saved the image file, as a tuple for comparing nodes: matching file name,
    node name, file format and image size.
    """
    prefix = node.inputs.get("filename_prefix")
    stem = re.split(r"[/\\]", prefix)[-1].partition("%")[0] if isinstance(prefix, str) else ""
    sides = tuple(value for kind, (_, value) in _find_latent_size(graph, chain[-1]) if kind != "size")
    has_size = len(chain) == 1 and sides == embedded.size
    kind = node.kind.lower()
    form = embedded.name.rpartition(".")[2].lower()
    has_format = len(form) > 2 and form in kind
    return len(stem) if embedded.name.startswith(stem) else 0, "save" in kind, has_format, has_size


def _find_sampler_chain(graph: Graph, end: Node) -> list[Node]:
    """Return the sampler nodes of a ComfyUI graph that generated the image at the node `end`, in order from the last to
    the first.

    The last node in the list started the image.
    """
    chain: list[Node] = []
    starts = list(end.links.values())
    seen = {end.id}
    while len(chain) < _MAX_PASSES:
        ahead = graph.upstream(starts, towards_pictures)
        node = next((each for each in ahead if each.id not in seen and _is_sampler(each)), None)
        if node is None:
            break
        seen.add(node.id)
        chain.append(node)
        starts = _find_first_stage(graph, node) or [each for name, each in node.links.items() if towards_pictures(name)]
    return chain


def _find_first_stage(graph: Graph, node: Node) -> list[Link]:
    """Return the link to the first stage of a Stable Cascade graph in ComfyUI.

    Its output is the conditioning of the second stage.
    """
    conditioning = [each for name, each in node.links.items() if towards_conditioning(name)]
    ahead = graph.upstream(conditioning, towards_conditioning)
    return next(([each.links["stage_c"]] for each in ahead if "stage_c" in each.links), [])


def _is_sampler(node: Node) -> bool:
    """Return True if a ComfyUI node's inputs are those of a sampler. Extensions give their samplers arbitrary names."""
    inputs = node.inputs
    has_seed = any(name in inputs for name in _SEEDS)
    has_prompt = any(name in inputs for name in ("positive", "guider", "model", "conditioning")) or any(
        re.search("pipe|context|ctx", name, re.I) for name in inputs
    )
    if "sigmas" in inputs and ("guider" in inputs or "positive" in inputs or "latent_image" in inputs):
        return True
    return has_seed and has_prompt and any(name in inputs for name in (*_STEPS, "sampler_name"))


def _add_prompts(found: Settings, graph: Graph, base: Node) -> None:
    for side, kind in (("positive", "prompt"), ("negative", "negative_prompt")):
        prompts = _find_side_prompts(graph, base, side)
        if prompts is None:
            if side == "negative" and side not in base.inputs:
                found.more[kind] = ""
            continue
        if (prompt := prompts.single) is not None:
            found.add(kind, (prompts.names[0], prompt))
        elif prompts.texts:
            found.more[f"{kind}s"] = prompts.texts
            found.add(f"{kind}s", (prompts.names[0], "\n".join(prompts.texts)))


def _find_side_prompts(graph: Graph, base: Node, side: str) -> Prompts | None:
    """Return the positive or negative prompts of a sampler node, including those inside its guider or pipe, or None."""
    for node in graph.upstream([Link(base.id, 0)], towards_settings):
        names = (side, "conditioning", "cond", "cond1") if side == "positive" else (side,)
        for name in names:
            if name in node.inputs and (prompts := find_prompts(graph, node, name)):
                return prompts
    return None


def _find_latent_size(graph: Graph, base: Node) -> list[tuple[str, tuple[str, Any]]]:
    """Return the size of the empty latent image from which a ComfyUI sampler started, as (field, entry) pairs.

    Returns [] if the sampler started from an image file.
    """
    starts = [each for name, each in base.links.items() if towards_pictures(name)]
    for node in graph.upstream(starts, towards_pictures):
        for name in ("dimensions", "resolution", "size"):
            if parse_size(node.inputs.get(name)):
                return [("size", (f"{node.kind}.{name}", node.inputs[name]))]
        sides = [graph.literal(node.inputs.get(name), name) for name in ("width", "height")]
        if None in sides:
            sides = [node.inputs.get(f"empty_latent_{name}") for name in ("width", "height")]
        if all(isinstance(side, int) and not isinstance(side, bool) for side in sides):
            both = zip(("width", "height"), sides, strict=True)
            return [(name, (f"{node.kind}.{name}", side)) for name, side in both]
    return []


def _add_weights(found: Settings, graph: Graph, base: Node) -> None:
    """Add the model that the sampler used, and the LoRAs applied to it, to the settings of the image."""
    links = {name: each for name, each in base.links.items() if towards_weights(name)}
    # Other inputs can carry a model too, such as a detector of faces.
    named = [each for name, each in links.items() if _MODEL_INPUT.search(name)]
    for starts in (named, list(links.values())):
        loras: list[dict[str, Any]] = []
        for node in graph.upstream(starts, towards_weights):
            loras += _list_loras(node)
            # The node merges several models, so no single file is the model.
            if "model2" in node.links:
                found.more["models"] = _list_models(graph, node)
                break
            value = next(((name, node.inputs[name]) for name in _MODELS if name in node.inputs), None)
            name = graph.literal(value[1], value[0]) if value else None
            if value and isinstance(name, str):
                found.add("model", (f"{node.kind}.{value[0]}", name))
                break
        else:
            continue
        break
    if loras:
        found.more["loras"] = loras[:64]


def _list_models(graph: Graph, merged: Node) -> list[str]:
    ahead = graph.upstream([Link(merged.id, 0)], towards_weights)
    named = (graph.literal(node.inputs[name], name) for node in ahead for name in _MODELS if name in node.inputs)
    return list(dict.fromkeys(name for name in named if isinstance(name, str)))[:16]


def _list_loras(node: Node) -> list[dict[str, Any]]:
    inputs = node.inputs
    name = inputs.get("lora_name")
    if isinstance(name, str):
        strength = inputs.get("strength_model", inputs.get("strength", inputs.get("lora_model_strength")))
        # A node without a text encoder leaves that as it is.
        without = 0.0 if "strength_model" in inputs and "clip" not in inputs else None
        return [lora_entry(name, strength, inputs.get("strength_clip", inputs.get("lora_clip_strength", without)))]
    found = []
    for key, value in inputs.items():
        slot = _LORA_SLOT.match(key)
        if isinstance(value, dict) and value.get("on", True) and isinstance(value.get("lora"), str):
            found.append(lora_entry(value["lora"], value.get("strength"), value.get("strengthTwo")))
        elif slot and isinstance(value, str) and value.lower() != "none":
            weight = inputs.get(f"strength_{slot[1]}", inputs.get(f"model_str_{slot[1]}"))
            found.append(lora_entry(value, weight, inputs.get(f"clip_str_{slot[1]}")))
    return found


def _add_unknown(found: Settings, graph: Graph, passes: list[Node]) -> None:
    """Add to the settings all ComfyUI nodes of unknown function that contributed to the image, so that the user sees
    them.
    """
    decoder = _find_decoder(graph, passes[0])
    starts = [Link((decoder or passes[0]).id, 0)]
    read = {name.partition(".")[0] for name in found.names} | {node.kind for node in passes}
    strange = (
        node
        for node in graph.upstream(starts, follow_all_links)
        if node.kind not in read and not _NEUTRAL_NODE.search(node.kind)
    )
    counts = Counter[str]()
    for node in islice(strange, _MAX_UNKNOWN):
        literals = {name: value for name, value in node.inputs.items() if isinstance(value, int | float | str)}
        counts[node.kind] += 1
        number = f" ({counts[node.kind]})" if counts[node.kind] > 1 else ""
        found.entries.append((f"{node.kind}{number}", to_text(literals)))
    _add_files(found, graph, starts)


def _add_files(found: Settings, graph: Graph, starts: list[Link]) -> None:
    """Add the files that ComfyUI's loaders read and that are no setting yet, such as control networks and upscalers."""
    listed = {to_text(value) for _, value in found.entries} | {lora["name"] for lora in found.more.get("loras", [])}
    listed |= {name.removeprefix("LoRA ") for entry, _ in found.entries for name in [entry.partition(": ")[2]]}
    loaders = (node for node in graph.upstream(starts, follow_all_links) if _LOADING_NODE.search(node.kind))
    for node in islice(loaders, _MAX_UNKNOWN):
        for name, value in node.inputs.items():
            is_file = isinstance(value, str) and _FILE.search(value) and value not in listed
            if is_file and (entry := f"{node.kind}.{name}") not in found.names:
                number = sum(each.startswith(entry) for each in found.known) + 1
                found.ignore(f"{entry} ({number})" if number > 1 else entry, value)


def _find_in_node_kinds(graph: Graph, base: Node, kind: str) -> tuple[str, Any] | None:
    ahead = graph.upstream([each for name, each in base.links.items() if towards_settings(name)], towards_settings)
    named = (match for node in ahead if (match := _NODES_WITH_NAMES[kind].match(node.kind)))
    return next(((match[0], match[1]) for match in named), None)


def _check_type(kind: str, found: tuple[str, Any] | None) -> tuple[str, Any] | None:
    """Return a metadata entry unchanged if its value has the type required by the request field `kind`, else None.

    For example, an input "sampler" can be a name or a link to a node.
    """
    is_name = kind in ("sampler", "scheduler")
    # A strength of 1 means that the image does not start from another one.
    if kind == "denoising_strength" and found and found[1] == 1:
        return None
    return found if found and isinstance(found[1], str if is_name else int | float | str) else None


def _clip_skip(found: tuple[str, Any] | None) -> tuple[str, Any] | None:
    """Convert ComfyUI's negative layer number to the positive clip skip of other tools."""
    return (found[0], -found[1]) if found and isinstance(found[1], int) else None
