"""The job runner: images are saved once, survive a full disk, and update the queue."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio.common.errors import StorageError, StudioError
from gdm_studio.gallery import Gallery, Picture, read
from gdm_studio.gallery.collections import Collections
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.job import NOTHING, Collection, Job
from gdm_studio.jobs.queue import ItemState, Queue
from gdm_studio.jobs.runner import Runner
from gdm_studio.request.generation_events import Result, State, StepEvent
from gdm_studio.request.generation_request import Request
from tests.helpers.gaussian_model import GaussianLibrary

REQUEST = Request(model="gaussian", prompt="a red disc", steps=4, guidance_scale=1.0, seed=7, device="cpu")


class FullDisk:
    """Switch that makes the gallery refuse images as on a full disk, or refuse to add them to a collection."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_full = False
        self.refuses_collections = False
        save = Gallery.save
        create = Collections.create

        def guarded_save(gallery: Gallery, result: Result, **named: str) -> Picture:
            if self.is_full:
                raise StorageError("The disk is full.")
            return save(gallery, result, **named)

        def guarded_create(collections: Collections, name: str, ids: list[str]) -> str:
            if self.refuses_collections:
                raise StorageError("The disk is full.")
            return create(collections, name, ids)

        monkeypatch.setattr(Gallery, "save", guarded_save)
        monkeypatch.setattr(Collections, "create", guarded_create)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(monkeypatch)


@pytest.fixture
def gallery() -> Iterator[Gallery]:
    with closing(Gallery.open()) as gallery:
        yield gallery


@pytest.fixture
def runner(gallery: Gallery) -> Iterator[Runner]:
    with Runner(Executor(GaussianLibrary()), lambda: gallery, Queue.open()) as runner:  # type: ignore[arg-type]
        yield runner


def seeds(gallery: Gallery) -> list[int]:
    found = [read(picture.path).request for picture in gallery.page()]
    return sorted(request.seed for request in found if request is not None)


def finish(runner: Runner) -> list[tuple[Job, object]]:
    return list(runner.run())


def test_images_go_into_the_gallery_a_collection_or_nowhere(runner: Runner, gallery: Gallery) -> None:
    collection = Collection("Foxes")
    runner.submit(REQUEST)
    runner.submit(replace(REQUEST, seed=8, count=2), collection)
    runner.submit(replace(REQUEST, seed=10), collection)
    unsaved = runner.submit(replace(REQUEST, seed=11), NOTHING)
    events = finish(runner)
    assert [event for _, event in events if event is None] == [None] * 4
    assert seeds(gallery) == [7, 8, 9, 10] and collection.name == "Foxes"
    assert [(each.name, each.count) for each in gallery.collections.all()] == [("Foxes", 3)]
    assert unsaved.is_complete and not unsaved.run.results and not runner.unsaved


def test_on_a_full_disk_nothing_is_lost_and_nothing_else_starts(
    runner: Runner, gallery: Gallery, disk: FullDisk
) -> None:
    errors: list[StudioError] = []
    saved: list[int] = []
    runner.on_storage_error = lambda job, error: errors.append(error)
    runner.on_saved = lambda job, result, picture: saved.append(result.request.seed)
    first = runner.submit(replace(REQUEST, count=2, batch=2))
    second = runner.submit(replace(REQUEST, seed=9))
    disk.is_full = True
    finish(runner)
    assert first.run.state is State.DONE and second.run.state is State.QUEUED and runner.is_blocked
    assert (
        [each.result.request.seed for each in runner.unsaved] == [7, 8] == [r.request.seed for r in first.run.results]
    )
    runner.save_unsaved(quietly=True)
    assert len(errors) == 2 and runner.is_blocked and not gallery.count()
    disk.is_full = False
    runner.save_unsaved()
    assert saved == [7, 8] and not runner.is_blocked and not first.run.results
    finish(runner)
    assert seeds(gallery) == saved == [7, 8, 9]


def test_a_later_image_that_can_be_saved_brings_the_earlier_ones(
    runner: Runner, gallery: Gallery, disk: FullDisk
) -> None:
    runner.on_storage_error = lambda job, error: None
    runner.submit(replace(REQUEST, count=3, batch=1))
    disk.is_full = True
    for _, event in runner.run():
        if isinstance(event, Result):
            disk.is_full = event.image < 1
    assert seeds(gallery) == [7, 8, 9] and not runner.unsaved


def test_unsaved_images_can_go_elsewhere_or_be_discarded(
    runner: Runner, gallery: Gallery, disk: FullDisk, tmp_path: Path
) -> None:
    runner.on_storage_error = lambda job, error: None
    runner.submit(REQUEST)
    disk.is_full = True
    finish(runner)
    runner.save_unsaved_in(tmp_path / "other")
    (path,) = (tmp_path / "other").glob("*.png")
    assert read(path).id and not runner.unsaved and not runner.is_blocked
    queue = runner.queue
    assert queue is not None
    taken = queue.take(queue.add(replace(REQUEST, seed=8)).id)
    assert taken is not None
    runner.submit(taken)
    finish(runner)
    assert queue.items()
    runner.discard_unsaved()
    disk.is_full = False
    runner.save_unsaved()
    assert not gallery.count() and not runner.is_blocked and not queue.items()


def test_an_image_whose_collection_failed_is_not_saved_twice(runner: Runner, gallery: Gallery, disk: FullDisk) -> None:
    runner.on_storage_error = lambda job, error: None
    runner.submit(REQUEST, Collection("Foxes"))
    disk.refuses_collections = True
    finish(runner)
    assert len(runner.unsaved) == 1 and gallery.count() == 1
    disk.refuses_collections = False
    runner.save_unsaved()
    assert gallery.count() == 1 and [each.count for each in gallery.collections.all()] == [1]


def test_an_image_of_two_collections_that_share_their_images_is_saved_once(runner: Runner, gallery: Gallery) -> None:
    known: dict[str, Picture] = {}
    saved: list[str] = []
    runner.on_saved = lambda job, result, picture: saved.append(picture.id)
    for name in ("Foxes", "Owls"):
        runner.submit(REQUEST, Collection(name, known=known))
    runner.submit(REQUEST, Collection("Discs"))
    finish(runner)
    assert saved[0] == saved[1] != saved[2] and gallery.count() == 2
    assert {each.name: each.count for each in gallery.collections.all()} == {"Foxes": 1, "Owls": 1, "Discs": 1}


def test_an_image_that_was_deleted_is_saved_again_for_its_collection(runner: Runner, gallery: Gallery) -> None:
    known: dict[str, Picture] = {}
    for name in ("Foxes", "Owls"):
        runner.submit(REQUEST, Collection(name, known=known))
        finish(runner)
        (picture,) = gallery.page()
        if name == "Foxes":
            gallery.trash.delete([picture.id])
    assert picture.path.exists() and {each.name: each.count for each in gallery.collections.all()}["Owls"] == 1


def test_on_a_full_disk_jobs_start_whose_images_are_not_saved(runner: Runner, gallery: Gallery, disk: FullDisk) -> None:
    runner.on_storage_error = lambda image, error: None
    runner.submit(REQUEST)
    disk.is_full = True
    finish(runner)
    waiting = runner.submit(replace(REQUEST, seed=8))
    preview = runner.submit(replace(REQUEST, seed=9), NOTHING)
    assert runner.is_blocked and runner.has_waiting
    finish(runner)
    assert preview.run.state is State.DONE and waiting.run.state is State.QUEUED and not runner.has_waiting
    runner.stop_waiting()
    assert waiting.run.state is State.STOPPED and waiting.is_closed


@pytest.mark.parametrize("is_finished", [False, True])
def test_the_images_of_a_job_can_be_saved_although_it_was_submitted_into_nothing(
    gallery: Gallery, is_finished: bool
) -> None:
    runner = Runner(Executor(GaussianLibrary()), lambda: gallery, keeps_results=True)  # type: ignore[arg-type]
    job = runner.submit(replace(REQUEST, count=2, batch=1), NOTHING)
    collection = Collection("Foxes")
    for _, event in runner.run():
        if not is_finished and isinstance(event, Result) and event.image == 0:
            runner.save_results(job, collection)
    if is_finished:
        assert not gallery.count()
        runner.save_results(job, collection)
    runner.save_results(job, collection)
    assert seeds(gallery) == [7, 8] and [each.count for each in gallery.collections.all()] == [2]
    step = replace(job.run.results[0], stopped_at=2)
    saved = runner.save(step)
    assert saved.is_closed and saved.run.kept and gallery.count() == 3


def test_the_queue_follows_the_images_and_the_end_of_a_job(runner: Runner, gallery: Gallery, disk: FullDisk) -> None:
    queue = runner.queue
    assert queue is not None
    runner.on_storage_error = lambda job, error: None
    queue.add(replace(REQUEST, count=2, batch=1))
    queue.add(replace(REQUEST, model="gone"))
    for item in queue.items():
        assert (taken := queue.take(item.id)) is not None
        runner.submit(taken)
    made: list[tuple[int, ...]] = []
    for job, event in runner.run():
        if isinstance(event, Result) and event.image == 0:
            disk.is_full = True
        if isinstance(event, Result) and job.item is not None and (left := queue.get(job.item.id)):
            made.append(left.made)
    assert made == [(0,), (0,)], "an item is done once its images are in their files"
    disk.is_full = False
    runner.save_unsaved()
    assert seeds(gallery) == [7, 8]
    finish(runner)
    (failed,) = queue.items()
    assert failed.state is ItemState.FAILED and "gone" in failed.error


@pytest.mark.parametrize("starts", [False, True])
def test_a_cancelled_item_leaves_the_queue_and_its_images_can_be_saved_as_they_are(
    runner: Runner, gallery: Gallery, starts: bool
) -> None:
    queue = runner.queue
    assert queue is not None
    taken = queue.take(queue.add(REQUEST).id)
    assert taken is not None
    job = runner.submit(taken)
    if not starts:
        runner.cancel(job)
        assert not finish(runner) and job.run.state is State.STOPPED and not queue.items()
        return
    for _, event in runner.run():
        if isinstance(event, StepEvent) and event.index == 2:
            runner.cancel(job)
    assert job.run.state is State.STOPPED and not queue.items() and not gallery.count()
    runner.save_partial_results(job)
    (picture,) = gallery.page()
    assert picture.stopped_at == 2


def test_an_item_that_was_stopped_otherwise_waits_and_resumes(runner: Runner, gallery: Gallery) -> None:
    queue = runner.queue
    assert queue is not None
    item = queue.add(REQUEST)
    for expected in ([1, 2], [1, 2, 3, 4]):
        taken = queue.take(item.id)
        assert taken is not None
        job = runner.submit(taken)
        steps = []
        for _, event in runner.run():
            if isinstance(event, StepEvent):
                steps.append(event.index)
                if len(expected) == 2 and event.index == 2:
                    job.cancel()
        assert steps == expected
    assert seeds(gallery) == [7] and not queue.items()


def test_steps_that_cannot_be_recorded_cost_no_image(
    runner: Runner, gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: object, **named: object) -> None:
        raise StorageError("The disk is full.")

    queue = runner.queue
    assert queue is not None
    monkeypatch.setattr(Queue, "keep_steps", refuse)
    monkeypatch.setattr("gdm_studio.engine.resume.WRITE_INTERVAL", 0.0)
    taken = queue.take(queue.add(REQUEST).id)
    assert taken is not None
    job = runner.submit(taken)
    finish(runner)
    assert seeds(gallery) == [7] and not queue.items()
    assert [note for note in job.run.notes if "After a crash" in note] == job.new_notes()


def test_a_window_saves_in_its_disk_thread_and_follows_with_async_for(gallery: Gallery) -> None:
    import asyncio

    threads: set[str] = set()
    with ThreadPoolExecutor(1, thread_name_prefix="disk") as pool:
        gallery_there = pool.submit(Gallery.open).result()

        def open_gallery() -> Gallery:
            threads.add(threading.current_thread().name)
            return gallery_there

        def on_disk(task: Callable[[], object]) -> None:
            pool.submit(task)

        runner = Runner(Executor(GaussianLibrary()), open_gallery, on_disk=on_disk, keeps_results=True)  # type: ignore[arg-type]
        job = runner.submit(replace(REQUEST, count=2, batch=1))
        worker = threading.Thread(target=finish, args=(runner,))

        async def follow() -> list[int]:
            found: list[int] = []
            worker.start()
            async for _ in job:
                found += [result.image for result in job.new_results()]
            return found

        async def all_saved() -> list[int]:
            followed = await follow()
            worker.join()
            runner.close()
            await asyncio.get_running_loop().run_in_executor(pool, gallery_there.close)
            return followed

        assert asyncio.run(all_saved()) == [0, 1]
    assert threads == {"disk_0"} and seeds(gallery) == [7, 8]
    assert set(job.run.kept) == {0, 1} and [result.steps for result in job.run.results] == [b"", b""]
