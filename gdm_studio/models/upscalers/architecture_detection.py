"""Recognition of upscalers by the names and shapes of their tensors, without torch.

The tensor names come from ESRGAN, Real-ESRGAN and BasicSR or, for other architectures, from spandrel.
"""

from __future__ import annotations

import importlib.util
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gdm_studio.common.errors import ModelError
from gdm_studio.common.optional_packages import missing_package
from gdm_studio.common.translation_markers import Sentence, translatable
from gdm_studio.models.files.header import Header, integer_error
from gdm_studio.networks.upscalers.configurations import CompactConfig, RRDBConfig, Shape, UpscalerConfig

Shapes = Mapping[str, Shape]

# Names of the architectures that this program implements itself.
ESRGAN = "ESRGAN"
REAL_ESRGAN = "Real-ESRGAN"
COMPACT = "Real-ESRGAN Compact"
# The package with the other architectures, and the extra of this program that installs it.
PACKAGE, EXTRA = "spandrel", "upscalers"
MOST_BLOCKS = 256
# Possible factors between the sides of an image and of its enlargement.
SCALES = (1, 2, 3, 4, 8)
CHANNELS = (1, 3, 4)
# Prefixes that training tools put before all names. Averaged weights are preferred over those of the last step.
_PREFIXES = ("", "params_ema.", "params.", "model_state_dict.", "state_dict.", "model.", "net.", "module.", "netG.")
# Architectures with tensors that distinguish them. The order matters, since some architectures share names.
_ARCHITECTURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("MM-RealSR", ("conv_first.weight", "de_net.conv_first.0.weight")),
    ("ESRGAN+", ("model.0.weight", "model.1.sub.0.RDB1.conv1x1.weight")),
    (REAL_ESRGAN, ("conv_first.weight", "body.0.rdb1.conv1.weight")),
    (ESRGAN, ("conv_first.weight", "RRDB_trunk.0.RDB1.conv1.weight")),
    (ESRGAN, ("model.0.weight", "model.1.sub.0.RDB1.conv1.0.weight")),
    ("HAT", ("conv_first.weight", "layers.0.residual_group.overlap_attn.qkv.weight")),
    ("ATD", ("conv_first.weight", "layers.0.residual_group.layers.0.attn_atd.scale")),
    ("CRAFT", ("conv_first.weight", "layers.0.residual_group.hf_blocks.0.attn.temperature")),
    ("Swin2SR", ("patch_embed.proj.weight", "layers.0.residual_group.blocks.0.attn.logit_scale")),
    ("SwinIR", ("conv_first.weight", "layers.0.residual_group.blocks.0.norm1.weight")),
    ("SwinIR", ("conv_first.1.weight", "layers.0.residual_group.blocks.0.norm1.weight")),
    ("DAT", ("before_RG.1.weight", "layers.0.blocks.0.ffn.sg.norm.weight")),
    ("RGT", ("before_RG.1.weight", "layers.0.blocks.0.gamma")),
    ("DRCT", ("conv_first.weight", "layers.0.swin1.norm1.weight")),
    ("GRL", ("conv_first.weight", "norm_start.weight")),
    ("SPAN", ("conv_1.sk.weight", "block_1.c1_r.sk.weight")),
    ("OmniSR", ("input.weight", "residual_layer.0.residual_layer.0.layer.0.fn.0.weight")),
    ("PLKSR", ("feats.0.weight", "feats.1.refine.weight")),
    ("SAFMN", ("to_feat.weight", "feats.0.safm.aggr.weight")),
    ("MoSR", ("gblocks.0.weight", "gblocks.1.fc1.weight")),
    ("RCAN", ("tail.1.weight", "body.0.body.0.body.3.conv_du.0.weight")),
    ("Real-CUGAN", ("unet1.conv_bottom.weight", "unet2.conv_bottom.weight")),
    ("FDAT", ("groups.0.blocks.0.n1.weight", "upsampler.MetaUpsample")),
)
# Patterns of the names in each layout of an RRDB network, with the names in `RRDBConfig.shapes`. "<n>" is replaced
# by the number in the group n, and "<n-1>" by that number minus 1.
_RRDB_NAMES = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"conv_first", "head"),
        (r"(?:body|RRDB_trunk)\.(\d{1,3})\.(?:rdb|RDB)([1-3])\.conv([1-5])", "blocks.<1>.<2-1>.convolutions.<3-1>"),
        (r"conv_body|trunk_conv", "body"),
        (r"(?:conv_up|upconv)([1-4])", "doublings.<1-1>"),
        (r"conv_hr|HRconv", "last"),
        (r"conv_last", "tail"),
    )
)
_OLD_DENSE = re.compile(r"model\.1\.sub\.(\d{1,3})\.RDB([1-3])\.conv([1-5])\.0")
_OLD_BODY = re.compile(r"model\.1\.sub\.(\d{1,3})")
_OLD_LAYER = re.compile(r"model\.(\d{1,2})")
_PLACE = re.compile(r"<(\d)(-1)?>")


@dataclass(frozen=True)
class UpscalerLayout:
    """Architecture of the upscaling network in a file, and the names of its weights in that file.

    `config` is None for architectures of the package spandrel.
    """

    architecture: str
    config: UpscalerConfig | None = None
    # {name in this program's network: name in the file}, or {name without prefix: name in the file}.
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """Upscaling factor and channels for display, such as "4×, RGB", or "" if they are unknown."""
        if self.config is None:
            return ""
        channels = {1: "grey", 3: "RGB", 4: "RGBA"}[self.config.channels]
        return f"{self.config.scale}×, {channels}"


def upscaler_name(shapes: Shapes) -> str:
    """Return the name of an upscaler's architecture, judging by its tensors, or "" if the file is not an upscaler."""
    return _detect_architecture(shapes)[0]


def upscaler_layout(shapes: Shapes, file: str) -> UpscalerLayout:
    """Determine the architecture of the upscaler in a file and the names of its weights. Raises ModelError if the file
    is not an upscaler or is incomplete.
    """
    architecture, prefix = _detect_architecture(shapes)
    if not architecture:
        raise ModelError(translatable("{name} is not an upscaler; choose another file.", name=file))
    names = {each[len(prefix) :]: each for each in shapes if each.startswith(prefix)}
    if architecture in (ESRGAN, REAL_ESRGAN):
        names = _map_rrdb_names(names)
    elif architecture != COMPACT:
        return UpscalerLayout(architecture, None, names)
    found = {own: shapes[there] for own, there in names.items()}
    config = _derive_compact_config(found) if architecture == COMPACT else _derive_rrdb_config(found)
    if config is None or config.channels not in CHANNELS or config.scale not in SCALES or config.shapes() != found:
        raise ModelError(
            translatable("{name} is an upscaler that is damaged or not whole; copy or download it again.", name=file)
        )
    return UpscalerLayout(architecture, config, names)


def check_numbers(headers: Iterable[tuple[str, Header]], layout: UpscalerLayout) -> None:
    """Raise ModelError if a weight of an upscaler is stored as integers. `headers` contains its files' headers by name.

    Networks of spandrel have tables of integers.
    """
    names = set(layout.names.values()) if layout.config is not None else set()
    for file, header in headers:
        for name in header.shapes:
            if name in names and header.is_integer(name):
                raise integer_error(file, name)


def has_package() -> bool:
    """Return True if the optional package spandrel, which supports further upscaler architectures, is installed."""
    return importlib.util.find_spec(PACKAGE) is not None


def without_package(file: str, architecture: str) -> Sentence:
    """Return a sentence that tells the user to install the package spandrel in order to use an upscaler."""
    return translatable(
        "{file} is {architecture}, an upscaler that needs a package. {advice}",
        file=file,
        architecture=architecture,
        advice=missing_package(EXTRA),
    )


def _detect_architecture(shapes: Shapes) -> tuple[str, str]:
    """Return the architecture of an upscaler and the prefix of its tensor names, or ("", "") for a file that is not an
    upscaler.
    """
    for prefix in _PREFIXES:
        for name, marks in _ARCHITECTURES:
            if all(prefix + mark in shapes for mark in marks):
                return name, prefix
        first, slopes = (shapes.get(f"{prefix}body.{place}.weight", ()) for place in (0, 1))
        if len(first) == 4 and slopes == first[:1]:
            return COMPACT, prefix
    return "", ""


def _map_rrdb_names(names: Mapping[str, str]) -> dict[str, str]:
    """Map the weight names of this program's RRDB network (ESRGAN) to the names in a file, which may have any of three
    layouts.

    `names` maps names without the prefix to names in the file.
    """
    places = sorted({int(found[1]) for name in names if (found := _OLD_LAYER.fullmatch(name.rpartition(".")[0]))})
    old = {place: f"doublings.{number}" for number, place in enumerate(places[1:-2])}
    old |= dict(zip(places[:1] + places[-2:], ("head", "last", "tail"), strict=True)) if len(places) > 2 else {}
    renamed: dict[str, str] = {}
    for name, there in names.items():
        layer, _, kind = name.rpartition(".")
        own = _rename_rrdb_layer(layer, old)
        renamed[f"{own}.{kind}" if own else name] = there
    return renamed


def _rename_rrdb_layer(layer: str, old: Mapping[int, str]) -> str:
    if match := _OLD_DENSE.fullmatch(layer):
        return _fill_name("blocks.<1>.<2-1>.convolutions.<3-1>", match)
    if _OLD_BODY.fullmatch(layer):
        return "body"
    if match := _OLD_LAYER.fullmatch(layer):
        return old.get(int(match[1]), "")
    pairs = ((pattern.fullmatch(layer), name) for pattern, name in _RRDB_NAMES)
    return next((_fill_name(name, match) for match, name in pairs if match), "")


def _fill_name(name: str, match: re.Match[str]) -> str:
    return _PLACE.sub(lambda place: str(int(match[int(place[1])]) - bool(place[2])), name)


def _derive_rrdb_config(shapes: Shapes) -> RRDBConfig | None:
    """Derive the configuration of an RRDB network (ESRGAN) from the shapes of its weights. Returns None if the shapes
    fit no configuration.
    """
    channels = _size_of(shapes, "tail.weight", 0)
    folded = _size_of(shapes, "head.weight", 1) // channels if channels else 0
    config = RRDBConfig(
        channels=channels,
        width=_size_of(shapes, "head.weight", 0),
        growth=_size_of(shapes, "blocks.0.0.convolutions.0.weight", 0),
        blocks=len({name.split(".")[1] for name in shapes if name.startswith("blocks.")}),
        doublings=len({name.split(".")[1] for name in shapes if name.startswith("doublings.")}),
        unshuffle=max(math.isqrt(folded), 1),
    )
    is_possible = config.blocks <= MOST_BLOCKS and 2**config.doublings % config.unshuffle == 0
    return config if is_possible else None


def _derive_compact_config(shapes: Shapes) -> CompactConfig | None:
    """Derive the configuration of a compact Real-ESRGAN network from the shapes of its weights. Returns None if the
    shapes fit no configuration.
    """
    depth = sum(len(shape) == 4 for shape in shapes.values()) - 2
    channels = _size_of(shapes, "body.0.weight", 1)
    rows = _size_of(shapes, f"body.{2 * depth + 2}.weight", 0)
    if depth < 0 or not channels:
        return None
    return CompactConfig(channels, _size_of(shapes, "body.0.weight", 0), depth, math.isqrt(rows // channels))


def _size_of(shapes: Shapes, name: str, axis: int) -> int:
    shape = shapes.get(name, ())
    return shape[axis] if axis < len(shape) else 0
