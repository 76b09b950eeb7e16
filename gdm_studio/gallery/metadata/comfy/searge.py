"""SeargeSDXL, a ComfyUI extension whose pipeline has panels of settings instead of a sampler node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gdm_studio.gallery.metadata.comfy.entries import Settings
from gdm_studio.gallery.metadata.comfy.graph import Graph, Node
from gdm_studio.gallery.metadata.conversion import lora_entry, parse_size

_PARAMETERS = "SeargeGenerationParameters"
_MODE = "SeargeOperatingMode"
_MODELS = "SeargeModelSelector"
_PROMPTS = "SeargePromptAdapterV2"
_IMAGE = "SeargeImage2ImageAndInpainting"
_LORAS = "SeargeLoras"
# {first character of a preset: (sampler, scheduler) that replace the chosen ones}
_PRESETS = {
    "1": ("dpmpp_2m", "karras"),
    "2": ("euler_ancestral", "normal"),
    "3": ("dpmpp_2m_sde", "karras"),
    "4": ("dpmpp_3m_sde", "exponential"),
    "5": ("ddim", "ddim_uniform"),
}
# Prompting modes that ignore the main prompt.
_WITHOUT_MAIN_PROMPT = ("custom", "ignore all")
_FROM_NOISE = "text-to-image"


def searge_settings(graph: Graph) -> Settings:
    """Return the settings in the panels of SeargeSDXL. They are empty if the graph has no panels or contains a panel
    twice.
    """
    found = Settings()
    panels = _find_panels(graph)
    parameters = panels.get(_PARAMETERS)
    if parameters is None:
        return found
    mode = panels[_MODE].inputs if _MODE in panels else {}
    _add_prompts(found, graph, panels.get(_PROMPTS), mode)
    for kind, name in (("seed", "seed"), ("steps", "steps"), ("guidance_scale", "cfg")):
        found.add(kind, _read_entry(parameters, name))
    _add_sampler(found, parameters)
    if mode.get("workflow_mode") == _FROM_NOISE:
        _add_size(found, parameters)
    elif _IMAGE in panels:
        found.add("denoising_strength", _read_entry(panels[_IMAGE], "denoise"))
    if _MODELS in panels:
        found.add("model", _read_entry(panels[_MODELS], "base_checkpoint"))
        found.add("vae", _read_entry(panels[_MODELS], "vae_checkpoint"))
    if _LORAS in panels:
        _add_loras(found, panels[_LORAS].inputs)
    for panel in panels.values():
        for name in panel.inputs:
            if (entry := _read_entry(panel, name)) and entry[0] not in found.names:
                found.ignore(*entry)
    return found


def _find_panels(graph: Graph) -> dict[str, Node]:
    """Return the nodes of a SeargeSDXL graph that are panels of settings and occur exactly once, by
    the kind of panel.
    """
    kinds = [node.kind for node in graph.nodes.values()]
    wanted = (_PARAMETERS, _MODE, _MODELS, _PROMPTS, _IMAGE, _LORAS, "SeargePipelineStart", "SeargeHighResolution")
    return {node.kind: node for node in graph.nodes.values() if node.kind in wanted and kinds.count(node.kind) == 1}


def _read_entry(panel: Node, name: str) -> tuple[str, Any] | None:
    value = panel.inputs.get(name)
    return (f"{panel.kind}.{name}", value) if isinstance(value, int | float | str) else None


def _add_prompts(found: Settings, graph: Graph, adapter: Node | None, mode: Mapping[str, Any]) -> None:
    """Add the main prompts of a SeargeSDXL graph to the settings, with separate entries for the second encoder's
    prompts and the style prompts.
    """
    for name, value in adapter.inputs.items() if adapter is not None else ():
        text = graph.literal(value, "prompt")
        kind = {"main_prompt": "prompt", "negative_main_prompt": "negative_prompt"}.get(name)
        if not isinstance(text, str):
            continue
        if kind and mode.get("prompting_mode") not in _WITHOUT_MAIN_PROMPT:
            found.add(kind, (f"{_PROMPTS}.{name}", text))
        else:
            found.ignore(f"{_PROMPTS}.{name}", text)


def _add_sampler(found: Settings, parameters: Node) -> None:
    preset = str(parameters.inputs.get("sampler_preset"))[:1]
    if preset in _PRESETS:
        for kind, name in zip(("sampler", "scheduler"), _PRESETS[preset], strict=True):
            found.add(kind, (f"{_PARAMETERS}.sampler_preset", name))
    else:
        found.add("sampler", _read_entry(parameters, "sampler_name"))
        found.add("scheduler", _read_entry(parameters, "scheduler"))


def _add_size(found: Settings, parameters: Node) -> None:
    preset = parameters.inputs.get("image_size_preset")
    if parse_size(preset):
        found.add("size", (f"{_PARAMETERS}.image_size_preset", preset))
    elif str(preset).startswith("none"):
        found.add("width", _read_entry(parameters, "image_width"))
        found.add("height", _read_entry(parameters, "image_height"))


def _add_loras(found: Settings, inputs: Mapping[str, Any]) -> None:
    named = [(inputs.get(f"lora_{at}"), inputs.get(f"lora_{at}_strength")) for at in range(1, 6)]
    loras = [lora_entry(name, weight) for name, weight in named if isinstance(name, str) and name != "none"]
    if loras:
        found.more["loras"] = loras
