"""A worker behind a real ssh server on the loopback interface. Skipped where OpenSSH's server is not installed."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.request.generation_events import Progress, Result
from tests.helpers import ssh_server, tiny_model
from tests.helpers.ssh_server import HOST, SshServer
from tests.workers.test_ssh import REQUEST, error_of, generate, one_result

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(200),
    pytest.mark.skipif(not ssh_server.is_installed(), reason="OpenSSH's server is not installed"),
]
THERE = replace(REQUEST, device=f"ssh:{HOST}/cpu")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SshServer]:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    with ssh_server.ssh_server(tmp_path / "server") as running:
        shutil.copytree(paths.models_dir(), running.home / "data" / "models")
        monkeypatch.setenv("GDM_STUDIO_SSH", running.command)
        preferences.change({"remote_program": running.program})
        yield running


def test_images_are_the_same_after_killed_connections(server: SshServer) -> None:
    drops = set()
    for event in generate(THERE)[1]:
        if isinstance(event, Progress) and event.index in (15, 40) and event.index not in drops:
            drops.add(event.index)
            # The processes of the server break the connection, as a router does.
            for pid in server.sessions():
                os.kill(pid, signal.SIGKILL)
        elif isinstance(event, Result):
            there = event
    here = one_result(REQUEST)
    assert len(drops) == 2 and np.array_equal(there.rgba, here.rgba) and there.request == here.request


def test_the_errors_of_openssh_are_understood(server: SshServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for command, sentence in (
        (server.command_with(key="stranger"), "does not accept your ssh key; run `ssh-copy-id"),
        (server.command_with(known="empty"), "host key of 127.0.0.1 is not known yet"),
        (server.command_with(known="changed"), "has another host key than before"),
        (server.command_with(port=1), "refuses ssh connections"),
    ):
        monkeypatch.setenv("GDM_STUDIO_SSH", command)
        assert sentence in str(error_of(THERE))
    monkeypatch.setenv("GDM_STUDIO_SSH", server.command)
    assert "no computer called no.such.host.invalid" in str(error_of(replace(THERE, device="ssh:no.such.host.invalid")))
    preferences.change({"remote_program": "/nowhere/gdm-studio"})
    assert "has no program called /nowhere/gdm-studio" in str(error_of(THERE))


def test_a_program_on_the_path_of_the_profile_is_found(server: SshServer) -> None:
    (server.home / ".profile").write_text(f"PATH={shlex.quote(str(server.home))}:$PATH\n")
    program = server.home / "gdm-studio"
    program.write_text(f'#!/bin/sh\nexec {server.program} "$@"\n')
    program.chmod(0o755)
    preferences.change({"remote_program": "gdm-studio"})
    job, events = generate(THERE)
    assert [event for event in events if isinstance(event, Result)] and job.run.notes == []
