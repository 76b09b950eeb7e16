"""Workers on other computers, each a `gdm-studio worker` process at the other end of an ssh connection.

The connection carries the same frames as the pipes of a local worker. ssh encrypts it and authenticates both sides. The
other computer is not trusted: its messages are validated, and nothing that it sends is executed.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import threading
from collections import deque
from contextlib import suppress
from queue import SimpleQueue
from typing import IO, Any

from gdm_studio import __version__, preferences
from gdm_studio.common import remote_device
from gdm_studio.common.errors import DeviceError, StudioError
from gdm_studio.common.text_safety import escape_unsafe, shorten
from gdm_studio.common.translation_markers import translatable
from gdm_studio.engine import torch_startup
from gdm_studio.jobs.workers import message_frames, messages
from gdm_studio.jobs.workers.live_steps import LiveSteps
from gdm_studio.jobs.workers.message_frames import BadFrame, Frame
from gdm_studio.jobs.workers.worker_handle import SECONDS_TO_END, Loss, Message, Share, Worker
from gdm_studio.jobs.workers.worker_main import GREETING, PROTOCOL
from gdm_studio.request.generation_events import Phase, Progress, Result

# Environment variable with a command that replaces `ssh`, as GIT_SSH_COMMAND does for git.
COMMAND = "GDM_STUDIO_SSH"
# ssh must not ask questions, which nobody could answer, nor forward ports, X11 or an agent.
OPTIONS = ("-T", "-x", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "ClearAllForwardings=yes")
SECONDS_BETWEEN_BEATS = 5.0
# Seconds added to the heartbeat timeout: while the connection is made and the remote worker starts, and afterwards.
SECONDS_TO_CONNECT = 40.0
SECONDS_OF_DELAY = 12.0
# Maximum bytes of text that a login may print before the worker's first message.
MAX_LOGIN_TEXT = 2**16
# Maximum bytes of the data in a message.
MAX_BYTES = 2**30
# Maximum number of phases between two steps or images. Decoding in tiles reports one for each tile.
MAX_PHASES = 10_000
# Number of lines of ssh's errors that are examined.
LINES_OF_ERROR = 20
# Exit status if ssh itself failed, as opposed to the command that it ran.
SSH_FAILED = 255
# A shell adds the number of the signal that killed a program.
KILLED = 128
# Exit status if a shell did not find the command: POSIX shells, and that of Windows.
NOT_FOUND = (127, 126, 9009)
# Hosts on which the command is run by a login shell, because a plain command was not found. Only a login shell reads
# ~/.profile, where many systems add folders such as ~/.local/bin to the PATH.
_by_login_shell: set[str] = set()
LOST = Loss("has lost its connection", is_fault=False)
SILENT = Loss("does not answer", is_fault=False)


class SshWorker(Worker):
    """Handle of a worker process on another computer, connected through ssh.

    The worker sends every step with its tensors, so that images resume from their last step after a lost connection.
    """

    is_remote = True
    _kinds = messages.FROM_REMOTE

    def __init__(self, device: str, sharing: int, inbox: SimpleQueue[Message | None]) -> None:
        self._remote = remote_device.parse(device)
        # The last lines that ssh printed.
        self._errors: deque[str] = deque(maxlen=LINES_OF_ERROR)
        self._is_connected = False
        self._models_folder = ""
        self._torch_version = ""
        self._steps: LiveSteps | None = None
        # Number of phases since the last step or image.
        self._phases = 0
        self._end_event = threading.Event()
        super().__init__(device, sharing, inbox)
        threading.Thread(target=self._send_heartbeats, daemon=True).start()

    @property
    def extra_patience(self) -> float:
        return SECONDS_OF_DELAY if self._is_connected else SECONDS_TO_CONNECT

    @property
    def silence_loss(self) -> Loss:
        return SILENT

    def event(self, frame: Frame) -> Phase | Progress | Result:
        event = super().event(frame)
        assert self.share is not None and self.share.item.files is not None and self._steps is not None
        self._phases = self._phases + 1 if isinstance(event, Phase) else 0
        if self._phases > MAX_PHASES:
            raise BadFrame("it reports phases without end")
        if isinstance(event, Phase):
            return Phase(shorten(escape_unsafe(event.title)), shorten(escape_unsafe(event.note), 500))
        if isinstance(event, Progress):
            return self._steps.complete(event)
        device = event.request.device
        if not remote_device.is_device(device):
            raise BadFrame("it named an impossible device")
        return self.share.item.files.restore_own_facts(event, device, self._torch_version)

    def save_steps(self, frame: Frame) -> None:
        facts, blobs = frame
        assert self._steps is not None
        self._steps.add(blobs[0], from_start=facts["anew"])
        super().save_steps(frame)

    def resume_point(self) -> bytes:
        return self._steps.resume_point() if self._steps is not None else b""

    def error_in(self, facts: dict[str, Any]) -> StudioError:
        if facts["kind"] == "missing":
            assert self.share is not None and self.share.item.files is not None
            return self.share.item.files.missing(facts["parts"], self._remote.host, self._models_folder)
        error = messages.error_in(facts | {"sentence": escape_unsafe(facts["sentence"])})
        sentence = translatable("On {host}: {error}", host=self._remote.host, error=error.sentence)
        return type(error)(sentence, remedy=error.remedy, model=error.model)

    def reap(self) -> None:
        self._end_event.set()
        super().reap()

    def request_end(self) -> None:
        self._end_event.set()
        super().request_end()

    def _build_command(self, sharing: int) -> list[str]:
        program = preferences.load().remote_program
        there = f"{program} worker --device {self._remote.device} --sharing {sharing}"
        if self._remote.host in _by_login_shell:
            there = f"exec $SHELL -l -c {shlex.quote(there)}"
        return [*shlex.split(os.environ.get(COMMAND, "ssh")), *OPTIONS, "--", self._remote.host, there]

    def _build_environment(self) -> dict[str, str]:
        return dict(os.environ)

    def _start_error(self, error: OSError) -> DeviceError:
        return DeviceError(f"There is no ssh program on this computer ({error.strerror or error}); install OpenSSH.")

    def _collect_extras(self, share: Share) -> tuple[dict[str, Any], list[bytes]]:
        from gdm_studio.engine import image_inputs

        files = share.item.files
        assert files is not None
        self._steps = LiveSteps(files.request, files.card)
        # The names are content hashes, so the worker ignores images that it has.
        images = [image_inputs.load_encoded(name) for name in files.inputs]
        return {"inputs": list(files.inputs), "hashes": dict(files.hashes)}, images

    def _read_all(self, stdout: IO[bytes], inbox: SimpleQueue[Message | None]) -> Loss:
        # Decoding the steps would otherwise be the first use of torch, in the thread of the caller.
        torch_startup.load_libraries()
        try:
            if (problem := self._connect(stdout)) is not None:
                return problem
            while (frame := message_frames.read(stdout, self._note_life, max_bytes=MAX_BYTES)) is not None:
                messages.check(frame, self._kinds)
                facts = frame[0]
                if facts["kind"] == "failed" and facts["share"] == 0:
                    return Loss("cannot be used", error=self.error_in(facts))
                if facts["kind"] not in ("alive", "hello"):
                    self._put_into_inbox(frame, inbox)
        except OSError:
            return LOST
        return LOST

    def _connect(self, stdout: IO[bytes]) -> Loss | None:
        """Wait for the first message of the worker on the other computer. Return a loss if the connection fails or the
        worker cannot be used.
        """
        left = MAX_LOGIN_TEXT
        while left > 0 and (line := stdout.readline(left)):
            left -= len(line)
            # The text of a login may lack the end of its last line.
            if line.endswith(GREETING):
                break
        else:
            if left <= 0:
                sentence = f"The login on {self._remote.host} prints too much; make it silent."
                return _build_unusable_loss(DeviceError(sentence, remedy="cpu"))
            return self._explain_failed_connection()
        frame = message_frames.read(stdout, self._note_life, max_bytes=0)
        if frame is None:
            return self._explain_failed_connection()
        facts = frame[0]
        messages.check(frame, {"hello": messages.FROM_REMOTE["hello"]})
        there = shorten(escape_unsafe(facts["version"]), 40)
        if (facts["protocol"], facts["version"]) != (PROTOCOL, __version__):
            host = self._remote.host
            versions = f"{host} has GDM Studio {there}, and this computer {__version__}"
            return _build_unusable_loss(DeviceError(f"{versions}; install the same version on both.", remedy="cpu"))
        self._models_folder = shorten(facts["models"], 200)
        self._torch_version = shorten(escape_unsafe(facts["torch"]), 40)
        self._is_connected = True
        return None

    def _explain_failed_connection(self) -> Loss:
        """Return the loss to report if the ssh connection ended before the worker's first message."""
        # The process that closed its output is about to end. The first thread reads its errors.
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS_TO_END)
        self._threads[0].join(SECONDS_TO_END)
        host, status, lines = self._remote.host, self._process.poll(), list(self._errors)
        error = explain(host, status, lines)
        if status == NOT_FOUND[0] and host not in _by_login_shell:
            _by_login_shell.add(host)
            return Loss("", is_fault=False, error=error, may_pass=True)
        _by_login_shell.discard(host)
        if _was_interrupted(status, lines):
            return Loss("has lost its connection", is_fault=False, error=error, may_pass=True)
        return _build_unusable_loss(error)

    def _print(self, line: str) -> None:
        self._errors.append(line)
        if self._is_connected:
            super()._print(line)

    def _send_heartbeats(self) -> None:
        """Send heartbeats to the worker on the other computer until it ends. Without them, that worker would stop."""
        alive = message_frames.pack({"kind": "alive", "share": 0})
        while not self._end_event.wait(SECONDS_BETWEEN_BEATS):
            self._outbox.put(alive)


def _build_unusable_loss(error: StudioError) -> Loss:
    return Loss("cannot be used", error=error)


def _was_interrupted(status: int | None, lines: list[str]) -> bool:
    """Return True if ssh or the worker was killed, or the connection was lost for no known reason, so that another
    attempt may succeed.
    """
    if status == SSH_FAILED:
        return not any(words in " ".join(lines) for words in _SSH_ERRORS)
    # A negative status means that ssh was killed here. Above 128, a shell reports that the command was killed there.
    return status is None or status < 0 or KILLED < status < SSH_FAILED


def explain(host: str, status: int | None, lines: list[str]) -> DeviceError:
    """Return an error that explains to the user why an ssh connection failed, based on ssh's exit status and the last
    lines of its error output.
    """
    text = " ".join(lines)
    found = next((sentence for words, sentence in _SSH_ERRORS.items() if words in text), "")
    program = preferences.load().remote_program
    if status != SSH_FAILED:
        found = "{host} has an older GDM Studio, which cannot be a worker; install the same version on both."
        if status in NOT_FOUND:
            found = "{host} has no program called {program}; install GDM Studio there, or set its path in Settings."
        elif "invalid choice" not in text:
            found = "The worker on {host} ended at once ({last}); run `ssh {host} {program} doctor`."
    found = found or "ssh cannot connect to {host} ({last}); try `ssh {host}` in a terminal."
    last = shorten(next((line for line in reversed(lines) if line.strip()), "no reason given"), 200)
    return DeviceError(found.format(host=host, program=program, last=last), remedy="cpu")


# Words in the errors of OpenSSH, which are always English, and the sentence for the user.
_SSH_ERRORS = {
    "Could not resolve hostname": "There is no computer called {host} in this network; check the name.",
    "REMOTE HOST IDENTIFICATION HAS CHANGED": "{host} has another host key than before; if that is right, run "
    "`ssh-keygen -R {host}` and then `ssh {host}`.",
    "Host key verification failed": "The host key of {host} is not known yet; run `ssh {host}` once and confirm it.",
    "Permission denied": "{host} does not accept your ssh key; run `ssh-copy-id {host}`.",
    "Too many authentication failures": "{host} does not accept your ssh key; run `ssh-copy-id {host}`.",
    "Connection refused": "{host} refuses ssh connections; start its ssh server.",
    "timed out": "{host} cannot be reached; check that it is on and in this network.",
    "No route to host": "{host} cannot be reached; check that it is on and in this network.",
    "Network is unreachable": "{host} cannot be reached; check the network of this computer.",
}
