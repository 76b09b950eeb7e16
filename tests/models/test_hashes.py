"""Hashes of files as other tools write them, computed in the background and cached."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save, save_file

from gdm_studio.common import paths
from gdm_studio.models.files import hashes as module
from gdm_studio.models.files.hashes import BackgroundHasher, Hashes, Stopped, hash_file, known_hashes

# The file must be longer than the part that the old eight digits cover.
BIG = {"w": torch.arange(400_000, dtype=torch.int32)}


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def make_old(file: Path) -> Path:
    """Set an old modification time, so that the cache trusts the file."""
    os.utime(file, (86_400, 86_400))
    return file


def test_each_hash_equals_that_of_its_tool(tmp_path: Path) -> None:
    save_file(BIG, tmp_path / "a.safetensors", {"ss_rank": "4"})
    data = (tmp_path / "a.safetensors").read_bytes()
    behind = data[8 + int.from_bytes(data[:8], "little") :]
    found = hash_file(tmp_path / "a.safetensors")
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert found.content == hashlib.sha256(behind).hexdigest()
    assert found.old == hashlib.sha256(data[0x100000:0x110000]).hexdigest()[:8]
    forms = found.forms
    assert {name: len(digits) for name, digits in forms.items()} == {
        "SHA-256": 64, "AutoV2": 10, "AutoV3": 12, "AutoV1": 8
    }  # fmt: skip
    written = [*forms.values(), forms["AutoV2"].upper(), f"0x{found.content}", f" {forms['AutoV3'][:10]} "]
    assert all(found.are(said) for said in written)
    others = ("", "unknown", forms["AutoV2"][:7], "0" * 10, f"{forms['AutoV2']}0", "blake3:" + "0" * 64)
    assert not any(found.are(said) for said in others)


def test_other_files_have_no_header_and_short_ones_no_old_digits(tmp_path: Path) -> None:
    torch.save(BIG, tmp_path / "a.ckpt")
    assert (found := hash_file(tmp_path / "a.ckpt")).sha256 == found.content and found.old
    (tmp_path / "b.safetensors").write_bytes(b"\xff" * 20)
    assert hash_file(tmp_path / "b.safetensors") == Hashes(*[hashlib.sha256(b"\xff" * 20).hexdigest()] * 2, "")


def test_an_unchanged_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _own_home: Path) -> None:
    file = tmp_path / "a.safetensors"
    save_file(BIG, file)
    assert known_hashes(make_old(file)) is None
    first = hash_file(file)
    # As in another process.
    monkeypatch.setattr(module, "_CACHE", module._HashCache())
    file.write_bytes(bytes(file.stat().st_size))
    assert known_hashes(make_old(file)) == hash_file(file) == first, "told by size and time"
    os.utime(file, (2 * 86_400, 2 * 86_400))
    assert known_hashes(file) is None and hash_file(file) != first
    (paths.cache_dir() / "models" / "hashes.json").write_bytes(b"junk")
    monkeypatch.setattr(module, "_CACHE", module._HashCache())
    assert known_hashes(file) is None


def test_files_are_hashed_in_the_background_and_failures_skipped(tmp_path: Path, _own_home: Path) -> None:
    files = [tmp_path / f"{name}.safetensors" for name in "abc"]
    for place, file in enumerate(files):
        file.write_bytes(save({"w": torch.full((9,), float(place))}))
    os.mkfifo(tmp_path / "pipe.safetensors")
    found: list[tuple[str, str]] = []
    hashing = BackgroundHasher(lambda file: found.append((file.name, threading.current_thread().name)))
    hashing.add([files[0], tmp_path / "gone.safetensors", tmp_path / "pipe.safetensors", *files])
    wait_until(lambda: len(found) == 3)
    assert found == [(file.name, "hashing") for file in files] and all(map(known_hashes, files))
    # These are known already.
    hashing.add(files)
    wait_until(lambda: not hashing.left())
    hashing.stop()
    assert len(found) == 3


def test_hashing_can_be_stopped_within_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "large.safetensors"
    with open(file, "wb") as large:
        # The file is sparse and takes half a minute to hash.
        large.truncate(2**34)
    hashing = BackgroundHasher()
    hashing.add([file, tmp_path / "more.safetensors"])
    wait_until(lambda: hashing.left() == 1)
    hashing.stop()
    assert known_hashes(file) is None and hashing.left() == 0
    hashing.add([file])
    assert hashing.left() == 1, "nothing is begun any more"
    with pytest.raises(Stopped):
        hash_file(file, lambda: True)
