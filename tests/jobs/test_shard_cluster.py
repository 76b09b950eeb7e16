"""Shards that the workers of a cluster write. Ray is replaced; `tests/drills/shards.py` uses the real one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gdm_studio.cli.main import parser_of
from gdm_studio.cli.prompt_shards import generate_shards
from gdm_studio.common.errors import DeviceError, StorageError, StudioError
from gdm_studio.jobs.ray import shard_worker
from gdm_studio.jobs.ray.cluster_workers import MAX_CRASHES, Answer, Assignment, Lack
from gdm_studio.jobs.ray.shard_cluster import ShardCluster
from gdm_studio.jobs.shards.shard_job import ShardJob
from gdm_studio.jobs.shards.target import FolderTarget, Target
from gdm_studio.models.model_library import Library
from tests.helpers.stub_worker import StubWorker


class Crash(BaseException):
    """Crash of a worker's process."""


class TaskError(Exception):
    """Fake of Ray's error that reports an exception of a worker's method."""


class FakeRay:
    """Fake of the module `ray` with one node. Tasks are calls that `get` makes. A worker whose task raises Crash starts
    again without its shard.
    """

    exceptions = SimpleNamespace(RayError=OSError, RayTaskError=TaskError)

    def __init__(self, cpus: int = 2) -> None:
        self._node = {"Alive": True, "NodeID": "1", "NodeManagerHostname": "x", "Resources": {"CPU": cpus}}
        self.actors = 0
        # The number of lines of each order, or 0 to continue.
        self.orders: list[int] = []

    def init(self, **options: object) -> None: ...

    def shutdown(self) -> None: ...

    def kill(self, actor: object) -> None: ...

    def nodes(self) -> list[dict[str, Any]]:
        return [self._node]

    def remote(self, **options: object) -> Any:
        def create(worker: Any, *arguments: object) -> Any:
            self.actors += 1
            actor = worker(*arguments)
            start = SimpleNamespace(remote=partial(partial, actor.start))
            start.options = lambda **options: start
            return SimpleNamespace(start=start, write_shard=SimpleNamespace(remote=partial(partial, actor.write_shard)))

        return lambda worker: SimpleNamespace(remote=partial(create, worker))

    def wait(self, tasks: list[Any], **options: object) -> tuple[list[Any], list[Any]]:
        return tasks, []

    def get(self, task: Any) -> Any:
        (order,) = task.args
        if not isinstance(order, str):
            self.orders.append(len(order.lines) if order else 0)
        try:
            return task()
        except Crash:
            task.func.__self__._end_run()
            raise self.exceptions.RayError from None


class MortalWorker(StubWorker):
    """Cluster worker of tests that crashes at the prompt "poison", and fails at "error"."""

    poisoned = 0

    def generate(self, work: Assignment) -> Answer:
        if work.request.prompt == "poison":
            MortalWorker.poisoned += 1
            raise Crash
        if work.request.prompt == "error":
            raise ValueError("an error of the program")
        return super().generate(work)


class PoorWorker(StubWorker):
    """Cluster worker of tests on a computer without a model, which only the prompt "rare" needs."""

    def generate(self, work: Assignment) -> Answer:
        rare = Lack(work.files, "The cluster's computer x lacks the model.")
        return rare if work.request.prompt == "rare" else super().generate(work)


Write = Callable[..., tuple[list[dict[str, Any]], str]]


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    ray = FakeRay()
    monkeypatch.setitem(sys.modules, "ray", ray)
    return ray


@pytest.fixture
def write(ray: FakeRay, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Write:
    """Return a function that writes shards of two images, and returns the JSON events and the error."""

    def write(*prompts: str, worker: type = StubWorker, **options: Any) -> tuple[list[dict[str, Any]], str]:
        file = tmp_path / "p.jsonl"
        lines = [json.dumps({"prompt": prompt, "seed": seed}) for seed, prompt in enumerate(prompts)]
        file.write_text("\n".join(lines))
        command = ["generate", "--prompts", str(file), "--shards", str(tmp_path / "out"), "--shard-size", "2", "--json"]
        error = ""
        capsys.readouterr()
        with ShardCluster("auto", Library(), worker=worker, **options) as cluster:
            try:
                generate_shards(parser_of(["generate"]).parse_args(command), writer=cluster.write)
            except (DeviceError, StorageError):
                raise
            except StudioError as raised:
                error = str(raised)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()], error

    return write


def lines_of(events: list[dict[str, Any]]) -> list[list[int]]:
    """Return the first and last line of each shard that was written, in the order of the lines."""
    return sorted(event["lines"] for event in events if event["event"] == "shard")


def test_workers_write_the_shards_and_the_command_reports_them(write: Write, ray: FakeRay, tmp_path: Path) -> None:
    events, error = write("a", "b", "c", "d", "e")
    failed = [event for event in events if event["event"] == "failed"]
    assert lines_of(events) == [[1, 2], [3, 4], [5, 5]] and not failed and not error and ray.actors == 2
    assert len(list((tmp_path / "out").glob("p-*.tar"))) == 3
    assert lines_of(write("a", "b", "c", "d", "e", "f")[0]) == [[6, 6]]
    # More workers than the cluster has CPUs, for which Ray's autoscaler starts computers.
    ray.actors = 0
    write("a", "g", count=5)
    assert ray.actors == 5


def test_a_line_that_crashes_or_fails_does_not_harm_its_shard(write: Write, tmp_path: Path) -> None:
    MortalWorker.poisoned = 0
    events, error = write("a", "poison", "c", "error", "e", worker=MortalWorker)
    assert lines_of(events) == [[1, 1], [3, 3], [5, 5]] and "2 lines of" in error
    messages = {event["line"]: event["message"] for event in events if event["event"] == "failed"}
    assert f"{MAX_CRASHES} workers crashed" in messages[2] and "an error of the program" in messages[4]
    # The first crash only makes the worker careful.
    assert MortalWorker.poisoned == MAX_CRASHES + 1
    records = [json.loads(path.read_text()) for path in sorted((tmp_path / "out" / "__p").glob("p-*.json"))]
    assert [record["failed"] for record in records] == [[[2, messages[2]]], [[4, messages[4]]], []]
    # The failed lines are tried again.
    assert lines_of(write("a", "poison", "c", "error", "e")[0]) == [[2, 2], [4, 4]]


def test_a_worker_without_a_model_does_not_generate_its_lines(write: Write) -> None:
    events, _ = write("a", "rare", worker=PoorWorker)
    # All lines have the same model, which every computer lacks.
    assert not lines_of(events)
    assert {event["message"] for event in events if event["event"] == "failed"} == {
        "The cluster's computer x lacks the model."
    }


def test_a_shard_that_another_worker_has_written_is_not_written_again(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [event for event in write("a", "error", "c", worker=MortalWorker)[0] if event["event"] == "shard"]
    # As if its record had been read before the shards were written.
    monkeypatch.setattr(ShardJob, "_claim_recorded_images", lambda job: None)
    monkeypatch.setattr(StubWorker, "generate", lambda *arguments: pytest.fail("it was generated again"))
    events, error = write("a", "error", "c")
    assert [event for event in events if event["event"] == "shard"] == before and "1 line of" in error
    assert [event["line"] for event in events if event["event"] == "failed"] == [2]


def test_a_folder_that_the_workers_cannot_see_is_refused(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard_worker, "open_target", lambda text: FolderTarget(tmp_path / "of another computer"))
    with pytest.raises(DeviceError, match="cannot see .*out; choose a folder that all computers share"):
        write("a")


def test_a_target_that_cannot_be_written_ends_the_run(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    create = FolderTarget.create

    def refuse(target: Target, name: str, write: Callable[[Any], object]) -> bool:
        if name.endswith(".tar"):
            raise StorageError("The disk is full; free some space.")
        return create(target, name, write)

    monkeypatch.setattr(FolderTarget, "create", refuse)
    with pytest.raises(StorageError, match="The disk is full"):
        write("a", "b", "c")
