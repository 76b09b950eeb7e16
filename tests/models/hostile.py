"""Malicious weight files: a function that writes each one, by its defect."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import struct
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

Make = Callable[[Path], object]
# The variable names the file that any executed payload would create.
RAN = "GDM_STUDIO_TEST_RAN"


def safetensors(header: object, rest: bytes = b"", *, length: int | None = None) -> Make:
    """Return a writer of a safetensors file with this header, an object or raw JSON text."""
    text = (header if isinstance(header, str) else json.dumps(header)).encode("utf-8", "surrogatepass")
    return lambda path: path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + rest)


def tensor(begin: Any = 0, end: Any = 8, shape: Any = (2,), dtype: Any = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def sparse_file(head: bytes, size: int, tail: bytes = b"") -> Make:
    """Return a writer of a sparse file of this size."""

    def make(path: Path) -> None:
        with open(path, "wb") as file:
            file.write(head)
            file.truncate(size - len(tail))
            file.seek(0, os.SEEK_END)
            file.write(tail)

    return make


def archive(pickled: bytes | Callable[[], bytes], *more: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> Make:
    """Return a writer of a zip archive in torch's layout with this pickle.

    A function makes a long pickle when the file is written, and not when the tests are collected.
    """

    def make(path: Path) -> None:
        content = pickled() if callable(pickled) else pickled
        with zipfile.ZipFile(path, "w", method) as file:
            for name, data in (("a/data.pkl", content), ("a/data/0", bytes(64)), *more):
                file.writestr(name, data)

    return make


def legacy_file(pickled: bytes, keys: bytes = b"\x80\x02]q\x00X\x01\x00\x00\x000a.", tail: bytes = b"") -> Make:
    """Return a writer of a file in torch's legacy format with this as its fourth pickle."""
    head = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2)
    head += pickle.dumps({"protocol_version": 1001, "little_endian": True, "type_sizes": {}}, 2)
    return lambda path: path.write_bytes(head + pickled + keys + tail)


def tensor_pickle(first: int = 0, shape: Any = (4,), strides: Any = (1,), key: str = "0", kind: str = "Float") -> bytes:
    """Return the pickle of {"w": tensor}, whose values are in a storage of 16 numbers."""

    def number(value: int) -> bytes:
        return b"\x8a\x09" + value.to_bytes(9, "little", signed=True)

    def counts(values: Any) -> bytes:
        return b"(" + b"".join(map(number, values)) + b"t"

    name = struct.pack("<I", len(key)) + key.encode()
    storage = b"((X\x07\x00\x00\x00storage" + f"ctorch\n{kind}Storage\n".encode() + b"X" + name
    storage += b"X\x03\x00\x00\x00cpu" + number(16) + b"tQ"
    told = storage + number(first) + counts(shape) + counts(strides) + b"\x89ccollections\nOrderedDict\n)Rt"
    return b"\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n" + told + b"Rs."


class CallOnLoad:
    """An object whose unpickling calls `what`."""

    def __init__(self, what: Callable[..., object], *told: object) -> None:
        self._reduced = (what, told)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._reduced


def calling_pickle(name: str, text: str, *, protocol: int = 2) -> bytes:
    """Return a pickle that calls the function of a dotted name with one text."""
    module, _, own = name.rpartition(".")
    if protocol >= 4:
        both = b"".join(b"\x8c" + bytes([len(part)]) + part.encode() for part in (module, own))
        return b"\x80\x04" + both + b"\x93X" + struct.pack("<I", len(text)) + text.encode() + b"\x85R."
    told = b"X" + struct.pack("<I", len(text)) + text.encode()
    return b"\x80\x02c" + f"{module}\n{own}\n".encode() + told + b"\x85R."


def _touch_command() -> str:
    return f"touch {os.environ.get(RAN, '/dev/null')}"


def _write_expression() -> str:
    return f"open({os.environ.get(RAN, os.devnull)!r}, 'w')"


def with_change(make: Make, change: Callable[[bytearray], object]) -> Make:
    """Return a writer that applies `change` to the bytes of another writer's file."""

    def again(path: Path) -> None:
        make(path)
        data = bytearray(path.read_bytes())
        change(data)
        path.write_bytes(data)

    return again


def _overwrite(data: bytearray, at: int, new: bytes) -> None:
    data[at : at + len(new)] = new


def _nested_objects() -> bytes:
    """Return nested objects that a naive reader would expand ten million times."""
    data = b"\x80\x02}q\x00"
    for level in range(1, 8):
        items = b"".join(b"X\x01\x00\x00\x00" + bytes([48 + place]) + b"h" + bytes([level - 1]) for place in range(10))
        data += b"}q" + bytes([level]) + b"(" + items + b"u"
    return data + b"."


# Integers that are multiples of this number have the hash 0.
_SAME_HASH = 2**61 - 1


def _text_opcode(text: str) -> bytes:
    return b"X" + struct.pack("<I", len(text.encode())) + text.encode()


def _keys_of_one_hash() -> bytes:
    """Return a dictionary with 450,000 keys that collide."""
    keys = (b"\x8a\x0b" + (number * _SAME_HASH).to_bytes(11, "little") + b"N" for number in range(1, 450_000))
    return b"\x80\x02}(" + b"".join(keys) + b"u."


def _memo_of_one_hash() -> bytes:
    """Return a memo with 300,000 entries that collide."""
    return b"\x80\x02N" + b"".join(b"p%d\n" % (number * _SAME_HASH) for number in range(300_000)) + b"."


def _copies_of_parameters() -> bytes:
    """Return 100,000 parameters that are copied into a dictionary 900,000 times."""
    parameters = b"}(" + b"".join(_text_opcode(f"{number:05d}") + b"N" for number in range(100_000)) + b"u"
    return b"\x80\x02}q\x00" + _text_opcode("_parameters") + parameters + b"s}" + b"h\x00b" * 400_000 + b"."


def _long_module() -> bytes:
    """Return 500,000 uses of a harmless class in a module with a name of 4 MB."""
    names = _text_opcode("omegaconf." + "a" * 2**22) + b"q\x00" + _text_opcode("b") + b"q\x01"
    return b"\x80\x04" + names + b"h\x00h\x01\x930" * 500_000 + b"."


def _long_name() -> bytes:
    """Return 50,000 tensors in a dictionary with a name of 4 MB."""
    # The tensor without the name before it.
    tensor = tensor_pickle()[3:-2].partition(b"w")[2]
    items = b"".join(_text_opcode(f"{number:05d}") + b"h\x00" for number in range(50_000))
    return b"\x80\x02" + tensor + b"q\x000}" + _text_opcode("a" * 2**22) + b"}(" + items + b"us."


def _write_large_directory(path: Path) -> None:
    """Write an archive with a directory of nearly 8 MB."""
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    head = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0)
    listed = b"".join(head + b"%036d" % number for number in range(99_999))
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 65535, 65535, len(listed), len(local), 0)
    path.write_bytes(local + listed + end)


def _class_instance(module: str, name: str) -> Make:
    return archive(b"\x80\x02c" + f"{module}\n{name}\n".encode() + b")\x81}b.")


def _calling_module(path: Path) -> None:
    torch.save({"state_dict": OrderedDict(w=torch.ones(2)), "hook": CallOnLoad(os.system, _touch_command())}, path)


def _write_without_weights(path: Path) -> None:
    torch.save({"epoch": 3}, path)


def _write_truncated(path: Path) -> None:
    torch.save({"w": torch.ones(5000)}, path)
    os.truncate(path, path.stat().st_size // 2)


def _write_truncated_legacy(path: Path) -> None:
    torch.save({"w": torch.ones(5000)}, path, _use_new_zipfile_serialization=False)
    os.truncate(path, path.stat().st_size - 100)


def _end_of_directory(data: bytearray) -> int:
    return data.rfind(b"PK\5\6")


GOOD = {"w": tensor()}
SAFETENSORS: dict[str, Make] = {
    "zero bytes": Path.touch,
    "seven bytes": lambda path: path.write_bytes(b"\2\0\0\0\0\0\0"),
    "a header of 2 GB": sparse_file(struct.pack("<Q", 2 * 2**30) + b"{", 3 * 2**30),
    "a header of 2^63 bytes": safetensors(GOOD, length=2**63),
    "a header longer than the file": safetensors(GOOD, length=10**6),
    "a header of nothing": safetensors("", length=0),
    "cut short": safetensors({"w": tensor(0, 4000, [1000])}, bytes(100)),
    "offsets backwards": safetensors({"w": tensor(8, 0)}, bytes(8)),
    "negative offsets": safetensors({"w": tensor(-8, 0)}, bytes(8)),
    "offsets of 2^63": safetensors({"w": tensor(2**63, 2**63 + 8)}, bytes(8)),
    "offsets of text": safetensors({"w": tensor("0", "8")}, bytes(8)),
    "offsets that are fractions": safetensors({"w": tensor(0.0, 8.0)}, bytes(8)),
    "three offsets": safetensors({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4, 8]}}, bytes(8)),
    "overlaps": safetensors({"a": tensor(0, 8), "b": tensor(4, 12)}, bytes(12)),
    "one place for two": safetensors({"a": tensor(0, 8), "b": tensor(0, 8)}, bytes(8)),
    "a shape larger than its bytes": safetensors({"w": tensor(0, 8, [10**9])}, bytes(8)),
    "a shape smaller than its bytes": safetensors({"w": tensor(0, 16)}, bytes(16)),
    "a shape of 10^300": safetensors({"w": tensor(0, 8, [10**100] * 3)}, bytes(8)),
    "a shape with a negative number": safetensors({"w": tensor(0, 8, [-2])}, bytes(8)),
    "a shape of truths": safetensors({"w": tensor(0, 4, [True])}, bytes(8)),
    "a shape of a million axes": safetensors({"w": tensor(0, 4, [1] * 10**6)}, bytes(8)),
    "a shape of an object": safetensors({"w": tensor(0, 8, {"2": 1})}, bytes(8)),
    "an unknown kind of number": safetensors({"w": tensor(0, 8, dtype="F128")}, bytes(8)),
    "a kind of number with commands": safetensors({"w": tensor(0, 8, dtype="\x1b[2J")}, bytes(8)),
    "a kind of number that is none": safetensors({"w": tensor(0, 8, dtype=["F32"])}, bytes(8)),
    "a key twice": safetensors('{"w": {}, "w": {}}'),
    "NaN in the header": safetensors('{"w": NaN}'),
    "deep JSON": safetensors("[" * 100_000 + "]" * 100_000),
    "deep objects": safetensors('{"a":' * 50_000 + "1" + "}" * 50_000),
    "millions of lists": safetensors('{"a":[' + "[]," * 2_700_000 + "1]}"),
    "a number of ten thousand digits": safetensors('{"w": {"shape": [' + "9" * 10_000 + "]}}"),
    "half a letter in a name": safetensors({"\ud800": tensor()}, bytes(8)),
    "metadata of numbers": safetensors({"__metadata__": {"a": 5}, **GOOD}, bytes(8)),
    "metadata of lists": safetensors({"__metadata__": ["a"], **GOOD}, bytes(8)),
    "a list": safetensors([GOOD]),
    "no UTF-8": lambda path: path.write_bytes(struct.pack("<Q", 4) + b"{\xff\xfe}"),
    "a web page": lambda path: path.write_text("<!DOCTYPE html><html><body>Please log in</body></html>"),
    "a pointer of Git LFS": lambda path: path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\n"),
    "GGUF": lambda path: path.write_bytes(b"GGUF\3\0\0\0" + bytes(100)),
    "wrong family": safetensors(GOOD, bytes(8)),
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a loop of links": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("nothing at all"),
}
CHECKPOINTS: dict[str, Make] = {
    "os.system": _calling_module,
    **{
        name: archive(calling_pickle(name, text))
        for name, text in {
            "posix.system": _touch_command(),
            "builtins.eval": _write_expression(),
            "builtins.exec": _write_expression(),
            "__builtin__.eval": "1",
            "builtins.__import__": "antigravity",
            "importlib.import_module": "antigravity",
            "os.popen": _touch_command(),
            "subprocess.getoutput": _touch_command(),
            "runpy.run_path": "/etc/passwd",
            "pty.spawn": "sh",
            "nt.system": "dir",
            "shutil.rmtree": "/nowhere",
            "webbrowser.open": "file:///etc/passwd",
            "ctypes.CDLL": "libc.so.6",
            "builtins.getattr": "x",
            "operator.attrgetter": "system",
            "torch.load": "/etc/passwd",
            "torch.hub.load": "a/b",
            "numpy.load": "/etc/passwd",
            "pip.main": "install",
            "builtins.open": "/etc/passwd",
            "socket.create_connection": "x",
            "code.interact": "x",
            "bdb.Bdb.run": "x",
            "_io.open": "/etc/passwd",
        }.items()
    },
    "os.system in the new opcodes": archive(calling_pickle("os.system", _touch_command(), protocol=4)),
    "os.system in the old format": legacy_file(calling_pickle("os.system", _touch_command())),
    "os.system before all else": lambda path: path.write_bytes(calling_pickle("os.system", _touch_command())),
    "os.system of protocol 0": lambda path: path.write_bytes(f"cos\nsystem\n(S'{_touch_command()}'\ntR.".encode()),
    "an instance as INST makes it": archive(b"\x80\x02(Stouch\nios\nsystem\n."),
    "an extension code": archive(b"\x80\x02\x82\x01)R."),
    "a class of its own": _class_instance("evil", "Model"),
    "a name with commands": _class_instance("\x1b[2J", "\x07"),
    "a zip bomb": archive(bytes(2**28), method=zipfile.ZIP_DEFLATED),
    "a packed storage": archive(tensor_pickle(), ("a/data/1", bytes(2**20)), method=zipfile.ZIP_DEFLATED),
    "an absolute name": archive(tensor_pickle(), ("/etc/cron.d/x", b"x")),
    "a name that climbs": archive(tensor_pickle(), ("a/../../x", b"x")),
    "a name of another disk": archive(tensor_pickle(), ("c:/x", b"x")),
    "no pickle": lambda path: zipfile.ZipFile(path, "w").close(),
    "an archive of something else": lambda path: _write_other_archive(path),
    "two pickles": archive(tensor_pickle(), ("b/data.pkl", tensor_pickle())),
    "an empty pickle": archive(b""),
    "a pickle cut short": archive(tensor_pickle()[:-20]),
    "junk": archive(bytes(range(256)) * 9),
    "an archive cut short": _write_truncated,
    "an old one cut short": _write_truncated_legacy,
    "the other byte order": archive(tensor_pickle(), ("a/byteorder", b"big")),
    "locked": with_change(archive(tensor_pickle()), lambda data: _overwrite(data, data.rfind(b"PK\1\2") + 8, b"\1\0")),
    "a directory of 2 GB": sparse_file(
        b"PK\3\4", 3 * 2**30, struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, 2**31, 9, 0)
    ),
    "a directory elsewhere": with_change(
        archive(tensor_pickle()), lambda data: _overwrite(data, _end_of_directory(data) + 16, b"\xf0\xff\xff\x7f")
    ),
    "a directory of 64 bits that is nowhere": with_change(
        archive(tensor_pickle()), lambda data: _overwrite(data, _end_of_directory(data) + 12, b"\xff" * 8)
    ),
    "parts in one place": with_change(
        archive(tensor_pickle()), lambda data: _overwrite(data, data.rfind(b"PK\1\2") + 42, struct.pack("<I", 0))
    ),
    "a part that is not there": with_change(
        archive(tensor_pickle()), lambda data: _overwrite(data, data.rfind(b"PK\1\2") + 42, struct.pack("<I", 70))
    ),
    "numbers behind their storage": archive(tensor_pickle(first=13)),
    "numbers far behind it": archive(tensor_pickle(first=2**62)),
    "numbers before it": archive(tensor_pickle(first=-4)),
    "a step backwards": archive(tensor_pickle(first=8, strides=[-1])),
    "one number a billion times": archive(tensor_pickle(shape=[10**9], strides=[0])),
    "a shape of 2^60": archive(tensor_pickle(shape=[2**60])),
    "steps for other axes": archive(tensor_pickle(shape=[2, 2], strides=[1])),
    "a hundred axes": archive(tensor_pickle(shape=[1] * 100, strides=[1] * 100)),
    "a storage that is not there": archive(tensor_pickle(key="../../etc/passwd")),
    "an unknown kind of storage": archive(tensor_pickle(kind="ComplexFloat")),
    "a million brackets": archive(b"\x80\x02" + b"]" * 8_000_000),
    "a million copies": archive(b"\x80\x02}" + b"2" * 8_000_000),
    "a number of a million digits": archive(b"\x80\x02\x8b" + struct.pack("<I", 2**22) + b"\x7f" * 2**22 + b"."),
    "brackets as a key": archive(b"\x80\x02}" + b")" + b"\x85" * 900_000 + b"}s."),
    "objects in objects": archive(_nested_objects),
    "itself inside itself": archive(b"\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s."),
    "a text of 2 GB": archive(b"\x80\x04\x8d" + struct.pack("<Q", 2 * 2**30) + b"a."),
    "a memory of 2^31 places": archive(b"\x80\x02}r\xff\xff\xff\x7fj\xff\xff\xff\x7e."),
    "keys of one hash": archive(_keys_of_one_hash),
    "places in the memo of one hash": archive(_memo_of_one_hash),
    "parameters that are copied again and again": archive(_copies_of_parameters),
    "a module with a long name": archive(_long_module),
    "a long name before others": archive(_long_name),
    "five pickles of a million instructions": legacy_file(
        b"\x80\x02" + b"N0" * 499_990 + b"N.", b"N0" * 499_990 + b"N."
    ),
    "pairs in pairs as an old one's key": legacy_file(
        tensor_pickle(), b"\x80\x02])" + b"2\x86" * 200 + b"a.", bytes(16)
    ),
    "a directory of 100,000 parts": _write_large_directory,
    "a pickle too long": archive(b"\x80\x02" + b"N0" * 5_000_000 + b"N."),
    "a name twice": archive(tensor_pickle()[:-1] + tensor_pickle()[3:-1] + b"."),
    "nothing under names": _write_without_weights,
    "an old one with a false count": legacy_file(tensor_pickle(), tail=struct.pack("<q", 2**62)),
    "an old one with a negative count": legacy_file(tensor_pickle(), tail=struct.pack("<q", -1)),
    "an old one without its numbers": legacy_file(tensor_pickle(), tail=struct.pack("<q", 16) + bytes(3)),
    "an old one of other keys": legacy_file(
        tensor_pickle(), b"\x80\x02]X\x01\x00\x00\x009a.", struct.pack("<q", 16) + bytes(64)
    ),
    "a tar of the oldest format": lambda path: path.write_bytes(b"sys_info" + bytes(2000)),
    "packed with gzip": lambda path: path.write_bytes(gzip.compress(tensor_pickle())),
    "packed with zlib": lambda path: path.write_bytes(zlib.compress(tensor_pickle())),
    "a picture": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500)),
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "zero bytes": Path.touch,
}


def _write_other_archive(path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("word/document.xml", "<w:document/>")
    path.write_bytes(data.getvalue())


def write_all(folder: Path, *, every: int = 1) -> dict[Path, str]:
    """Write all files, or every n-th, into a folder and return the defect of each."""
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[Path, str] = {}
    for kinds, suffix in ((SAFETENSORS, ".safetensors"), (CHECKPOINTS, ".ckpt")):
        for place, (what, make) in list(enumerate(kinds.items()))[::every]:
            path = folder / f"{place:03d}{suffix}"
            make(path)
            made[path] = what
    return made
