"""Main module of a worker process, which generates images on request until its input pipe is closed."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version as package_version
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from gdm_studio import __version__, preferences
from gdm_studio.common import crash_log, error_log, paths
from gdm_studio.common.errors import StudioError
from gdm_studio.engine import torch_startup
from gdm_studio.jobs.workers import messages
from gdm_studio.jobs.workers.live_steps import LiveStepWriter
from gdm_studio.jobs.workers.message_frames import Frame
from gdm_studio.jobs.workers.model_name_mapping import MissingFiles, RenamedLibrary
from gdm_studio.jobs.workers.pipes import OutputPipe, ProgramConnection, open_pipes, send_heartbeats
from gdm_studio.jobs.workers.shared_file import Blob
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Phase, Result, StepEvent
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    from gdm_studio.engine.resume import StepWriter

# The first line of a worker on another computer. The text before it comes from the login there.
GREETING = b"GDM Studio worker\n"
# Version of the messages to and from a worker on another computer.
PROTOCOL = 1
# Number of steps that the worker runs ahead of its parent process, and therefore after a pause.
AHEAD = 2


def main() -> int:
    """Run a worker process for one device: `python -m gdm_studio.jobs.workers.worker_main DEVICE SHARING`. SHARING is
    the number of workers that share the CPU threads of this computer.

    The workers divide the CPU threads among them. A worker ignores Ctrl-C, which its parent process handles, and ends
    with the parent.
    """
    _serve(sys.argv[1], int(sys.argv[2]), is_remote=False)
    return 0


def serve_remote(device: str, sharing: int) -> None:
    """Run a worker for a process on another computer, over stdin and stdout. Never returns.

    The process ends with the connection, or after `pipes.SECONDS_OF_LOST_PROGRAM` without a message.
    """
    _serve(device, sharing, is_remote=True)


def _serve(device: str, sharing: int, *, is_remote: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, stdout = open_pipes()
    crash_log.enable(f"worker for {device}")
    inbox: SimpleQueue[Frame] = SimpleQueue()
    out = OutputPipe(stdout)
    kinds = messages.TO_REMOTE if is_remote else messages.TO_WORKER
    program = ProgramConnection(source, inbox, kinds)
    if is_remote:
        stdout.write(GREETING)
        out.send({"kind": "hello", "share": 0, **hello()})
        threading.Thread(target=program.watch, daemon=True).start()
    threading.Thread(target=program.listen, daemon=True).start()
    threading.Thread(target=send_heartbeats, args=(out,), daemon=True).start()
    torch_startup.prepare()
    # Loading the libraries here releases the interpreter lock, for which the heartbeat would otherwise wait.
    torch_startup.load_libraries()
    (RemoteShareRunner if is_remote else ShareRunner)(device, sharing, inbox, out).serve()


def hello() -> dict[str, Any]:
    """Return the fields of a worker's first message to another computer: the versions of the protocol and of GDM
    Studio, and the models folder.
    """
    folder = paths.display_path(paths.models_dir())
    return {"protocol": PROTOCOL, "version": __version__, "torch": package_version("torch"), "models": folder}


class ShareRunner:
    """Main loop of a worker process, which generates the requested images and sends every event to its parent process.

    The worker computes at most AHEAD steps more than the parent has handled.
    """

    def __init__(self, device: str, sharing: int, inbox: SimpleQueue[Frame], out: OutputPipe) -> None:
        self._device = device
        self._sharing_count = sharing
        self._inbox = inbox
        self._output = out
        self._library = Library()
        # Number of the current share.
        self._share = 0
        self._steps_allowed = 0

    def serve(self) -> None:
        """Receive requests for images and generate them until the process ends. Never returns."""
        self._send({"kind": "ready", "pictures": self._use_threads()})
        while True:
            facts, blobs = self._inbox.get()
            if facts["kind"] == "make":
                self._share = facts["share"]
                self._steps_allowed = AHEAD
                self._generate_safely(facts, blobs)

    def _generate_safely(self, facts: dict[str, Any], blobs: list[bytes]) -> None:
        try:
            self._use_threads()
            self._generate(facts, blobs)
            self._send({"kind": "ended"})
        except MissingFiles as error:
            self._send({"kind": "missing", "parts": error.parts})
        except StudioError as error:
            self._send(messages.of_error(error))
        # The cause is a bug or a broken driver. The parent gets the error, and this worker continues.
        except Exception as error:
            error_log.record_error(error)
            what = f"{type(error).__name__}: {error}"
            sentence = f"Something unforeseen happened on {self._device} ({what}); try again on another device."
            self._send(messages.of_error(StudioError(sentence)))

    def _prepare(self, request: Request, facts: dict[str, Any], blobs: list[bytes]) -> None:
        """Prepare this computer to generate the requested images, for example by finding their model files.

        Raises MissingFiles or another StudioError.
        """

    def _create_writer(self, facts: dict[str, Any]) -> StepWriter | LiveStepWriter | None:
        """Return a writer that sends the denoising steps of the current images to the parent process, or None if it did
        not request the steps.
        """
        from gdm_studio.engine.resume import StepWriter

        return StepWriter(self._send_steps) if facts["keep"] else None

    def _generate(self, facts: dict[str, Any], blobs: list[bytes]) -> None:
        from gdm_studio.engine.decoding import decode_partial_results
        from gdm_studio.engine.previews import Previews
        from gdm_studio.engine.resume import resume_run

        request = replace(Request.from_json(facts["request"]), device=self._device)
        self._prepare(request, facts, blobs)
        others = set(range(request.count)) - set(facts["images"])
        previews = Previews(facts["previews"]) if facts["previews"] is not None else None
        writer = self._create_writer(facts)
        encoder = messages.Encoder()
        last_step = None
        finished = set()
        with closing(resume_run(request, self._library, finished=others, progress=blobs[0])) as events:
            for event in events:
                if isinstance(event, StepEvent):
                    last_step = event
                    # The steps come first, so that the parent already has the step that the event refers to.
                    if writer is not None:
                        writer.add(event)
                    self._send(*encoder.step(event, previews.views(event) if previews is not None else ()))
                    self._steps_allowed -= 1
                elif isinstance(event, Phase):
                    self._send(*encoder.phase(event))
                elif isinstance(event, Result):
                    finished.add(event.image)
                    self._send(*encoder.result(event))
                if stopped := self._wait_for_permission():
                    break
            else:
                return
        if writer is not None:
            writer.flush()
        if stopped["reach"] and last_step is not None:
            for result in decode_partial_results(request, last_step):
                if result.image not in finished:
                    self._send(*encoder.result(result))

    def _wait_for_permission(self) -> dict[str, Any] | None:
        """Wait until the parent process allows the next step, and return None. If a stop message arrives first, return
        that message.
        """
        while not (self._steps_allowed > 0 and self._inbox.empty()):
            facts, _ = self._inbox.get()
            if facts["share"] == self._share and facts["kind"] == "stop":
                return facts
            if facts["share"] == self._share and facts["kind"] == "more":
                self._steps_allowed += 1
        return None

    def _send_steps(self, data: bytes, *, from_start: bool) -> None:
        self._send({"kind": "steps", "anew": from_start}, [data])

    def _send(self, facts: dict[str, Any], blobs: Sequence[Blob] = ()) -> None:
        self._output.send(facts | {"share": self._share}, blobs)

    def _use_threads(self) -> int:
        """Set the number of CPU threads of this worker, and return the maximum number of images to generate at a time.

        The number of threads is a power of two, which gives the same bits as one thread (`devices.threads_of`).
        """
        from gdm_studio.models.memory import batch_size, devices

        count = (preferences.load().threads or devices.DEFAULT_THREADS) // self._sharing_count
        devices.use_threads(1 << (max(1, count).bit_length() - 1))
        return batch_size.max_batch(self._device.partition(":")[0])


class RemoteShareRunner(ShareRunner):
    """Main loop of a worker that serves a process on another computer. It finds models by their hashes, because their
    names may differ between the two computers.
    """

    def __init__(self, device: str, sharing: int, inbox: SimpleQueue[Frame], out: OutputPipe) -> None:
        super().__init__(device, sharing, inbox, out)
        self._renamed = self._library = RenamedLibrary()

    def serve(self) -> None:
        """Receive requests for images and generate them until the process ends.

        Never returns. If the requested device does not exist, only report the error.
        """
        from gdm_studio.models.memory import devices

        try:
            names = devices.available()
            self._device = names[0] if self._device == "auto" else devices.device_names(self._device)[0]
        except StudioError as error:
            self._send(messages.of_error(error))
            # The parent ends this process once it has read the error.
            threading.Event().wait()
        super().serve()

    def _prepare(self, request: Request, facts: dict[str, Any], blobs: list[bytes]) -> None:
        from gdm_studio.engine import image_inputs

        # Another model file may have to be hashed, which takes a while.
        self._send({"kind": "phase", "title": "loading the model", "note": ""})
        for name, data in zip(facts["inputs"], blobs[1:], strict=True):
            image_inputs.store_encoded(name, data)
        self._renamed.rename(request, facts["hashes"])

    def _create_writer(self, facts: dict[str, Any]) -> LiveStepWriter:
        return LiveStepWriter(self._send_steps)


if __name__ == "__main__":
    sys.exit(main())
