"""Drill of shards that the workers of a local Ray cluster write, while workers, nodes and the command are killed.

    python -m tests.drills.shards --kills 100 --requests 100000
    python -m tests.drills.shards --measure --requests 1000000

The first form kills a random worker, node or command as soon as a shard was written since the last kill. Commands and
nodes are started again. At the end, the shards are read, and compared with the prompt file and with their records. With
`--url`, they are written through fsspec, to a place that all workers reach. The second form measures the requests per
second of the command's CPU time and its memory, with workers that need no time and write nothing. Needs Ray.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gdm_studio.cli.main import parser_of
from gdm_studio.cli.prompt_shards import generate_shards
from gdm_studio.common.atomic_files import PART
from gdm_studio.gallery.metadata.reader import read
from gdm_studio.jobs.ray import shard_cluster
from gdm_studio.jobs.ray.shard_cluster import ShardCluster
from gdm_studio.jobs.ray.shard_worker import ShardOrder, ShardReply, ShardWorker
from gdm_studio.jobs.shards.shard import ShardRecord
from gdm_studio.jobs.shards.target import Target, open_target
from gdm_studio.models.model_library import Library
from tests.drills.cluster import ROOT, SECONDS_WITHOUT_PROGRESS, VICTIMS, Nodes, has_ended, pace, write_prompts
from tests.drills.home import temporary_home
from tests.helpers.stub_worker import StubWorker, pixels

# Every how many images are decoded at the end. All of them are counted.
DECODED = 50


class IdleShardWorker(ShardWorker):
    """Worker that reports shards without writing them."""

    def write_shard(self, order: ShardOrder | None) -> ShardReply:
        assert order is not None
        images = [(line.number, image, digest) for line in order.lines for image, digest in line.digests.items()]
        return ShardReply(len(order.lines), is_finished=True, record=ShardRecord(order.name, "", 0, images))


def drive(address: str, file: Path, target: str, size: int) -> None:
    """Write the shards of a prompt file on the cluster with stub workers."""
    args = parse(file, target, size)
    with ShardCluster(address, Library(), worker=StubWorker) as cluster:
        generate_shards(args, writer=cluster.write)


def parse(file: Path, target: str, size: int) -> argparse.Namespace:
    command = ["generate", "--prompts", str(file), "--shards", target, "--shard-size", str(size), "--json"]
    return parser_of(["generate"]).parse_args(command)


def drill(kills: int, requests: int, size: int, seed: int, home: Path, url: str = "") -> Counter[str]:
    """Kill workers, nodes and commands, and return the number of kills by kind.

    Raises AssertionError if a promise is broken.
    """
    rng = random.Random(seed)
    file = home / "prompts.jsonl"
    target = url or str(home / "out")
    write_prompts(file, requests)
    killed = Counter[str]()
    nodes = Nodes(2)
    place = open_target(target)
    command = _start_command(nodes, file, target, size)
    try:
        for _ in range(kills):
            count = _count(place)
            began = time.monotonic()
            while _count(place) <= count or not (workers := nodes.workers("ShardWorker")):
                assert time.monotonic() - began < SECONDS_WITHOUT_PROGRESS, f"stuck after {killed}"
                assert command.poll() is None, f"the command ended with {command.poll()} after {killed}"
                time.sleep(0.05)
            time.sleep(rng.random() * 0.3)
            victim = rng.choice(VICTIMS)
            if victim == "worker":
                with suppress(ProcessLookupError):
                    os.kill(rng.choice(workers), signal.SIGKILL)
            elif victim == "node":
                nodes.kill_node(rng)
            else:
                command.kill()
            # A command ends with the node that it is connected to.
            if victim != "worker" and has_ended(command):
                command = _start_command(nodes, file, target, size)
            killed[victim] += 1
            print(f"{killed.total()} kills, {_count(place)} shards", file=sys.stderr, flush=True)
        command.kill()
        command.wait()
        with open(os.devnull, "w") as null, redirect_stdout(null):
            drive(nodes.address, file, target, size)
    finally:
        command.kill()
        command.wait()
        nodes.close()
    check(place, requests)
    return killed


def _start_command(nodes: Nodes, file: Path, target: str, size: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.drills.shards", "--drive", nodes.address, str(file), target, str(size)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)


def _count(target: Target) -> int:
    return sum(name.endswith(".tar") for name in target.sizes())


def check(target: Target, requests: int) -> None:
    """Raise AssertionError unless each request has one image in one shard, with the right settings and pixels, and each
    shard has a record with its digest.
    """
    lines = Counter[int]()
    keys = set[str]()
    for name in sorted(target.sizes()):
        if name.endswith(PART):
            # A killed worker leaves a hidden file, which a later start removes.
            continue
        assert name.endswith(".tar"), f"{name} is left"
        with target.open(name) as file:
            data = file.read()
        record = ShardRecord.from_json(target.read(f"__prompts/{name.removesuffix('.tar')}.json", 2**24))
        assert record.sha256 == hashlib.sha256(data).hexdigest() and record.size == len(data) and not record.failed
        found = []
        for key, png, facts in _iterate_samples(data):
            found.append((facts["line"], facts["image_index"], facts["digest"]))
            lines[facts["line"]] += 1
            keys.add(key)
            assert facts["prompt"] == f"fox {facts['line'] - 1}" and facts["seed"] == facts["line"] - 1
            if facts["line"] % DECODED == 0:
                _check_image(png, facts)
        assert found == list(record.images), f"the record of {name} is wrong"
    assert set(lines) == set(range(1, requests + 1)), f"{requests - len(lines)} images are missing"
    assert lines.total() == requests == len(keys), f"{lines.total() - requests} images occur twice"


def _iterate_samples(data: bytes) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = tar.getmembers()
        for image, facts in zip(members[::2], members[1::2], strict=True):
            key = image.name.removesuffix(".png")
            assert facts.name == f"{key}.json"
            png, text = tar.extractfile(image), tar.extractfile(facts)
            assert png is not None and text is not None
            yield key, png.read(), json.loads(text.read())


def _check_image(png: bytes, facts: dict[str, Any]) -> None:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(png)
        file.flush()
        request = read(Path(file.name)).request
        assert request is not None and request.digest() == facts["digest"]
        assert np.array_equal(np.asarray(Image.open(file.name)), pixels(request))


def measure(requests: int, size: int, home: Path, *, workers: int) -> None:
    """Print the requests per second, and the memory of the command, after each tenth of the requests."""
    file = home / "prompts.jsonl"
    write_prompts(file, requests)
    nodes = Nodes(workers - 1)
    shard_cluster.ShardWorker = IdleShardWorker  # type: ignore[misc]
    try:
        with ShardCluster(nodes.address, Library(), worker=StubWorker) as cluster, open(os.devnull, "w") as null:
            began = time.monotonic()
            cpu = time.process_time()

            def counted(*args: Any) -> Generator[Any, None, None]:
                done = 0
                for result in cluster.write(*args):
                    before, done = done, done + len(result.record.images)
                    if before * 10 // requests < done * 10 // requests:
                        print(f"{done} requests: {pace(done, began, cpu)}", file=sys.stderr, flush=True)
                    yield result

            with redirect_stdout(null):
                generate_shards(parse(file, str(home / "out"), size), writer=counted)
            print(f"{requests} requests, {workers} workers: {pace(requests, began, cpu)}")
    finally:
        nodes.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--url", default="")
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--drive", nargs=4, metavar=("ADDRESS", "FILE", "TARGET", "SIZE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.drive:
        address, file, target, size = args.drive
        drive(address, Path(file), target, int(size))
        return 0
    began = time.monotonic()
    with temporary_home("shards") as home:
        if args.measure:
            measure(args.requests, args.size, home, workers=args.workers)
        else:
            killed = drill(args.kills, args.requests, args.size, args.seed, home, args.url)
            kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(killed.items()))
            seconds = time.monotonic() - began
            print(f"{args.requests} requests, {args.kills} kills ({kinds}) in {seconds:.0f} s: each image once")
    return 0


if __name__ == "__main__":
    sys.exit(main())
