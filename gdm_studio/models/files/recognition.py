"""Recognition of models and parts by the names and shapes of their tensors, including unsupported kinds.

File names are irrelevant. The criteria come from the model detection of ComfyUI and diffusers, and from the published
weights.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from gdm_studio.common.errors import StorageError
from gdm_studio.models.files.checkpoints import PIPELINE, Entry
from gdm_studio.models.files.gguf import ARCHITECTURE
from gdm_studio.models.files.ip_adapter import FIRST_LAYER, LATENTS, PROJECTION
from gdm_studio.models.files.network_prefixes import find_prefixes, names_below, root_of
from gdm_studio.models.files.stated_configuration import foreign_class
from gdm_studio.models.files.taesd import has_decoder, is_taesd
from gdm_studio.models.files.text_encoder import OPENCLIP, clip_name, is_siglip
from gdm_studio.models.required_parts import CLIP_VISION
from gdm_studio.models.upscalers.architecture_detection import upscaler_name

Shape = tuple[int, ...]
Shapes = Mapping[str, Shape]

TRANSFORMER = "Diffusion transformer"
UNET = "U-Net"
CONTROL = "ControlNet"
T2I_ADAPTER = "T2I-Adapter"
CONTROL_LORA = "Control-LoRA"
IP_ADAPTER = "IP-Adapter"
REDUX = "Redux adapter"
LLLITE = "ControlNet-LLLite"
TEXT = "Text encoder"
LANGUAGE = "Language model"
VISION = "Image encoder"
UPSCALER = "Upscaler"
# Modes of a union ControlNet: scribbles are also soft edges, and lines are also Canny edges. The last mode of ProMax,
# repainting, is left out, because its image format has not been published.
MODES = ("pose", "depth", "scribble", "line", "normal", "segment", "tile")
# Modes of a union ControlNet for FLUX.1, in the order of its embeddings.
FLUX_1_MODES = ("canny", "tile", "depth", "blur", "pose", "grey", "low quality")
# Diffusion transformers whose ControlNets can be used.
FLUX_1, QWEN_IMAGE, Z_IMAGE, ANIMA = "FLUX.1", "Qwen-Image", "Z-Image", "Anima"
IDEOGRAM_4 = "Ideogram 4"
# Separator between the name of a union model and the selected mode.
MODE_OF = ": "
# Kinds of union models, with their number of modes for Stable Diffusion.
UNION = "Union ControlNet"
UNIONS = {UNION: 6, "Union ControlNet ProMax": 8}
# Kinds of control models that can be used if they are for Stable Diffusion, FLUX.1, Qwen-Image,
# Z-Image or Anima.
CONTROLS = frozenset({CONTROL, CONTROL_LORA, T2I_ADAPTER, IP_ADAPTER, REDUX, LLLITE, *UNIONS})
# Those whose images are prompts, and which need an image encoder.
IMAGE_PROMPTS = frozenset({IP_ADAPTER, REDUX})
# Prefixes of a denoiser in single files, and of the component in a diffusers folder.
_PREFIXES = ("model.diffusion_model.", "net.", "diffusion_model.", "transformer/", "unet/", "prior/", "decoder/", "")
_TEXT_ADAPTER = "text_conditioner/"
# Prefix of a name that consists of the names of other models.
_FOR_PREFIX = "for "
# Kinds with their articles, for sentences.
_PHRASES = {
    TRANSFORMER: "a diffusion transformer",
    TEXT: "a text encoder",
    LANGUAGE: "a language model",
    VISION: "an image encoder",
    UPSCALER: "an upscaler",
    IP_ADAPTER: "an IP-Adapter",
    "Motion module": "a motion module",
    "Embedding": "an embedding",
    "Previews": "a preview decoder",
    "Preview encoder": "a preview encoder, without the decoder for previews",
    "Adapter": "an adapter",
    "differences": "a LoRA of differences",
}
_SUPPORTED = (
    "GDM Studio opens Stable Diffusion, FLUX.1, FLUX.2, Chroma, Z-Image, Lumina 2, Qwen-Image, Krea 2, ERNIE-Image, "
    "Anima and Ideogram 4"
)
# Maximum number of an adapter's layers that are compared with the marks of families.
MOST_LAYERS = 5000
# Names of models that can be distinguished by the class of their diffusers pipeline but not by their weights.
_PIPELINES = {
    "FluxKontextPipeline": "FLUX.1 Kontext",
    "QwenImageEditPipeline": "Qwen-Image-Edit",
    "QwenImageEditPlusPipeline": "Qwen-Image-Edit-2509",
}


# Kinds of networks by words in the names of diffusers' classes.
_KINDS_OF_CLASSES = {
    "ControlNet": CONTROL,
    "Autoencoder": "VAE",
    "VAE": "VAE",
    "VQModel": "VAE",
    "Transformer": TRANSFORMER,
    "UNet": UNET,
}


@dataclass(frozen=True)
class Recognised:
    """Model, text encoder or other file of a known but unsupported kind, recognised by its tensors."""

    # The kind of file, such as TRANSFORMER, with a capital letter.
    kind: str
    # Name of the model, such as "Z-Image", or "for " followed by the models that an add-on is for, or "" if only the
    # kind is known.
    name: str
    parameters: int
    # Prefix of the denoiser's tensor names, which is its component in a folder, such as "transformer/".
    prefix: str = ""

    @property
    def base(self) -> str:
        """Return the model's name or, for an add-on, the models that it is for, or "" if unknown."""
        return self.name.removeprefix(_FOR_PREFIX)

    def is_called(self, other: Recognised) -> bool:
        """Return True if the name of this class of diffusers contains that of a network recognised by its tensors, as
        WanTransformer3DModel contains Wan, or if the tensors show more than the class does.
        """
        if other.kind not in (TRANSFORMER, "VAE"):
            return True
        words = re.findall(r"[A-Za-z]+", other.name)
        return bool(words) and words[0] in self.name

    def sentence(self, file: str) -> str:
        """Return sentences that name the kind of this file for the user, and that it is not supported."""
        what = _PHRASES.get(self.kind, f"a {self.kind}")
        if self.name.startswith(_FOR_PREFIX):
            what = f"{what} {self.name}"
        elif self.name:
            what = f"{self.name}, {what}"
        size = f" with {format_count(self.parameters)} parameters" if self.parameters else ""
        return f"{file} is {what}{size}. {_SUPPORTED}; this one is not supported yet."


class Tensors:
    """Shapes of a file's tensors by name, from which the kind of model is recognised."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes

    def has(self, *names: str) -> bool:
        """Return True if the file contains tensors with all of the given names."""
        return all(name in self.shapes for name in names)

    def size(self, name: str, axis: int) -> int:
        """Return the size of a tensor along an axis, or 0 if the file has no such tensor or axis."""
        shape = self.shapes.get(name, ())
        return shape[axis] if axis < len(shape) else 0

    @property
    def parameters(self) -> int:
        return sum(math.prod(shape) for shape in self.shapes.values())


Name = str | Callable[[Tensors], str]


def recognise(entry: Entry) -> Recognised | None:
    """Recognise a known but unsupported kind of model or part by its tensors. Returns None for supported and for
    unknown files.
    """
    shapes: dict[str, Shape] = {}
    for file, header in entry.headers.items():
        component = component_prefix(file)
        shapes.update((component + name, shape) for name, shape in header.shapes.items())
    for prefix in _PREFIXES:
        below = {name[len(prefix) :]: shape for name, shape in shapes.items() if name.startswith(prefix)}
        if below and (found := _recognise_denoiser(Tensors(below))):
            return replace(found, name=_read_folder_title(entry, prefix) or found.name, prefix=prefix)
    whole = Tensors(shapes)
    if name := upscaler_name(shapes):
        return Recognised(UPSCALER, name, whole.parameters)
    return _recognise_part(whole) or _recognise_language_model(entry, whole)


def recognise_class(entry: Entry) -> Recognised | None:
    """Recognise an unsupported network of diffusers by the class in the configuration beside its weights, which in a
    folder are those of the denoiser. Returns None for supported and for unknown classes. Raises ModelError if the
    configuration is damaged.
    """
    is_file = entry.kind == "file"
    headers = {file: each for file, each in entry.headers.items() if is_file or component_prefix(file) in _PREFIXES[1:]}
    name = foreign_class([entry.folder / file for file in headers])
    if not name:
        return None
    kind = next((kind for word, kind in _KINDS_OF_CLASSES.items() if word in name), "network")
    return Recognised(kind, name, sum(Tensors(each.shapes).parameters for each in headers.values()))


def component_prefix(file: str) -> str:
    """Return the prefix that distinguishes the tensors of a weight file from those of other components of a folder: the
    component with a slash, or "" for a file that is not in a component.

    The text adapter of Anima, a component of its own in diffusers, counts as a part of the transformer.
    """
    component = file[: file.rfind("/") + 1]
    return f"transformer/{component[:-1]}." if component == _TEXT_ADAPTER else component


def control_kind(shapes: Shapes) -> tuple[str, str]:
    """Recognise a supported control model (ControlNet, T2I-Adapter and similar) by its tensor shapes. Returns its kind
    and the models that it is for, or ("", "") for other files.
    """
    tensors = Tensors(shapes)
    if tensors.has(*_TRANSFORMER_CONTROL) or tensors.has(_Z_IMAGE_CONTROL):
        return _transformer_control_kind(tensors)
    found = _recognise_part(tensors)
    if found is not None and (found.kind == REDUX or (found.kind == LLLITE and tensors.has(_ANIMA_LLLITE))):
        return found.kind, found.base
    if found is None or found.kind not in CONTROLS or found.base not in _BASES.values():
        return "", ""
    if (modes := tensors.size("task_embedding", 0)) == 0:
        return found.kind, found.base
    kind = next((kind for kind, count in UNIONS.items() if count == modes), "")
    return (kind, found.base) if kind else ("", "")


def _transformer_control_kind(tensors: Tensors) -> tuple[str, str]:
    """Return the kind of a ControlNet for a diffusion transformer and the models that it is for, or ("", "") if it is
    not supported.
    """
    found = _recognise_denoiser(tensors)
    # XLabs' ControlNets see pixels instead of latents.
    sees_pixels = any(name.startswith("input_hint_block.") for name in tensors.shapes)
    if found is None or found.base not in (FLUX_1, QWEN_IMAGE, Z_IMAGE) or sees_pixels:
        return "", ""
    modes = tensors.size("controlnet_mode_embedder.weight", 0)
    if modes == 0:
        return CONTROL, found.base
    return (UNION, found.base) if found.base == FLUX_1 and modes >= len(FLUX_1_MODES) else ("", "")


def control_modes(kind: str, base: str) -> tuple[str, ...]:
    """Return the modes of a union ControlNet of a kind for models of the kind `base`, or () for other control
    models.
    """
    if kind not in UNIONS:
        return ()
    return FLUX_1_MODES if base == FLUX_1 else MODES[: UNIONS[kind]]


def adapter_base(layers: Mapping[str, Shapes]) -> str:
    """Return the model family that a LoRA is for, judging by its layer names and sizes, or "" for Stable Diffusion and
    unknown families.
    """
    plain = {layer.replace(".", "_"): parts for layer, parts in islice(layers.items(), MOST_LAYERS)}
    for mark, name in _ADAPTER_MARKS:
        parts = next((parts for layer, parts in plain.items() if mark.search(layer)), None)
        if parts is not None and (found := name(*_layer_sizes(parts)) if callable(name) else name):
            return found
    return ""


def _layer_sizes(parts: Shapes) -> tuple[int, int]:
    """Return the input and output widths of a layer that a LoRA, LoHa, LoKr or T-LoRA changes. Unknown widths are 0."""
    width = next((parts[part][1] for part in ("down", "hada_w1_b", "q_layer") if len(parts.get(part, ())) > 1), 0)
    rows = next((parts[part][0] for part in ("up", "hada_w1_a", "p_layer") if parts.get(part)), 0)
    left, right = (
        (parts.get(f"lokr_w{side}_a") or whole, parts.get(f"lokr_w{side}_b") or whole)
        for side in (1, 2)
        for whole in [parts.get(f"lokr_w{side}", ())]
    )
    if all(len(shape) > 1 for shape in (*left, *right)):
        return left[1][1] * right[1][1], left[0][0] * right[0][0]
    return width, rows


def format_count(count: int) -> str:
    """Format a number of parameters with its unit, such as "20.4 billion" or "867 million"."""
    if count >= 1e9:
        return f"{count / 1e9:.1f} billion"
    return f"{count / 1e6:.0f} million" if count >= 1e6 else f"{count:,}"


def _recognise_denoiser(found: Tensors) -> Recognised | None:
    for kind, marks, name in _DENOISERS:
        if found.has(*marks) and (title := name(found) if callable(name) else name):
            return Recognised(kind, title, found.parameters)
    return None


def _recognise_part(found: Tensors) -> Recognised | None:
    """Recognise a file that contains only an add-on or a part of a model."""
    if found.shapes and all(name.startswith(_LLLITE) for name in found.shapes):
        is_for_anima = any(name.startswith(_ANIMA_LAYERS) for name in found.shapes)
        return Recognised(LLLITE, f"for {ANIMA}" if is_for_anima else "", found.parameters)
    if is_taesd(found.shapes) and not has_decoder(found.shapes):
        return Recognised("Preview encoder", "", found.parameters)
    for kind, marks, name in _PARTS:
        for prefix in find_prefixes(found.shapes, *marks):
            root = root_of(prefix)
            if not all(each.startswith(root) for each in found.shapes):
                continue
            view = Tensors(names_below([prefix], found.shapes)[prefix])
            if (title := name(view) if callable(name) else name) is not None:
                # The language model was trained together with an image encoder.
                if title.startswith("Qwen3") and any(_VISUAL.match(each, len(root)) for each in found.shapes):
                    title = title.replace("Qwen3", "Qwen3-VL")
                return Recognised(kind, title, found.parameters)
    return None


def _recognise_language_model(entry: Entry, found: Tensors) -> Recognised | None:
    """Recognise a language model or text encoder in a llama.cpp GGUF file, whose tensor names differ from those of the
    original weights. Returns None for other files.
    """
    if not found.has("token_embd.weight"):
        return None
    architecture = next(iter(entry.headers.values())).metadata.get(ARCHITECTURE, "")
    title = _LANGUAGE_MODELS.get(architecture, "")
    return Recognised(TEXT if architecture in ("t5", "t5encoder") else LANGUAGE, title, found.parameters)


def _read_folder_title(entry: Entry, prefix: str) -> str:
    """Return the name of the model in a folder according to its configurations, or "" if they do not distinguish it
    from other models with its tensors. `prefix` is the component of the denoiser.
    """
    if entry.kind != "folder":
        return ""
    try:
        config = f"{prefix}config.json"
        if (entry.folder / config).is_file() and entry.object(config).get("zero_cond_t") is True:
            return "Qwen-Image-Edit-2511"
        if PIPELINE not in entry.indexes:
            return ""
        index = entry.object(PIPELINE)
        if index.get("_class_name") == "Krea2Pipeline" and index.get("is_distilled") is True:
            return "Krea 2 Turbo"
        return _PIPELINES.get(str(index.get("_class_name")), "")
    except (StorageError, OSError, ValueError, TypeError, RecursionError):
        return ""


def _name_stable_diffusion_3(found: Tensors) -> str:
    width = found.size(_PATCH, 0) or found.size("pos_embed.proj.weight", 0)
    first = "joint_blocks.0."
    attends_twice = found.has(f"{first}x_block.attn2.qkv.weight") or found.has("transformer_blocks.0.attn2.to_q.weight")
    is_newer = found.has(f"{first}context_block.attn.ln_q.weight") or found.has(
        "transformer_blocks.0.attn.norm_q.weight"
    )
    size = {64 * 24: " Medium", 64 * 38: " Large"}.get(width, "")
    return f"Stable Diffusion 3.5{size}" if is_newer or attends_twice else f"Stable Diffusion 3{size}"


def _name_flux(found: Tensors) -> str:
    """Return the name of a model that consists of FLUX's double blocks (FLUX.1, FLUX.2, Chroma and others), judging by
    its original tensor names.
    """
    if found.has("double_stream_modulation_img.lin.weight"):
        return _name_flux_2(found.size("img_in.weight", 0), found.has("guidance_in.in_layer.weight"))
    if found.has("nerf_blocks.0.norm.scale") or found.has("nerf_blocks.0.norm.weight"):
        return "Chroma Radiance"
    if found.has("distilled_guidance_layer.in_proj.weight"):
        return "Chroma"
    if found.has("double_blocks.0.img_mlp.gate_proj.weight", "txt_norm.weight"):
        return "Ovis-Image"
    if found.size("txt_in.weight", 1) == 3584 and not found.has("vector_in.in_layer.weight"):
        return "LongCat-Image"
    return _name_flux_1(found.size("img_in.weight", 1), found.has("guidance_in.in_layer.weight"))


def _name_flux_in_diffusers(found: Tensors) -> str:
    if found.has("single_stream_modulation.linear.weight"):
        guided = found.has("time_guidance_embed.guidance_embedder.linear_1.weight")
        return _name_flux_2(found.size("x_embedder.weight", 0), guided)
    if found.has("distilled_guidance_layer.in_proj.weight"):
        return "Chroma"
    guided = found.has("time_text_embed.guidance_embedder.linear_1.weight")
    return _name_flux_1(found.size("x_embedder.weight", 1), guided)


def _name_flux_1(inputs: int, guided: bool) -> str:
    if inputs == 384:
        return "FLUX.1 Fill"
    if inputs == 128:
        return "FLUX.1 Canny or Depth"
    return "FLUX.1 dev, Krea or Kontext" if guided else "FLUX.1 schnell"


def _name_flux_2(width: int, guided: bool) -> str:
    return {3072: "FLUX.2 Klein 4B", 4096: "FLUX.2 Klein 9B"}.get(width, "FLUX.2 dev" if guided else "FLUX.2")


def _name_lumina(found: Tensors) -> str:
    if found.size("cap_embedder.1.weight", 0) == 3840 or found.has("cap_pad_token"):
        if found.has("dec_net.cond_embed.weight"):
            return "Z-Image in pixel space"
        return "Z-Image Omni" if found.has("siglip_embedder.0.weight") else "Z-Image"
    return "NewBie" if found.has("clip_text_pooled_proj.0.weight") else "Lumina 2"


def _name_qwen(found: Tensors) -> str:
    if found.has("__index_timestep_zero__"):
        return "Qwen-Image-Edit-2511"
    if found.has("time_text_embed.addition_t_embedding.weight"):
        return "Qwen-Image-Layered"
    return "Lens" if found.has("transformer_blocks.0.img_mlp.w1.weight") else "Qwen-Image or Qwen-Image-Edit"


def _name_unet_by_inputs(first: str) -> Callable[[Tensors], str]:
    """Return a function that names a U-Net with an unusual number of input channels, such as the depth or upscaling
    variants of Stable Diffusion.
    """
    names = {5: "Stable Diffusion 2 Depth", 7: "Stable Diffusion x4 Upscaler"}
    return lambda found: names.get(found.size(first, 1), "")


def _name_hunyuan(found: Tensors) -> str:
    return "HunyuanVideo" if len(found.shapes[_PATCH]) > 4 else "HunyuanImage 2.1"


def _name_wan(found: Tensors) -> str:
    return "Wan 2.2 5B" if found.size("head.head.weight", 0) == 192 else "Wan 2.1 or 2.2"


def _name_t5(found: Tensors) -> str:
    rows = found.size("encoder.block.23.layer.1.DenseReluDense.wi_1.weight", 0)
    embeddings = max(found.size("shared.weight", 0), found.size("encoder.embed_tokens.weight", 0))
    has_own_biases = found.has("encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight")
    name = "UMT5" if embeddings > 200_000 or has_own_biases else "T5"
    return name + {10240: "-XXL", 5120: "-XL"}.get(rows, "")


def _name_clip(found: Tensors) -> str:
    return "SigLIP" if is_siglip(found.shapes) else clip_name(found.shapes) or "CLIP"


def _name_language_model(found: Tensors) -> str:
    """Return the name of a language model, judging by tensor names and sizes in the format of the transformers
    library.
    """
    first = "layers.0."
    width = found.size("norm.weight", 0)
    if found.has(f"{first}post_feedforward_layernorm.weight"):
        return "Gemma 3" if found.has(f"{first}self_attn.q_norm.weight") else "Gemma 2"
    if rows := found.size(f"{first}self_attn.k_proj.bias", 0):
        return {512: "Qwen2.5-VL 7B", 256: "Qwen2.5-VL 3B"}.get(rows, "Qwen2.5")
    if found.has(f"{first}self_attn.q_norm.weight"):
        return {2560: "Qwen3 4B", 4096: "Qwen3 8B", 1024: "Qwen3 0.6B"}.get(width, "Qwen3")
    return {5120: "Mistral Small", 3072: "Ministral 3B"}.get(width, "Llama")


def _name_control_net(found: Tensors) -> str:
    """Return the kind of model for which a ControlNet was made, as "for …", judging by the width of its text input.
    Returns "" if the width is unknown.
    """
    context = next((shape[1] for name, shape in found.shapes.items() if name.endswith(_CONTEXT) and len(shape) > 1), 0)
    base = _BASES.get(context, "")
    return f"for {base}" if base else ""


def _name_t2i_adapter(found: Tensors) -> str:
    """Return the kind of model for which a T2I-Adapter was made, as "for …", judging by its number of input channels.
    Returns "" if the number is unknown.
    """
    firsts = ("conv_in", "body.0.in_conv")
    inputs = (found.size(f"{prefix}{first}.weight", 1) for first in firsts for prefix in ("adapter.", ""))
    base = {64: 768, 192: 768, 256: 2048, 768: 2048}.get(next(filter(None, inputs), 0), 0)
    return f"for {_BASES[base]}" if base else ""


def _name_ip_adapter(found: Tensors) -> str:
    """Return the kind of model for which an IP-Adapter was made, as "for …", judging by the width of its tokens.
    Returns "" if the width is unknown.
    """
    base = _BASES.get(found.size(FIRST_LAYER, 1), "")
    return f"for {base}" if base else ""


def _name_image_encoder(found: Tensors) -> str:
    """Return the name of an image encoder of CLIP or SigLIP, judging by its width, as far as it is known."""
    width = found.size("embeddings.class_embedding", 0)
    if not width and found.has("embeddings.patch_embedding.bias", "embeddings.position_embedding.weight"):
        return "SigLIP"
    return CLIP_VISION.get(width, ("CLIP or SigLIP", ""))[0]


def _name_vae(found: Tensors) -> str | None:
    """Return the name of an unsupported autoencoder, judging by its tensors, or None if it has four channels, as Stable
    Diffusion's has.
    """
    channels = found.size("decoder.conv_in.weight", 1)
    if len(found.shapes["decoder.conv_in.weight"]) > 4:
        return "for Wan or Qwen-Image"
    if len(found.shapes) > 500 or channels in (0, 4):
        return None
    return {16: "for FLUX.1 or Stable Diffusion 3"}.get(channels, f"for latents of {channels} channels")


# Layer whose input is the encoded prompt: its weight, or the lower factor of a Control-LoRA.
_CONTEXT = ("attn2.to_k.weight", "attn2.to_k.down")
# Layers of the supported ControlNets for FLUX.1 and Qwen-Image, and for Z-Image.
_TRANSFORMER_CONTROL = ("controlnet_blocks.0.weight", "controlnet_x_embedder.weight")
_Z_IMAGE_CONTROL = "control_all_x_embedder.2-1.weight"
_BASES = {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2", 2048: "SDXL"}
_FIRST_UNET_WEIGHT = "input_blocks.0.0.weight"
_ADDED = "transformer_blocks.0.attn.add_q_proj.weight"
_REFINER = "context_embedder.token_refiner.refiner_blocks.0.norm1.weight"
_VISUAL = re.compile(r"(?:model\.)?visual\.")
# Prefix of all tensors of a ControlNet-LLLite, which has the names of the layers that it changes.
_LLLITE = "lllite_"
# Start of the names of layers of Anima, and the first layer of version 2, the one that is supported.
_ANIMA_LAYERS = "lllite_dit_blocks_"
_ANIMA_LLLITE = "lllite_conditioning1.conv1.weight"
_MOTION = "down_blocks.0.motion_modules.0"
_PATCH = "x_embedder.proj.weight"
_DOUBLE_BLOCK = "double_blocks.0.img_attn.norm.key_norm."
# Kind, tensors that must all exist, and the name. The order matters, since families share names.
_DENOISERS: tuple[tuple[str, tuple[str, ...], Name], ...] = (
    (CONTROL, (_Z_IMAGE_CONTROL,), "for Z-Image"),
    (CONTROL, ("controlnet_blocks.0.weight", "controlnet_x_embedder.weight", "txt_norm.weight"), "for Qwen-Image"),
    (CONTROL, ("controlnet_blocks.0.weight", "controlnet_x_embedder.weight"), "for FLUX.1"),
    # XLabs, with FLUX.1's own names, and MistoLine.
    (CONTROL, ("controlnet_blocks.0.weight", "input_hint_block.0.weight"), "for FLUX.1"),
    (CONTROL, ("controlnet_blocks.0.linear.weight",), "for FLUX.1"),
    (CONTROL, ("controlnet_blocks.0.weight",), "for a diffusion transformer"),
    (CONTROL, ("controlnet_blocks.0.before_proj.weight",), "for PixArt"),
    (TRANSFORMER, ("joint_blocks.0.context_block.attn.qkv.weight",), _name_stable_diffusion_3),
    (TRANSFORMER, (_ADDED, "pos_embed.pos_embed"), _name_stable_diffusion_3),
    (TRANSFORMER, ("double_layers.0.attn.w1q.weight",), "AuraFlow"),
    (TRANSFORMER, ("joint_transformer_blocks.0.attn.add_q_proj.weight",), "AuraFlow"),
    (TRANSFORMER, ("mlp_t5.0.weight",), "Hunyuan-DiT"),
    (
        TRANSFORMER,
        ("txt_in.individual_token_refiner.blocks.0.norm1.weight",),
        lambda found: "HunyuanImage 2.1" if found.has("byt5_in.fc1.weight") else "HunyuanVideo",
    ),
    (TRANSFORMER, (_REFINER, _PATCH), _name_hunyuan),
    (TRANSFORMER, (f"{_DOUBLE_BLOCK}scale", "img_in.weight"), _name_flux),
    (TRANSFORMER, (f"{_DOUBLE_BLOCK}weight", "img_in.weight"), _name_flux),
    (TRANSFORMER, ("transformer_blocks.0.attn.norm_added_k.weight", "single_stream_modulation.linear.weight"),
     _name_flux_in_diffusers),
    (TRANSFORMER,
     ("transformer_blocks.0.attn.norm_added_k.weight", "single_transformer_blocks.0.attn.to_q.weight"),
     _name_flux_in_diffusers),
    (TRANSFORMER, ("blocks.0.mlp.inverted_conv.conv.weight",), "Sana"),
    (TRANSFORMER, ("transformer_blocks.0.ff.conv_inverted.weight",), "Sana"),
    (TRANSFORMER, ("t_block.1.weight",), "PixArt"),
    (TRANSFORMER, ("adaln_single.emb.timestep_embedder.linear_1.bias", "pos_embed.proj.bias"), "PixArt"),
    (TRANSFORMER, ("adaln_single.emb.timestep_embedder.linear_1.bias",), "LTX-Video"),
    (TRANSFORMER, ("time_embed.linear.weight", "proj_in.weight", "scale_shift_table"), "LTX-Video"),
    (TRANSFORMER, ("learnable_pos_embed.pos_emb_t", "patch_embed.proj.weight"), "Cosmos"),
    (TRANSFORMER, ("time_extra_emb.timestep_embedder.linear_1.weight", "text_embedding_padding"), "Hunyuan-DiT"),
    (TRANSFORMER, ("cap_embedder.1.weight", "noise_refiner.0.attention.k_norm.weight"), _name_lumina),
    (TRANSFORMER, ("all_x_embedder.2-1.weight",), "Z-Image"),
    (TRANSFORMER, ("time_caption_embed.caption_embedder.1.weight",), "Lumina 2"),
    (TRANSFORMER, ("txt_norm.weight", "img_in.weight"), _name_qwen),
    (TRANSFORMER, ("caption_projection.0.linear.weight",), "HiDream-I1"),
    (
        TRANSFORMER,
        ("blocks.0.mlp.layer1.weight",),
        lambda found: "Anima" if found.has("llm_adapter.blocks.0.cross_attn.q_proj.weight") else "Cosmos-Predict2",
    ),
    (TRANSFORMER, ("text_conditioner.blocks.0.cross_attn.q_proj.weight",), "Anima"),
    (TRANSFORMER, ("head.modulation",), _name_wan),
    (TRANSFORMER, ("condition_embedder.text_embedder.linear_1.weight", "scale_shift_table"), "Wan 2.1 or 2.2"),
    (TRANSFORMER, ("txtfusion.projector.weight",), "Krea 2"),
    (TRANSFORMER, ("text_fusion.projector.weight", "time_mod_proj.weight"), "Krea 2"),
    (TRANSFORMER, ("embed_image_indicator.weight",), IDEOGRAM_4),
    (TRANSFORMER, ("layers.0.mlp.linear_fc2.weight",), "ERNIE-Image"),
    (TRANSFORMER, ("visual_transformer_blocks.0.cross_attention.key_norm.weight",), "Kandinsky 5"),
    (TRANSFORMER, ("blocks.0.cross_attn.q_linear.weight",), "Sana"),
    (TRANSFORMER, ("t_embedder1.mlp.0.weight", "x_embedder.proj1.weight"), "HiDream-O1"),
    (UNET, ("input_blocks.1.0.time_stack.in_layers.0.weight",), "Stable Video Diffusion"),
    (UNET, ("down_blocks.0.resnets.0.temporal_res_block.conv1.weight",), "Stable Video Diffusion"),
    (UNET, ("down_blocks.0.resnets.0.conv1.weight", "encoder_hid_proj.weight"), "Kolors"),
    (UNET, ("clip_txt_mapper.weight",), "Stable Cascade"),
    (UNET, ("clip_txt_pooled_mapper.weight",), "Stable Cascade"),
    (UNET, ("clip_mapper.weight", "effnet_mapper.0.weight"), "Stable Cascade"),
    (UNET, (_FIRST_UNET_WEIGHT, "output_blocks.0.0.in_layers.0.weight"), _name_unet_by_inputs(_FIRST_UNET_WEIGHT)),
    (UNET, ("conv_in.weight", "up_blocks.0.resnets.0.conv1.weight"), _name_unet_by_inputs("conv_in.weight")),
)  # fmt: skip
_PARTS: tuple[tuple[str, tuple[str, ...], str | Callable[[Tensors], str | None]], ...] = (
    ("ControlNet-XS", ("down_blocks.0.base_to_ctrl.0.weight",), _name_control_net),
    (
        "SparseCtrl",
        ("controlnet_cond_embedding.conv_in.weight", f"{_MOTION}.temporal_transformer.norm.weight"),
        "for AnimateDiff",
    ),
    ("SparseCtrl", ("controlnet_down_blocks.0.weight", f"{_MOTION}.norm.weight"), "for AnimateDiff"),
    (CONTROL_LORA, ("lora_controlnet",), _name_control_net),
    (CONTROL, ("control_model.zero_convs.0.0.weight",), _name_control_net),
    (CONTROL, ("zero_convs.0.0.weight",), _name_control_net),
    (CONTROL, ("controlnet_cond_embedding.conv_in.weight",), _name_control_net),
    ("T2I-Adapter for styles", ("style_embedding", "ln_post.weight"), "for Stable Diffusion 1"),
    ("T2I-Adapter fuser", ("seq_feat_mapping.0.weight",), ""),
    (T2I_ADAPTER, ("adapter.body.0.resnets.0.block1.weight",), _name_t2i_adapter),
    (T2I_ADAPTER, ("body.0.block1.weight", "conv_in.weight"), _name_t2i_adapter),
    (T2I_ADAPTER, ("body.0.body.0.block1.weight", "body.0.in_conv.weight"), _name_t2i_adapter),
    (IP_ADAPTER, (PROJECTION,), _name_ip_adapter),
    (IP_ADAPTER, (LATENTS,), _name_ip_adapter),
    (IP_ADAPTER, ("image_proj.proj.0.weight",), ""),
    (REDUX, ("redux_up.weight", "redux_down.weight"), f"for {FLUX_1}"),
    ("Motion module", (f"{_MOTION}.norm.weight",), "AnimateDiff"),
    ("Motion module", (f"{_MOTION}.temporal_transformer.norm.weight",), "AnimateDiff"),
    (TEXT, ("encoder.block.0.layer.0.SelfAttention.k.weight",), _name_t5),
    (TEXT, ("embeddings.token_embedding.weight", "final_layer_norm.weight"), _name_clip),
    (TEXT, ("token_embedding.weight", OPENCLIP), _name_clip),
    (TEXT, ("layers.0.self_attn.k_proj.weight", "norm.weight"), _name_language_model),
    (VISION, ("embeddings.patch_embedding.weight",), _name_image_encoder),
    (VISION, ("visual.class_embedding", "visual.conv1.weight"), "OpenCLIP"),
    ("VAE", ("bn.running_mean", "decoder.conv_in.weight"), "for FLUX.2"),
    ("VAE", ("decoder.middle.0.residual.0.gamma",), "for Wan or Qwen-Image"),
    ("VAE", ("encoder.project_in.conv.bias",), "DC-AE"),
    ("VAE", ("encoder.conv_in.weight", "decoder.conv_in.weight"), _name_vae),
    (UPSCALER, ("conv_first.weight",), ""),
)
_LANGUAGE_MODELS = {
    "t5": "T5", "t5encoder": "T5", "qwen3": "Qwen3", "qwen2": "Qwen2.5", "qwen2vl": "Qwen2.5-VL", "llama": "Llama",
    "gemma2": "Gemma 2", "gemma3": "Gemma 3", "mistral3": "Mistral",
}  # fmt: skip


def _name_flux_adapter(width: int, rows: int) -> str:
    """Return the version of FLUX that a LoRA is for, judging by the layer widths of the feed-forward network in a
    block.
    """
    return _FLUX_2.get(width, "FLUX.2") if width and rows in (9 * width, 6 * width) else "FLUX.1"


def _name_flux_2_adapter(width: int, rows: int) -> str:
    return _FLUX_2.get(width, "FLUX.2")


def _name_flux_attention_adapter(width: int, rows: int) -> str:
    """Return the version of FLUX that a LoRA is for, judging by the width of an attention layer.

    FLUX.2 Klein 4B has the same width as FLUX.1; FLUX.1 is returned because its adapters are more common.
    """
    return "FLUX.1" if width == 3072 else _FLUX_2.get(width, "")


def _name_z_image_adapter(width: int, rows: int) -> str:
    if 4608 in (width, rows):
        return IDEOGRAM_4
    return "Lumina 2" if 2304 in (width, rows) else "Z-Image"


def _name_double_block_adapter(width: int, rows: int) -> str:
    return {1536: "Stable Diffusion 3", 2432: "Stable Diffusion 3", 3072: "Qwen-Image"}.get(width, "")


def _name_cosmos_adapter(width: int, rows: int) -> str:
    """Return the model that a LoRA with the layer names of Cosmos-Predict2 is for, judging by the widths of an
    attention layer or of a perceptron's layer. Anima has the layers of the smaller Cosmos-Predict2.
    """
    if {width, rows} <= {1024, 2048, 8192}:
        return "Anima"
    return "Cosmos" if 5120 in (width, rows) else ""


def _name_cosmos_adapter_of_diffusers(width: int, rows: int) -> str:
    # Other models have layers with these names and other widths.
    return _name_cosmos_adapter(width, rows) if width == 1024 else ""


_FLUX_2 = {3072: "FLUX.2 Klein 4B", 4096: "FLUX.2 Klein 9B", 6144: "FLUX.2 dev"}
# Pattern of a layer's name, with underscores for dots, and the family. Some families differ only in the sizes of the
# layer.
_ADAPTER_MARKS: tuple[tuple[re.Pattern[str], str | Callable[[int, int], str]], ...] = (
    (re.compile(r"(?:^|_)double_blocks_(?:19|[2-9]\d)_"), "HunyuanVideo"),
    (re.compile(r"(?:^|_)(?:double|single)_blocks_\d+_processor_"), "FLUX.1"),
    (re.compile(r"(?:^|_)single_blocks_\d+_linear1$"), _name_flux_adapter),
    (re.compile(r"(?:^|_)double_blocks_\d+_(?:img|txt)_mlp_0$"), _name_flux_adapter),
    (re.compile(r"(?:^|_)double_blocks_\d+_(?:img|txt)_attn"), _name_flux_attention_adapter),
    (re.compile(r"(?:^|_)single_transformer_blocks_\d+_attn_to_(?:qkv_mlp_proj|out)$"), _name_flux_2_adapter),
    (re.compile(r"(?:^|_)single_transformer_blocks_\d+_"), "FLUX.1"),
    (re.compile(r"(?:^|_)joint_blocks_\d+_"), "Stable Diffusion 3"),
    (re.compile(r"(?:^|_)transformer_blocks_\d+_(?:img|txt)_(?:mod|mlp)_"), "Qwen-Image"),
    (re.compile(r"(?:^|_)double_stream_blocks_\d+_"), "HiDream-I1"),
    (re.compile(r"(?:^|_)layers_\d+_adaln_modulation$"), IDEOGRAM_4),
    # Names in diffusers, which Z-Image does not share.
    (re.compile(r"(?:^|_)(?:noise_refiner|context_refiner|layers)_\d+_(?:attn_to|feed_forward_linear)_"), "Lumina 2"),
    (
        re.compile(r"(?:^|_)(?:noise_refiner|context_refiner|layers)_\d+_(?:attention|feed_forward)_"),
        _name_z_image_adapter,
    ),
    (re.compile(r"(?:^|_)layers_\d+_(?:self_attention_to_|mlp_linear_fc2)"), "ERNIE-Image"),
    (re.compile(r"(?:^|_)(?:txtfusion|text_fusion)_"), "Krea 2"),
    (re.compile(r"(?:^|_)blocks_\d+_attn_(?:w[qkvo]|to_gate|gate)$"), "Krea 2"),
    (re.compile(r"(?:^|_)blocks_\d+_(?:self|cross)_attn_[qkvo]$"), "Wan"),
    (re.compile(r"(?:^|_)(?:llm_adapter|text_conditioner)_"), "Anima"),
    (re.compile(r"(?:^|_)blocks_\d+_(?:self|cross)_attn_(?:[qkv]|output)_proj$"), _name_cosmos_adapter),
    (re.compile(r"(?:^|_)blocks_\d+_mlp_layer[12]$"), _name_cosmos_adapter),
    (re.compile(r"^(?:transformer_)?transformer_blocks_\d+_attn2_to_[kv]$"), _name_cosmos_adapter_of_diffusers),
    (re.compile(r"(?:^|_)transformer_blocks_\d+_attn_(?:to_[qkv]|add_[qkv]_proj)$"), _name_double_block_adapter),
    (re.compile(r"^base_model_model_model_layers_\d+_self_attn_"), "a language model"),
)
