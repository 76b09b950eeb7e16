"""Reader for InvokeAI, which has changed its format several times.

Current files have JSON in `invokeai_metadata`, older ones in `sd-metadata`. The first versions wrote a command into
`Dream`.
"""

from __future__ import annotations

import re
from typing import Any

from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, flatten, lora_entry, parse_object, split_names
from gdm_studio.gallery.metadata.generation_settings import Metadata, number
from gdm_studio.gallery.metadata.tools.base import Tool

# {entry: field}. "scheduler" is the sampler; the spacing is not in the file.
_NAMES = {
    "positive_prompt": "prompt",
    "negative_prompt": "negative_prompt",
    "seed": "seed",
    "steps": "steps",
    "scheduler": "sampler",
    "cfg_scale": "guidance_scale",
    "guidance": "distilled_guidance",
    "width": "width",
    "height": "height",
    "model.name": "model",
    "model.model_name": "model",
    "model.hash": "model_hash",
    "clip_skip": "clip_skip",
    "strength": "denoising_strength",
    "vae.name": "vae",
    "vae.model_name": "vae",
    "app_version": "version",
}
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = split_names("""
    generation_mode rand_device cfg_rescale_multiplier seamless_x seamless_y loras ref_images controlnets ipAdapters
    t2iAdapters hrf_enabled hrf_method hrf_strength _canvas_objects canvas_v2_metadata regions init_image dype_preset
    positive_style_prompt negative_style_prompt ref_image control_layers rand_device
""")
_KNOWN_GROUPS = ("model.", "vae.", "refiner", "control_layers.", "canvas_v2_metadata.", "t5_", "clip_embed", "hrf")
_SECOND_NAMES = {
    "prompt": "prompt",
    "negative": "negative_prompt",
    "seed": "seed",
    "steps": "steps",
    "sampler": "sampler",
    "cfg_scale": "guidance_scale",
    "width": "width",
    "height": "height",
    "strength": "denoising_strength",
    "model_weights": "model",
    # Versions 1.15 to 2.0.
    "model_id": "model",
    "model_hash": "model_hash",
    "app_version": "version",
}
_KNOWN_SECOND = split_names("""
    model app_id threshold perlin hires_fix seamless type postprocessing variations init_image_path mask_image_path
    orig_hash fit extra rand_device
""")
_FIRST_NAMES = {
    "prompt": "prompt",
    "negative": "negative_prompt",
    "-S": "seed",
    "-s": "steps",
    "-A": "sampler",
    "-C": "guidance_scale",
    "-W": "width",
    "-H": "height",
    "-f": "denoising_strength",
}
# An option may be followed by its value without a space: -s50 -Ak_lms
_OPTION = re.compile(r"(?<!\S)(-A(?=\w)|-[A-Za-z](?=[\d.])|--?[A-Za-z][\w-]{0,40})(?:[ =]?([^\s-]\S{0,200}))?")


def _matches(embedded: EmbeddedTexts) -> bool:
    return any(name in embedded.texts for name in ("invokeai_metadata", "sd-metadata", "Dream"))


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    for name, generation in (
        ("invokeai_metadata", _read_current_format),
        ("sd-metadata", _read_second_format),
        ("Dream", _read_first_format),
    ):
        if (text := embedded.text(name)) and (found := generation(text, embedded.size)) is not None:
            return found
    return None


def _read_current_format(text: str, size: tuple[int, int]) -> Metadata | None:
    found = parse_object(text)
    if found is None:
        return None
    entries = flatten(found)
    known = _UNUSED_KEYS | {name for name, _ in entries if name.startswith(_KNOWN_GROUPS)}
    return build_metadata(size, "InvokeAI", entries, _NAMES, known=known, more=_read_loras(found.get("loras")))


def _read_second_format(text: str, size: tuple[int, int]) -> Metadata | None:
    found = parse_object(text)
    image = found.pop("image", None) if found else None
    if found is None or not isinstance(image, dict):
        return None
    entries = [*_split_prompts(_join_blend(image.pop("prompt", ""))), *flatten(image), *flatten(found)]
    return build_metadata(size, "InvokeAI", entries, _SECOND_NAMES, known=_KNOWN_SECOND)


def _join_blend(prompt: Any) -> str:
    """Join the weighted prompts of an InvokeAI file into one prompt in InvokeAI's syntax, such as "a cat:0.25 a
    dog:0.75".
    """
    listed = prompt[:64] if isinstance(prompt, list) else [{"prompt": prompt}]
    parts = [each for each in listed if isinstance(each, dict) and isinstance(each.get("prompt"), str)]
    weights = [lora_entry("", each.get("weight")).get("weight", 1.0) for each in parts]
    if weights == [1.0]:
        return str(parts[0]["prompt"])
    return " ".join(f"{each['prompt'].strip()}:{number(weight)}" for each, weight in zip(parts, weights, strict=True))


def _read_first_format(text: str, size: tuple[int, int]) -> Metadata | None:
    match = re.match(r'\s*"((?:\\.|[^"\\])*)"|\s*((?:(?! -)[^\0])*)', text[: 2**16])
    if match is None:
        return None
    prompt = match[1].replace('\\"', '"') if match[1] is not None else match[2]
    options = [(option[1], option[2] or "") for option in _OPTION.finditer(text[: 2**16], match.end())]
    if not options:
        return None
    known = {name for name, _ in options}
    return build_metadata(size, "InvokeAI", [*_split_prompts(prompt), *options], _FIRST_NAMES, known=known)


def _split_prompts(whole: str) -> list[tuple[str, Any]]:
    """Split a prompt of an old InvokeAI file, in which the negative prompt is in brackets.

    Return the entries of both.
    """
    negative = [part.strip() for part in re.findall(r"\[([^\[\]]*)\]", whole)]
    prompt = re.sub(r" ?\[[^\[\]]*\]", "", whole) if negative else whole
    return [("prompt", prompt.strip() if negative else prompt), ("negative", ", ".join(negative))]


def _read_loras(listed: Any) -> dict[str, Any]:
    """Return the metadata field `loras` of an InvokeAI file. Each entry contains an object for the LoRA's model, whose
    keys depend on InvokeAI's version.
    """
    found = []
    for each in listed[:64] if isinstance(listed, list) else []:
        model = each.get("model", each.get("lora")) if isinstance(each, dict) else None
        if isinstance(model, dict):
            found.append(lora_entry(model.get("name", model.get("model_name", "")), each.get("weight")))
    return {"loras": found} if found else {}


TOOL = Tool("InvokeAI", _matches, _read)
