"""Drill of a local Ray cluster whose workers, nodes and driver are killed: no image is lost or generated twice.

    python -m tests.drills.cluster --kills 200
    python -m tests.drills.cluster --requests 100000

The first form kills a random worker, node or driver as soon as an image was logged since the last kill. Drivers and
nodes are started again. At the end, the images, their ids and the log are compared with the prompt file. The second
form measures requests per second and the memory of the driver, with workers that need no time. `--files` saves the
images, and with `--seconds` a worker sleeps for SlowStubWorker.SECONDS per request. Needs Ray.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

import numpy as np

from gdm_studio.cli import prompt_batch
from gdm_studio.cli.main import parser_of
from gdm_studio.gallery.gallery import Gallery
from gdm_studio.gallery.saved_image import Picture, load
from gdm_studio.jobs.finished_log import SUFFIX
from gdm_studio.jobs.prompt_batch import LineEvent
from gdm_studio.jobs.ray.cluster_workers import Cluster
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from tests.drills.home import temporary_home
from tests.helpers.stub_worker import BriskStubWorker, SlowStubWorker, StubWorker, pixels

ROOT = Path(__file__).parent.parent.parent
# Workers are killed more often than nodes and drivers, as in a real cluster.
VICTIMS = ("worker", "worker", "worker", "node", "driver")
LINES_PER_KILL = 40
SECONDS_WITHOUT_PROGRESS = 600.0
# Ray waits 30 seconds for a new node, which is too short on a busy machine.
STARTS_OF_A_NODE = 10


class Nodes:
    """A cluster of a head and other nodes with one CPU each, as processes of this computer."""

    def __init__(self, others: int) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        # Ray's workers have a niceness of 15 by default, so that on a busy machine they hardly run at all.
        os.environ.setdefault("RAY_worker_niceness", "0")
        os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
        from ray.cluster_utils import Cluster as Local

        self._options = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
        self._cluster = Local(initialize_head=True, head_node_args=self._options | {"include_dashboard": False})
        self._others = [self._start_node() for _ in range(others)]
        self.address: str = self._cluster.address

    def kill_node(self, rng: random.Random) -> None:
        """Kill all processes of a node other than the head, and start another one."""
        node = self._others.pop(rng.randrange(len(self._others)))
        self._cluster.remove_node(node, allow_graceful=False)
        self._others.append(self._start_node())

    def _start_node(self) -> Any:
        """Start a node, again if Ray gives it up. Raises Ray's error of the last start."""
        for attempt in range(1, STARTS_OF_A_NODE + 1):
            before = set(self._cluster.worker_nodes)
            try:
                return self._cluster.add_node(**self._options)
            except Exception as error:
                print(f"start {attempt} of a node: {error}", file=sys.stderr, flush=True)
                for node in set(self._cluster.worker_nodes) - before:
                    self._cluster.remove_node(node, allow_graceful=False)
                if attempt == STARTS_OF_A_NODE:
                    raise
        raise AssertionError

    def workers(self, kind: str = "BriskStubWorker") -> list[int]:
        """Return the process ids of the workers of this class on all nodes."""
        nodes = [self._cluster.head_node, *self._others]
        raylets = {entry.process.pid for node in nodes for entry in node.all_processes["raylet"]}
        return [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if _is_worker(pid, kind, raylets)]

    def close(self) -> None:
        self._cluster.shutdown()


def _is_worker(pid: int, kind: str, raylets: set[int]) -> bool:
    with suppress(OSError, ValueError):
        name = Path(f"/proc/{pid}/cmdline").read_bytes()
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        return name.startswith(f"ray::{kind}".encode()) and parent in raylets
    return False


def write_prompts(path: Path, count: int) -> None:
    with path.open("w") as file:
        for number in range(count):
            print(json.dumps({"prompt": f"fox {number}", "seed": number}), file=file)


def drive(address: str, file: Path, out: Path, worker: type) -> None:
    """Generate a prompt file on the cluster with stub workers."""
    args = parser_of(["generate"]).parse_args(["generate", "--prompts", str(file), "--out", str(out), "--json"])
    with Cluster(address, Library(), worker=worker) as cluster:
        prompt_batch.generate_prompts(args, generator=cluster.generate)


def drill(kills: int, seed: int, home: Path) -> Counter[str]:
    """Kill workers, nodes and drivers, and return the number of kills by kind.

    Raises AssertionError if a promise is broken.
    """
    rng = random.Random(seed)
    file = home / "prompts.jsonl"
    out = home / "out"
    count = LINES_PER_KILL * kills
    write_prompts(file, count)
    killed = Counter[str]()
    nodes = Nodes(2)
    driver = _driver(nodes, file, out)
    try:
        for _ in range(kills):
            done = _lines(out)
            began = time.monotonic()
            while _lines(out) <= done or not (workers := nodes.workers()):
                assert time.monotonic() - began < SECONDS_WITHOUT_PROGRESS, f"stuck after {killed}"
                assert driver.poll() is None, f"the driver ended with {driver.poll()} after {killed}"
                time.sleep(0.05)
            time.sleep(rng.random() * 0.3)
            victim = rng.choice(VICTIMS)
            if victim == "worker":
                with suppress(ProcessLookupError):
                    os.kill(rng.choice(workers), signal.SIGKILL)
            elif victim == "node":
                nodes.kill_node(rng)
            else:
                driver.kill()
            # A driver ends with the node that it is connected to.
            if victim != "worker" and has_ended(driver):
                driver = _driver(nodes, file, out)
            killed[victim] += 1
        driver.kill()
        driver.wait()
        with open(os.devnull, "w") as null, redirect_stdout(null):
            drive(nodes.address, file, out, StubWorker)
    finally:
        driver.kill()
        driver.wait()
        nodes.close()
    check(out, count)
    return killed


def has_ended(driver: subprocess.Popen[bytes]) -> bool:
    with suppress(subprocess.TimeoutExpired):
        driver.wait(2.0)
    return driver.poll() is not None


def _driver(nodes: Nodes, file: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.drills.cluster", "--drive", nodes.address, str(file), str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)


def _log(out: Path) -> Path:
    return out / f"prompts{SUFFIX}"


def _lines(out: Path) -> int:
    return _log(out).read_bytes().count(b"\n") if _log(out).exists() else 0


def check(out: Path, count: int) -> None:
    """Raise AssertionError unless each of `count` lines has one entry in the log and one correct image."""
    entries = [json.loads(line) for line in _log(out).read_text().splitlines()[1:]]
    assert sorted(entry["line"] for entry in entries) == list(range(1, count + 1)), "the log has gaps or repetitions"
    pictures = [picture for path in out.glob("*.png") if (picture := load(path)) is not None]
    assert len(pictures) == count == len({picture.digest for picture in pictures}), f"{len(pictures)} images"
    assert len({picture.id for picture in pictures}) == count
    from PIL import Image

    for picture in pictures:
        assert np.array_equal(np.asarray(Image.open(picture.path)), pixels(picture.request)), picture.path


def measure(requests: int, home: Path, *, workers: int, saves_files: bool, worker: type) -> None:
    """Print the requests per second, and the memory of the driver, after each tenth of the requests."""
    file = home / "prompts.jsonl"
    write_prompts(file, requests)
    nodes = Nodes(workers - 1)
    write, add = Gallery.write, Gallery.add
    if not saves_files:
        Gallery.write, Gallery.add = _forget, lambda gallery, picture: picture  # type: ignore[method-assign]
    args = parser_of(["generate"]).parse_args(
        ["generate", "--prompts", str(file), "--out", str(home / "out"), "--json"]
    )
    try:
        with Cluster(nodes.address, Library(), worker=worker) as cluster, open(os.devnull, "w") as null:
            began = 0.0
            cpu = 0.0

            def counted(lines: Any, callbacks: Any) -> Generator[LineEvent, None, None]:
                nonlocal began, cpu
                for number, event in enumerate(cluster.generate(lines, callbacks)):
                    # The first image came when the first worker had started.
                    began = began or time.monotonic()
                    cpu = cpu or time.process_time()
                    if number and number % max(1, requests // 10) == 0:
                        print(f"{number} requests: {pace(number, began, cpu)}", file=sys.stderr)
                    yield event

            with redirect_stdout(null):
                prompt_batch.generate_prompts(args, generator=counted)
            print(f"{requests} requests, {workers} workers: {pace(requests, began, cpu)}")
    finally:
        Gallery.write, Gallery.add = write, add  # type: ignore[method-assign]
        nodes.close()


def _forget(gallery: Gallery, result: Result, *, picture_id: str) -> Picture:
    """Replace `Gallery.write` and write no file."""
    size = (result.rgba.shape[1], result.rgba.shape[0])
    return Picture(picture_id, gallery.pictures / "none.png", 0.0, size, result.request)


def pace(requests: int, began: float, cpu: float) -> str:
    """Return the requests per second, also of the driver's own CPU time, and its memory."""
    pace = requests / (time.monotonic() - began)
    own = requests / (time.process_time() - cpu)
    return f"{pace:.1f} per second, {own:.1f} per second of its CPU time, {_megabytes()} MB"


def _megabytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") // 10**6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--requests", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--files", action="store_true")
    parser.add_argument("--seconds", action="store_true")
    parser.add_argument("--drive", nargs=3, metavar=("ADDRESS", "FILE", "OUT"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.drive:
        drive(args.drive[0], Path(args.drive[1]), Path(args.drive[2]), BriskStubWorker)
        return 0
    began = time.monotonic()
    with temporary_home("cluster") as home:
        if args.kills:
            killed = drill(args.kills, args.seed, home)
            kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(killed.items()))
            print(f"{args.kills} kills ({kinds}) in {time.monotonic() - began:.0f} s: nothing lost, nothing twice")
        if args.requests:
            worker = SlowStubWorker if args.seconds else StubWorker
            measure(args.requests, home, workers=args.workers, saves_files=args.files, worker=worker)
    return 0


if __name__ == "__main__":
    sys.exit(main())
