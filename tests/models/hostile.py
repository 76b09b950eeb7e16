"""Files of weights that lie, as people may be given them: a maker for each, by what is wrong with it."""

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
RAN = "GDM_STUDIO_TEST_RAN"  # names the file that any payload would make if it were run


def safetensors(header: object, rest: bytes = b"", *, length: int | None = None) -> Make:
    """A file with that header as JSON, or as it is where it is text."""
    text = (header if isinstance(header, str) else json.dumps(header)).encode("utf-8", "surrogatepass")
    return lambda path: path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + rest)


def tensor(begin: Any = 0, end: Any = 8, shape: Any = (2,), dtype: Any = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def sparse(head: bytes, size: int, tail: bytes = b"") -> Make:
    """A file of that size that takes no room on the disk."""

    def make(path: Path) -> None:
        with open(path, "wb") as file:
            file.write(head)
            file.truncate(size - len(tail))
            file.seek(0, os.SEEK_END)
            file.write(tail)

    return make


def archive(pickled: bytes, *more: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> Make:
    """A zip as torch writes it, with that for its pickle."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", method) as file:
            for name, data in (("a/data.pkl", pickled), ("a/data/0", bytes(64)), *more):
                file.writestr(name, data)

    return make


def old(pickled: bytes, keys: bytes = b"\x80\x02]q\x00X\x01\x00\x00\x000a.", tail: bytes = b"") -> Make:
    """The format before that, with that for its fourth pickle."""
    head = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2)
    head += pickle.dumps({"protocol_version": 1001, "little_endian": True, "type_sizes": {}}, 2)
    return lambda path: path.write_bytes(head + pickled + keys + tail)


def rebuilt(first: int = 0, shape: Any = (4,), strides: Any = (1,), key: str = "0", kind: str = "Float") -> bytes:
    """The pickle of {"w": tensor}, its numbers in that storage of 16."""

    def number(value: int) -> bytes:
        return b"\x8a\x09" + value.to_bytes(9, "little", signed=True)

    def counts(values: Any) -> bytes:
        return b"(" + b"".join(map(number, values)) + b"t"

    name = struct.pack("<I", len(key)) + key.encode()
    storage = b"((X\x07\x00\x00\x00storage" + f"ctorch\n{kind}Storage\n".encode() + b"X" + name
    storage += b"X\x03\x00\x00\x00cpu" + number(16) + b"tQ"
    told = storage + number(first) + counts(shape) + counts(strides) + b"\x89ccollections\nOrderedDict\n)Rt"
    return b"\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n" + told + b"Rs."


class Calls:
    """Pickled, it has `what` called with these."""

    def __init__(self, what: Callable[..., object], *told: object) -> None:
        self._reduced = (what, told)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._reduced


def calling(name: str, text: str, *, protocol: int = 2) -> bytes:
    """A pickle that calls the function of that dotted name with one text."""
    module, _, own = name.rpartition(".")
    if protocol >= 4:
        both = b"".join(b"\x8c" + bytes([len(part)]) + part.encode() for part in (module, own))
        return b"\x80\x04" + both + b"\x93X" + struct.pack("<I", len(text)) + text.encode() + b"\x85R."
    told = b"X" + struct.pack("<I", len(text)) + text.encode()
    return b"\x80\x02c" + f"{module}\n{own}\n".encode() + told + b"\x85R."


def _touch() -> str:
    return f"touch {os.environ.get(RAN, '/dev/null')}"


def _write() -> str:
    return f"open({os.environ.get(RAN, os.devnull)!r}, 'w')"


def changed(make: Make, change: Callable[[bytearray], object]) -> Make:
    """The file that `make` makes, its bytes changed in place."""

    def again(path: Path) -> None:
        make(path)
        data = bytearray(path.read_bytes())
        change(data)
        path.write_bytes(data)

    return again


def _put(data: bytearray, at: int, new: bytes) -> None:
    data[at : at + len(new)] = new


def _laughs() -> bytes:
    """Objects in objects, each ten times the one before: as read naively, ten million."""
    data = b"\x80\x02}q\x00"
    for level in range(1, 8):
        items = b"".join(b"X\x01\x00\x00\x00" + bytes([48 + place]) + b"h" + bytes([level - 1]) for place in range(10))
        data += b"}q" + bytes([level]) + b"(" + items + b"u"
    return data + b"."


def _class(module: str, name: str) -> Make:
    return archive(b"\x80\x02c" + f"{module}\n{name}\n".encode() + b")\x81}b.")


def _module(path: Path) -> None:
    torch.save({"state_dict": OrderedDict(w=torch.ones(2)), "hook": Calls(os.system, _touch())}, path)


def _no_weights(path: Path) -> None:
    torch.save({"epoch": 3}, path)


def _cut(path: Path) -> None:
    torch.save({"w": torch.ones(5000)}, path)
    os.truncate(path, path.stat().st_size // 2)


def _cut_old(path: Path) -> None:
    torch.save({"w": torch.ones(5000)}, path, _use_new_zipfile_serialization=False)
    os.truncate(path, path.stat().st_size - 100)


def _end(data: bytearray) -> int:
    return data.rfind(b"PK\5\6")


GOOD = {"w": tensor()}
SAFETENSORS: dict[str, Make] = {
    "zero bytes": Path.touch,
    "seven bytes": lambda path: path.write_bytes(b"\2\0\0\0\0\0\0"),
    "a header of 2 GB": sparse(struct.pack("<Q", 2 * 2**30) + b"{", 3 * 2**30),
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
    "os.system": _module,
    **{
        name: archive(calling(name, text))
        for name, text in {
            "posix.system": _touch(), "builtins.eval": _write(), "builtins.exec": _write(), "__builtin__.eval": "1",
            "builtins.__import__": "antigravity", "importlib.import_module": "antigravity", "os.popen": _touch(),
            "subprocess.getoutput": _touch(), "runpy.run_path": "/etc/passwd", "pty.spawn": "sh", "nt.system": "dir",
            "shutil.rmtree": "/nowhere", "webbrowser.open": "file:///etc/passwd", "ctypes.CDLL": "libc.so.6",
            "builtins.getattr": "x", "operator.attrgetter": "system", "torch.load": "/etc/passwd",
            "torch.hub.load": "a/b", "numpy.load": "/etc/passwd", "pip.main": "install", "builtins.open": "/etc/passwd",
            "socket.create_connection": "x", "code.interact": "x", "bdb.Bdb.run": "x", "_io.open": "/etc/passwd",
        }.items()
    },
    "os.system in the new opcodes": archive(calling("os.system", _touch(), protocol=4)),
    "os.system in the old format": old(calling("os.system", _touch())),
    "os.system before all else": lambda path: path.write_bytes(calling("os.system", _touch())),
    "os.system of protocol 0": lambda path: path.write_bytes(f"cos\nsystem\n(S'{_touch()}'\ntR.".encode()),
    "an instance as INST makes it": archive(b"\x80\x02(Stouch\nios\nsystem\n."),
    "an extension code": archive(b"\x80\x02\x82\x01)R."),
    "a class of its own": _class("evil", "Model"),
    "a name with commands": _class("\x1b[2J", "\x07"),
    "a zip bomb": archive(bytes(2**28), method=zipfile.ZIP_DEFLATED),
    "a packed storage": archive(rebuilt(), ("a/data/1", bytes(2**20)), method=zipfile.ZIP_DEFLATED),
    "an absolute name": archive(rebuilt(), ("/etc/cron.d/x", b"x")),
    "a name that climbs": archive(rebuilt(), ("a/../../x", b"x")),
    "a name of another disk": archive(rebuilt(), ("c:/x", b"x")),
    "no pickle": lambda path: zipfile.ZipFile(path, "w").close(),
    "an archive of something else": lambda path: _other_archive(path),
    "two pickles": archive(rebuilt(), ("b/data.pkl", rebuilt())),
    "an empty pickle": archive(b""),
    "a pickle cut short": archive(rebuilt()[:-20]),
    "junk": archive(bytes(range(256)) * 9),
    "an archive cut short": _cut,
    "an old one cut short": _cut_old,
    "the other byte order": archive(rebuilt(), ("a/byteorder", b"big")),
    "locked": changed(archive(rebuilt()), lambda data: _put(data, data.rfind(b"PK\1\2") + 8, b"\1\0")),
    "a directory of 2 GB": sparse(b"PK\3\4", 3 * 2**30, struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, 2**31, 9, 0)),
    "a directory elsewhere": changed(archive(rebuilt()), lambda data: _put(data, _end(data) + 16, b"\xf0\xff\xff\x7f")),
    "a directory of 64 bits that is nowhere": changed(
        archive(rebuilt()), lambda data: _put(data, _end(data) + 12, b"\xff" * 8)
    ),
    "parts in one place": changed(
        archive(rebuilt()), lambda data: _put(data, data.rfind(b"PK\1\2") + 42, struct.pack("<I", 0))
    ),
    "a part that is not there": changed(
        archive(rebuilt()), lambda data: _put(data, data.rfind(b"PK\1\2") + 42, struct.pack("<I", 70))
    ),
    "numbers behind their storage": archive(rebuilt(first=13)),
    "numbers far behind it": archive(rebuilt(first=2**62)),
    "numbers before it": archive(rebuilt(first=-4)),
    "a step backwards": archive(rebuilt(first=8, strides=[-1])),
    "one number a billion times": archive(rebuilt(shape=[10**9], strides=[0])),
    "a shape of 2^60": archive(rebuilt(shape=[2**60])),
    "steps for other axes": archive(rebuilt(shape=[2, 2], strides=[1])),
    "a hundred axes": archive(rebuilt(shape=[1] * 100, strides=[1] * 100)),
    "a storage that is not there": archive(rebuilt(key="../../etc/passwd")),
    "an unknown kind of storage": archive(rebuilt(kind="ComplexFloat")),
    "a million brackets": archive(b"\x80\x02" + b"]" * 8_000_000),
    "a million copies": archive(b"\x80\x02}" + b"2" * 8_000_000),
    "a number of a million digits": archive(b"\x80\x02\x8b" + struct.pack("<I", 2**22) + b"\x7f" * 2**22 + b"."),
    "brackets as a key": archive(b"\x80\x02}" + b")" + b"\x85" * 900_000 + b"}s."),
    "objects in objects": archive(_laughs()),
    "itself inside itself": archive(b"\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s."),
    "a text of 2 GB": archive(b"\x80\x04\x8d" + struct.pack("<Q", 2 * 2**30) + b"a."),
    "a memory of 2^31 places": archive(b"\x80\x02}r\xff\xff\xff\x7fj\xff\xff\xff\x7e."),
    "a pickle too long": archive(b"\x80\x02" + b"N0" * 5_000_000 + b"N."),
    "a name twice": archive(rebuilt()[:-1] + rebuilt()[3:-1] + b"."),
    "nothing under names": _no_weights,
    "an old one with a false count": old(rebuilt(), tail=struct.pack("<q", 2**62)),
    "an old one with a negative count": old(rebuilt(), tail=struct.pack("<q", -1)),
    "an old one without its numbers": old(rebuilt(), tail=struct.pack("<q", 16) + bytes(3)),
    "an old one of other keys": old(rebuilt(), b"\x80\x02]X\x01\x00\x00\x009a.", struct.pack("<q", 16) + bytes(64)),
    "a tar of the oldest format": lambda path: path.write_bytes(b"sys_info" + bytes(2000)),
    "packed with gzip": lambda path: path.write_bytes(gzip.compress(rebuilt())),
    "packed with zlib": lambda path: path.write_bytes(zlib.compress(rebuilt())),
    "a picture": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500)),
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "zero bytes": Path.touch,
}  # fmt: skip


def _other_archive(path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("word/document.xml", "<w:document/>")
    path.write_bytes(data.getvalue())


def write_all(folder: Path, *, every: int = 1) -> dict[Path, str]:
    """All of them in a folder, or every second, third …, and what is wrong with each."""
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[Path, str] = {}
    for kinds, suffix in ((SAFETENSORS, ".safetensors"), (CHECKPOINTS, ".ckpt")):
        for place, (what, make) in list(enumerate(kinds.items()))[::every]:
            path = folder / f"{place:03d}{suffix}"
            make(path)
            made[path] = what
    return made
