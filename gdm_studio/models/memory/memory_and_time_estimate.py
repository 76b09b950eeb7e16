"""Estimates of the memory and the time that a model needs for an image, before the model is loaded.

A family describes the cost of an image with a model: the size of its weights, and the memory and the work of its
networks. These are counted on torch's meta device, whose tensors have shapes but no values. The time is estimated from
the work and the speed of the device, or from earlier images of the model.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields, replace
from functools import cache
from itertools import groupby
from math import ceil, prod
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

from gdm_studio.common import memory as computer_memory
from gdm_studio.common.errors import DeviceError
from gdm_studio.common.memory import format_bytes
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable
from gdm_studio.models.files.checkpoints import Stamp, read_entry, stamp_of
from gdm_studio.models.files.hashes import known_hashes
from gdm_studio.models.files.header import Header
from gdm_studio.models.files.json_cache import JsonCache
from gdm_studio.models.files.weights import DTYPES, HALVES, Weights
from gdm_studio.models.memory import devices
from gdm_studio.models.memory.batch_size import automatic_batch, largest_size
from gdm_studio.models.memory.device_timer import seconds
from gdm_studio.models.memory.estimate_values import CostEstimate
from gdm_studio.models.memory.evaluation_count import active_share, count_passes, count_rows
from gdm_studio.models.memory.memory_limit import chosen_limit, memory_limit, releasable_memory
from gdm_studio.models.memory.precision import dtype_name
from gdm_studio.models.memory.residency import MARGIN, WHOLE
from gdm_studio.models.model_card import CONTROL_PART, ModelCard
from gdm_studio.networks.convolution import convolve
from gdm_studio.request.conditioning import REFERENCE
from gdm_studio.request.generation_request import Request

META = torch.device("meta")
# Memory of the process without models, in bytes.
PROCESS_MEMORY = 400 * 10**6
# Memory for decoding on a GPU, relative to that of the feature maps. SDXL at 1024 × 1024 took 7 to 9 GB on an H200, for
# feature maps of 3.2 GB: the rest is copies in another memory order and cuDNN's workspace.
GPU_DECODING_MEMORY = 3
# Sides of the matrices, and channels and side of the feature maps, that measure the speed of a device, and the number
# of values that measures its memory. Each measurement takes the best of TRIALS.
SIDE = 1024
CHANNELS, MAP_SIDE = 256, 64
CHANNELS_OF_SMALL, SMALL_LAYERS = 8, 8
# Tensor operations of one evaluation of this network. Counting them takes a second, and 70 MB, in each process.
CALLS_OF_SMALL = 24
VALUES = 2**24
TRIALS = 3
# An earlier run corrects the time of the counted work by at most this factor. What a step took beyond that is overhead,
# which does not grow with the work. On small networks it is most of the time.
MAX_FACTOR = 4
# Tensor operations that loading a weight takes, with the parts of Python around them.
CALLS_PER_WEIGHT = 50
# Bytes that measure the speed of hashing.
HASHED = 2**24
# Images that take less than the memory with this number of bytes per pixel are not counted before a run.
COUNTED_FROM = 8192
# Number of sizes, including its own, that are tried for an image that is too large.
SHARES = 12
_IMAGE_COSTS = JsonCache("demand", "5")
_PACES = JsonCache("pace", "2")


@dataclass(frozen=True)
class Work:
    """Counted work of a computation. A device does each kind of it at a speed that is measured."""

    # Floating-point operations of matrix products and attention, and of convolutions.
    products: int = 0
    convolutions: int = 0
    # Bytes of results, which are written into fresh memory, and bytes of weights that are read.
    written: int = 0
    read: int = 0
    # Number of tensor operations. On small tensors, starting them takes longer than their computation.
    calls: int = 0

    def plus(self, other: Work) -> Work:
        return Work(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    def times(self, factor: float) -> Work:
        return Work(*(round(factor * count) for count in astuple(self)))

    def seconds_at(self, speed: Work) -> float:
        """Return the time of this work on a device that does `speed` in a second."""
        return sum(count / each for count, each in zip(astuple(self), astuple(speed), strict=True))


@dataclass(frozen=True)
class ImageCost:
    """Memory, in bytes, and work that a model needs to generate an image of a given size."""

    # Weights of the denoiser, of the text encoders and of the autoencoder.
    denoiser: int
    text_encoders: int
    vae: int
    # Memory for evaluating the denoiser on one batch row, and for decoding an image.
    step_memory: int
    decoding_memory: int
    # Work of evaluating the denoiser on one batch row, as a whole and with reused deep features, of decoding and
    # encoding an image, of encoding one prompt, and of loading.
    step: Work
    reused: Work
    decoding: Work
    encoding: Work
    text: Work
    loading: Work
    # Number of the denoiser's weights, and of those that are quantised and expanded at each evaluation.
    weights: int
    quantized: int = 0
    # Work of the draft from which each image starts.
    draft: Work = Work()
    # Bytes that the 16-bit weights of the denoiser and of the text encoders save on a CPU, where they stay in their
    # files.
    denoiser_saving: int = 0
    text_saving: int = 0

    def on(self, device: torch.device) -> ImageCost:
        """Return the cost on a device."""
        if device.type != "cpu":
            return self
        return replace(
            self,
            denoiser=self.denoiser - self.denoiser_saving,
            text_encoders=self.text_encoders - self.text_saving,
            denoiser_saving=0,
            text_saving=0,
        )

    def memory(self, rows: int, images: int = 1) -> int:
        """Return the memory, in bytes, for generating images with all weights in memory. `rows` is the number of batch
        rows, and `images` the number of images, that are computed at the same time.
        """
        return self.denoiser + self.text_encoders + self.least_memory(rows, images)

    def least_memory(self, rows: int, images: int = 1) -> int:
        """Return the minimum memory, in bytes, for generating images if the weights are read from disk at each step."""
        return PROCESS_MEMORY + self.vae + max(rows * self.step_memory, images * self.decoding_memory)


# Function of a family that returns the cost of an image of a size (width, height) with a number type. May raise
# ModelError.
CostFunction = Callable[[ModelCard, tuple[int, int], torch.dtype], ImageCost]


def estimate_cost(
    card: ModelCard,
    cost_of: CostFunction,
    device: str = "auto",
    request: Request | None = None,
    *,
    is_loaded: bool = False,
) -> CostEstimate:
    """Estimate the memory and the time of a run on a device: of a request, or of one image with the model's default
    settings. `cost_of` is the function of the model's family. If the model is loaded already, loading takes no time.

    The work of each part of the run is counted. Its time follows from the speed of the device, and that of steps also
    from earlier steps of the model. Takes up to a few seconds for a model or size that has not been estimated before.
    Raises BadRequest, ModelError and DeviceError.
    """
    place = devices.resolve(device)
    asked = card.checked(request or card.default_request())
    dtype = devices.resolve_dtype(asked.dtype, card, place)
    limit = memory_limit(place)
    passes = count_passes(card, asked)
    rows = count_rows(card, asked)
    batches = _list_batches(asked, asked.batch or automatic_batch(place, largest_size(asked, card)))
    largest = max(batches)
    rows_at_once = _rows_at_once(largest * rows, place)
    images_at_once = _rows_at_once(largest, place)
    timing = _Timing(card, cost_of, place, dtype, limit, rows_at_once)
    pace = _load_pace(card, place, dtype)
    steps = timing.steps_at(pace)
    controls = {name: _count_weights(file) for name, file in card.beside.items() if name.startswith(CONTROL_PART)}
    beside = _work_beside(asked, controls, timing.cost(passes[0].size).weights)
    added_bytes = dtype.itemsize * sum(controls.values())

    spent = 0.0 if is_loaded else timing.loading(passes[0].size, added_bytes)
    # Each batch encodes its prompts.
    spent += batches.total() * rows * timing.seconds(passes[0].size, "text")
    spent += asked.count * timing.seconds(passes[0].size, "draft")
    memory = least = 0
    for number, each in enumerate(passes):
        row = each.evaluations * steps(each.size, "step") + each.reused * steps(each.size, "reused")
        row += (each.evaluations + each.reused) * beside * steps(each.size, "step")
        alone = steps(each.size, "step")
        decoding, encoding = timing.seconds(each.size, "decoding"), timing.seconds(each.size, "encoding")
        for batch, count in batches.items():
            spent += count * busy_rows(batch * rows, place) * row
            spent += count * (each.of_batch + batch * each.of_image) * alone
            spent += count * (each.encodings_of_batch + batch * each.encodings) * encoding
            # The second pass decodes the image of the first one alone.
            together = busy_rows(batch, place) if number == len(passes) - 1 else batch
            spent += count * each.decodings * together * decoding
        cost = timing.cost(each.size)
        images = images_at_once * (1 if place.type == "cpu" else GPU_DECODING_MEMORY)
        memory = max(memory, cost.memory(rows_at_once, images) + added_bytes)
        least = max(least, cost.least_memory(rows_at_once, images))
    return CostEstimate(
        size=passes[0].whole,
        memory=memory,
        least=least,
        limit=limit,
        steps=asked.steps,
        seconds=spent,
        measured=pace is not None,
    )


@dataclass(frozen=True)
class _Timing:
    """Times of the parts of a run of a model on a device, in seconds."""

    card: ModelCard
    cost_of: CostFunction
    place: torch.device
    dtype: torch.dtype
    limit: int | None
    # Batch rows that are evaluated at the same time.
    rows: int

    def cost(self, size: tuple[int, int]) -> ImageCost:
        return _cached_cost(self.card, self.cost_of, size, self.dtype).on(self.place)

    def seconds(self, size: tuple[int, int], part: str) -> float:
        """Return the seconds that the device takes for a part of the work on an image of this size, such as
        "decoding". For the parts "step" and "reused", it is the time of one row.
        """
        cost = self.cost(size)
        speed = _measure_speed(self.place, self.dtype)
        work: Work = getattr(cost, part)
        if part not in ("step", "reused"):
            return work.seconds_at(speed)
        share = 1.0 if part == "step" else min(1.0, cost.reused.read / max(1, cost.step.read))
        streamed = Work(written=round(share * self._streamed_fraction(cost) * cost.loading.written))
        return work.plus(streamed).seconds_at(speed) + share * self._expansion_seconds(cost)

    def loading(self, size: tuple[int, int], added_bytes: int) -> float:
        """Return the time of loading the model and `added_bytes` of control models. Files that were never hashed are
        hashed beside the run, for which a CPU has less time.
        """
        cost = self.cost(size)
        speed = _measure_speed(self.place, self.dtype)
        written = round((1 - self._streamed_fraction(cost)) * cost.loading.written) + added_bytes
        unknown = sum(file.stat().st_size for file in self.card.weights if known_hashes(file) is None)
        hashing = unknown / _measure_hashing() / torch.get_num_threads() if self.place.type == "cpu" else 0.0
        return replace(cost.loading, written=written).seconds_at(speed) + hashing

    def steps_at(self, pace: tuple[tuple[int, int], float] | None) -> Callable[[tuple[int, int], str], float]:
        """Return a function like `seconds` that corrects the times of steps by a `pace`, if there is one: the size and
        the seconds of an evaluation of one row in an earlier run.
        """
        if pace is None:
            return self.seconds
        earlier_size, each = pace
        # How much longer the steps took than their work at the speed of the device: for what is not counted, and for
        # other programs.
        counted = self.seconds(earlier_size, "step")
        factor = min(each / counted, MAX_FACTOR)
        overhead = each - factor * counted

        def seconds(size: tuple[int, int], part: str) -> float:
            cost = self.cost(size)
            work: Work = getattr(cost, part)
            return factor * self.seconds(size, part) + overhead * work.calls / cost.step.calls

        return seconds

    def _streamed_fraction(self, cost: ImageCost) -> float:
        """Return the part of the denoiser's weights that does not fit into memory and is read at each evaluation."""
        if self.limit is None:
            return 0.0
        left = self.limit - PROCESS_MEMORY
        # Without a limit of the user, weights that stay in their file as they are do not count on a CPU.
        is_counted = self.place.type != "cpu" or chosen_limit()
        if (cost.denoiser if is_counted else cost.loading.written) <= WHOLE * left:
            return 0.0
        room = left - MARGIN - cost.vae - self.rows * cost.step_memory
        return 1 - min(1.0, max(0, room) / cost.denoiser)

    def _expansion_seconds(self, cost: ImageCost) -> float:
        """Return the time for expanding all quantised weights of the denoiser once."""
        if not cost.quantized:
            return 0.0
        assert self.card.path is not None
        stamp = stamp_of(self.card.path)
        return cost.quantized * _measure_expansion(self.card.path, stamp, self.place, self.dtype)


def check_memory(card: ModelCard, cost_of: CostFunction, request: Request, device: torch.device) -> None:
    """Raise DeviceError if a device has too little memory to generate even one image of a checked request, with all
    weights read from the disk at each step. The error names a size that fits.

    The CPU has the computer's memory and swap, beyond which the system would end the program. A GPU has what torch
    reports as free and what this process can release. It refuses more, but only after the model was loaded, and the run
    would continue on the CPU, for hours. Only large images are counted, since that takes a second.
    """
    own = releasable_memory(device)
    total = computer_memory.total_with_swap() if own is None else own
    if total is None:
        return
    dtype = devices.resolve_dtype(request.dtype, card, device)
    rows = _rows_at_once(count_rows(card, request), device)

    def largest_window(size: tuple[int, int]) -> tuple[int, int]:
        return max((each.size for each in count_passes(card, replace(request, size=size))), key=prod)

    def needed(size: tuple[int, int]) -> int:
        # Within a limit of the user, images are decoded in stripes, if necessary, and on a GPU in tiles. These are not
        # counted.
        return _cached_cost(card, cost_of, largest_window(size), dtype).least_memory(
            rows, images=0 if chosen_limit() or device.type != "cpu" else 1
        )

    size = request.size or card.sizes()[0]
    if rows * COUNTED_FROM * prod(largest_window(size)) < total or (least := needed(size)) <= total:
        return
    numbers = {"least": format_bytes(least), "total": format_bytes(total)}
    remedy = "" if own is None else "cpu"
    unit = card.accepts.multiple or 1
    shares = [share / (SHARES * unit) for share in range(SHARES - 1, 0, -1)]
    smaller = [(int(size[0] * share) * unit, int(size[1] * share) * unit) for share in shares]
    fitting = next((each for each in smaller if card.can_generate(each, request.tile) and needed(each) <= total), None)
    if fitting is None:
        template = QT_TRANSLATE_NOOP(
            "Errors", "This image needs at least {least} of memory, and there are {total}; choose a smaller model."
        )
        raise DeviceError(translatable(template, **numbers), remedy=remedy)
    template = QT_TRANSLATE_NOOP(
        "Errors",
        "This image needs at least {least} of memory, and there are {total}; choose {width} × {height} or less.",
    )
    sentence = translatable(template, **numbers, width=fitting[0], height=fitting[1])
    raise DeviceError(sentence, remedy=remedy)


def _work_beside(request: Request, controls: Mapping[str, int], denoiser: int) -> float:
    """Return the work of a request's control images in each evaluation of the denoiser, as a multiple of its own work.
    `controls` maps the names of control models to their numbers of weights, and `denoiser` is that of the denoiser.
    """
    # The work of a control model is estimated from the number of its weights.
    work = sum(
        active_share(hint, request.steps) * controls.get(CONTROL_PART + hint.kind, 0) / denoiser
        for hint in request.hints
    )
    # A reference image has about as many tokens as the generated one.
    return work + sum(hint.kind == REFERENCE for hint in request.hints)


def _list_batches(request: Request, batch: int) -> Counter[int]:
    """Return the batches of a run of at most `batch` images: how many there are of each size. Images with different
    prompts are in different batches.
    """
    found: Counter[int] = Counter()
    for _, images in groupby(range(request.count), request.prompts_of):
        count = len(list(images))
        found[min(batch, count)] += count // min(batch, count)
        if count % batch and count > batch:
            found[count % batch] += 1
    return found


def _rows_at_once(rows: int, device: torch.device) -> int:
    return min(rows, torch.get_num_threads()) if device.type == "cpu" else rows


def busy_rows(rows: int, device: torch.device) -> float:
    """Return the time for evaluating `rows` batch rows, relative to that of one row on all cores.

    On a CPU each row has its own cores, of which some stay idle if the rows do not divide them.
    """
    if device.type != "cpu" or rows == 1:
        return rows
    cores = torch.get_num_threads()
    return ceil(rows / cores) * (cores / max(1, cores // rows))


def count_loading(card: ModelCard, networks: int, dtype: torch.dtype) -> Work:
    """Return the work of loading a model whose networks take `networks` bytes, except text encoders, which are read
    when they are used. Weights that are stored in another type than `dtype` are converted.
    """
    assert card.path is not None
    stored = [each for header in read_entry(card.path).headers.values() for each in header.stored.values()]
    plain = [each for each in stored if each.dtype in ("F64", "F32", "F16", "BF16") and DTYPES[each.dtype] != dtype]
    converted = sum(prod(each.shape) for each in plain)
    return Work(written=min(converted * dtype.itemsize, networks), calls=CALLS_PER_WEIGHT * len(stored))


def _count_weights(file: Path) -> int:
    """Return the number of weights in a file. Raises ModelError."""
    return sum(prod(shape) for header in read_entry(file).headers.values() for shape in header.shapes.values())


def estimate_seconds(flops: float, device: str = "auto") -> float:
    """Estimate the time for a number of floating-point operations on a device, from the speed of its matrix products.
    Raises DeviceError.
    """
    place = devices.resolve(device)
    dtype = torch.float32 if place.type == "cpu" else torch.float16
    return flops / _measure_speed(place, dtype).products


def record_pace(
    card: ModelCard, device: torch.device, dtype: torch.dtype, size: tuple[int, int], seconds_each: float
) -> None:
    """Save the pace of a model, the seconds that one evaluation of its network takes per row (see `busy_rows`). Later
    time estimates are based on it.
    """
    if card.path is None or seconds_each <= 0:
        return
    paces = _PACES.load()
    key = _pace_key(card, device, dtype)
    paces.pop(key, None)
    _PACES.save({**paces, key: [*size, seconds_each]})


def _load_pace(card: ModelCard, device: torch.device, dtype: torch.dtype) -> tuple[tuple[int, int], float] | None:
    match _PACES.load().get(_pace_key(card, device, dtype)):
        case [int(width), int(height), int() | float() as spent] if spent > 0 and width > 0 and height > 0:
            return (width, height), spent
    return None


def _pace_key(card: ModelCard, device: torch.device, dtype: torch.dtype) -> str:
    return f"{card.path} {devices.describe(str(device))} {dtype_name(dtype)}"


def _cached_cost(card: ModelCard, cost_of: CostFunction, size: tuple[int, int], dtype: torch.dtype) -> ImageCost:
    """Return the cost of one image with a model. It is cached on the disk.

    Raises ModelError if the model's files cannot be read.
    """
    stamps = [str(stamp_of(file)) for file in card.files]
    key = " ".join([str(card.path), *stamps, *map(str, card.beside.values()), f"{size}", dtype_name(dtype)])
    cached = _IMAGE_COSTS.load()
    try:
        numbers = dict(cached[key])
        parts = [field.name for field in fields(ImageCost) if field.type == "Work"]
        works: dict[str, Any] = {part: Work(**numbers.pop(part)) for part in parts}
        return ImageCost(**numbers, **works)
    except (KeyError, TypeError, ValueError):
        cost = cost_of(card, size, dtype)
        _IMAGE_COSTS.save({**cached, key: asdict(cost)})
        return cost


def count_half_weights(stored: Iterable[tuple[Header, str, Sequence[int]]]) -> int:
    """Return the number of weights in matrices and convolutions that are stored in 16 bits. Each tensor is given by the
    header of its file, its name there, and the shape of the part that is used.
    """
    return sum(
        prod(shape)
        for header, name, shape in stored
        if len(shape) > 1 and name in header.stored and header.stored[name].dtype in HALVES
    )


@cache
def _measure_speed(device: torch.device, dtype: torch.dtype) -> Work:
    """Measure how much of each kind of work a device does in a second, as the basis of time estimates. Takes about 0.5
    s on a CPU.
    """
    one, other = torch.ones(2, SIDE, SIDE, device=device, dtype=dtype)
    order = torch.channels_last
    image = torch.ones(1, CHANNELS, MAP_SIDE, MAP_SIDE, device=device, dtype=dtype).to(memory_format=order)
    kernels = torch.ones(CHANNELS, CHANNELS, 3, 3, device=device, dtype=dtype).to(memory_format=order)
    halves = torch.ones(VALUES, device=device, dtype=torch.float16)
    values = halves.float()
    # A small network, in which the starts of the operations take the time.
    small, few = create_small_network(device, dtype)

    def rate(amount: int, function: Callable[[], object]) -> int:
        function()
        return max(1, round(amount / min(seconds(function, device) for _ in range(TRIALS))))

    with torch.inference_mode():
        return Work(
            products=rate(2 * SIDE**3, lambda: one @ other),
            convolutions=rate(2 * 9 * CHANNELS**2 * MAP_SIDE**2, lambda: convolve(image, kernels)),
            written=rate(values.nbytes, halves.float),
            read=rate(values.nbytes, values.sum),
            calls=rate(CALLS_OF_SMALL, lambda: small(few)),
        )


def create_small_network(device: torch.device, dtype: torch.dtype) -> tuple[nn.Module, Tensor]:
    """Return a small network, and an input for it."""
    channels = CHANNELS_OF_SMALL
    layers = [(nn.Conv2d(channels, channels, 1), nn.GroupNorm(1, channels), nn.SiLU()) for _ in range(SMALL_LAYERS)]
    network = nn.Sequential(*(layer for some in layers for layer in some)).to(device, dtype)
    return network, torch.empty(1, channels, 2, 2, device=device, dtype=dtype).fill_(1)


@cache
def _measure_hashing() -> float:
    """Measure how many bytes are hashed in a second."""
    data = bytes(HASHED)
    return HASHED / min(seconds(lambda: hashlib.sha256(data)) for _ in range(TRIALS))


@cache
def _measure_expansion(path: Path, stamp: Stamp | None, device: torch.device, dtype: torch.dtype) -> float:
    """Measure the time for expanding one quantised weight of a model, by the largest one in its file."""
    entry = read_entry(path)
    headers = entry.headers.items()
    sizes = {
        name: prod(shape)
        for _, header in headers
        for name, shape in header.shapes.items()
        if header.quantized_bytes(name)
    }
    name = max(sizes, key=lambda name: sizes[name])
    weight = Weights(entry).compressed(name)
    assert weight is not None
    placed = weight.like(device, dtype)
    with torch.no_grad():
        placed.for_layer()
        return min(seconds(placed.for_layer, device) for _ in range(TRIALS)) / sizes[name]


class NetworkCost(NamedTuple):
    """Cost of one evaluation of a network: its work, without the weights that it reads, and its peak memory."""

    work: Work
    # Largest sum of the tensors that are in memory at a time, in bytes, without weights and inputs.
    peak: int

    @property
    def flops(self) -> int:
        return self.work.products + self.work.convolutions


def measure_cost(evaluate: Callable[[], object]) -> NetworkCost:
    """Count the work and the peak memory of `evaluate`, which must compute on torch's meta device."""
    counter = _OperationCounter()
    with torch.no_grad(), _FusedAttention(counter), counter:
        evaluate()
    work = Work(counter.flops - counter.convolutions, counter.convolutions, counter.written, calls=counter.calls)
    return NetworkCost(work, counter.peak)


class _OperationCounter(TorchDispatchMode):
    """Torch dispatch mode that counts the floating-point operations of all tensor functions and tracks the memory of
    their results.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.flops = 0
        # The part of the operations that convolutions have.
        self.convolutions = 0
        # Memory of all results together.
        self.written = 0
        self.peak = 0
        # Memory of each result, by its storage.
        self._sizes: dict[StorageWeakRef, int] = {}
        self._total = 0
        self._allowed = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        found = func(*args, **(kwargs or {}))
        self.calls += 1
        if (count := flop_registry.get(func.overloadpacket)) is not None:
            flops = count(*args, **(kwargs or {}), out_val=found)
            self.flops += flops
            if func.overloadpacket is torch.ops.aten.convolution:
                self.convolutions += flops
        given = {_storage_of(each) for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)}
        for each in tree_leaves(found):
            if isinstance(each, Tensor) and (storage := _storage_of(each)) not in given and storage not in self._sizes:
                self._sizes[storage] = each.untyped_storage().nbytes()
                self._total += self._sizes[storage]
                self.written += self._sizes[storage]
        if self._total > self.peak:
            for storage in [storage for storage in self._sizes if storage.expired()]:
                self._total -= self._sizes.pop(storage)
            self.peak = max(self.peak, self._total)
        return found


class _FusedAttention(TorchFunctionMode):
    """Torch function mode that counts attention as a fused kernel, which needs no memory for the attention weights."""

    def __init__(self, counter: _OperationCounter) -> None:
        super().__init__()
        self._counter = counter

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func is not F.scaled_dot_product_attention:
            return func(*args, **(kwargs or {}))
        query, key, value = args[:3]
        rows, width = prod(query.shape[:-1]), query.shape[-1] + value.shape[-1]
        self._counter.flops += 2 * rows * key.shape[-2] * width
        return query.new_empty(*query.shape[:-1], value.shape[-1])


def _storage_of(tensor: Tensor) -> StorageWeakRef:
    return StorageWeakRef(tensor.untyped_storage())
