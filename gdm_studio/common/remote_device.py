"""Names of devices on other computers: `ssh:host`, `ssh:user@host` or `ssh:host/cuda:1`, and `cluster`.

The device `cluster` refers to all devices of the Ray cluster whose address is in the settings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gdm_studio.common.errors import DeviceError

PREFIX = "ssh:"
CLUSTER = "cluster"
# Addresses of a cluster: the cluster of this computer, or HOST:PORT.
_ADDRESS = re.compile(r"auto|[A-Za-z0-9_\[][A-Za-z0-9_.:\[\]%-]*:[0-9]{1,5}")
# A name must not begin with "-", which ssh would read as an option. Characters that a shell interprets are excluded.
_NAME = re.compile(
    r"ssh:(?P<host>(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9_:\[][A-Za-z0-9_.:\[\]%-]*)"
    r"(?:/(?P<device>[a-z]+(?::[0-9]{1,3})?))?"
)
_DEVICE = re.compile("[a-z]+(?::[0-9]{1,3})?")
MAX_LENGTH = 300


@dataclass(frozen=True)
class RemoteDevice:
    """Device of another computer that is reached by ssh. `device` is its name there, such as "cuda:1", or "auto" for
    the preferred device.
    """

    # The host as ssh takes it: a name or an address, with a user before "@" if needed.
    host: str
    device: str = "auto"

    @property
    def title(self) -> str:
        return self.host if self.device == "auto" else f"{self.host} {self.device}"


def is_remote(name: str) -> bool:
    """Return True if a device name denotes another computer or a cluster: it is "cluster" or starts with "ssh:".

    The name may still be malformed.
    """
    return name == CLUSTER or is_ssh(name)


def is_ssh(name: str) -> bool:
    """Return True if a device name denotes a computer reached by ssh: it starts with "ssh:".

    The name may still be malformed.
    """
    return name.startswith(PREFIX)


def is_cluster_address(text: str) -> bool:
    """Return True if a string has the form of a cluster's address: "auto" or HOST:PORT."""
    return len(text) <= MAX_LENGTH and _ADDRESS.fullmatch(text) is not None


def is_device(name: str) -> bool:
    """Return True if a string has the form of a local device name, such as "cpu" or "cuda:1"."""
    return _DEVICE.fullmatch(name) is not None


def parse(name: str) -> RemoteDevice:
    """Parse the name of a device that is reached by ssh. Raises DeviceError if the name is malformed."""
    match = _NAME.fullmatch(name) if len(name) <= MAX_LENGTH else None
    if match is None:
        sentence = f"{name!r} is no device of another computer; write ssh:host, ssh:user@host or ssh:host/cuda:1."
        raise DeviceError(sentence, remedy="cpu")
    return RemoteDevice(match["host"], match["device"] or "auto")


def names_in(text: str) -> list[str]:
    """Parse a list of computers such as "gpubox, user@tower/cuda:1" to device names; the prefix `ssh:` is optional.

    Raises DeviceError if an entry is malformed.
    """
    found = [each.strip() for each in text.split(",") if each.strip()]
    names = [each if is_ssh(each) else f"{PREFIX}{each}" for each in found]
    for name in names:
        parse(name)
    return list(dict.fromkeys(names))
