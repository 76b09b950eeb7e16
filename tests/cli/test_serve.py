"""The verb `serve`: what it prints, what it refuses, and how it ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from contextlib import closing

import pytest

from gdm_studio.cli.main import run
from gdm_studio.common.optional_packages import missing_package
from gdm_studio.jobs.queue import Queue

PATIENCE = 120


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", "127.0.0.1.example.org"])
def test_only_this_machine_needs_no_token(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--no-token", "--host", host]) == 2
    assert "would give everybody on the network access" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "x", "", "1e3", "9" * 5000])
def test_a_port_out_of_range_is_one_sentence(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", f"--port={port}"]) == 2
    assert "--port must be a number from 0 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--cluster", "local"], "--cluster must be auto or HOST:PORT, not 'local'."),
        (["--cluster", "auto", "--device", "cpu"], "--cluster and --device cannot be combined"),
        (["--device", "toaster"], "There is no device called 'toaster'"),
        (["--max-waiting", "0", "1"], "--max-waiting takes two numbers from 1 to 10000."),
    ],
)
def test_a_wrong_option_is_one_sentence(options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--port", "0", *options]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("package", ["starlette", "uvicorn"])
def test_a_missing_package_is_one_sentence(package: str) -> None:
    program = f"import sys; sys.modules[{package!r}] = None; from gdm_studio.cli.main import run; run(['serve'])"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.stderr == f"gdm-studio: {missing_package('server')}\n"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_server_ends_in_order(number: int, status: int) -> None:
    """Stop the server while an image is generated and a client follows the events. The queue must be empty then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gdm_studio", "serve", "--port", "0"],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        lines = [process.stdout.readline().strip() for _ in range(3)]
        address = lines[0].removeprefix("Serving at http://")
        token = lines[1].removeprefix("Token: ")
        assert lines[2] == f"Page: http://{address}/#{token}"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        with (
            closing(http.client.HTTPConnection(address, timeout=PATIENCE)) as follower,
            closing(http.client.HTTPConnection(address, timeout=PATIENCE)) as asker,
        ):
            follower.request("GET", "/v1/events", headers=headers)
            events = follower.getresponse()
            assert events.readline() == b": connected\n"
            asker.request("POST", "/sdapi/v1/txt2img", json.dumps({"prompt": "a fox", "steps": 150}), headers)
            while events.readline() != b"event: step\n":
                pass
            process.send_signal(number)
            assert b"event: end" in events.read()
            answer = asker.getresponse()
            assert answer.status == 503 and b"is stopping" in answer.read()
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == status and "Traceback" not in errors, errors
    assert Queue.open().recover() == [] and Queue.open().items() == []
