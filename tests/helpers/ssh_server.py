"""An ssh server on the loopback interface, with keys, configuration and files of its own."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.ports import own_port

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[2]


def is_installed() -> bool:
    """Return True if OpenSSH's server and client are installed, which the tests with ssh need."""
    return _server() is not None and None not in (shutil.which("ssh"), shutil.which("ssh-keygen"))


@dataclass
class SshServer:
    """OpenSSH server that runs for a test on this computer. Programs that it starts have the home folder `home`."""

    folder: Path
    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def command(self) -> str:
        """Command line of ssh that connects to this server and trusts its key."""
        return self.command_with()

    def command_with(self, *, key: str = "key", known: str = "known_hosts", port: int = 0) -> str:
        """Return the command line of ssh for this server, with another key, list of known hosts or port."""
        options = {"UserKnownHostsFile": self.folder / known, "StrictHostKeyChecking": "yes", "IdentitiesOnly": "yes"}
        more = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        return shlex.join(["ssh", "-F", "none", "-p", str(port or self.port), "-i", str(self.folder / key), *more])

    @property
    def program(self) -> str:
        """Command line that starts this copy of the program on the server."""
        threads = os.environ.get("OMP_NUM_THREADS", "1")
        facts = {"GDM_STUDIO_HOME": self.home, "PYTHONPATH": ROOT, "OMP_NUM_THREADS": threads}
        words = [f"{name}={value}" for name, value in facts.items()]
        return shlex.join(["env", *words, sys.executable, "-P", "-m", "gdm_studio"])

    def sessions(self) -> list[int]:
        """Return the process ids of the server's open connections."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """Run an OpenSSH server within a `with` block, with its keys and configuration in `folder`."""
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    for key in ("host", "key", "stranger"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    shutil.copy(folder / "key.pub", folder / "authorized")
    port = own_port()
    kind, digits, *_ = (folder / "host.pub").read_text().split()
    (folder / "known_hosts").write_text(f"[{HOST}]:{port} {kind} {digits}\n")
    kind, digits, *_ = (folder / "stranger.pub").read_text().split()
    (folder / "changed").write_text(f"[{HOST}]:{port} {kind} {digits}\n")
    (folder / "empty").write_text("")
    settings = {
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "authorized",
        "ListenAddress": f"{HOST}:{port}",
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
        "AllowUsers": getpass.getuser(),
        "MaxStartups": "100",
        # Not the profile of the user who runs the tests.
        "SetEnv": f"HOME={folder / 'home'}",
    }
    (folder / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    if os.geteuid() == 0:
        # The privileged server wants this folder, which the system's service otherwise creates.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    command = [str(_server()), "-D", "-e", "-f", str(folder / "sshd_config")]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait(port, process)
            home = folder / "home"
            home.mkdir()
            yield SshServer(folder, home, port, process)
        finally:
            process.terminate()


def _server() -> str | None:
    return shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the ssh server accepts connections. Raises AssertionError if it does not start."""
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as trial:
            if trial.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the ssh server does not start")
