"""Drill of a server that is killed at random: each accepted request and each of ComfyUI's prompts is run once.

    python -m tests.drills.server --kills 100

Between two kills, clients send requests with a key, requests by id, and graphs of one and of two samplers. A client
whose answer the kill has prevented sends the same again. At the end, the images are compared with the requests.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
import uuid
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from PIL import Image

from gdm_studio.gallery import Gallery
from gdm_studio.jobs.queue import Queue
from tests.drills.home import temporary_home
from tests.helpers.http_client import Answer, RunningServer, running_server
from tests.helpers.server_process import server_process
from tests.server.test_comfyui import TEXT_TO_IMAGE, TWO_STAGES, changed, upload

KINDS = ("key", "id", "graph", "two samplers")
# Images of a request of each kind.
IMAGES = {"key": 2, "id": 1, "graph": 2, "two samplers": 2}
REQUESTS_PER_KILL = 3
SECONDS_WITHOUT_PROGRESS = 600.0
# The server never stops at a step.
NEVER = 10**9


@dataclass(eq=False)
class Sent:
    """Request of a client. It was accepted if the client has got an answer, or if the server knows it."""

    kind: str
    seed: int
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    is_accepted: bool = False

    def send(self, server: RunningServer) -> None:
        """Send the request, also again. Does nothing if the server is killed meanwhile."""
        with suppress(OSError, HTTPException):
            if self.kind in ("graph", "two samplers"):
                if not self._is_known(server):
                    graph = TEXT_TO_IMAGE if self.kind == "graph" else TWO_STAGES
                    body = {"prompt": changed(graph, "3", seed=self.seed), "prompt_id": self.id}
                    self._check(server.post("/prompt", body))
                self.is_accepted = True
            elif self.kind == "id":
                body = {"id": self.id, "prompt": "x", "steps": 2, "seed": self.seed}
                self._check(server.post("/v1/requests", body))
                self.is_accepted = True
            else:
                body = {"prompt": "x", "steps": 2, "n_iter": 2, "seed": self.seed}
                # The connection ends with the server, and the answer comes with the images.
                self._check(server.post("/sdapi/v1/txt2img", body, Idempotency_Key=self.id))
                self.is_accepted = True

    def is_done(self, server: RunningServer) -> bool:
        """Return True if all images of the request are there. Raises AssertionError if it has failed."""
        if self.kind in ("graph", "two samplers"):
            entry = server.get(f"/history/{self.id}").json.get(self.id)
            assert entry is None or entry["status"]["completed"], entry["status"]
            return entry is not None
        found = server.get(f"/v1/requests/{self.id}").json
        assert found["state"] in ("waiting", "running", "done"), found
        return found["state"] == "done" and len(found["images"]) == IMAGES[self.kind]

    def _is_known(self, server: RunningServer) -> bool:
        queue = server.get("/queue").json
        waiting = [each[1] for each in (*queue["queue_running"], *queue["queue_pending"])]
        return self.id in waiting or bool(server.get(f"/history/{self.id}").json)

    def _check(self, answer: Answer) -> None:
        # A prompt that was restored in this moment.
        is_known = answer.status == 400 and "already" in str(answer.json)
        assert answer.status in (200, 202) or is_known, (self.kind, answer.status, answer.json)


def drill(kills: int, seed: int) -> int:
    """Kill a server, and return the number of requests. Raises AssertionError if a promise is broken."""
    rng = random.Random(seed)
    sent: list[Sent] = []
    for number in range(kills):
        with server_process(NEVER) as (server, _):
            if not number:
                upload(server, Image.new("RGBA", (64, 64), (200, 30, 40, 255)))
            threads = []
            for _ in range(REQUESTS_PER_KILL):
                sent.append(Sent(rng.choice(KINDS), 1000 + 2 * len(sent)))
            before = _count_answers(sent)
            for each in [each for each in sent if not each.is_accepted]:
                threads.append(threading.Thread(target=each.send, args=(server,)))
                threads[-1].start()
            began = time.monotonic()
            while _count_answers(sent) == before:
                assert time.monotonic() - began < SECONDS_WITHOUT_PROGRESS, "no request gets an answer"
                time.sleep(0.02)
            time.sleep(rng.random())
        for thread in threads:
            thread.join()
        print(f"{number + 1} kills, {_count_answers(sent)} answers", file=sys.stderr, flush=True)
    with running_server() as server:
        for each in [each for each in sent if not each.is_accepted]:
            each.send(server)
        end = time.monotonic() + SECONDS_WITHOUT_PROGRESS
        while not all(each.is_done(server) for each in sent):
            assert time.monotonic() < end, [each for each in sent if not each.is_done(server)]
            time.sleep(0.2)
    check(sent)
    return len(sent)


def _count_answers(sent: list[Sent]) -> int:
    return sum(each.is_accepted for each in sent)


def check(sent: list[Sent]) -> None:
    """Raise AssertionError unless each image is in the gallery once, and nothing waits any more."""
    with closing(Gallery.open()) as gallery:
        found = gallery.page("", limit=10**6)
    expected = sum(IMAGES[each.kind] for each in sent)
    assert len(found) == expected, f"{len(found)} images instead of {expected}"
    # The second sampler has the settings of the default graph.
    seeds = sorted(each.request.seed for each in found)
    wanted = [seed for each in sent for seed in _seeds_of(each)]
    assert seeds == sorted(wanted), "images have other seeds"
    assert Queue.open().items() == []


def _seeds_of(sent: Sent) -> list[int]:
    if sent.kind == "two samplers":
        return [sent.seed, TWO_STAGES["14"]["inputs"]["seed"]]
    return [sent.seed + number for number in range(IMAGES[sent.kind])]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    args: Any = parser.parse_args()
    began = time.monotonic()
    with temporary_home("server") as home:
        count = drill(args.kills, args.seed)
        assert not list(Path(home).rglob("*.started")), "marks of graphs are left"
    seconds = time.monotonic() - began
    print(f"{args.kills} kills, {count} requests in {seconds:.0f} s: each accepted request once")
    return 0


if __name__ == "__main__":
    sys.exit(main())
