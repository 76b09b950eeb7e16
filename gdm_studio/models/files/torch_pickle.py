"""Reader of torch checkpoints, which are pickles, without executing them.

A pickle is a sequence of instructions. This interpreter imports no classes and calls no functions. It records the calls
that would build a tensor, and puts placeholders in place of other harmless objects that training tools leave in their
files. A file that names anything else is rejected. Both torch formats are supported: the zip archive (1.6 and later)
and the older one.
"""

from __future__ import annotations

import json
import pickletools
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import IO, Any, NamedTuple

from gdm_studio.common.errors import ModelError
from gdm_studio.common.text_safety import is_encodable
from gdm_studio.models.files.header import BYTES, LONGEST_NAME, MOST_AXES, Damaged, Header, StoredTensor
from gdm_studio.models.weight_storage.quantization_detection import find_quantizations

# Maximum number of bytes of a pickle, without tensor data.
LIMIT = 8 * 2**20
# Maximum number of instructions in a file's pickles, ten times the number in a large model.
MOST_OPS = 1_000_000
MOST_TENSORS = 50_000
# Maximum nesting depth at which tensors are found.
DEPTH = 4
# The total size of all tensors may be this many times the size of the file, since some share storage.
REPEATS = 2
# Maximum number of entries beside the tensors that are retained as metadata. Values are truncated at ten times as many
# characters.
_MAX_METADATA = 64
# First object of the old format.
_MAGIC = 0x1950A86A20F9469CFC6C
# Maximum number of bytes of an archive's directory.
MAX_DIRECTORY_BYTES = 8 * 2**20
# Maximum number of members of an archive.
MAX_MEMBERS = 100_000
_ZIP_END, _ZIP_END_64, _ZIP_LOCATOR_64 = b"PK\5\6", b"PK\6\6", b"PK\6\7"
# Value of a 32-bit field if its number is stored in the extra field for 64-bit numbers.
_IN_EXTRA_FIELD = 0xFFFFFFFF

_STORAGES = {
    "DoubleStorage": "F64", "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16",
    "LongStorage": "I64", "IntStorage": "I32", "ShortStorage": "I16", "CharStorage": "I8", "ByteStorage": "U8",
    "BoolStorage": "BOOL", "UntypedStorage": "U8",
}  # fmt: skip
_DTYPES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8",
    "uint16": "U16", "uint32": "U32", "uint64": "U64", "bool": "BOOL",
}  # fmt: skip
# Types of torchao's levels, which are stored in wider types.
_NARROW_TYPES = {f"{kind}{bits}" for kind in ("int", "uint") for bits in range(1, 8)}
_REBUILT = {f"_rebuild_{kind}" for kind in ("tensor", "tensor_v2", "tensor_v3")}
_WRAPPED = {"_rebuild_parameter", "_rebuild_parameter_with_state"}
# Functions that rebuild a tensor of another class, in torch._tensor and torch._utils.
_TYPED, _SUBCLASS = "_rebuild_from_type_v2", "_rebuild_wrapper_subclass"
# Globals that become placeholders: training tools save settings and counters beside the weights.
_HARMLESS_GLOBALS = {
    "torch": {*_STORAGES, *_DTYPES, *_NARROW_TYPES, "Size", "device", "per_tensor_affine"},
    "torch.cuda": {*_STORAGES},
    "torch.storage": {*_STORAGES, "TypedStorage", "_TypedStorage"},
    "torch._utils": {*_REBUILT, *_WRAPPED, _SUBCLASS},
    "torch._tensor": {_TYPED},
    "torch.serialization": {"_get_layout"},
    "torch.nn.parameter": {"Parameter"},
    "torch.nn.modules.container": {"ParameterDict"},
    "collections": {"OrderedDict", "defaultdict", "Counter"},
    "_codecs": {"encode"},
    "argparse": {"Namespace"},
    "copy_reg": {"_reconstructor"},
    "copyreg": {"_reconstructor"},
    "pathlib": {"Path", "PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"},
    "typing": {"Any", "Dict", "List", "Union", "Optional"},
    "numpy": {"dtype", "ndarray", *("float32", "float64", "int64", "int32", "bool_")},
    **dict.fromkeys(("numpy.core.multiarray", "numpy._core.multiarray"), {"scalar", "_reconstruct"}),
    **dict.fromkeys(
        ("builtins", "__builtin__"),
        {"set", "frozenset", "list", "dict", "tuple", "int", "long", "float", "bool", "str", "unicode", "bytes",
         "bytearray", "complex", "object", "slice", "range"},
    ),
}  # fmt: skip
_HARMLESS_PACKAGES = ("pytorch_lightning", "lightning", "omegaconf", "torchao")


class Member(NamedTuple):
    """Position of a file inside an uncompressed zip archive: offset and size in bytes."""

    begin: int
    size: int


class _Global(NamedTuple):
    module: str
    name: str


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: str
    # Number of elements.
    count: int
    # Elements before the first one of the view.
    shift: int = 0


@dataclass(frozen=True)
class _Subclass:
    """Tensor of a class of torchao, which consists of other tensors."""

    kind: str
    # Number type of the tensor that it represents, as named by torch.
    dtype: str
    # Its attributes, among them tensors.
    state: dict[str, Any]


@dataclass(frozen=True)
class _Tensor:
    storage: _Storage
    dtype: str
    # Index of the first element in its storage.
    first: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Unsupported(Exception):
    """Error for a checkpoint that is not damaged but cannot be read, for example because it would run code. Its message
    completes a sentence that begins with the file's name.
    """


_PLACEHOLDER, _MARK = object(), object()


def is_pickled(head: bytes) -> bool:
    """Return True if the first bytes of a file are those of a torch checkpoint: a zip archive or a pickle."""
    return head[:4] == b"PK\3\4" or (head[:1] == b"\x80" and head[1:2] in b"\2\3\4\5" and head[2:8] != bytes(6))


def read_pickled(path: Path, file: IO[bytes], size: int) -> Header:
    """Read the header of an open torch checkpoint of `size` bytes without executing its pickle. Raises ModelError, or
    OSError if it cannot be read.
    """
    file.seek(0)
    try:
        root, places, length = _read_zip(file, size) if file.read(4) == b"PK\3\4" else _read_legacy(file, size)
        descriptions: dict[str, str] = {}
        tensors = dict(_iter_tensors(root, places, size, descriptions))
    except _Unsupported as error:
        raise ModelError(f"{path.name} {error}") from error
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        OverflowError,
        RecursionError,
        MemoryError,
        struct.error,
    ) as error:
        why = str(error) if isinstance(error, Damaged) else "it is not a complete torch checkpoint"
        raise ModelError(f"{path.name} is damaged: {why}; copy or download it again.") from error
    if not tensors:
        raise ModelError(f"{path.name} contains no weights; choose another model file.")
    found = find_quantizations(tensors, descriptions, {})
    return Header.of(tensors, _read_metadata(root) | descriptions, length, found)


# Position of each storage in the file, by key.
Places = dict[str, Member]


def _read_zip(file: IO[bytes], size: int) -> tuple[Any, Places, int]:
    """Read a torch checkpoint in the zip format (torch 1.6 and later). Returns its root object, the locations of its
    storages by key, and the size of the pickle in bytes.
    """
    inside = read_members(file, size)
    roots = [name for name in inside if name == "data.pkl" or name.endswith("/data.pkl")]
    if len(roots) != 1:
        raise _Unsupported("is an archive that is not a torch checkpoint; choose another model file.")
    folder = roots[0].removesuffix("data.pkl")
    if (order := inside.get(f"{folder}byteorder")) and order.size < 16 and _read_member(file, order) != b"little":
        raise _Unsupported("was written on a big-endian machine; convert it to safetensors there.")
    if inside[roots[0]].size > LIMIT:
        raise Damaged("it describes more than any model has")
    root = _interpret(_read_member(file, inside[roots[0]]))[0]
    begins = f"{folder}data/"
    places = {name.removeprefix(begins): place for name, place in inside.items() if name.startswith(begins)}
    return root, places, inside[roots[0]].size


def _read_legacy(file: IO[bytes], size: int) -> tuple[Any, Places, int]:
    """Read a torch checkpoint in the format before torch 1.6. Returns its root object, the locations of its storages by
    key, and the size of its pickles in bytes.

    The file consists of five pickles followed by the storages, each of which is an element count and the elements
    (torch.serialization._legacy_save).
    """
    file.seek(0)
    data = file.read(LIMIT)
    at = 0
    found = []
    machine = _Interpreter()
    for place in range(5):
        root, length = _interpret(data[at:], machine)
        found.append(root)
        at += length
        if place == 0 and root != _MAGIC:
            raise _Unsupported("is a pickle, but not a torch checkpoint; choose another model file.")
    if not isinstance(found[2], dict) or found[2].get("little_endian") is not True:
        raise _Unsupported("was written on a big-endian machine; convert it to safetensors there.")
    places: Places = {}
    length = at
    for key in found[4]:
        if not isinstance(key, str):  # hashing nested tuples can take exponential time
            raise TypeError(key)
        file.seek(at)
        (count,) = struct.unpack("<q", file.read(8))
        kind = machine.storages[key]
        if count < kind.count or key in places:
            raise Damaged("its tensors are larger than what is there")
        places[key] = Member(at + 8, count * BYTES[kind.dtype])
        at += 8 + places[key].size
        if at > size:
            raise Damaged("it is cut short")
    return found[3], places, length


def _read_member(file: IO[bytes], member: Member) -> bytes:
    file.seek(member.begin)
    return file.read(member.size)


def _iter_tensors(
    root: Any, places: Places, size: int, descriptions: dict[str, str]
) -> Iterator[tuple[str, StoredTensor]]:
    """Yield the names and locations of the tensors in a checkpoint's root object, or in its "state_dict" if there is
    one.

    A tensor that torchao has quantised is yielded as its parts, such as levels and scales, under the names that torchao
    gives them in safetensors files. `descriptions` receives the metadata that such a file would have.
    """
    whole = root.get("state_dict") if isinstance(root, dict) and isinstance(root.get("state_dict"), dict) else root
    # A textual inversion file contains other tensors beside its vectors.
    embedding = whole.get("string_to_param") if isinstance(whole, dict) else None
    whole = {"string_to_param": embedding} if isinstance(embedding, dict) else whole
    bytes_left = size * REPEATS + LIMIT
    tensors = [("*", whole)] if isinstance(whole, _Tensor) else _iter_tensors_in(whole, "", DEPTH, set(), descriptions)
    for count, (name, tensor) in enumerate(tensors, 1):
        stored = _locate_tensor(tensor, places)
        bytes_left -= stored.size
        if bytes_left < 0 or count > MOST_TENSORS:
            raise Damaged("it describes more than any model has")
        yield name, stored
    if descriptions:
        descriptions["tensor_names"] = json.dumps(list(descriptions))


def _iter_tensors_in(
    found: Any, prefix: str, depth: int, seen: set[int], descriptions: dict[str, str]
) -> Iterator[tuple[str, _Tensor]]:
    if not isinstance(found, dict) or id(found) in seen:
        return
    seen.add(id(found))
    for key, value in found.items():
        if not isinstance(key, str):
            continue
        key.encode()  # raises ValueError for a lone surrogate
        if isinstance(value, _Tensor):
            yield prefix + key, value
        elif isinstance(value, _Subclass):
            name = prefix + key
            parent, dot, own = name.rpartition(".")
            dtype = {"_type": "torch.dtype", "_data": value.dtype}
            descriptions[name] = json.dumps({"_type": value.kind, "_data": {"dtype": dtype}})
            for part, tensor in value.state.items():
                if isinstance(tensor, _Tensor):
                    yield f"{parent}{dot}_{own}_{part}", tensor
        elif depth > 1:
            yield from _iter_tensors_in(value, f"{prefix}{key}.", depth - 1, seen, descriptions)


def _locate_tensor(tensor: _Tensor, places: Places) -> StoredTensor:
    # One long tuple may be the shape of every tensor.
    if max(len(tensor.shape), len(tensor.strides)) > MOST_AXES:
        raise Damaged("a tensor has no shape")
    numbers = (*tensor.shape, *tensor.strides, tensor.first, tensor.storage.shift)
    if any(type(number) is not int or number < 0 for number in numbers):
        raise Damaged("a tensor has no shape")
    place = places[tensor.storage.key]
    each = BYTES[tensor.dtype]
    begin = place.begin + tensor.storage.shift * BYTES[tensor.storage.dtype] + tensor.first * each
    # Strides of a contiguous tensor, the last axis first.
    contiguous = []
    rows = 1
    for count in reversed(tensor.shape):
        contiguous.append(rows)
        rows *= max(count, 1)
    axes = zip(tensor.shape, tensor.strides, reversed(contiguous), strict=True)
    is_contiguous = all(count < 2 or stride == expected for count, stride, expected in axes)
    stored = StoredTensor(tensor.dtype, tensor.shape, begin, None if is_contiguous else tensor.strides)
    if stored.end > place.begin + place.size and stored.size:
        raise Damaged("its tensors are larger than what is there")
    return stored


def _read_metadata(root: Any) -> dict[str, str]:
    """Return the short strings and numbers that a checkpoint contains beside its weights, as metadata."""
    entries = root.items() if isinstance(root, dict) else ()
    plain = ((key, str(value)) for key, value in entries if isinstance(value, str | int | float))
    found = ((key[:_MAX_METADATA], text[: 10 * _MAX_METADATA]) for key, text in plain if len(text) < 2**16)
    return {key: value for key, value in islice(found, _MAX_METADATA) if is_encodable(key) and is_encodable(value)}


def _interpret(data: bytes, machine: _Interpreter | None = None) -> tuple[Any, int]:
    """Interpret the first pickle in `data` without executing any of its code. Returns the object that it describes, and
    the pickle's length in bytes.
    """
    machine = machine or _Interpreter()
    machine.start()
    for op, value, at in pickletools.genops(data):
        if op.name == "STOP":
            return machine.stack[-1], (at or 0) + 1
        machine.spend(1)
        machine.do(op.name, value)
    raise Damaged("it is cut short")


class _Interpreter:
    """Safe interpreter for the pickles in a checkpoint. It contains their stack, their memo, and the storages by key,
    and runs no code from the file.

    The time for a file is at most linear in `MOST_OPS`: an instruction takes constant time, or counts as several in
    proportion to the data that it copies.
    """

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.storages: dict[str, _Storage] = {}
        self._memo: dict[int, Any] = {}
        self._ops_left = MOST_OPS

    def start(self) -> None:
        """Clear the stack and the memo before the next pickle of the same file."""
        self.stack = []
        self._memo = {}

    def spend(self, ops: int) -> None:
        """Subtract `ops` from the number of pickle instructions that the file may still use. Raises Damaged when the
        limit is exceeded.
        """
        self._ops_left -= ops
        if self._ops_left < 0:
            raise Damaged("it describes more than any model has")

    def do(self, op: str, value: Any) -> None:
        """Execute one pickle instruction. Raises _Unsupported, or any error that a damaged pickle causes."""
        stack = self.stack
        if op in _VALUE_OPS:
            # Multiplying integers of a million digits would take hours.
            if type(value) is int and value.bit_length() > 128:
                raise Damaged("a number in it is too large")
            stack.append(value)
        elif op in _CONSTANT_OPS:
            stack.append(_CONSTANT_OPS[op]())
        elif op in ("BINPUT", "LONG_BINPUT", "PUT"):
            if not 0 <= value < MOST_OPS:  # larger integers can be chosen to have colliding hashes
                raise Damaged("it describes more than any model has")
            self._memo[value] = stack[-1]
        elif op == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1]
        elif op in ("BINGET", "LONG_BINGET", "GET"):
            stack.append(self._memo[value])
        elif op in _TUPLE_OPS:
            stack[len(stack) - _TUPLE_OPS[op] :] = [tuple(self._pop_last(_TUPLE_OPS[op]))]
        elif op in _INSTRUCTIONS:
            _INSTRUCTIONS[op](self, value)
        elif op not in ("PROTO", "FRAME"):
            raise _Unsupported("is a pickle that torch did not write; use a .safetensors copy of it.")

    def _pop_last(self, count: int) -> list[Any]:
        if len(self.stack) < count:
            raise IndexError(count)
        return self.stack[len(self.stack) - count :]

    def _pop_to_mark(self) -> list[Any]:
        """Pop all objects above the topmost mark from the pickle's stack, and return them. The mark is removed too."""
        at = len(self.stack) - 1
        while self.stack[at] is not _MARK:
            at -= 1
            if at < 0:
                raise IndexError(at)
        found = self.stack[at + 1 :]
        del self.stack[at:]
        return found

    def _push_global(self, value: str) -> None:
        module, _, name = value.partition(" ")
        self.stack.append(_create_global(module, name))

    def _push_stack_global(self, _: Any) -> None:
        module, name = self._pop_last(2)
        if not isinstance(module, str) or not isinstance(name, str):
            raise TypeError(module)
        self.stack[-2:] = [_create_global(module, name)]

    def _call(self, _: Any) -> None:
        function, args = self._pop_last(2)
        self.stack[-2:] = [_substitute_call(function, args)]

    def _load_persistent(self, _: Any) -> None:
        self.stack[-1] = storage = _parse_storage(self.stack[-1])
        known = self.storages.setdefault(storage.key, storage)
        if known.dtype != storage.dtype:
            raise Damaged("a storage has two types")

    def _set_items(self, _: Any) -> None:
        items = self._pop_to_mark()
        self._put(items)

    def _set_item(self, _: Any) -> None:
        items = self._pop_last(2)
        del self.stack[-2:]
        self._put(items)

    def _put(self, items: list[Any]) -> None:
        """Add keys and values (alternating in `items`) to the dictionary on top of the pickle's stack.

        Only short strings are accepted as keys. No other key can name a tensor, and the hashes of other objects may
        collide or take exponential time.
        """
        target = self.stack[-1]
        if isinstance(target, dict):
            for key, value in zip(items[::2], items[1::2], strict=True):
                if isinstance(key, str) and len(key) <= LONGEST_NAME:
                    if key in target:
                        raise Damaged(f"{key[:80]!r} occurs twice")
                    target[key] = value

    def _appends(self, _: Any) -> None:
        items = self._pop_to_mark()
        if isinstance(self.stack[-1], list):
            self.stack[-1] += items

    def _append(self, _: Any) -> None:
        item = self.stack.pop()
        if isinstance(self.stack[-1], list):
            self.stack[-1].append(item)

    def _set_state(self, _: Any) -> None:
        """Pop an object's state from the pickle's stack. A ParameterDict receives its parameters; other states are
        ignored.
        """
        state = self.stack.pop()
        parameters = state.get("_parameters") if isinstance(state, dict) else None
        if isinstance(parameters, dict) and isinstance(self.stack[-1], dict):
            self.spend(len(parameters))
            self.stack[-1].update(parameters)

    def _replace_to_mark(self, make: Callable[[list[Any]], Any]) -> None:
        items = self._pop_to_mark()
        self.stack.append(make(items))

    def _push_dict(self, _: Any) -> None:
        items = self._pop_to_mark()
        self.stack.append({})
        self._put(items)

    def _pop(self, _: Any) -> None:
        self.stack.pop()


_VALUE_OPS = {
    "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
    "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BINSTRING", "SHORT_BINSTRING",
}  # fmt: skip
_CONSTANT_OPS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "MARK": lambda: _MARK,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_SET": lambda: _PLACEHOLDER,
}
_TUPLE_OPS = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_INSTRUCTIONS: dict[str, Callable[[_Interpreter, Any], None]] = {
    "GLOBAL": _Interpreter._push_global,
    "STACK_GLOBAL": _Interpreter._push_stack_global,
    "INST": _Interpreter._push_global,
    "REDUCE": _Interpreter._call,
    "NEWOBJ": _Interpreter._call,
    "BINPERSID": _Interpreter._load_persistent,
    "SETITEMS": _Interpreter._set_items,
    "SETITEM": _Interpreter._set_item,
    "APPENDS": _Interpreter._appends,
    "APPEND": _Interpreter._append,
    "TUPLE": lambda self, _: self._replace_to_mark(tuple),
    "LIST": lambda self, _: self._replace_to_mark(list),
    "FROZENSET": lambda self, _: self._replace_to_mark(lambda items: _PLACEHOLDER),
    "ADDITEMS": lambda self, _: self._pop_to_mark().clear(),
    "DICT": _Interpreter._push_dict,
    "BUILD": _Interpreter._set_state,
    "POP": _Interpreter._pop,
    "POP_MARK": lambda self, _: self._pop_to_mark().clear(),
    "DUP": lambda self, _: self.stack.append(self.stack[-1]),
}


def _create_global(module: str, name: str) -> _Global:
    """Return a placeholder for a class or function that a pickle imports, if it is on the list of harmless imports.
    Raises _Unsupported for all others.
    """
    if max(len(module), len(name)) > LONGEST_NAME:
        raise Damaged("a name in it is too long")
    if name in _HARMLESS_GLOBALS.get(module, ()) or module.partition(".")[0] in _HARMLESS_PACKAGES:
        return _Global(module, name)
    called = f"{module}.{name}"[:80]
    raise _Unsupported(f"would run {called!r} when opened, which is not allowed; use a .safetensors copy.")


def _substitute_call(function: Any, args: Any) -> Any:
    """Return a substitute for the result of a function call in a pickle, without calling the function: the description
    of a tensor, or a placeholder.
    """
    if not isinstance(function, _Global) or not isinstance(args, tuple):
        return _PLACEHOLDER
    if function.name in _REBUILT and isinstance(args[0], _Storage):
        storage, first, shape, strides = args[:4]
        dtype = storage.dtype
        if function.name == "_rebuild_tensor_v3":
            dtype = _DTYPES[args[6].name]
        return _Tensor(storage, dtype, first, tuple(_check_tuple(shape)), tuple(_check_tuple(strides)))
    if function.name in _WRAPPED:
        return args[0]
    if function.name == _TYPED and args[0] == ("torch._utils", _SUBCLASS):
        _, kind, (_, dtype, *_), state = args
        if kind.module.partition(".")[0] != "torchao" or not isinstance(state, dict):
            return _PLACEHOLDER
        return _Subclass(kind.name, dtype.name, state)
    if function.name in ("OrderedDict", "defaultdict", "dict", "ParameterDict"):
        return {}
    return args[0] if function == ("torch", "Size") else _PLACEHOLDER


def _check_tuple(found: Any) -> tuple[int, ...]:
    if not isinstance(found, tuple):
        raise TypeError(found)
    return found


def _parse_storage(value: Any) -> _Storage:
    """Parse the reference from a pickle to a tensor's storage: ("storage", class, key, device, element count), followed
    by a view in the older format.
    """
    if not isinstance(value, tuple) or value[:1] != ("storage",):
        raise TypeError("not a storage")
    kind = value[1]
    key = value[2]
    count = value[4]
    if not isinstance(key, str) or type(count) is not int or not isinstance(kind, _Global):
        raise TypeError("not a storage")
    view = value[5] if len(value) > 5 else None
    return _Storage(key, _STORAGES[kind.name], count, view[1] if view is not None else 0)


def read_members(file: IO[bytes], size: int) -> dict[str, Member]:
    """Return the location of each file in an uncompressed zip archive, by name.

    Only the archive's directory is read. Raises Damaged if the archive is damaged, compressed or inconsistent.
    """
    found: dict[str, Member] = {}
    for name, member in _iter_members(file, size):
        if name in found:
            raise Damaged(f"{name[:80]!r} occurs twice")
        if name.startswith(("/", "\\")) or ":" in name[:3] or ".." in name.replace("\\", "/").split("/"):
            raise Damaged(f"{name[:80]!r} is a path outside the archive")
        found[name] = member
    places = sorted(member for member in found.values() if member.size)
    if any(later.begin < before.begin + before.size for before, later in pairwise(places)):
        raise Damaged("its members overlap")
    return found


def _iter_members(file: IO[bytes], size: int) -> Iterator[tuple[str, Member]]:
    start, length = _find_directory(file, size)
    if length > MAX_DIRECTORY_BYTES:
        raise Damaged("its directory is too long")
    data = _read_exactly(file, start, length)
    at = 0
    for _ in range(MAX_MEMBERS):
        if at >= length:
            return
        fields = struct.unpack_from("<4s6H3I5H2I", data, at)
        if fields[0] != b"PK\1\2":
            raise Damaged("its directory is damaged")
        flags, method, packed, whole, lengths, offset = fields[3], fields[4], *fields[8:10], fields[10:13], fields[16]
        extra_at = at + 46 + lengths[0]
        name = data[at + 46 : extra_at]
        extra = data[extra_at : extra_at + lengths[1]]
        at += 46 + sum(lengths)
        whole, packed, offset = _read_sizes(extra, whole, packed, offset)
        if method or flags & 1 or packed != whole:
            raise Damaged("it is compressed, which torch never does; pack it again without compression")
        yield name.decode(), Member(_find_data(file, offset, whole, size), whole)
    raise Damaged("it has too many members")


def _find_directory(file: IO[bytes], size: int) -> tuple[int, int]:
    """Return the offset and the length, in bytes, of the central directory of a zip archive."""
    tail_at = max(0, size - 65557)  # the longest comment and the end record
    tail = _read_exactly(file, tail_at, size - tail_at)
    at = tail.rfind(_ZIP_END)
    if at < 0 or len(tail) < at + 22:
        raise Damaged("it is cut short")
    length, start = struct.unpack_from("<2I", tail, at + 12)
    if _IN_EXTRA_FIELD in (length, start) or tail[max(0, at - 20) :].startswith(_ZIP_LOCATOR_64):
        (end,) = struct.unpack_from("<Q", tail, at - 12)
        record = _read_exactly(file, end, 56)
        if not record.startswith(_ZIP_END_64):
            raise Damaged("its list of parts is damaged")
        length, start = struct.unpack_from("<2Q", record, 40)
    if start + length > size:
        raise Damaged("it is cut short")
    return start, length


def _read_sizes(extra: bytes, *numbers: int) -> list[int]:
    """Return the sizes and the offset in a zip directory entry. Numbers that need 64 bits are taken from the entry's
    extra field.
    """
    wide: list[int] = []
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            wide = list(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
        at += 4 + length
    return [wide.pop(0) if number == _IN_EXTRA_FIELD else number for number in numbers]


def _find_data(file: IO[bytes], offset: int, length: int, size: int) -> int:
    """Return the file offset at which the data of a zip member begin, after the member's local header."""
    head = _read_exactly(file, offset, 30)
    if not head.startswith(b"PK\3\4"):
        raise Damaged("a member is not where the directory says")
    begin = offset + 30 + sum(struct.unpack_from("<2H", head, 26))
    if begin + length > size:
        raise Damaged("it is cut short")
    return begin


def _read_exactly(file: IO[bytes], start: int, length: int) -> bytes:
    file.seek(start)
    data = file.read(length)
    if len(data) < length:
        raise Damaged("it is cut short")
    return data
