"""Images by a worker on another computer: the same bytes, steps and branches, and a sentence for each failure."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio import Studio, preferences
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import DeviceError, ModelError, StudioError
from gdm_studio.common.remote_device import RemoteDevice, names_in, parse
from gdm_studio.common.translation_markers import Sentence
from gdm_studio.denoising_steps import file_format, saved_step
from gdm_studio.gallery import read
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.job import Job
from gdm_studio.jobs.workers import live_steps, reconnection, ssh, worker_handle
from gdm_studio.jobs.workers.live_steps import LiveSteps, LiveStepWriter
from gdm_studio.jobs.workers.message_frames import BadFrame, Frame
from gdm_studio.jobs.workers.request_files import RequestFiles
from gdm_studio.jobs.workers.ssh import SshWorker
from gdm_studio.jobs.workers.work_items import WorkItem, generate_here
from gdm_studio.models.memory import devices
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Event, Phase, Progress, Result, State, StepEvent
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.settings.rows import TextRow
from gdm_studio.ui.shell.window import Window
from tests.helpers import tiny_model
from tests.helpers.other_computer import OtherComputer
from tests.helpers.paused_job import pause_after
from tests.helpers.source_tree import ROOT
from tests.helpers.tiny_model import TinyLibrary
from tests.helpers.window import click, run_in_window, until
from tests.workers.test_pool import no_kill

LIMIT = 100  # seconds for a test that could wait forever
FOX = ["a red fox", "--model", tiny_model.NAME, "--seed", "7", "--steps", "4"]
REQUEST = Request(model="tiny", prompt="a red fox", seed=3, steps=60, sampler="euler_a", device="cpu")

pytestmark = [no_kill, pytest.mark.timeout(LIMIT), pytest.mark.usefixtures("forked_processes")]


@pytest.fixture
def gpubox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OtherComputer:
    """Return another computer that has the tiny model under another name."""
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    other = OtherComputer(tmp_path / "network", monkeypatch)
    shutil.copytree(paths.models_dir() / tiny_model.NAME, other.models / "other")
    card = other.models / "other" / "card.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"name": "fox-drawer"}))
    monkeypatch.setattr(reconnection, "SECONDS_TO_RECONNECT", (0.0, 0.1, 0.1))
    monkeypatch.setattr(ssh, "_by_login_shell", set())
    return other


def pictures(folder: Path) -> list[np.ndarray]:
    return [np.asarray(Image.open(path)) for path in sorted(folder.rglob("*.png"), key=seed_of)]


def seed_of(path: Path) -> int:
    facts = json.loads(Image.open(path).text["gdm_studio"])  # type: ignore[attr-defined]
    seed: int = facts["request"]["seed"]
    return seed


def generate(request: Request) -> tuple[Job, Generator[Event, None, None]]:
    """Return a job and its events."""
    executor = Executor(Library())
    job = Job(request)

    def events() -> Generator[Event, None, None]:
        with closing(executor), closing(executor.run(job, previews=0.25)) as found:
            yield from found

    return job, events()


def one_result(request: Request) -> Result:
    (result,) = (event for event in generate(request)[1] if isinstance(event, Result))
    return result


def error_of(request: Request) -> StudioError:
    with pytest.raises(StudioError) as found:
        list(generate(request)[1])
    return found.value


def digests(steps: bytes) -> list[str]:
    return [entry.digest for entry in file_format.read(steps).entries]


@pytest.mark.slow(seconds=15)
def test_images_and_steps_are_those_of_this_computer(
    gpubox: OtherComputer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = tmp_path / "start.png"
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 255, (64, 64, 4), np.uint8)).save(start)
    mask = tmp_path / "mask.png"
    Image.fromarray(np.eye(64, dtype=np.uint8) * 255).save(mask)
    painted = ["--image", str(start), "--mask", str(mask), "--count", "2"]
    for where in ("cpu", gpubox.device):
        out = tmp_path / where.partition(":")[0]
        (gpubox.home / "motd").write_text("Welcome!\nYou have mail. ")
        kept = ["--keep-steps", str(out / "steps"), "--sampler", "dpmpp_2m"]
        assert run(["generate", *FOX, *painted, "--out", str(out / "two"), "--device", where]) == 0
        assert run(["generate", *FOX, *kept, "--out", str(out / "one"), "--device", where]) == 0
        (first,) = (out / "one").rglob("*.png")
        branch = ["a blue owl", "--branch", str(first), "--step", "2"]
        assert run(["generate", *branch, "--out", str(out / "branch"), "--device", where]) == 0
        resumed = ["--from-step", str(out / "steps" / "7-002.step"), "--device", where]
        assert run(["generate", *resumed, "--out", str(out / "resumed")]) == 0
        assert "fox-drawer" not in capsys.readouterr().out
    here, there = (pictures(tmp_path / name) for name in ("cpu", "ssh"))
    assert len(here) == len(there) == 5
    assert all(np.array_equal(*pair) for pair in zip(here, there, strict=True))
    steps = [sorted((tmp_path / name / "steps").glob("*.step")) for name in ("cpu", "ssh")]
    assert [path.name for path in steps[0]] == [path.name for path in steps[1]] and len(steps[0]) == 4
    for one, other in zip(*map(lambda files: map(saved_step.load, files), steps), strict=True):
        assert one.weights == other.weights and one.path == other.path
        assert all(map(np.array_equal, one.step.arrays, other.step.arrays))
    made = {path: json.loads(Image.open(path).text["gdm_studio"]) for path in (tmp_path / "ssh").rglob("*.png")}  # type: ignore[attr-defined]
    assert {facts["request"]["device"] for facts in made.values()} == {"cpu"}
    assert {facts["request"]["model"] for facts in made.values()} == {"tiny"}


@pytest.mark.slow
def test_a_branch_starts_at_any_step_before_the_last(gpubox: OtherComputer) -> None:
    fox = {"prompt": "a red fox", "model": "tiny", "seed": 7, "steps": 4}
    found = []
    with Studio() as studio:
        for device in ("cpu", gpubox.device):
            second = list(studio.generate(**fox, device=device))[1]
            found.append(list(studio.branch(second, prompt="a blue owl", device=device)))
    here, there = found
    assert [step.index for step in here] == [step.index for step in there] == [3, 4]
    assert np.array_equal(here[-1].image, there[-1].image)


@pytest.mark.slow(seconds=15)
def test_a_dropped_connection_resumes_at_its_step(gpubox: OtherComputer, monkeypatch: pytest.MonkeyPatch) -> None:
    # One attempt is enough, since every connection makes progress.
    monkeypatch.setattr(reconnection, "SECONDS_TO_RECONNECT", (0.0,))
    seconds: dict[int, list[float]] = {}
    wanted = replace(REQUEST, steps=24)
    job, events = generate(replace(wanted, device=gpubox.device, count=2))
    results = {}
    drops = 0
    for event in events:
        if isinstance(event, Progress):
            assert event.full is not None and event.full.step.index == event.index
            for image in event.images:
                seconds.setdefault(100 * image + event.index, []).append(event.seconds)
            here = event.images[0], event.index
            if here in ((0, 8), (0, 16), (1, 16)) and len(seconds[100 * here[0] + here[1]]) == 1:
                gpubox.drop()
                drops += 1
        elif isinstance(event, Result):
            results[event.image] = event
    # A step that is computed again would not take exactly the same time.
    assert drops == 3 and all(len(set(times)) == 1 for times in seconds.values())
    again = [key for key, times in seconds.items() if len(times) > 1]
    assert len(again) >= 32, "the steps until the last drop are shown again"
    assert job.run.notes == ["The worker on ssh:gpubox/cpu has lost its connection."]
    for image in (0, 1):
        here = one_result(wanted.picture(image))
        assert np.array_equal(results[image].rgba, here.rgba) and results[image].request == here.request
        assert digests(results[image].steps) == digests(here.steps) and len(digests(here.steps)) == 25


@pytest.mark.slow(seconds=8)
def test_json_lists_every_step_once(
    gpubox: OtherComputer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dropped: list[int] = []

    event_of = SshWorker.event

    def event(self: SshWorker, frame: Frame) -> Phase | Progress | Result:
        found = event_of(self, frame)
        if isinstance(found, Progress) and found.index in (8, 16) and found.index not in dropped:
            dropped.append(found.index)
            gpubox.drop()
        return found

    monkeypatch.setattr(SshWorker, "event", event)
    fox = ["a red fox", "--model", tiny_model.NAME, "--steps", "24", "--count", "2", "--batch", "2", "--json"]
    assert run(["generate", *fox, "--device", gpubox.device, "--out", str(tmp_path / "out")]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    steps = [(line["image"], line["step"]) for line in lines if line["event"] == "step"]
    assert dropped == [8, 16]
    assert steps == sorted(set(steps), key=lambda step: (step[1], step[0])) and len(steps) == 48


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 3])
def test_a_connection_killed_during_the_start_is_made_again(gpubox: OtherComputer, count: int) -> None:
    (gpubox.folder / "deaths").write_text(str(count))
    job, events = generate(replace(REQUEST, device=gpubox.device, steps=3))
    (result,) = (event for event in events if isinstance(event, Result))
    assert np.array_equal(result.rgba, one_result(replace(REQUEST, steps=3)).rgba)
    assert len(gpubox.calls) == count + 1


@pytest.mark.slow
def test_a_connection_that_is_always_killed_ends_the_run(gpubox: OtherComputer) -> None:
    (gpubox.folder / "deaths").write_text("1000")
    assert "gpubox" in str(error_of(replace(REQUEST, device=gpubox.device)))
    assert len(gpubox.calls) <= 5


@pytest.mark.slow
def test_a_program_on_the_path_of_the_profile_is_found(gpubox: OtherComputer) -> None:
    programs = gpubox.home / "programs"
    programs.mkdir()
    script = programs / "gdm-studio"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m gdm_studio "$@"\n')
    script.chmod(0o755)
    (gpubox.home / ".profile").write_text(f'echo "Welcome!"\nPATH="{programs}:$PATH"\n')
    (gpubox.folder / "shell").touch()
    preferences.change({"remote_program": "gdm-studio"})
    job, events = generate(replace(REQUEST, device=gpubox.device, steps=3))
    (result,) = (event for event in events if isinstance(event, Result))
    assert np.array_equal(result.rgba, one_result(replace(REQUEST, steps=3)).rgba)
    # The attempt without a login shell is nothing to report.
    assert job.run.notes == [] and len(gpubox.calls) == 2
    preferences.change({"remote_program": "no-such-program"})
    assert "no program called no-such-program" in str(error_of(replace(REQUEST, device=gpubox.device)))


@pytest.mark.slow
def test_recorded_steps_of_another_computer_resume_here(gpubox: OtherComputer) -> None:
    recorded = bytearray()

    def keep(data: bytes, *, from_start: bool) -> None:
        if from_start:
            recorded.clear()
        recorded.extend(data)

    wanted = replace(REQUEST, steps=12)
    job, events = generate(replace(wanted, device=gpubox.device))
    job.keep_steps = keep
    there = {}
    for event in events:
        if isinstance(event, Progress):
            there[event.index] = event.seconds
            if event.index == 6:
                events.close()
    rest = list(generate_here([WorkItem.of(wanted, recorded_steps=bytes(recorded))], Library()))
    here = {event.index: event.seconds for event in rest if isinstance(event, StepEvent)}
    # A step that is computed again would not take exactly the same time.
    assert there == {index: here[index] for index in range(1, 7)} and len(here) == 12
    (result,) = (event for event in rest if isinstance(event, Result))
    assert np.array_equal(result.rgba, one_result(wanted).rgba)


@pytest.mark.slow
def test_a_worker_ends_when_its_program_stays_silent() -> None:
    imports = "from gdm_studio.jobs.workers import pipes, worker_main"
    code = f"{imports}\npipes.SECONDS_OF_LOST_PROGRAM = 0.5\nworker_main.serve_remote('cpu', 1)"
    command = [sys.executable, "-P", "-c", code]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment) as process:
        # Its input stays open, as that of a connection of which the other side has lost power.
        assert process.wait(60) == 0


@pytest.mark.slow
def test_a_computer_that_stays_away_ends_the_run_with_the_reason(gpubox: OtherComputer) -> None:
    _, events = generate(replace(REQUEST, device=gpubox.device))
    with pytest.raises(DeviceError, match="gpubox cannot be reached; check that it is on"):
        for event in events:
            if isinstance(event, Progress) and event.index == 10:
                gpubox.refuse(255, "ssh: connect to host gpubox port 22: Connection timed out")
                gpubox.drop()
    assert len(gpubox.calls) == 1 + 3


@pytest.mark.slow
def test_a_connection_that_cannot_be_made_again_without_ssh_ends_the_run(
    gpubox: OtherComputer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, events = generate(replace(REQUEST, device=gpubox.device))
    with pytest.raises(DeviceError, match="There is no ssh program"):
        for event in events:
            if isinstance(event, Progress) and event.index == 10:
                monkeypatch.setenv(ssh.COMMAND, "/nowhere/ssh")
                gpubox.drop()


@pytest.mark.slow(seconds=10)
def test_other_workers_finish_the_images_of_a_lost_computer(gpubox: OtherComputer) -> None:
    wanted = replace(REQUEST, device=f"{gpubox.device},cpu", count=4, steps=8)
    _, events = generate(wanted)
    found = list(events)
    gpubox.refuse(255, "ssh: Could not resolve hostname gpubox: Name or service not known")
    _, events = generate(wanted)
    without = list(events)
    for made in (found, without):
        results = {event.image: event for event in made if isinstance(event, Result)}
        assert all(
            np.array_equal(results[image].rgba, one_result(replace(REQUEST, steps=8).picture(image)).rgba)
            for image in range(4)
        )
    notes = [event.note for event in without if isinstance(event, Phase) and event.note]
    assert notes == ["There is no computer called gpubox in this network; check the name."]


@pytest.mark.parametrize(
    ("status", "text", "sentence"),
    [
        (255, "ssh: Could not resolve hostname gpubox: Name or service not known", "no computer called gpubox"),
        (255, "ssh: connect to host gpubox port 22: Connection refused", "refuses ssh connections"),
        (255, "ssh: connect to host gpubox port 22: Connection timed out", "cannot be reached"),
        (255, "me@gpubox: Permission denied (publickey,password).", "does not accept your ssh key"),
        (255, "Host key verification failed.", "host key of gpubox is not known yet"),
        (255, "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @", "has another host key than before"),
        (255, "kex_exchange: \x1b[31mbad", "ssh cannot connect to gpubox (kex_exchange: \\x1b[31mbad)"),
        (127, "bash: line 1: gdm-studio: command not found", "has no program called"),
        (2, "gdm-studio: error: argument VERB: invalid choice: 'worker'", "has an older GDM Studio"),
        (1, "Traceback: no torch", "ended at once (Traceback: no torch)"),
    ],
)
def test_every_failure_has_its_sentence(status: int, text: str, sentence: str, gpubox: OtherComputer) -> None:
    gpubox.refuse(status, text)
    error = error_of(replace(REQUEST, device=gpubox.device))
    assert isinstance(error, DeviceError) and sentence in str(error) and "\x1b" not in str(error)
    # A worker that ended before the run began is started once more. Further attempts would meet the same, unless the
    # reason is unknown, or a login shell may find the program.
    assert len(gpubox.calls) <= (5 if "kex" in text else 3 if status == 127 else 2)


@pytest.mark.slow
def test_missing_programs_devices_and_models_have_their_sentences(
    gpubox: OtherComputer, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = replace(REQUEST, device=gpubox.device, steps=2)
    error = error_of(replace(there, device="ssh:gpubox/cuda:7"))
    assert str(error) == "On gpubox: There is no device called 'cuda:7' here; choose one of auto, cpu."
    shutil.rmtree(gpubox.models)
    error = error_of(there)
    folder = paths.display_path(paths.models_dir() / tiny_model.NAME)
    assert isinstance(error, ModelError)
    assert str(error) == f"gpubox lacks files of Tiny; copy {folder} to {gpubox.models} there."
    assert "no model called 'gone'" in str(error_of(replace(there, model="gone")))
    monkeypatch.setenv("GDM_STUDIO_SSH", "/nowhere/ssh")
    assert "no ssh program on this computer" in str(error_of(there))


# A worker without a model, which is as hostile as its first argument says.
FAKE = r"""
import pickle, sys, time
from gdm_studio.jobs.workers import message_frames, worker_main

mode, out = sys.argv[1], sys.stdout.buffer
facts = worker_main.hello() | {"kind": "hello", "share": 0}
if mode == "another version":
    facts["version"] = "9.9\x1b[31m"
if mode == "endless login":
    out.write(b"x" * 2**20)
    out.flush()
    time.sleep(600)
out.write(worker_main.GREETING)
if mode == "no hello":
    facts = {"kind": "ready", "share": 0, "pictures": 1}
message_frames.write(out, facts)
message_frames.write(out, {"kind": "ready", "share": 0, "pictures": 1})
while (frame := message_frames.read(sys.stdin.buffer)) is not None:
    make = frame[0]
    if make["kind"] != "make":
        continue
    share = {"share": make["share"]}
    if mode == "a flood":
        while True:
            message_frames.write(out, {"kind": "phase", "title": "x", "note": "y"} | share)
    if mode.startswith("template "):
        told = {"error": "ModelError", "sentence": "broken", "remedy": "", "model": ""}
        told |= {"template": mode.removeprefix("template "), "values": {"x": "\x1b[31m"}}
        message_frames.write(out, {"kind": "failed"} | told | share)
    if mode == "steps that are a pickle":
        message_frames.write(out, {"kind": "steps", "anew": True} | share, [pickle.dumps(print)])
    if mode == "steps without a beginning":
        message_frames.write(out, {"kind": "steps", "anew": False} | share, [b"\0" * 100])
    if mode == "a step without its tensors":
        step = {"images": [0], "index": 1, "seconds": 0, "first": 0, "views": [], "path": [[0.0, 1.0], [1.0, 0.0]]}
        message_frames.write(out, {"kind": "progress"} | step | share)
    request = make["request"].replace("a red fox", "rm -rf /").replace('"seed": 3', '"seed": 4')
    request = request.replace("ssh:gpubox/cpu", "cuda:3")
    made = {"device": "\x1b[31m" + "x" * 999, "dtype": "fp32", "seconds": 1}
    made |= {"model_hash": "evil", "parts": {"evil": "1"}}
    result = {"image": 0, "request": request, "shape": [2, 2, 4], "stopped_at": 0, "made": made}
    message_frames.write(out, {"kind": "result"} | result | share, [bytes(16), b""])
    message_frames.write(out, {"kind": "ended"} | share)
"""


def pretend(mode: str, tmp_path: Path) -> None:
    fake = tmp_path / "fake.py"
    fake.write_text(FAKE)
    preferences.change({"remote_program": shlex.join([sys.executable, "-P", str(fake), mode])})


@pytest.mark.slow
@pytest.mark.parametrize(
    "mode",
    ["no hello", "a flood", "steps that are a pickle", "steps without a beginning", "a step without its tensors"],
)
def test_messages_that_cannot_be_read_end_the_worker(
    mode: str, gpubox: OtherComputer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "MAX_PHASES", 100)
    pretend(mode, tmp_path)
    error = error_of(replace(REQUEST, device=gpubox.device))
    assert isinstance(error, DeviceError) and "sent what cannot be read" in str(error)


@pytest.mark.parametrize(
    ("template", "sentence"), [("{x:>99}", "On gpubox: broken"), ("A {x} fault.", "On gpubox: A \\x1b[31m fault.")]
)
def test_the_error_of_another_computer_has_its_template_if_it_is_safe(
    template: str, sentence: str, gpubox: OtherComputer, tmp_path: Path
) -> None:
    pretend(f"template {template}", tmp_path)
    error = error_of(replace(REQUEST, device=gpubox.device))
    assert isinstance(error, ModelError) and str(error) == sentence
    assert isinstance(error.sentence, Sentence) and error.sentence.values["host"] == "gpubox"


def test_damaged_steps_after_too_many_to_keep_leave_nothing_to_resume(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    monkeypatch.setattr(live_steps, "MAX_BYTES", 0)
    library = Library()
    wanted = replace(REQUEST, steps=2)
    sent: list[bytes] = []
    writer = LiveStepWriter(lambda data, *, from_start: sent.append(data))
    for event in generate_here([WorkItem.of(wanted)], library):
        if isinstance(event, StepEvent):
            writer.add(event)
    files = RequestFiles.of(library, wanted)
    steps = LiveSteps(files.request, files.card)
    steps.add(sent[0], from_start=True)
    assert len(digests(steps.resume_point())) == 1
    with pytest.raises(BadFrame):
        steps.add(b"x", from_start=True)
    assert steps.resume_point() == b""


@pytest.mark.slow
def test_messages_that_nobody_handles_are_limited(
    gpubox: OtherComputer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_handle, "MAX_UNHANDLED", 20 * worker_handle.MIN_MESSAGE)
    pretend("a flood", tmp_path)
    job, events = generate(replace(REQUEST, device=gpubox.device))
    next(events)
    job.pause()
    with closing(events):
        assert any("sends more than it was asked for" in event.note for event in events if isinstance(event, Phase))


@pytest.mark.slow
def test_another_version_and_an_endless_login_are_refused(gpubox: OtherComputer, tmp_path: Path) -> None:
    pretend("another version", tmp_path)
    error = error_of(replace(REQUEST, device=gpubox.device))
    assert "gpubox has GDM Studio 9.9\\x1b[31m, and this computer" in str(error)
    pretend("endless login", tmp_path)
    assert "gpubox" in str(error_of(replace(REQUEST, device=gpubox.device)))


def test_facts_of_an_image_come_from_this_computer(gpubox: OtherComputer, tmp_path: Path) -> None:
    pretend("lies", tmp_path)
    result = one_result(replace(REQUEST, device=gpubox.device))
    assert (result.request.prompt, result.request.seed, result.request.device) == ("a red fox", 3, "cuda:3")
    assert result.made is not None and "evil" not in str(result.made) and "\x1b" not in result.made.device
    assert len(result.made.device) < 100


def test_device_names() -> None:
    assert parse("ssh:gpubox") == RemoteDevice("gpubox")
    assert parse("ssh:me@10.0.0.2/cuda:1") == RemoteDevice("me@10.0.0.2", "cuda:1")
    assert names_in(" gpubox, ssh:me@tower/cuda:1 ,") == ["ssh:gpubox", "ssh:me@tower/cuda:1"]
    for name in (
        "ssh:",
        "ssh:-oProxyCommand=x",
        "ssh:a b",
        "ssh:a;b",
        "ssh:$(x)",
        "ssh:a/../b",
        "ssh:a/cuda:1;x",
        "ssh:@a",
    ):
        with pytest.raises(DeviceError, match="is no device of another computer"):
            devices.device_names(name)
    assert devices.device_names("cpu,ssh:gpubox") == ["cpu", "ssh:gpubox"]
    assert (
        devices.describe("ssh:gpubox") == "gpubox"
        and devices.resolve("ssh:gpubox").type == devices.available()[0].split(":")[0]
    )


def test_the_command_of_a_worker_needs_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["worker", "--device", "cuda;x"]) == 2 and "is not a device" in capsys.readouterr().err
    assert run(["worker", "--sharing", "0"]) == 2 and "--sharing" in capsys.readouterr().err


def test_unknown_errors_of_ssh_name_their_last_line() -> None:
    assert "no reason given" in str(ssh.explain("gpubox", 255, []))


@pytest.mark.slow
def test_a_paused_run_of_the_window_continues_with_other_settings(gpubox: OtherComputer, _own_home: Path) -> None:
    async def play(window: Window) -> None:
        window.open_page("settings")
        row = window.settings_page.rows["remote_devices"]
        assert isinstance(row, TextRow)
        row.edit.setText("gpu box")
        row.edit.editingFinished.emit()
        assert "is no device of another computer" in row.problem.text() and not row.problem.isHidden()
        row.edit.setText("gpubox/cpu")
        row.edit.editingFinished.emit()
        window.open_page("create")
        controls = window.create_page.controls
        await until(lambda: "gpubox · CPU" in [choice.title for choice in controls.device_box.choices()])
        controls.device_box.pick(gpubox.device)
        await until(lambda: window.generation.device == "gpubox cpu")
        controls.request_draft.change(prompt="a red fox")
        controls.request_draft.change(steps=60)
        click(controls.button)
        job = window.generation.job
        assert job is not None
        pause_after(job, 1)
        await until(lambda: job.run.state is State.PAUSED and any(job.run.views))
        window.generation.set_paused(True)
        reached = len(job.run.views[0])
        await window.worker.ask(lambda: None)
        assert len(job.run.views[0]) == reached < 60
        controls.request_draft.change(prompt="a blue owl")
        await window.steps.paused_run.resume()
        await until(lambda: window.generation.job is None and window.gallery.panel_model.rowCount() == 1)

    run_in_window(play, library=TinyLibrary())
    (path,) = (_own_home / "pictures").glob("*.png")
    request = read(path).request
    assert request.branch is not None and request.branch.step >= 1 and request.prompt == "a blue owl"
    here = one_result(replace(request, device="cpu"))
    assert np.array_equal(np.asarray(Image.open(path)), here.rgba)
