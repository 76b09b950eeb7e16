"""What a ComfyUI graph says about the picture it stands in: of the sampler that laid it out, not of later passes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from gdm_studio.gallery.metadata.comfy.found import Settings
from gdm_studio.gallery.metadata.comfy.graph import (
    Graph,
    Link,
    Node,
    anywhere,
    towards_pictures,
    towards_settings,
    towards_weights,
    towards_words,
)
from gdm_studio.gallery.metadata.comfy.searge import searge
from gdm_studio.gallery.metadata.comfy.words import Words, words
from gdm_studio.gallery.metadata.comfy.workflow import graph_of_workflow
from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.telling import lora, object_in, shown, size_in

_MAX_PASSES = 12
_MAX_SAVES = 16
_SEEDS = ("seed", "noise_seed", "seed_num")
_STEPS = ("steps", "steps_total", "base_steps")
_MODELS = ("ckpt_name", "unet_name", "base_ckpt_name", "model_name", "gguf_name", "ckpt", "unet", "base_model")
_NAMED = {  # nodes that are a sampler or a scheduler, rather than being told which
    "sampler": re.compile(r"Sampler(?!Custom)([A-Z]\w+)$"),
    "scheduler": re.compile(r"(?!Basic)([A-Z]\w+?)(?:Sampling)?Scheduler$"),
}
_LORA_SLOT = re.compile(r"lora_(?:name_)?(\d+)$")
_PLUMBING = re.compile(
    r"reroute|primitive|preview|saveimage|save image|loader|vaedecode|vaeencode|cliptextencode|clipsetlastlayer|"
    r"emptylatent|empty latent|ksampler|basicscheduler|cfgguider|basicguider|randomnoise|samplercustom|conditioning|"
    r"switch|string|(?<!gligen)text|loadimage|seed|note",
    re.IGNORECASE,
)
_SWEEPING = 24  # nodes that are shown because nothing is known of them


def settings_in(carried: Carried) -> Settings | None:
    """From wherever the file has its graph, without entries where that has no sampler; None where it has no graph."""
    graph = _graph(carried)
    return _settings(graph, carried) if graph else None


def _graph(carried: Carried) -> Graph | None:
    """The graph that was run; where that is missing, the one that was drawn."""
    for text in _texts(carried, "prompt"):
        found = object_in(text)
        inner = found.get("prompt") if found else None
        if found and (graph := Graph.of(inner if isinstance(inner, dict) and "class_type" not in inner else found)):
            return graph
        if isinstance(inner, str) and (graph := Graph.of(object_in(inner) or {})):
            return graph
    for text in _texts(carried, "workflow"):
        found = object_in(text)
        drawn = found.get("workflow", found) if found else None
        drawn = object_in(drawn) if isinstance(drawn, str) else drawn
        if isinstance(drawn, dict) and (graph := Graph.of(graph_of_workflow(drawn))):
            return graph
    return None


def _texts(carried: Carried, name: str) -> Iterator[str]:
    """As a PNG's chunk, behind its name in one tag of EXIF or another, or with others in an object."""
    yield carried.text(name)
    for place in ("Make", "Model", "ImageDescription", "UserComment"):
        text = carried.text(f"exif:{place}")
        if text[: len(name) + 1].lower() == f"{name}:":
            yield text[len(name) + 1 :]
    for place in ("exif:UserComment", "exif:ImageDescription", "Comment", "parameters"):
        if carried.text(place).lstrip().startswith("{"):
            yield carried.text(place)


def _settings(graph: Graph, carried: Carried) -> Settings:
    passes = _passes(graph, carried)
    if not passes:
        return searge(graph)
    base, found = passes[-1], Settings()
    _add_words(found, graph, base)
    for kind, names in (
        ("seed", _SEEDS),
        ("steps", _STEPS),
        ("sampler", ("sampler_name", "sampler")),
        ("scheduler", ("scheduler", "scheduler_name")),
        ("guidance_scale", ("cfg", "cfg_scale", "guidance_scale", "cfg_conds")),
        ("denoising_strength", ("denoise",)),
    ):
        value = _of_type(kind, graph.value(base, names, towards_settings))
        found.add(kind, value or (_named(graph, base, kind) if kind in _NAMED else None))
    for kind, entry in _size(graph, base):
        found.add(kind, entry)
    _add_weights(found, graph, base)
    found.add("clip_skip", _clip_skip(graph.value(base, ("stop_at_clip_layer",), anywhere)))
    found.add("vae", graph.value(base, ("vae_name",), anywhere) or graph.value(passes[0], ("vae_name",), anywhere))
    if second := graph.value(base, ("cfg_cond2_negative",), towards_settings):
        found.ignore(*second)
    found.add("distilled_guidance", graph.value(base, ("guidance",), lambda name: not towards_pictures(name)))
    for number, later in enumerate(reversed(passes[:-1]), start=2):
        for name, value in later.inputs.items():
            if isinstance(value, int | float | str):
                found.ignore(f"pass {number}: {later.kind}.{name}", value)
    _add_unknown(found, graph, passes)
    return found


def _passes(graph: Graph, carried: Carried) -> list[Node]:
    """The samplers on the way from the node that saved the picture, the last to run first."""
    used = {each.node for node in graph.nodes.values() for each in node.links.values()}
    ends = [node for name, node in graph.nodes.items() if name not in used and node.links][:_MAX_SAVES]
    ways = [(node, _chain(graph, node)) for node in ends]
    ways = [(node, chain) for node, chain in ways if chain]
    if not ways:  # nothing but a loop, or a part of a graph
        loose = [node for node in graph.nodes.values() if _is_sampler(node)]
        return loose if len(loose) == 1 else []
    signs = [_signs(graph, node, chain, carried) for node, chain in ways]
    likely = [chain for (_, chain), each in zip(ways, signs, strict=True) if each == max(signs)]
    began = {chain[-1].id for chain in likely}
    return max(likely, key=len) if len(began) == 1 else []  # of two pictures nobody could say which this is


def _signs(graph: Graph, node: Node, chain: list[Node], carried: Carried) -> tuple[int, bool, bool, bool]:
    """That it was this node which saved the picture: by the file's name, by the node's, by format and size."""
    prefix = node.inputs.get("filename_prefix")
    stem = re.split(r"[/\\]", prefix)[-1].partition("%")[0] if isinstance(prefix, str) else ""
    sides = tuple(value for kind, (_, value) in _size(graph, chain[-1]) if kind != "size")
    fits = len(chain) == 1 and sides == carried.size
    kind, form = node.kind.lower(), carried.name.rpartition(".")[2].lower()
    return len(stem) if carried.name.startswith(stem) else 0, "save" in kind, len(form) > 2 and form in kind, fits


def _chain(graph: Graph, end: Node) -> list[Node]:
    """The samplers upstream of a node, nearest first; the last is where the picture began."""
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
        starts = _first_stage(graph, node) or [each for name, each in node.links.items() if towards_pictures(name)]
    return chain


def _first_stage(graph: Graph, node: Node) -> list[Link]:
    """Where a sampler works out what another one laid out, it is handed that among its words: Stable Cascade's B."""
    words = [each for name, each in node.links.items() if towards_words(name)]
    told = graph.upstream(words, towards_words)
    return next(([each.links["stage_c"]] for each in told if "stage_c" in each.links), [])


def _is_sampler(node: Node) -> bool:
    """By what a node is handed, since everyone may write one under a name of their own."""
    inputs = node.inputs
    seeded = any(name in inputs for name in _SEEDS)
    prompted = any(name in inputs for name in ("positive", "guider", "model", "conditioning")) or any(
        re.search("pipe|context|ctx", name, re.I) for name in inputs
    )
    if "sigmas" in inputs and ("guider" in inputs or "positive" in inputs or "latent_image" in inputs):
        return True
    return seeded and prompted and any(name in inputs for name in (*_STEPS, "sampler_name"))


def _add_words(found: Settings, graph: Graph, base: Node) -> None:
    for side, kind in (("positive", "prompt"), ("negative", "negative_prompt")):
        said = _words(graph, base, side)
        if said is None:
            if side == "negative" and side not in base.inputs:
                found.more[kind] = ""
            continue
        if (prompt := said.prompt) is not None:
            found.add(kind, (said.names[0], prompt))
        elif said.texts:
            found.more[f"{kind}s"] = said.texts
            found.add(f"{kind}s", (said.names[0], "\n".join(said.texts)))


def _words(graph: Graph, base: Node, side: str) -> Words | None:
    """Of the sampler itself, or of what it is handed: a guider, a pipe."""
    for node in graph.upstream([Link(base.id, 0)], towards_settings):
        names = (side, "conditioning", "cond", "cond1") if side == "positive" else (side,)
        for name in names:
            if name in node.inputs and (said := words(graph, node, name)):
                return said
    return None


def _size(graph: Graph, base: Node) -> list[tuple[str, tuple[str, Any]]]:
    """(field, entry) of the empty picture that the sampler began with; one that was loaded has its own."""
    starts = [each for name, each in base.links.items() if towards_pictures(name)]
    for node in graph.upstream(starts, towards_pictures):
        for name in ("dimensions", "resolution", "size"):
            if size_in(node.inputs.get(name)):
                return [("size", (f"{node.kind}.{name}", node.inputs[name]))]
        sides = [graph.literal(node.inputs.get(name), name) for name in ("width", "height")]
        if None in sides:
            sides = [node.inputs.get(f"empty_latent_{name}") for name in ("width", "height")]
        if all(isinstance(side, int) and not isinstance(side, bool) for side in sides):
            both = zip(("width", "height"), sides, strict=True)
            return [(name, (f"{node.kind}.{name}", side)) for name, side in both]
    return []


def _add_weights(found: Settings, graph: Graph, base: Node) -> None:
    """The model, and on the way to it what was put on top."""
    loras: list[dict[str, Any]] = []
    starts = [each for name, each in base.links.items() if towards_weights(name)]
    for node in graph.upstream(starts, towards_weights):
        loras += _loras(node)
        if "model2" in node.links:  # made of several, of which none is the model
            found.more["models"] = _models(graph, node)
            break
        value = next(((name, node.inputs[name]) for name in _MODELS if name in node.inputs), None)
        name = graph.literal(value[1], value[0]) if value else None
        if value and isinstance(name, str):
            found.add("model", (f"{node.kind}.{value[0]}", name))
            break
    if loras:
        found.more["loras"] = loras[:64]


def _models(graph: Graph, merged: Node) -> list[str]:
    ahead = graph.upstream([Link(merged.id, 0)], towards_weights)
    named = (graph.literal(node.inputs[name], name) for node in ahead for name in _MODELS if name in node.inputs)
    return list(dict.fromkeys(name for name in named if isinstance(name, str)))[:16]


def _loras(node: Node) -> list[dict[str, Any]]:
    inputs = node.inputs
    name = inputs.get("lora_name")
    if isinstance(name, str):
        return [lora(name, inputs.get("strength_model", inputs.get("strength", inputs.get("lora_model_strength"))))]
    found = []
    for key, value in inputs.items():
        slot = _LORA_SLOT.match(key)
        if isinstance(value, dict) and value.get("on", True) and isinstance(value.get("lora"), str):
            found.append(lora(value["lora"], value.get("strength")))
        elif slot and isinstance(value, str) and value.lower() != "none":
            found.append(lora(value, inputs.get(f"strength_{slot[1]}", inputs.get(f"model_str_{slot[1]}"))))
    return found


def _add_unknown(found: Settings, graph: Graph, passes: list[Node]) -> None:
    """What else the picture went through, as far as nobody here knows what it does."""
    starts = [Link(passes[0].id, 0)]
    read = {name.partition(".")[0] for name in found.names} | {node.kind for node in passes}
    strange = (
        node for node in graph.upstream(starts, anywhere) if node.kind not in read and not _PLUMBING.search(node.kind)
    )
    counts = Counter[str]()
    for node in islice(strange, _SWEEPING):
        literals = {name: value for name, value in node.inputs.items() if isinstance(value, int | float | str)}
        counts[node.kind] += 1
        number = f" ({counts[node.kind]})" if counts[node.kind] > 1 else ""
        found.entries.append((f"{node.kind}{number}", shown(literals)))


def _named(graph: Graph, base: Node, kind: str) -> tuple[str, Any] | None:
    ahead = graph.upstream([each for name, each in base.links.items() if towards_settings(name)], towards_settings)
    named = (match for node in ahead if (match := _NAMED[kind].match(node.kind)))
    return next(((match[0], match[1]) for match in named), None)


def _of_type(kind: str, found: tuple[str, Any] | None) -> tuple[str, Any] | None:
    """A link to a sampler has the same name as the name of one."""
    texts = kind in ("sampler", "scheduler")
    if kind == "denoising_strength" and found and found[1] == 1:
        return None  # from noise alone, as every picture that is not made of another
    return found if found and isinstance(found[1], str if texts else int | float | str) else None


def _clip_skip(found: tuple[str, Any] | None) -> tuple[str, Any] | None:
    """Counted from the end, as a negative number."""
    return (found[0], -found[1]) if found and isinstance(found[1], int) else None
