"""Checkpoints of torch's, which are pickles: read as descriptions of tensors by a machine that can do nothing else.

A pickle is a program. Here no class of it is ever imported and nothing is called: what would build a tensor is noted
down as one, what other harmless things people's tools leave in their files becomes a blank, and a file that names
anything else is refused. Both of torch's formats are known, the zip archive (1.6 and later) and the one before.
"""

from __future__ import annotations

import pickletools
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from gdm_studio.errors import ModelError
from gdm_studio.models.stored import BYTES, MOST_AXES, Damaged, Header, Stored
from gdm_studio.models.zipped import Member, members

LIMIT = 8 * 2**20  # bytes of a pickle without its numbers
MOST_OPS = 1_000_000  # instructions of it: ten times those of a large model
MOST_TENSORS = 50_000
DEPTH = 4  # of objects in objects that tensors are looked for in
REPEATS = 2  # times the file's size: so many bytes its tensors may have together, some of which share numbers
_TOLD = 64  # texts and numbers beside the tensors that are kept as metadata, each as short as that times ten
_MAGIC = 0x1950A86A20F9469CFC6C  # what the old format begins with

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
_REBUILT = {f"_rebuild_{kind}" for kind in ("tensor", "tensor_v2", "tensor_v3")}
_WRAPPED = {"_rebuild_parameter", "_rebuild_parameter_with_state"}
# What is left blank: tools that train put their settings and counters beside the weights. Nothing of it is imported.
_BLANK = {
    "torch": {*_STORAGES, *_DTYPES, "Size", "device", "per_tensor_affine"},
    "torch.cuda": {*_STORAGES},
    "torch.storage": {*_STORAGES, "TypedStorage", "_TypedStorage"},
    "torch._utils": _REBUILT | _WRAPPED,
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
_BLANK_ROOMS = ("pytorch_lightning", "lightning", "omegaconf")


class _Global(NamedTuple):
    module: str
    name: str


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: str
    count: int  # of numbers
    shift: int = 0  # of them, before its first one


@dataclass(frozen=True)
class _Tensor:
    storage: _Storage
    dtype: str
    first: int  # number of its storage
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Refused(Exception):
    """The pickle wants something that is not done; in words that go on after the file's name."""


_BLANKED, _MARK = object(), object()


def is_pickled(head: bytes) -> bool:
    """Whether a file that begins with these bytes is one of torch's: a zip archive, or a bare pickle."""
    return head[:4] == b"PK\3\4" or (head[:1] == b"\x80" and head[1:2] in b"\2\3\4\5" and head[2:8] != bytes(6))


def read_pickled(path: Path, file: IO[bytes], size: int) -> Header:
    """The tensors of an open checkpoint of that size; raises ModelError, or OSError where it cannot be read."""
    file.seek(0)
    try:
        root, places = _zipped(file, size) if file.read(4) == b"PK\3\4" else _legacy(file, size)
        tensors = dict(_tensors(root, places, size))
    except _Refused as error:
        raise ModelError(f"{path.name} {error}") from error
    except (
        ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError, MemoryError,
        struct.error,
    ) as error:  # fmt: skip
        why = str(error) if isinstance(error, Damaged) else "it is no whole checkpoint of torch's"
        raise ModelError(f"{path.name} is damaged: {why}; copy or download it again.") from error
    if not tensors:
        raise ModelError(f"{path.name} has no weights in it; choose another model file.")
    return Header.of(tensors, _told(root))


Places = dict[str, Member]  # of storages, by their keys


def _zipped(file: IO[bytes], size: int) -> tuple[Any, Places]:
    inside = members(file, size)
    roots = [name for name in inside if name == "data.pkl" or name.endswith("/data.pkl")]
    if len(roots) != 1:
        raise _Refused("is an archive without weights of torch's; choose another model file.")
    folder = roots[0].removesuffix("data.pkl")
    if (order := inside.get(f"{folder}byteorder")) and order.size < 16 and _bytes(file, order) != b"little":
        raise _Refused("was written by a machine of the other byte order; convert it to safetensors there.")
    if inside[roots[0]].size > LIMIT:
        raise Damaged("it describes more than any model has")
    root = _run(_bytes(file, inside[roots[0]]))[0]
    begins = f"{folder}data/"
    return root, {name.removeprefix(begins): place for name, place in inside.items() if name.startswith(begins)}


def _legacy(file: IO[bytes], size: int) -> tuple[Any, Places]:
    """Five pickles, then each storage: a count of its numbers, and these (torch.serialization._legacy_save)."""
    file.seek(0)
    data, at, found = file.read(LIMIT), 0, []
    kinds: dict[str, _Storage] = {}
    for place in range(5):
        root, length = _run(data[at:], kinds)
        found.append(root)
        at += length
        if place == 0 and root != _MAGIC:
            raise _Refused("is a pickle, but not one of torch's; choose another model file.")
    if not isinstance(found[2], dict) or found[2].get("little_endian") is not True:
        raise _Refused("was written by a machine of the other byte order; convert it to safetensors there.")
    places: Places = {}
    for key in found[4]:
        file.seek(at)
        (count,) = struct.unpack("<q", file.read(8))
        kind = kinds[key]
        if count < kind.count or key in places:
            raise Damaged("its tensors are larger than what is there")
        places[key] = Member(at + 8, count * BYTES[kind.dtype])
        at += 8 + places[key].size
        if at > size:
            raise Damaged("it is cut short")
    return found[3], places


def _bytes(file: IO[bytes], member: Member) -> bytes:
    file.seek(member.begin)
    return file.read(member.size)


def _tensors(root: Any, places: Places, size: int) -> Iterator[tuple[str, Stored]]:
    """Those by name that lie in what a checkpoint holds, or in its "state_dict"."""
    whole = root.get("state_dict") if isinstance(root, dict) and isinstance(root.get("state_dict"), dict) else root
    words = whole.get("string_to_param") if isinstance(whole, dict) else None  # a textual inversion, which has others
    whole = {"string_to_param": words} if isinstance(words, dict) else whole
    bytes_left, count = size * REPEATS + LIMIT, 0
    for name, tensor in [("*", whole)] if isinstance(whole, _Tensor) else _named(whole, "", DEPTH, set()):
        stored = _stored(tensor, places)
        bytes_left, count = bytes_left - stored.size, count + 1
        if bytes_left < 0 or count > MOST_TENSORS:
            raise Damaged("it describes more than any model has")
        yield name, stored


def _named(found: Any, prefix: str, depth: int, seen: set[int]) -> Iterator[tuple[str, _Tensor]]:
    if not isinstance(found, dict) or id(found) in seen:
        return
    seen.add(id(found))
    for key, value in found.items():
        if not isinstance(key, str):
            continue
        key.encode()  # raises ValueError for half a letter
        if isinstance(value, _Tensor):
            yield prefix + key, value
        elif depth > 1:
            yield from _named(value, f"{prefix}{key}.", depth - 1, seen)


def _stored(tensor: _Tensor, places: Places) -> Stored:
    numbers = (*tensor.shape, *tensor.strides, tensor.first)
    if any(type(number) is not int or number < 0 for number in numbers) or len(tensor.shape) > MOST_AXES:
        raise Damaged("a tensor has no shape")
    place, each = places[tensor.storage.key], BYTES[tensor.dtype]
    begin = place.begin + tensor.storage.shift * BYTES[tensor.storage.dtype] + tensor.first * each
    in_order, rows = [], 1
    for count in reversed(tensor.shape):
        in_order.append(rows)
        rows *= max(count, 1)
    alike = all(count < 2 or own == usual for count, own, usual in zip(
        tensor.shape, tensor.strides, reversed(in_order), strict=True))  # fmt: skip
    stored = Stored(tensor.dtype, tensor.shape, begin, None if alike else tensor.strides)
    if stored.end > place.begin + place.size and stored.size:
        raise Damaged("its tensors are larger than what is there")
    return stored


def _told(root: Any) -> dict[str, str]:
    """What the checkpoint says of itself beside its weights."""
    told = {key: value for key, value in root.items() if isinstance(key, str)} if isinstance(root, dict) else {}
    plain = {key: value for key, value in told.items() if isinstance(value, str | int | float)}
    found = [(key[:_TOLD], str(value)[: 10 * _TOLD]) for key, value in plain.items() if len(str(value)) < 2**16]
    return {key: value for key, value in found[:_TOLD] if _is_text(key) and _is_text(value)}


def _is_text(text: str) -> bool:
    try:
        return bool(text.encode()) or not text
    except UnicodeEncodeError:
        return False


def _run(data: bytes, kinds: dict[str, _Storage] | None = None) -> tuple[Any, int]:
    """What the first pickle in `data` describes, and its length; storages are put into `kinds` by their keys."""
    machine = _Machine({} if kinds is None else kinds)
    for number, (op, value, at) in enumerate(pickletools.genops(data)):
        if op.name == "STOP":
            return machine.stack[-1], (at or 0) + 1
        if number == MOST_OPS:
            break
        machine.do(op.name, value)
    raise Damaged("it describes more than any model has")


class _Machine:
    """The stack and the memo of one pickle."""

    def __init__(self, kinds: dict[str, _Storage]) -> None:
        self.stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._kinds = kinds

    def do(self, op: str, value: Any) -> None:
        """One instruction; raises _Refused, or what damage leads to."""
        stack = self.stack
        if op in _VALUES:
            if type(value) is int and value.bit_length() > 128:  # to multiply some of a million digits takes hours
                raise Damaged("a number in it is too large")
            stack.append(value)
        elif op in _FIXED:
            stack.append(_FIXED[op]())
        elif op in ("BINPUT", "LONG_BINPUT", "PUT"):
            self._memo[value] = stack[-1]
        elif op == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1]
        elif op in ("BINGET", "LONG_BINGET", "GET"):
            stack.append(self._memo[value])
        elif op in _TUPLES:
            stack[len(stack) - _TUPLES[op] :] = [tuple(self._last(_TUPLES[op]))]
        elif op in _OTHERS:
            _OTHERS[op](self, value)
        elif op not in ("PROTO", "FRAME"):
            raise _Refused("is a pickle of a kind that torch does not write; use a .safetensors copy of it.")

    def _last(self, count: int) -> list[Any]:
        if len(self.stack) < count:
            raise IndexError(count)
        return self.stack[len(self.stack) - count :]

    def _to_mark(self) -> list[Any]:
        """Takes off all above the latest mark, and that."""
        at = len(self.stack) - 1
        while self.stack[at] is not _MARK:
            at -= 1
            if at < 0:
                raise IndexError(at)
        found = self.stack[at + 1 :]
        del self.stack[at:]
        return found

    def _global(self, value: str) -> None:
        module, _, name = value.partition(" ")
        self.stack.append(_allowed(module, name))

    def _stack_global(self, _: Any) -> None:
        module, name = self._last(2)
        if not isinstance(module, str) or not isinstance(name, str):
            raise TypeError(module)
        self.stack[-2:] = [_allowed(module, name)]

    def _called(self, _: Any) -> None:
        made, told = self._last(2)
        self.stack[-2:] = [_made(made, told)]

    def _persistent(self, _: Any) -> None:
        self.stack[-1] = storage = _storage(self.stack[-1])
        known = self._kinds.setdefault(storage.key, storage)
        if known.dtype != storage.dtype:
            raise Damaged("numbers of it are of two kinds")

    def _set_items(self, _: Any) -> None:
        items = self._to_mark()
        self._put(items)

    def _set_item(self, _: Any) -> None:
        items = self._last(2)
        del self.stack[-2:]
        self._put(items)

    def _put(self, items: list[Any]) -> None:
        """Under texts and numbers: nothing else could name a tensor, and some could not be looked up in safety."""
        target = self.stack[-1]
        if isinstance(target, dict):
            for key, value in zip(items[::2], items[1::2], strict=True):
                if isinstance(key, str | int | float):
                    if key in target:
                        raise Damaged(f"{str(key)[:80]!r} is there twice")
                    target[key] = value

    def _appends(self, _: Any) -> None:
        items = self._to_mark()
        if isinstance(self.stack[-1], list):
            self.stack[-1] += items

    def _append(self, _: Any) -> None:
        item = self.stack.pop()
        if isinstance(self.stack[-1], list):
            self.stack[-1].append(item)

    def _set_state(self, _: Any) -> None:
        """A dictionary of parameters has them in one of its own; what a blank is set to is left out."""
        state = self.stack.pop()
        held = state.get("_parameters") if isinstance(state, dict) else None
        if isinstance(held, dict) and isinstance(self.stack[-1], dict):
            self.stack[-1].update(held)

    def _mark_to(self, make: Callable[[list[Any]], Any]) -> None:
        items = self._to_mark()
        self.stack.append(make(items))

    def _dict(self, _: Any) -> None:
        items = self._to_mark()
        self.stack.append({})
        self._put(items)

    def _pop(self, _: Any) -> None:
        self.stack.pop()


_VALUES = {
    "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
    "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BINSTRING", "SHORT_BINSTRING",
}  # fmt: skip
_FIXED: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "MARK": lambda: _MARK,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_SET": lambda: _BLANKED,
}
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_OTHERS: dict[str, Callable[[_Machine, Any], None]] = {
    "GLOBAL": _Machine._global,
    "STACK_GLOBAL": _Machine._stack_global,
    "INST": _Machine._global,
    "REDUCE": _Machine._called,
    "NEWOBJ": _Machine._called,
    "BINPERSID": _Machine._persistent,
    "SETITEMS": _Machine._set_items,
    "SETITEM": _Machine._set_item,
    "APPENDS": _Machine._appends,
    "APPEND": _Machine._append,
    "TUPLE": lambda self, _: self._mark_to(tuple),
    "LIST": lambda self, _: self._mark_to(list),
    "FROZENSET": lambda self, _: self._mark_to(lambda items: _BLANKED),
    "ADDITEMS": lambda self, _: self._to_mark().clear(),
    "DICT": _Machine._dict,
    "BUILD": _Machine._set_state,
    "POP": _Machine._pop,
    "POP_MARK": lambda self, _: self._to_mark().clear(),
    "DUP": lambda self, _: self.stack.append(self.stack[-1]),
}


def _allowed(module: str, name: str) -> _Global:
    """What a pickle names, if it is harmless to leave blank; raises _Refused."""
    if name in _BLANK.get(module, ()) or module.partition(".")[0] in _BLANK_ROOMS:
        return _Global(module, name)
    called = f"{module}.{name}"[:80]
    raise _Refused(f"asks for {called!r} to be run when it is opened, which is never done; use a .safetensors copy.")


def _made(what: Any, told: Any) -> Any:
    """What calling `what` would make, as far as it is a tensor or holds some."""
    if not isinstance(what, _Global) or not isinstance(told, tuple):
        return _BLANKED
    if what.name in _REBUILT and isinstance(told[0], _Storage):
        storage, first, shape, strides = told[:4]
        dtype = storage.dtype
        if what.name == "_rebuild_tensor_v3":
            dtype = _DTYPES[told[6].name]
        return _Tensor(storage, dtype, first, tuple(_counts(shape)), tuple(_counts(strides)))
    if what.name in _WRAPPED:
        return told[0]
    if what.name in ("OrderedDict", "defaultdict", "dict", "ParameterDict"):
        return {}
    return told[0] if what == ("torch", "Size") else _BLANKED


def _counts(found: Any) -> tuple[int, ...]:
    if not isinstance(found, tuple):
        raise TypeError(found)
    return found


def _storage(told: Any) -> _Storage:
    """("storage", its class, key, device, how many numbers), with a view of it in the old format."""
    if not isinstance(told, tuple) or told[:1] != ("storage",):
        raise TypeError("no storage")
    kind, key, count = told[1], told[2], told[4]
    if not isinstance(key, str) or type(count) is not int or not isinstance(kind, _Global):
        raise TypeError("no storage")
    view = told[5] if len(told) > 5 else None
    return _Storage(key, _STORAGES[kind.name], count, view[1] if view is not None else 0)
