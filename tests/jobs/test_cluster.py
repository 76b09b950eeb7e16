"""Generation on a Ray cluster: two nodes of one CPU each on this computer. Skipped where Ray is not installed."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

import gdm_studio
from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import DeviceError, ModelError, StudioError
from gdm_studio.gallery.metadata.reader import read
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.job import NOTHING
from gdm_studio.jobs.prompt_batch import Callbacks, PromptLine
from gdm_studio.jobs.ray.cluster_workers import (
    IMAGES_PER_TASK,
    MAX_CRASHES,
    TASKS_PER_WORKER,
    Answer,
    Assignment,
    Cluster,
    GenerationWorker,
    Lack,
    worker_count,
)
from gdm_studio.jobs.runner import Runner
from gdm_studio.jobs.workers.request_files import request_hashes
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Progress, Result
from gdm_studio.request.generation_request import Request
from tests.helpers import stub_worker, tiny_model

has_ray = importlib.util.find_spec("ray") is not None
NODES = [{"num_cpus": 1, "object_store_memory": 80 * 2**20}] * 2
needs_ray = pytest.mark.skipif(not has_ray, reason="Ray is not installed")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start a cluster of two nodes, whose workers have a home of their own."""
    from ray.cluster_utils import Cluster as Nodes

    root = Path(gdm_studio.__file__).parent.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", os.pathsep.join([str(root), *sys.path]))
        patch.setenv("GDM_STUDIO_HOME", str(tmp_path_factory.mktemp("node")))
        nodes = Nodes(initialize_head=True, head_node_args=NODES[0] | {"include_dashboard": False})
        nodes.add_node(**NODES[1])
    yield nodes
    nodes.shutdown()


@pytest.fixture(scope="module")
def address(nodes: Any) -> str:
    return str(nodes.address)


def stub_lines(*prompts: str) -> Iterator[PromptLine]:
    """Yield a line for each prompt."""
    for number, prompt in enumerate(prompts, 1):
        yield PromptLine(number, Request(prompt=prompt, seed=number, size=(64, 64)).checked(), (0,))


def generate(address: str, worker: type, *prompts: str) -> tuple[dict[int, Result | StudioError], list[str]]:
    """Return what stub workers make of the prompts, by line, and the notes of the cluster."""
    found: dict[int, Result | StudioError] = {}
    notes: list[str] = []
    with Cluster(address, Library(), worker=worker) as cluster:
        for line, event in cluster.generate(stub_lines(*prompts), Callbacks(notes.append)):
            assert line.number not in found
            found[line.number] = event
    return found, notes


@needs_ray
@pytest.mark.slow
def test_a_cluster_gives_the_images_and_metadata_of_one_process(address: str, tmp_path: Path) -> None:
    start = tmp_path / "start.png"
    Image.fromarray(np.full((64, 64, 3), 200, np.uint8)).save(start)
    lines = [{"prompt": f"a fox {seed}", "seed": seed, "count": 2} for seed in (10, 20)]
    lines.append({"prompt": "an owl", "seed": 30, "image": str(start)})
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text("\n".join(map(json.dumps, lines)))
    found = {}
    for name, options in {"here": [], "there": ["--cluster", address]}.items():
        command = ["generate", "--prompts", str(prompts), "--steps", "2", "--out", str(tmp_path / name), *options]
        assert run(command) == 0
        pictures = {}
        for path in (tmp_path / name).glob("*.png"):
            saved = read(path)
            assert saved.request is not None
            facts = {key: value for key, value in saved.made_with.items() if key != "seconds"}
            pictures[saved.request.seed] = (saved.request, facts, Image.open(path).tobytes())
        found[name] = pictures
    assert set(found["here"]) == {10, 11, 20, 21, 30}
    assert found["here"] == found["there"]
    log = (tmp_path / "there" / "prompts.finished.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["line"] for line in log[1:]) == [1, 1, 2, 2, 3]


@needs_ray
@pytest.mark.slow
def test_a_model_that_the_cluster_lacks_is_named(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    tiny_model.write(paths.models_dir())
    prompts = paths.data_dir() / "prompts.jsonl"
    prompts.parent.mkdir(parents=True, exist_ok=True)
    prompts.write_text('"a fox"\n')
    status = run(["generate", "--prompts", str(prompts), "--model", tiny_model.NAME, "--cluster", address])
    error = capsys.readouterr().err
    assert status == 2 and "The cluster's computer" in error and "lacks the model" in error and "tiny" in error


def test_a_worker_with_another_part_of_the_model_generates_nothing() -> None:
    """Without the LoRA, the prompt would mean something else."""
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    library = Library()
    request = Request(model=tiny_model.NAME, prompt="a fox <lora:flat:1>", seed=3, steps=2, device="cpu")
    request = library.card(request.model).checked(request)
    hashes = request_hashes(library, request)
    worker = GenerationWorker(1, False)
    assert worker.start(gdm_studio.__version__) is None
    (result,) = worker.generate(Assignment(request, (0,), hashes))  # type: ignore[misc]
    assert isinstance(result, Result) and result.request == request
    answer = worker.generate(Assignment(request, (0,), hashes | {"LoRA flat": "0" * 12}))
    assert isinstance(answer, Lack) and "lacks files of tiny (LoRA flat)" in answer.reason
    answer = worker.generate(Assignment(request, (0,), hashes | {"model_hash": "0" * 12}))
    assert isinstance(answer, Lack) and "lacks the model tiny" in answer.reason


@needs_ray
def test_only_the_computers_that_have_a_model_generate_its_lines(address: str, tmp_path: Path) -> None:
    rare = f"rare {tmp_path / 'owner'}"
    found, notes = generate(address, stub_worker.ForgetfulWorker, *[rare] * 6, *map(str, range(20)))
    assert set(found) == set(range(1, 27)) and all(isinstance(each, Result) for each in found.values())
    assert notes == ["The cluster's computer x lacks the model. Other computers generate its images."]


@needs_ray
def test_lines_whose_model_no_computer_has_are_reported(address: str) -> None:
    found, notes = generate(address, stub_worker.PoorWorker, "fox", "owl", "ship")
    assert [str(found[line]) for line in (1, 2, 3)] == ["The cluster's computer x lacks the model."] * 3
    assert all(isinstance(each, ModelError) for each in found.values())


@needs_ray
@pytest.mark.slow
def test_a_lost_computer_is_reported(address: str, nodes: Any, capfd: pytest.CaptureFixture[str]) -> None:
    notes: list[str] = []
    found = 0
    with Cluster(address, Library(), worker=stub_worker.SlowStubWorker) as cluster:
        node = nodes.add_node(**NODES[0])
        for _ in cluster.generate(stub_lines(*map(str, range(400))), Callbacks(notes.append)):
            found += 1
            if found == 20:
                nodes.remove_node(node, allow_graceful=False)
            if notes:
                break
    assert len(notes) == 1 and "lost its computer" in notes[0]
    assert "(raylet)" not in "".join(capfd.readouterr())


@needs_ray
@pytest.mark.slow
def test_the_device_cluster_gives_the_images_of_this_computer(address: str) -> None:
    preferences.change({"cluster": address})
    request = Request(prompt="a fox", seed=3, steps=2, count=3)
    found = {}
    library = Library()
    request = library.card(request.model).checked(request)
    with Runner(Executor(library), keeps_results=True) as runner:
        for device in ("cluster", "cpu"):
            job = runner.submit(replace(request, device=device), NOTHING)
            events = list(runner.run_job(job))
            assert job.is_complete and any(isinstance(event, Progress) for event in events) is (device == "cluster")
            found[device] = {result.image: result for result in job.run.results}
    for image, result in found["cluster"].items():
        other = found["cpu"][image]
        assert np.array_equal(result.rgba, other.rgba) and result.request == replace(other.request, device="auto")
        assert result.made is not None and result.made.device.startswith("CPU")


@needs_ray
def test_a_line_whose_worker_crashes_is_generated_by_another(address: str, tmp_path: Path) -> None:
    prompts = [f"crash {tmp_path / 'first'}", *map(str, range(20)), f"crash {tmp_path / 'second'}"]
    found, _ = generate(address, stub_worker.FragileWorker, *prompts)
    assert (tmp_path / "first").exists() and (tmp_path / "second").exists()
    assert set(found) == set(range(1, 23))
    for result in found.values():
        assert isinstance(result, Result) and np.array_equal(result.rgba, stub_worker.pixels(result.request))


@needs_ray
@pytest.mark.slow
def test_a_line_that_always_crashes_its_worker_is_given_up(address: str) -> None:
    found, _ = generate(address, stub_worker.FragileWorker, "fox", "poison", "owl")
    assert isinstance(found[2], DeviceError) and str(MAX_CRASHES) in str(found[2])
    assert isinstance(found[1], Result) and isinstance(found[3], Result)


@needs_ray
def test_lines_are_read_only_when_a_worker_is_free(address: str) -> None:
    read_lines = 0
    received = 0

    def counted() -> Iterator[PromptLine]:
        nonlocal read_lines
        for line in stub_lines(*map(str, range(400))):
            read_lines += 1
            yield line

    with Cluster(address, Library(), worker=stub_worker.StubWorker) as cluster:
        for _ in cluster.generate(counted(), Callbacks(print)):
            received += 1
            # Finished lines that were received together make room for as many others.
            assert read_lines <= received + 2 * len(NODES) * TASKS_PER_WORKER * IMAGES_PER_TASK
    assert received == read_lines == 400


@needs_ray
def test_a_line_with_many_images_is_shared_by_the_workers(address: str) -> None:
    count = 3 * IMAGES_PER_TASK + 1
    line = PromptLine(1, Request(prompt="fox", count=count, size=(64, 64)).checked(), tuple(range(1, count)))
    gone = replace(line, number=2, request=replace(line.request, image="0" * 64), images=(0,))
    with Cluster(address, Library(), worker=stub_worker.StubWorker) as cluster:
        found = list(cluster.generate(iter([line, gone]), Callbacks(print)))
    errors = [(part.number, str(event)) for part, event in found if isinstance(event, StudioError)]
    assert errors == [(2, "The start picture is no longer on this machine; choose it again.")]
    assert sorted(event.image for _, event in found if isinstance(event, Result)) == list(range(1, count))
    assert {len(part.images) for part, _ in found} == {IMAGES_PER_TASK, 1}


class TaskError(Exception):
    """Fake of Ray's error that reports an exception of a worker's method."""

    def __init__(self, cause: Exception) -> None:
        self.cause = cause


class OneNodeRay:
    """Fake of the module `ray` with one node. With `fails`, the node fails once, when each of its workers has all its
    tasks. Assignments for which `is_poison` is true crash their worker always, with all its tasks. Tasks are calls that
    `get` makes.
    """

    exceptions = SimpleNamespace(RayError=OSError, RayTaskError=TaskError)

    def __init__(self, cpus: int, is_poison: Callable[[Assignment], bool], *, fails: bool = False) -> None:
        self._node = {"Alive": True, "NodeID": "1", "NodeManagerHostname": "x", "Resources": {"CPU": cpus}}
        self._is_poison = is_poison
        self._capacity = cpus * TASKS_PER_WORKER
        self._fails = fails
        self._lost: set[Any] = set()
        self.poison_count = 0
        # The number of assignments of each task.
        self.sizes: list[int] = []
        # The unfinished tasks of several lines, and their number at each call of `wait`.
        self._busy: list[Any] = []
        self.busy_counts: list[int] = []

    def init(self, **options: object) -> None: ...

    def shutdown(self) -> None: ...

    def nodes(self) -> list[dict[str, Any]]:
        return [self._node]

    def remote(self, **options: object) -> Any:
        def actor(worker: Any) -> Any:
            start = SimpleNamespace(remote=partial(partial, worker.start))
            start.options = lambda **options: start
            generate_all = SimpleNamespace(remote=partial(partial, worker.generate_all))
            return SimpleNamespace(start=start, generate_all=generate_all)

        return lambda worker: SimpleNamespace(remote=lambda *arguments: actor(worker(*arguments)))

    def wait(self, tasks: list[Any], **options: object) -> tuple[list[Any], list[Any]]:
        self._busy = [task for task in tasks if isinstance(task.args[0], list)]
        self.busy_counts.append(len(self._busy))
        if self._fails and len(self._busy) == self._capacity:
            self._fails = False
            self._lost.update(self._busy)
        return tasks, []

    def get(self, task: Any) -> Any:
        (argument,) = task.args
        works = argument if isinstance(argument, list) else []
        self.sizes.append(len(works))
        poison_count = sum(map(self._is_poison, works))
        self.poison_count += poison_count
        if task in self._busy:
            self._busy.remove(task)
        if poison_count:
            self._lost.update(other for other in self._busy if other.func.__self__ is task.func.__self__)
        if poison_count or task in self._lost:
            raise self.exceptions.RayError
        try:
            return task()
        except Exception as error:
            raise self.exceptions.RayTaskError(error) from error


def test_a_failed_node_counts_once_for_each_part_of_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    cpus = 8
    count = cpus * TASKS_PER_WORKER * IMAGES_PER_TASK
    ray = OneNodeRay(cpus, lambda work: work.images[0] == IMAGES_PER_TASK, fails=True)
    monkeypatch.setitem(sys.modules, "ray", ray)
    line = PromptLine(1, Request(prompt="fox", count=count, size=(64, 64)).checked(), tuple(range(count)))
    with Cluster("auto", Library(), worker=stub_worker.StubWorker) as cluster:
        found = list(cluster.generate(iter([line]), Callbacks(print)))
    (poison,) = [part.images for part, event in found if isinstance(event, DeviceError)]
    assert poison == tuple(range(IMAGES_PER_TASK, 2 * IMAGES_PER_TASK)) and ray.poison_count == MAX_CRASHES
    made = sorted(event.image for _, event in found if isinstance(event, Result))
    assert made == [image for image in range(count) if image not in poison]


class FailingWorker(stub_worker.StubWorker):
    """Cluster worker of tests whose program has an error that the prompt "error" triggers."""

    def generate(self, work: Assignment) -> Answer:
        if work.request.prompt == "error":
            raise ValueError("an error of the program")
        return super().generate(work)


@pytest.mark.parametrize("cpus", [1, 2])
@pytest.mark.parametrize(("bad", "words"), [("poison", "workers crashed on it"), ("error", "an error of the program")])
def test_a_bad_line_does_not_harm_the_lines_that_a_worker_gets_with_it(
    bad: str, words: str, cpus: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray = OneNodeRay(cpus, lambda work: work.request.prompt == "poison")
    monkeypatch.setitem(sys.modules, "ray", ray)
    prompts = [*map(str, range(100)), bad, *map(str, range(100, 200))]
    found: dict[int, Result | StudioError] = {}
    with Cluster("auto", Library(), worker=FailingWorker) as cluster:
        for line, event in cluster.generate(stub_lines(*prompts), Callbacks(print)):
            assert line.number not in found
            found[line.number] = event
    assert max(ray.sizes) == IMAGES_PER_TASK
    assert [line for line, event in found.items() if not isinstance(event, Result)] == [101]
    assert words in str(found[101]) and len(found) == len(prompts)


def test_a_task_has_a_limited_number_of_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several lines with several images each share a task only up to the limit."""
    ray = OneNodeRay(1, lambda work: False)
    monkeypatch.setitem(sys.modules, "ray", ray)
    count = IMAGES_PER_TASK // 3
    request = Request(prompt="fox", count=count, size=(64, 64)).checked()
    lines = [PromptLine(number, replace(request, seed=number), tuple(range(count))) for number in range(1, 40)]
    with Cluster("auto", Library(), worker=stub_worker.StubWorker) as cluster:
        found = list(cluster.generate(iter(lines), Callbacks(print)))
    assert max(ray.sizes) == 3 and len(found) == count * len(lines)


def test_all_workers_have_tasks_if_lines_do_not_fill_them(monkeypatch: pytest.MonkeyPatch) -> None:
    cpus = 4
    ray = OneNodeRay(cpus, lambda work: False)
    monkeypatch.setitem(sys.modules, "ray", ray)
    # Three of them, not a whole number, fit into the limit.
    request = Request(prompt="fox", count=5, size=(64, 64)).checked()
    lines = [PromptLine(number, replace(request, seed=number), tuple(range(5))) for number in range(1, 200)]
    with Cluster("auto", Library(), worker=stub_worker.StubWorker) as cluster:
        found = list(cluster.generate(iter(lines), Callbacks(print)))
    assert len(found) == 5 * len(lines)
    assert set(ray.busy_counts[1:-2]) == {cpus * TASKS_PER_WORKER}


class UnevenWorker(stub_worker.StubWorker):
    """Cluster worker of tests that needs a second for the prompt "slow", and no time for others."""

    def generate(self, work: Assignment) -> Answer:
        time.sleep(work.request.prompt == "slow")
        return super().generate(work)


@pytest.mark.slow
def test_a_worker_gives_back_the_lines_behind_a_slow_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = OneNodeRay(1, lambda work: False)
    monkeypatch.setitem(sys.modules, "ray", ray)
    prompts = [*map(str, range(40)), "slow", "slow", *map(str, range(40))]
    answered: list[int] = []
    generate_all = UnevenWorker.generate_all

    def counted(worker: UnevenWorker, works: list[Assignment]) -> tuple[list[Answer], float]:
        answers, seconds = generate_all(worker, works)
        answered.append(sum(work.request.prompt == "slow" for work in works[: len(answers)]))
        return answers, seconds

    monkeypatch.setattr(UnevenWorker, "generate_all", counted)
    with Cluster("auto", Library(), worker=UnevenWorker) as cluster:
        found = [line.number for line, _ in cluster.generate(stub_lines(*prompts), Callbacks(print))]
    assert sorted(found) == list(range(1, len(prompts) + 1))
    assert sum(answered) == 2 and max(answered) == 1


@pytest.mark.slow
def test_slow_lines_have_a_task_each(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = OneNodeRay(2, lambda work: False)
    monkeypatch.setitem(sys.modules, "ray", ray)
    with Cluster("auto", Library(), worker=stub_worker.SlowStubWorker) as cluster:
        found = list(cluster.generate(stub_lines(*map(str, range(8))), Callbacks(print)))
    assert max(ray.sizes) == 1 and len(found) == 8


@needs_ray
def test_workers_with_another_version_are_refused(address: str) -> None:
    with pytest.raises(DeviceError, match=r"has GDM Studio 0\.0\.1\."):
        generate(address, stub_worker.UnsuitableWorker, "fox")


@needs_ray
@pytest.mark.parametrize(("options", "words"), [({"device": "cuda"}, "no GPU"), ({"threads": 3}, "3 CPU threads")])
def test_a_cluster_without_room_is_refused(address: str, options: dict, words: str) -> None:
    with (
        Cluster(address, Library(), worker=stub_worker.StubWorker, **options) as cluster,
        pytest.raises(DeviceError, match=words),
    ):
        list(cluster.generate(stub_lines("fox"), Callbacks(print)))


@needs_ray
@pytest.mark.parametrize("address", ["127.0.0.1:1", "nonsense", "ray://nowhere:1", "127.0.0.1:99999"])
def test_an_address_without_a_cluster_is_refused(address: str) -> None:
    with pytest.raises(StudioError, match="cannot be reached: run `ray start --head`"):
        Cluster(address, Library())


def test_a_cluster_without_ray_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(StudioError, match="This needs ray; run `"):
        Cluster("auto", Library())
    for wrong in ({"device": "cuda:1"}, {"threads": 0}):
        with pytest.raises(StudioError, match="--device|--cluster-threads"):
            Cluster("auto", Library(), **wrong)


def test_the_errors_of_rays_own_processes_are_not_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ray = OneNodeRay(1, lambda work: False)
    internals = SimpleNamespace(print_to_stdstream=lambda data, ignore_prefix: print(data["lines"]))
    ray._private = SimpleNamespace(worker=internals)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ray", ray)
    with Cluster("auto", Library(), worker=stub_worker.StubWorker) as cluster:
        internals.print_to_stdstream({"lines": ["(raylet) noise"]}, ignore_prefix=False)
        assert len(list(cluster.generate(stub_lines("fox"), Callbacks(print)))) == 1
    assert capsys.readouterr().out == ""


def test_workers_fill_the_devices_of_each_node() -> None:
    nodes = [{"CPU": 7.0, "GPU": 2.0}, {"CPU": 3.0}, {"memory": 1.0}]
    assert worker_count(nodes, has_gpu=False, threads=2) == 4
    assert worker_count(nodes, has_gpu=True, threads=2) == 2


def test_ray_is_imported_only_by_a_cluster() -> None:
    import subprocess

    code = "import sys, gdm_studio.jobs.ray.cluster_workers, gdm_studio.cli.generate; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
