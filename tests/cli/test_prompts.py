"""`gdm-studio generate --prompts`: requests from a file, the log of finished images, and a second start."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.cli.prompt_file import MAX_LINE, MAX_UNUSABLE, read_lines
from gdm_studio.common import paths
from gdm_studio.common.file_lock import FileLock
from gdm_studio.gallery.gallery import Gallery
from gdm_studio.gallery.metadata.reader import read
from gdm_studio.jobs.finished_log import FinishedLog
from tests.helpers import tiny_model

FAST = ["--model", tiny_model.NAME, "--steps", "2", "--device", "cpu"]


class Prompts:
    """A prompt file and the folder of its images."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file = folder / "foxes.jsonl"
        self.out = folder / "out"
        self.log = self.out / "foxes.finished.jsonl"
        self._capsys = capsys

    def write(self, *lines: object) -> None:
        self.file.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines))

    def run(self, *options: str) -> tuple[int, list[dict], str]:
        """Return the exit status, the JSON events and the text on standard error."""
        self._capsys.readouterr()
        status = run(["generate", "--prompts", str(self.file), "--out", str(self.out), "--json", *FAST, *options])
        out, err = self._capsys.readouterr()
        return status, [json.loads(line) for line in out.splitlines()], err

    def saved(self, *options: str) -> list[tuple[int, int]]:
        """Run the file and return (line, image) of each image that was saved."""
        _, events, _ = self.run(*options)
        return [(event["line"], event["image"]) for event in events if event["event"] == "saved"]

    def pictures(self) -> dict[int, np.ndarray]:
        """Return the pixels of all images by seed."""
        found = {}
        for path in self.out.glob("*.png"):
            request = read(path).request
            assert request is not None and request.seed not in found
            found[request.seed] = np.asarray(Image.open(path))
        return found


@pytest.fixture
def prompts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Prompts:
    tiny_model.write(paths.models_dir())
    return Prompts(tmp_path, capsys)


def test_each_line_is_generated_once_with_its_own_options(prompts: Prompts, tmp_path: Path) -> None:
    prompts.write(
        {"prompt": "a red apple", "seed": 5, "guidance": 2, "steps": 1},
        {"prompt": "an owl", "seed": 7, "count": 2, "negative-prompt": "blue", "sampler": "Euler"},
        "",
        '"a cat"',
        {"prompt": "a red apple", "seed": 5, "guidance_scale": 2.0, "steps": 1},
    )
    assert prompts.saved("--sampler", "ddim") == [(1, 0), (2, 0), (2, 1), (4, 0)]
    requests = {each.seed: each for each in (read(path).request for path in prompts.out.glob("*.png")) if each}
    apple = requests[5]
    assert (apple.guidance_scale, apple.steps, apple.sampler) == (2.0, 1, "ddim")
    assert (requests[8].negative_prompt, requests[8].steps, requests[8].sampler) == ("blue", 2, "euler")
    assert prompts.saved("--sampler", "ddim") == []
    # The same pixels as without a file.
    alone = ["generate", "a red apple", "--seed", "5", "--guidance", "2", "--sampler", "ddim", *FAST, "--steps", "1"]
    assert run([*alone, "--out", str(tmp_path / "alone")]) == 0
    (single,) = (tmp_path / "alone").glob("*.png")
    assert np.array_equal(np.asarray(Image.open(single)), prompts.pictures()[5])


@pytest.mark.slow
def test_lines_without_a_seed_keep_their_seeds_when_others_are_added(prompts: Prompts) -> None:
    prompts.write({"prompt": "an owl", "steps": 1}, '{"steps": 1, "prompt": "an owl"}')
    assert prompts.saved() == [(1, 0), (2, 0)]
    seeds = set(prompts.pictures())
    assert len(seeds) == 2
    prompts.write({"prompt": "a fox", "steps": 1}, *[{"prompt": "an owl", "steps": 1}] * 3)
    assert prompts.saved() == [(1, 0), (4, 0)]
    assert len(seeds | set(prompts.pictures())) == 4
    # Another log is another job.
    shutil.rmtree(prompts.out)
    assert len(prompts.saved()) == 4 and not seeds & set(prompts.pictures())


def test_unusable_lines_are_reported_by_number_and_left_out(prompts: Prompts) -> None:
    lines = [
        "not json",
        {"prompt": "a fox", "stepps": 4},
        {"prompt": "a fox", "steps": 4.5},
        {"prompt": "a fox", "steps": True},
        {"prompt": "a fox", "seed": [1]},
        {"prompt": "a fox", "device": "cuda"},
        {"prompt": "a fox", "model": "nowhere"},
        {"steps": 4},
        ["a fox"],
        {"prompt": "a fox", "image": "/nowhere.png"},
        {"prompt": "a fox", "factor": {"x": [1]}, "size": "large"},
    ]
    prompts.write(*lines, {"prompt": "a fox"})
    status, events, err = prompts.run()
    assert status == 2
    failed = {event["line"]: event["message"] for event in events if event["event"] == "failed"}
    assert list(failed) == list(range(1, len(lines) + 1))
    assert "'stepps'" in failed[2] and "1 to 1000, not 4.5" in failed[3] and "--device" in failed[6]
    assert all(message.endswith((".", ")")) and "\n" not in message for message in failed.values())
    assert f"Line 2: {failed[2]}\n" in err and f"{len(lines)} lines of {prompts.file} failed; correct them, and" in err
    assert [event["line"] for event in events if event["event"] == "saved"] == [12]
    # Only the corrected line is generated.
    prompts.write({"prompt": "a corrected fox"}, {"prompt": "a fox"})
    assert prompts.saved() == [(1, 0)]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"prompt": 5}, "prompt must be text, not 5."),
        ({"prompt": ["a fox"]}, "prompt must be text, not ['a fox']."),
        ({"negative_prompt": 5}, "negative_prompt must be text, not 5."),
        ({"sampler": 3}, "sampler must be text, not 3."),
        ({"model": 3}, "model must be text, not 3."),
        ({"steps": "8"}, "steps must be a whole number from 1 to 1000, not '8'."),
        ({"seed": True}, "seed must be a whole number from 0 to"),
        ({"guidance_scale": "4"}, "guidance_scale must be a number from 0 to 30, not '4'."),
        ({"guidance": "4"}, "guidance must be a number from 0 to 30, not '4'."),
        ({"size": 64}, "size must be a width and a height in pixels, not 64."),
        ({"eta": "0.5"}, "eta must be a number, not '0.5'."),
        ({"toward_prompt": 1}, "toward_prompt must be text, not 1."),
        ({"preset": 1}, "preset must be text, not 1."),
        ({"image": 7}, "image must be the name of a file, not 7."),
        ({"preprocessor": [{}]}, "preprocessor must be a text or a list of texts, not [{}]."),
        ({"fast": 1}, "fast must be true or false, not 1."),
        (
            {"region": "left"},
            "A region is LEFT,TOP,RIGHT,BOTTOM: PROMPT or MASK: PROMPT with the file of a mask, such as "
            "\"0,0,0.5,1: a red fox\", not 'left'.",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_as_in_a_script(prompts: Prompts, values: dict, says: str) -> None:
    prompts.write({"prompt": "a fox"} | values)
    status, events, _ = prompts.run()
    assert status == 2 and events[0]["event"] == "failed" and events[0]["message"].startswith(says)
    assert not prompts.pictures()


def test_a_file_of_another_kind_is_refused(prompts: Prompts) -> None:
    prompts.write(*["not json"] * (MAX_UNUSABLE + 50))
    status, events, err = prompts.run()
    assert status == 2 and f"The first {MAX_UNUSABLE} lines of {prompts.file} are unusable" in err
    assert sum(event["event"] == "failed" for event in events) == MAX_UNUSABLE
    prompts.file.unlink()
    status, _, err = prompts.run()
    assert status == 2 and "is not there" in err
    assert run(["generate", "--cluster", "auto", "a fox"]) == 2
    assert run(["generate", "--prompts", str(prompts.file), "--keep-steps", "x"]) == 2


def test_a_file_without_prompts_is_an_error(prompts: Prompts) -> None:
    for lines in ((), ("", "  ")):
        prompts.write(*lines)
        status, events, errors = prompts.run()
        assert status == 2 and "contains no prompts" in errors and not prompts.pictures()
        assert [event["event"] for event in events] == ["done", "error"]


def test_a_line_that_is_too_long_is_skipped_without_reading_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    path.write_bytes(b'"a"\n' + b"x" * (3 * MAX_LINE) + b'\n\n"b"\n"c"')
    assert list(read_lines(path)) == [(1, b'"a"\n'), (2, None), (4, b'"b"\n'), (5, b'"c"')]


@pytest.mark.slow
def test_an_image_saved_before_a_crash_but_not_logged_is_found(prompts: Prompts) -> None:
    prompts.write({"prompt": "a fox", "seed": 1}, {"prompt": "a fox", "seed": 2}, {"prompt": "a fox", "seed": 3})
    assert len(prompts.saved()) == 3
    # A crash while the log was being written leaves part of a line.
    lines = prompts.log.read_bytes().splitlines(keepends=True)
    prompts.log.write_bytes(b"".join(lines[:2]) + lines[2][:-9])
    status, events, _ = prompts.run()
    assert status == 0 and [event["event"] for event in events] == ["done"] and events[0]["finished_before"] == 1
    assert sorted(prompts.log.read_bytes().splitlines()) == sorted(b"".join(lines).splitlines())
    # Images that the user deleted stay deleted.
    for path in prompts.out.glob("*.png"):
        path.unlink()
    assert prompts.saved() == []


def test_an_interrupted_file_continues_where_it_stopped(prompts: Prompts, monkeypatch: pytest.MonkeyPatch) -> None:
    prompts.write(*({"prompt": "a fox", "seed": seed, "count": 2} for seed in (10, 20, 30)))
    write = Gallery.write

    def write_three(gallery, result, **options):
        if result.request.seed == 21:
            raise KeyboardInterrupt
        return write(gallery, result, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Gallery, "write", write_three)
        status, events, _ = prompts.run()
    saved = [(event["line"], event["image"]) for event in events if event["event"] == "saved"]
    assert status == 130 and saved[:3] == [(1, 0), (1, 1), (2, 0)]
    left = prompts.saved()
    assert set(saved).isdisjoint(left) and (2, 1) in left
    assert sorted(prompts.pictures()) == [10, 11, 20, 21, 30, 31]


@pytest.mark.usefixtures("forked_processes")
@pytest.mark.slow
def test_two_devices_give_the_same_images(prompts: Prompts) -> None:
    prompts.write(*({"prompt": f"a fox {seed}", "seed": seed} for seed in range(3)), "unusable")
    assert len(prompts.saved()) == 3
    single = prompts.pictures()
    shutil.rmtree(prompts.out)
    status, events, _ = prompts.run("--device", "cpu,cpu")
    assert status == 2 and sum(event["event"] == "saved" for event in events) == 3
    assert all(np.array_equal(picture, single[seed]) for seed, picture in prompts.pictures().items())


def test_a_log_is_locked_and_damage_is_reported(prompts: Prompts) -> None:
    prompts.write({"prompt": "a fox"})
    lock = FileLock.take(prompts.out / f".{prompts.log.name}.lock")
    assert lock is not None
    status, _, err = prompts.run()
    assert status == 2 and "Another GDM Studio is generating" in err
    lock.release()
    for damage, word in ((b"\x00\xff\n", "damaged"), (b'{"version": 99, "job": "%032d"}\n' % 0, "newer")):
        prompts.log.write_bytes(damage)
        status, _, err = prompts.run()
        assert status == 2 and word in err and prompts.log.read_bytes() == damage
    prompts.log.write_bytes(b'{"vers')
    assert prompts.saved() == [(1, 0)]


def test_damaged_lines_of_a_log_are_ignored(tmp_path: Path) -> None:
    digests = [f"{number:032x}" for number in range(3)]
    with FinishedLog(tmp_path / "a.jsonl") as log:
        assert not log.is_resumed and all(log.claim(each) for each in digests) and not log.claim(digests[0])
        for each in digests:
            log.add(each, line=1, path=tmp_path / "a.png")
        job = log.job
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(lines[0] + b'{"digest": 5}\n[]\n\xff\xfe\n{"digest": "xyz"}\n' + b"".join(lines[2:]))
    with FinishedLog(tmp_path / "a.jsonl") as log:
        assert (log.is_resumed, log.job, log.count) == (True, job, 2)
        assert [log.claim(each) for each in digests] == [True, False, False]
