"""Clients that send their bodies slowly, full disks, folders that vanish, and servers that are killed."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import pytest

from gdm_studio import preferences
from gdm_studio.common import atomic_files
from gdm_studio.gallery import Gallery
from gdm_studio.jobs.queue import Item, ItemState, Queue
from gdm_studio.request.generation_request import Request
from gdm_studio.server.access_control import HttpError
from gdm_studio.server.body_memory_limit import IncomingBodies
from gdm_studio.server.limits import Limits
from gdm_studio.server.service import Service
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.http_client import PATIENCE, TOKEN, RunningServer, png_base64, running_server, until
from tests.server.test_queue import following, start_request, until_event

TXT2IMG, IMG2IMG = "/sdapi/v1/txt2img", "/sdapi/v1/img2img"
BODY = {"prompt": "x", "steps": 1}


def start_body(server: RunningServer, length: int, data: bytes) -> socket.socket:
    """Send the head of a request and a part of its body."""
    head = (
        f"POST {TXT2IMG} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    connection.sendall(head.encode() + data)
    return connection


def test_bodies_that_never_come_delay_no_other_request() -> None:
    limits = Limits(body_seconds=3600, body_grace=3600)
    with running_server(limits=limits) as server, ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(closing(start_body(server, 2**20, b"{")))
        until(lambda: server.http.connection_count == 40)
        assert server.post(TXT2IMG, BODY).status == 200


def test_a_body_must_arrive_at_a_minimum_rate() -> None:
    """A byte now and then does not keep a connection open."""
    limits = Limits(body_seconds=3600, body_grace=0.2, body_rate=10**6)
    with running_server(limits=limits) as server, closing(start_body(server, 2**20, b"{")) as connection:
        answer = b""
        while part := connection.recv(65536):
            answer += part
        assert b"408 Request Timeout" in answer and b"took too long" in answer


async def parts_of(*parts: bytes | asyncio.Event) -> AsyncIterator[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
        else:
            await part.wait()


def test_the_body_that_arrives_most_slowly_is_dropped_when_there_is_no_room() -> None:
    chunk = b"x" * 2**17

    async def run() -> None:
        bodies = IncomingBodies(5 * len(chunk) + 1)
        never, received = asyncio.Event(), []

        async def receive(*parts: bytes | asyncio.Event) -> int:
            async with bodies.receive(parts_of(*parts)) as body:
                received.append(len(body))
                return len(body)

        slow = [asyncio.create_task(receive(chunk, chunk, never)) for _ in range(2)]
        tiny = asyncio.create_task(receive(b"{", never))
        await asyncio.sleep(0)
        assert await receive(chunk, chunk, chunk) == 3 * len(chunk)
        await asyncio.wait(slow, return_when=asyncio.FIRST_COMPLETED)
        assert isinstance(slow[0].exception(), HttpError) and not slow[1].done()
        assert not tiny.done(), "it occupies nothing"
        never.set()
        assert await tiny == 1 and len(received) == 3

    asyncio.run(run())


def test_a_body_waits_while_complete_ones_are_decoded() -> None:
    chunk = b"x" * 2**17

    async def run() -> None:
        bodies = IncomingBodies(2 * len(chunk))
        decoded = asyncio.Event()

        async def hold() -> None:
            async with bodies.receive(parts_of(chunk, chunk)):
                await decoded.wait()

        async def receive() -> int:
            async with bodies.receive(parts_of(chunk)) as body:
                return len(body)

        holding, waiting = asyncio.create_task(hold()), asyncio.create_task(receive())
        for _ in range(10):
            await asyncio.sleep(0)
        assert not waiting.done()
        decoded.set()
        assert await waiting == len(chunk)
        await holding

    asyncio.run(run())


@contextmanager
def full_disk(code: int) -> Iterator[None]:
    def refuse(handle: int) -> None:
        raise OSError(code, os.strerror(code))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atomic_files.os, "fsync", refuse)
        yield


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_named(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full when the request is queued, when a start image is stored, or when the image is saved."""
    reports: list[str] = []
    with running_server(reports=reports) as server, following(server) as events:
        start = {"init_images": [png_base64()]}
        with full_disk(code):
            answers = [server.post(TXT2IMG, BODY), server.post(IMG2IMG, BODY | start)]
            answers.append(server.post("/v1/images/generations", BODY))
        save = Gallery.save

        def save_on_full_disk(*args: object, **named: object) -> object:
            with full_disk(code):
                return save(*args, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(Gallery, "save", save_on_full_disk)
        answers.append(server.post(TXT2IMG, BODY))
        assert [answer.status for answer in answers] == [507] * 4
        assert {answer.headers["x-should-retry"] for answer in answers} == {"false"}
        assert all(b"The server's disk is full; free some space" in answer.body for answer in answers)
        assert all(b"terminal" not in answer.body for answer in answers) and reports
        assert "disk is full" in until_event(events, "failed")["error"]
        monkeypatch.undo()
        assert server.post(TXT2IMG, BODY).status == 200
    assert Queue.open().items() == []


def test_a_folder_that_vanishes_is_not_created_again() -> None:
    library = GaussianLibrary(step_seconds=0.2)
    with running_server(library) as server, following(server) as events, ThreadPoolExecutor(1) as pool:
        folder = preferences.pictures_dir()
        assert folder.is_dir() and server.get("/health").status == 200
        # It vanishes while a request is running …
        running = pool.submit(server.post, TXT2IMG, {"prompt": "x", "steps": 150})
        until_event(events, "step")
        aside = folder.rename(folder.with_name("aside"))
        library.hurry()
        answers = [running.result()]
        # … and is missing when others arrive.
        answers += [server.post(TXT2IMG, BODY), server.post("/v1/images/generations", BODY), server.get("/v1/images")]
        assert [answer.status for answer in answers] == [503] * 4
        assert all(b"The folder of the server's images is missing" in answer.body for answer in answers)
        assert all(str(folder).encode() not in answer.body for answer in answers)
        assert not folder.exists() and server.get("/health").json == {"status": "unavailable"}
        aside.rename(folder)
        assert server.post(TXT2IMG, BODY).status == 200 and server.get("/health").status == 200
    assert Queue.open().items() == []


CRASH = """
import os
from gdm_studio.jobs.queue import Item, Queue
from gdm_studio.request.generation_request import Request
queue = Queue.open()
for prompt, asked_by in (("a", "Blender (A1111 API)"), ("b", "curl (OpenAI API)"), ("mine", "")):
    queue.put(Item(request=Request(prompt=prompt), asked_by=asked_by), taken=True)
os._exit(9)
"""


def test_a_restarted_server_drops_the_requests_of_a_killed_one_and_says_so() -> None:
    """Their clients are gone or have sent them again. Items of the user, and paused ones, stay in the queue."""
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    ended = subprocess.run([sys.executable, "-c", CRASH], env=environment, timeout=PATIENCE, check=False)
    assert ended.returncode == 9
    queue = Queue.open()
    paused = queue.put(Item(request=Request(prompt="paused"), asked_by="curl (A1111 API)"))
    queue.set_paused(paused.id, True)
    other = queue.put(Item(request=Request(prompt="of a running server"), asked_by="curl"), taken=True)
    reports: list[str] = []
    with running_server(reports=reports) as server:
        assert [item.request.prompt for item in queue.items()] == ["mine", "paused", "of a running server"]
        (sentence,) = reports
        assert sentence.startswith("Dropped 2 requests") and "Blender (A1111 API), curl (OpenAI API)" in sentence
        assert server.post(TXT2IMG, BODY).status == 200
        assert len(server.get("/v1/images").json["data"]) == 1
    assert [item.id for item in queue.recover()] == [item.id for item in queue.items() if item.request.prompt == "mine"]
    assert queue.get(paused.id).state is ItemState.PAUSED  # type: ignore[union-attr]
    queue.remove([other.id])


def test_a_batch_of_images_stops_if_its_client_hangs_up() -> None:
    gate = threading.Event()
    with running_server() as server:
        held = server.service.call(lambda: gate.wait(PATIENCE))
        images = [{"data": png_base64((16, 16)), "name": "a"}] * 8
        path = "/sdapi/v1/extra-batch-images"
        with closing(start_request(server, {"imageList": images, "upscaling_resize": 2}, path=path)):
            until(lambda: server.service._tasks)
        until(lambda: server.http.connection_count == 0)
        gate.set()
        assert held.result()
        assert server.post(TXT2IMG, BODY).status == 200
        until(lambda: not server.service._tasks)


def test_start_refuses_nothing_on_a_new_machine() -> None:
    shutil.rmtree(preferences.pictures_dir(), ignore_errors=True)
    with Service(GaussianLibrary()) as service:  # type: ignore[arg-type]
        service.start()
        assert service.is_healthy()
