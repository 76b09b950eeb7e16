"""A worker's own side: pictures made as they are asked for through a pipe, until that ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import closing
from dataclasses import replace
from queue import SimpleQueue
from typing import IO, Any

from gdm_studio import error_log, preferences
from gdm_studio.engine import threads
from gdm_studio.errors import StudioError
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.run import Advance, Phase, Result
from gdm_studio.workers import frames, messages
from gdm_studio.workers.frames import Frame

AHEAD = 2  # steps that are made before the first of them is looked at: as many are made after a pause


def main() -> int:
    """Serves `python -m gdm_studio.workers.process DEVICE SHARING`: one of SHARING workers of the processor's threads.

    Ctrl-C is for the program that started it, whose end ends it too, in whatever it is doing.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    device, sharing = sys.argv[1], int(sys.argv[2])
    source, out = _pipes()
    inbox: SimpleQueue[Frame] = SimpleQueue()
    threading.Thread(target=_listen, args=(source, inbox), daemon=True).start()
    threads.prepare()
    Maker(device, sharing, inbox, out).serve()
    return 0


class Maker:
    """Makes one share after another; tells of every event and makes no step before the last but one was looked at."""

    def __init__(self, device: str, sharing: int, inbox: SimpleQueue[Frame], out: IO[bytes]) -> None:
        self._device, self._sharing, self._inbox, self._out = device, sharing, inbox, out
        self._library = Library()
        self._share = 0  # its number
        self._steps_allowed = 0

    def serve(self) -> None:
        """Does not return."""
        self._tell({"kind": "ready", "pictures": self._use_threads()})
        while True:
            facts, blobs = self._inbox.get()
            if facts["kind"] == "make":
                self._share, self._steps_allowed = facts["share"], AHEAD
                self._make_or_tell(facts, blobs[0])

    def _make_or_tell(self, facts: dict[str, Any], stood: bytes) -> None:
        try:
            self._use_threads()
            self._make(facts, stood)
            self._tell({"kind": "ended"})
        except StudioError as error:
            self._tell(messages.of_error(error))
        except Exception as error:  # a bug, a broken driver: who waits hears of it, and the next is made
            error_log.note(error)
            what = f"{type(error).__name__}: {error}"
            sentence = f"Something unforeseen happened on {self._device} ({what}); try again on another device."
            self._tell(messages.of_error(StudioError(sentence)))

    def _make(self, facts: dict[str, Any], stood: bytes) -> None:
        from gdm_studio.engine.previews import Previews
        from gdm_studio.engine.results import reached
        from gdm_studio.engine.resuming import StepsKept, going_on

        request = replace(Request.from_json(facts["request"]), device=self._device)
        others = set(range(request.count)) - set(facts["images"])
        previews = Previews(facts["previews"]) if facts["previews"] is not None else None
        kept = StepsKept(self._keep) if facts["keep"] else None
        told, latest, made = messages.Encoder(), None, set()
        with closing(going_on(request, self._library, made=others, stood=stood)) as events:
            for event in events:
                if isinstance(event, Advance):
                    latest = event
                    self._tell(*told.advance(event, previews.views(event) if previews is not None else ()))
                    if kept is not None:
                        kept.add(event)
                    self._steps_allowed -= 1
                elif isinstance(event, Phase):
                    self._tell(*told.phase(event))
                elif isinstance(event, Result):
                    made.add(event.image)
                    self._tell(*told.result(event))
                if stopped := self._is_stopped():
                    break
            else:
                return
        if kept is not None:
            kept.flush()
        if stopped["reach"] and latest is not None:
            for result in reached(request, latest):
                if result.image not in made:
                    self._tell(*told.result(result))

    def _is_stopped(self) -> dict[str, Any] | None:
        """What was said with it; waits until another step may be made, or none."""
        while not (self._steps_allowed > 0 and self._inbox.empty()):
            facts, _ = self._inbox.get()
            if facts["share"] == self._share and facts["kind"] == "stop":
                return facts
            if facts["share"] == self._share and facts["kind"] == "more":
                self._steps_allowed += 1
        return None

    def _keep(self, data: bytes, *, anew: bool) -> None:
        self._tell({"kind": "steps", "anew": anew}, [data])

    def _tell(self, facts: dict[str, Any], blobs: list[bytes] | None = None) -> None:
        try:
            frames.write(self._out, facts | {"share": self._share}, blobs or [])
        except OSError:
            os._exit(0)  # nobody listens any more

    def _use_threads(self) -> int:
        """Takes this worker's share of the processor; how many pictures to have in hand at a time, for the engine to
        make in batches that fit.

        Of threads a power of two: so many give the same bits as one (`devices.threads_as`).
        """
        from gdm_studio.engine import batches, devices

        count = (preferences.load().threads or devices.USUAL_THREADS) // self._sharing
        devices.use_threads(1 << (max(1, count).bit_length() - 1))
        return batches.most_on(self._device.partition(":")[0])


def _listen(source: IO[bytes], inbox: SimpleQueue[Frame]) -> None:
    while (frame := frames.read(source)) is not None:
        inbox.put(frame)
    os._exit(0)  # nobody is there to take what is being made


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """(what is asked, what is answered): whatever a library prints goes elsewhere, and it is read from nowhere."""
    source, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return source, out


if __name__ == "__main__":
    sys.exit(main())
