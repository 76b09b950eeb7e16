"""Jobs on the device "cluster", with a gateway that needs no Ray."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

from gdm_studio import preferences
from gdm_studio.common import remote_device
from gdm_studio.common.errors import BadRequest, DeviceError, ModelError, StudioError
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.job import NOTHING
from gdm_studio.jobs.ray import cluster_pool as cluster_pool
from gdm_studio.jobs.ray import gateway
from gdm_studio.jobs.runner import Runner
from gdm_studio.jobs.workers import messages
from gdm_studio.jobs.workers.work_items import WorkItem, single_items
from gdm_studio.jobs.workers.worker_handle import ENDED, Share
from gdm_studio.models.memory import devices
from gdm_studio.request.generation_events import Phase, Result, State
from gdm_studio.request.generation_request import Branch, Request
from tests.helpers import stub_gateway
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.stub_worker import pixels

pytestmark = pytest.mark.usefixtures("forked_processes")

REAL_COMMAND = cluster_pool.GatewayProcess._build_command
REQUEST = CARD.checked(Request(model="gaussian", prompt="a fox", seed=3, device="cluster"))


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    """Return the executor of all tests, which starts the gateway only where it has ended."""
    with pytest.MonkeyPatch.context() as patch, closing(Executor(GaussianLibrary())) as executor:  # type: ignore[arg-type]
        stub_gateway.use(patch)
        yield executor


@pytest.fixture
def runner(executor: Executor) -> Runner:
    preferences.change({"cluster": "auto"})
    return Runner(executor, keeps_results=True)


def run(runner: Runner) -> list[str]:
    """Run submitted jobs to their end, and return their notes."""
    return [event.note for _, event in runner.run() if isinstance(event, Phase) and event.note]


@pytest.mark.slow
def test_the_cluster_generates_all_images_of_several_jobs(runner: Runner) -> None:
    whole = replace(REQUEST, count=7)
    several = runner.submit(whole, NOTHING, shares=True)
    singles = [replace(REQUEST, prompt=prompt) for prompt in ("owl", "ship", "tree")]
    board = runner.submit(replace(REQUEST, count=3), NOTHING, work_items=single_items(singles), shares=True)
    assert run(runner) == []
    for job, requests in ((several, [whole.picture(image) for image in range(7)]), (board, singles)):
        assert job.run.state is State.DONE and job.is_complete
        results = {result.image: result for result in job.run.results}
        for image, request in enumerate(requests):
            assert np.array_equal(results[image].rgba, pixels(request))
            assert results[image].request == replace(request, device="auto")


@pytest.mark.slow
def test_images_of_a_lost_gateway_are_generated_again(runner: Runner, tmp_path: Path) -> None:
    job = runner.submit(replace(REQUEST, prompt=f"crash {tmp_path / 'once'}", count=5), NOTHING)
    notes = run(runner)
    assert job.is_complete and len(job.run.results) == 5
    assert notes == ["The connection to the cluster was lost; its unfinished images are generated again."]


@pytest.mark.slow
def test_a_computer_that_joins_the_cluster_again_does_not_end_the_run(
    runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = tmp_path / "away"
    monkeypatch.setenv(stub_gateway.AWAY, str(away))
    job = runner.submit(replace(REQUEST, prompt=f"rejoin {away}", count=5), NOTHING)
    notes = run(runner)
    assert job.is_complete and len(job.run.results) == 5 and not away.exists()
    assert notes[0] == "The connection to the cluster was lost; its unfinished images are generated again."
    assert notes[1:] == ["The connection to the cluster is tried again: The cluster cannot be reached."]


@pytest.mark.slow
def test_a_cluster_that_stays_away_ends_the_run_with_the_reason(
    runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_pool, "SECONDS_TO_RECONNECT", (0.0, 0.01))
    job = runner.submit(replace(REQUEST, prompt=f"crash {tmp_path / 'once'}", count=5), NOTHING)
    events = runner.run()
    with pytest.raises(StudioError, match="'unreachable:1' cannot be reached"):
        for _, event in events:
            if isinstance(event, Phase):
                preferences.change({"cluster": "unreachable:1"})
    assert job.run.state is State.FAILED


@pytest.mark.slow
def test_a_gateway_that_is_always_lost_fails_the_job(runner: Runner, tmp_path: Path) -> None:
    job = runner.submit(replace(REQUEST, prompt=f"crash {tmp_path / 'missing' / 'folder'}"), NOTHING)
    with pytest.raises(DeviceError, match="was lost 3 times"):
        run(runner)
    assert job.run.state is State.FAILED


@pytest.fixture
def pool() -> Iterator[cluster_pool.ClusterPool]:
    preferences.change({"cluster": "auto"})
    with closing(cluster_pool.ClusterPool()) as pool:
        yield pool


class GatewayOfOneResult:
    """Gateway without a process. The first one ends after the first of two images, before the result is handled."""

    started: ClassVar[list[GatewayOfOneResult]] = []
    extra_patience = 0.0

    def __init__(self, inbox: SimpleQueue[Any], address: str = "") -> None:
        self._inbox = inbox
        self.has_ended = False
        self.started.append(self)
        self._send("room", 0, count=1)

    def make(self, share: Share) -> None:
        for image in share.images:
            request = share.item.request.picture(image)
            facts, blobs = messages.Encoder().result(Result(image, request, pixels(request)))
            self._send(facts.pop("kind"), share.number, *blobs, **facts)
            if len(self.started) == 1:
                self.has_ended = True
                self._inbox.put((self, ENDED))
                return

    def silence(self, seconds: float) -> float:
        raise AssertionError("The pool waits for an image that no gateway generates.")

    def note_handled(self, message: object) -> None: ...

    def reap(self) -> None: ...

    def close(self) -> None: ...

    def _send(self, kind: str, share: int, *blobs: bytes, **facts: object) -> None:
        self._inbox.put((self, ({"kind": kind, "share": share, **facts}, list(blobs))))


def test_images_of_a_gateway_that_ended_behind_a_result_are_generated_again(
    pool: cluster_pool.ClusterPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_pool, "GatewayProcess", GatewayOfOneResult)
    items = iter([WorkItem.of(replace(REQUEST, count=2))])
    with closing(pool.run(lambda: next(items, None))) as events:
        found = [received[1] for received in events if received is not None]
    assert [event.image for event in found if isinstance(event, Result)] == [0, 1]
    assert len(GatewayOfOneResult.started) == 2


@pytest.mark.slow
def test_a_paused_item_does_not_connect_again_to_a_cluster_that_was_idle(
    pool: cluster_pool.ClusterPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first gateway ends as soon as it has found room.
    started = stub_gateway.use(monkeypatch, 0.0)
    item = WorkItem.of(REQUEST)
    looks_after_the_end: list[int] = []

    def is_paused() -> bool:
        if not started or len(looks_after_the_end) == 5:
            return False
        if started[0].has_ended:
            looks_after_the_end.append(len(started))
            pool.wake()
        return True

    item.is_paused = is_paused
    items = iter([item])
    with closing(pool.run(lambda: next(items, None))) as events:
        found = [received[1] for received in events if received is not None]
    assert any(isinstance(event, Result) for event in found)
    assert not [event.note for event in found if isinstance(event, Phase) and event.note]
    assert looks_after_the_end == [1] * 5 and len(started) == 2


def test_a_gateway_waits_for_room_and_ends_when_it_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 0.0
    sent: list[dict[str, Any]] = []
    granted_at = 10 * gateway.SECONDS_IDLE

    class BusyCluster:
        """Cluster whose devices are held by another user for a time."""

        is_busy = True
        worker_count = 0

        @property
        def room(self) -> int:
            return int(clock >= granted_at)

        def advance(self, callbacks: object, seconds: float) -> tuple[()]:
            nonlocal clock
            clock += 10.0
            return ()

    monkeypatch.setattr(gateway, "time", SimpleNamespace(monotonic=lambda: clock))
    out: Any = SimpleNamespace(send=sent.append)
    cluster: Any = BusyCluster()
    gateway.Gateway(cluster, GaussianLibrary(), SimpleQueue(), out).serve()  # type: ignore[arg-type]
    assert [facts["kind"] for facts in sent] == ["connected", "room"]
    assert granted_at < clock <= granted_at + gateway.SECONDS_IDLE


@pytest.mark.slow
def test_a_line_that_the_cluster_cannot_generate_fails_alone(runner: Runner) -> None:
    poison = runner.submit(replace(REQUEST, prompt="poison", count=3), NOTHING, shares=True)
    branch = replace(REQUEST, branch=Branch(REQUEST, 3))
    refused = runner.submit(branch, NOTHING, shares=True)
    fine = runner.submit(replace(REQUEST, prompt="lost"), NOTHING, shares=True)
    assert run(runner) == ["The cluster has lost its computer x."]
    assert isinstance(poison.run.error, ModelError) and "lacks the model" in str(poison.run.error)
    assert isinstance(refused.run.error, DeviceError) and "choose another device" in str(refused.run.error)
    assert fine.run.state is State.DONE


def test_a_stopped_job_leaves_the_cluster_to_others(runner: Runner) -> None:
    stopped = runner.submit(replace(REQUEST, count=1000), NOTHING, shares=True)
    after = runner.submit(replace(REQUEST, prompt="owl", count=3), NOTHING, shares=True)
    for job, _ in runner.run():
        if job is stopped and stopped.run.results:
            runner.cancel(stopped)
    assert stopped.run.state is State.STOPPED and len(stopped.run.results) < 1000
    assert after.is_complete


@pytest.mark.slow
def test_a_cluster_that_cannot_be_used_fails_the_job_at_once(runner: Runner) -> None:
    runner.executor.close()
    preferences.change({"cluster": "unreachable:1"})
    job = runner.submit(REQUEST, NOTHING)
    with pytest.raises(StudioError, match="cannot be reached"):
        run(runner)
    assert job.run.state is State.FAILED


def test_without_ray_the_sentence_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ray.py").write_text("raise ImportError('no ray here')")
    environment = {"PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    monkeypatch.setattr(cluster_pool.GatewayProcess, "_build_command", REAL_COMMAND)
    original = cluster_pool.GatewayProcess._build_environment
    monkeypatch.setattr(cluster_pool.GatewayProcess, "_build_environment", lambda self: original(self) | environment)
    with pytest.raises(StudioError, match="This needs ray; run `.*` to install it"):
        asyncio.run(cluster_pool.check_cluster())


def test_a_check_that_is_cancelled_ends_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[cluster_pool.GatewayProcess] = []
    waits = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    monkeypatch.setattr(
        cluster_pool.GatewayProcess, "_build_command", lambda self, sharing: started.append(self) or waits
    )

    async def cancel() -> None:
        check = asyncio.create_task(cluster_pool.check_cluster())
        while not started:
            await asyncio.sleep(0.01)
        check.cancel()
        await asyncio.wait([check])

    # The loop waits for its threads at the end.
    asyncio.run(cancel())
    assert started[0].has_ended


def test_the_cluster_is_a_device_of_its_own() -> None:
    assert devices.device_names("cluster") == ["cluster"] and devices.describe("cluster") == "Ray cluster"
    assert devices.resolve("cluster").type != "cluster"
    with pytest.raises(DeviceError, match="choose the cluster alone"):
        devices.device_names("cluster, cpu")
    for address in ("auto", "192.168.1.5:6379", "[::1]:6379", "gpu-box.local:10001"):
        assert remote_device.is_cluster_address(address)
    for address in ("local", "-x:1", "host", "host:port", "ray://host:1", "a" * 400 + ":1", "a b:1"):
        assert not remote_device.is_cluster_address(address)
        with pytest.raises(BadRequest, match="auto or HOST:PORT"):
            preferences.SETTINGS["cluster"].check(address)
