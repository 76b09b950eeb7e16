"""Malicious weight files: one error each, in little time and memory, and no code is executed."""

from __future__ import annotations

import json
import os
import random
import struct
import subprocess
import sys
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.model_library import Library
from tests.helpers.shipped_models import SHIPPED
from tests.models import hostile, hostile_models

SECONDS, MEGABYTES = 20.0, 300
# A model with the whole vocabulary maps and copies up to 275 MB, and the allocator of the machine adds to this.
MEGABYTES_IN_USE = 600
# CPU time to refuse a model during use, in multiples of the time for an image of a sound model.
TIMES = 5

# Reads each file in one process and prints the audit events of Python meanwhile.
READING = """
import json, sys, time
from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.model_library import Library
from pathlib import Path

library, done = Library(), []
library.cards()
sys.addaudithook(lambda event, told: done.append(event))
usual = {"open", "os.stat", "object.__getattr__", "os.listdir", "os.scandir", "os.walk", "marshal.loads", "builtins.id"}
for name in sys.stdin.read().splitlines():
    done.clear()
    begun = time.process_time()  # whatever else the machine is at
    try:
        library.card(name)
        reason = ""
    except ModelError as error:
        reason = str(error)
    told = sorted(set(done) - usual)
    status = Path("/proc/self/status").read_text()  # a parent's memory counts in what getrusage says
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps([name, reason, time.process_time() - begun, peak, told]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory a process had at most")
def test_each_file_is_refused_in_little_time_and_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _own_home: Path
) -> None:
    ran = tmp_path / "ran"
    monkeypatch.setenv(hostile.RAN, str(ran))
    made = hostile.write_all(tmp_path / "files")
    assert len(made) >= 100
    good = tmp_path / "files" / "fine.ckpt"
    hostile.archive(hostile.tensor_pickle())(good)
    names = "\n".join(map(str, [good, *made]))
    output = subprocess.run([sys.executable, "-c", READING], input=names, capture_output=True, text=True, check=True)
    (_, _, _, idle, _), *rows = map(json.loads, output.stdout.splitlines())
    assert len(rows) == len(made)
    for name, reason, seconds, peak, told in rows:
        what = f"{made[Path(name)]}: {reason}"
        assert Path(name).name in reason and reason.endswith(".") and reason.isprintable(), what
        assert ("not a supported kind of model" in reason) == (made[Path(name)] == "wrong family"), what
        assert seconds < SECONDS and peak - idle < MEGABYTES, (what, seconds, peak - idle)
        assert told == [], (what, told)
    assert not ran.exists()


# Generates an image with each model, the first being valid. Loading may cause many audit events, but no forbidden one.
USING = """
import gc, json, sys, time
from gdm_studio.engine.generation_loop import generate
from gdm_studio.common.errors import StudioError
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import Request
from pathlib import Path

forbidden = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.", "socket.", "shutil.", "webbrowser.")
done, asked = [], {"prompt": "a house", "steps": 1, "device": "cpu", "dtype": "fp32", "seed": 1}
sys.addaudithook(lambda event, told: done.append(event) if event.startswith(forbidden) else None)
for line in sys.stdin:
    library, reason = None, ""
    gc.collect()  # with the library before
    gc.freeze()  # what outlives it need not be looked through again
    library = Library()
    library.cards()
    Path("/proc/self/clear_refs").write_text("5")  # what was the most from here on
    done.clear()
    begun = time.process_time()
    try:
        list(generate(Request(**{**asked, **json.loads(line)}), library))
    except StudioError as error:
        reason = str(error)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
    seconds = time.process_time() - begun
    peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps([reason, seconds, peak, sorted(set(done))]), flush=True)
"""


@pytest.mark.slow(seconds=20)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory a process had at most")
def test_each_model_is_refused_during_use_in_little_time_and_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _own_home: Path
) -> None:
    ran = tmp_path / "ran"
    monkeypatch.setenv(hostile.RAN, str(ran))
    refused = hostile.write_all(tmp_path / "files", every=8)
    made = chain(
        hostile_models.write_each(tmp_path / "models"),
        ((what, path.name, {"model": str(path)}) for path, what in refused.items()),
    )
    # Several threads that wait for each other waste CPU time on a busy machine.
    alone = os.environ | {"OMP_NUM_THREADS": "1"}
    command, pipe = [sys.executable, "-c", USING], subprocess.PIPE
    wrong, count, sound = [], 0, None
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, bufsize=1, env=alone) as process:
        assert process.stdin is not None and process.stdout is not None

        def answer(asked: dict[str, Any]) -> Any:
            print(json.dumps(asked), file=process.stdin)
            return json.loads(process.stdout.readline())

        for what, name, asked in made:
            if sound is None:
                sound = answer({"model": str(tmp_path / "models" / "sound.safetensors")})
                assert sound[0] == ""
            reason, seconds, peak, told = answer(asked)
            count += 1
            is_sentence = name in reason and reason.endswith(".") and reason.isprintable() and "Error: " not in reason
            more = peak - sound[2]
            if not is_sentence or seconds > TIMES * sound[1] or more > MEGABYTES_IN_USE or told:
                wrong.append((what, reason, seconds, more, told))
    assert wrong == [] and count >= 100 and not ran.exists()


@pytest.mark.slow
def test_other_models_are_still_listed(_own_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(hostile.RAN, str(tmp_path / "ran"))
    made = hostile.write_all(paths.models_dir(), every=5)
    library = Library()
    assert {card.name for card in library.cards()} == SHIPPED
    assert {one.path for one in library.refused()} == set(made) and not (tmp_path / "ran").exists()


def valid_file(rng: random.Random) -> bytes:
    """Return a valid file of a few tensors in either format."""
    if rng.random() < 0.5:
        header = {f"layer.{place}.weight": hostile.tensor(8 * place, 8 * place + 8) for place in range(3)}
        text = json.dumps(header | {"__metadata__": {"format": "pt"}}).encode()
        return struct.pack("<Q", len(text)) + text + bytes(24)
    return CHECKPOINT


CHECKPOINT = b""


@pytest.fixture(scope="module", autouse=True)
def _checkpoint(tmp_path_factory: pytest.TempPathFactory) -> None:
    global CHECKPOINT
    path = tmp_path_factory.mktemp("sound") / "a.ckpt"
    hostile.archive(hostile.tensor_pickle())(path)
    CHECKPOINT = path.read_bytes()


def damaged_file(rng: random.Random) -> bytes:
    """Return a valid file with random bytes changed, removed, repeated or replaced by opcodes."""
    data = bytearray(valid_file(rng))
    for _ in range(rng.randint(1, 6)):
        at, count = rng.randrange(max(len(data), 1)), rng.randint(1, 8)
        match rng.randrange(5):
            case 0:
                data[at : at + count] = rng.randbytes(count)
            case 1:
                del data[at : at + count]
            case 2:
                data[at:at] = data[max(0, at - 40) : at]
            case 3:
                data[at : at + 8] = rng.choice([b"\xff" * 8, bytes(8), struct.pack("<Q", 2**31), b'"\\ud8"', b"[" * 8])
            case 4:
                data[at : at + 1] = rng.choice([b"R", b"(", b"t", b".", b"Q", b"b", b"2", b"0", b"h", b"}", b"u", b"9"])
    return bytes(data)


@pytest.mark.filterwarnings("ignore:invalid escape")
@pytest.mark.parametrize(
    "count", [1_000, pytest.param(6_000, marks=pytest.mark.slow)], ids=["a thousand", "six thousand"]
)
def test_random_bytes_raise_only_model_errors(tmp_path: Path, count: int) -> None:
    path, rng, opened = tmp_path / "fuzzed.safetensors", random.Random(count), 0
    for _ in range(count):
        # Overwriting a file would wait for the disk.
        path.unlink(missing_ok=True)
        path.write_bytes(damaged_file(rng))
        try:
            header = read_header(path)
        except ModelError as error:
            assert "fuzzed.safetensors" in str(error) and str(error).isprintable() and str(error).endswith(".")
        else:
            opened += 1
            assert all(stored.end <= os.path.getsize(path) for stored in header.stored.values())
    assert 0 < opened < count / 2
