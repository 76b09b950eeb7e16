"""`gdm-studio serve`: answers image requests of other programs over HTTP."""

from __future__ import annotations

import argparse
import re
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from gdm_studio import preferences
from gdm_studio.cli.interrupts import exit_on_termination
from gdm_studio.cli.output import print_lines, print_notice
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.common.optional_packages import missing_package
from gdm_studio.common.remote_device import CLUSTER, is_cluster_address
from gdm_studio.server.limits import LIMITS

PORT = 7860
MAX_PORT = 65535
MAX_WAITING = 10000
PACKAGES = ("starlette", "uvicorn", "anyio", "h11")
DESCRIPTION = """Answer image requests of other programs: A1111's web API, OpenAI's images API, ComfyUI's interface,
events of every step at /v1/events, and a page for a phone at /. Images go through the queue into the gallery."""

DEVICE_HELP = """device for all requests instead of the one in the settings, such as cpu, cuda:0,cuda:1 or all; several
generate several requests at once"""
CLUSTER_HELP = """generate on all workers of a Ray cluster at once: auto for the cluster of this computer, or HOST:PORT;
needs the package ray"""


def add(verbs: Any) -> None:
    parser = verbs.add_parser("serve", help="answer image requests of other programs", description=DESCRIPTION)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: 127.0.0.1, this machine)")
    parser.add_argument(
        "--port", default=str(PORT), metavar="N", help=f"port, or 0 for any free port (default: {PORT})"
    )
    parser.add_argument("--no-token", action="store_true", help="accept requests of this machine without a token")
    parser.add_argument("--new-token", action="store_true", help="replace the token, for example after a leak")
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME", help="name of this machine that clients use"
    )
    parser.add_argument(
        "--allow-origin", action="append", default=[], metavar="URL", help="web page that may use the server"
    )
    parser.add_argument("--device", default="", help=DEVICE_HELP)
    parser.add_argument("--cluster", metavar="ADDRESS", help=CLUSTER_HELP)
    usage = f"waiting requests, of all clients and of one (default: {LIMITS.waiting} and {LIMITS.waiting_per_client})"
    parser.add_argument("--max-waiting", type=int, nargs=2, metavar=("ALL", "ONE"), help=usage)
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    if not re.fullmatch("[0-9]{1,5}", args.port) or int(args.port) > MAX_PORT:
        raise BadRequest(f"--port must be a number from 0 to {MAX_PORT}, not {args.port!r}.")
    try:
        from gdm_studio.server.http_server import HttpServer, address_of, is_loopback, open_socket, read_token
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in PACKAGES:
            raise
        raise StudioError(missing_package("server")) from error
    from gdm_studio.server.access_control import Access
    from gdm_studio.server.service import Service

    if args.no_token and not is_loopback(args.host):
        raise BadRequest("--no-token would give everybody on the network access; leave out --host, or use the token.")
    token = None if args.no_token else read_token(replace=args.new_token)
    device, address = _choose_device(args)
    limits = LIMITS
    if args.max_waiting is not None:
        if not all(1 <= each <= MAX_WAITING for each in args.max_waiting):
            raise BadRequest(f"--max-waiting takes two numbers from 1 to {MAX_WAITING}.")
        limits = replace(limits, waiting=args.max_waiting[0], waiting_per_client=args.max_waiting[1])
    access = Access(token, [name.lower() for name in args.allow_host], [each.rstrip("/") for each in args.allow_origin])
    listening = open_socket(args.host, int(args.port))

    def report(sentence: str) -> None:
        print_notice(f"gdm-studio: {sentence}")

    service = Service(limits=limits, report=report, device=device, cluster_address=address)
    with closing(listening), service:
        service.start()
        address = address_of(listening)
        print_lines(f"Serving at {address}")
        if token is not None:
            print_lines(f"Token: {token}", f"Page: {address}/#{token}")
        if not is_loopback(args.host):
            print_notice("Others on the network can read what is sent, the token too; see docs/server.md.")
        print_notice("Ctrl-C stops the server.")
        exit_on_termination()
        HttpServer(service, access, listening).run()
    return 0


def _choose_device(args: argparse.Namespace) -> tuple[str, str]:
    """Return the device of the options, or "" for the one in the settings, and the address of the cluster, or "".

    Raises StudioError if it cannot be used.
    """
    from gdm_studio.models.memory.devices import device_names

    if args.cluster is not None:
        if args.device:
            raise BadRequest("--cluster and --device cannot be combined; leave one out.")
        if not is_cluster_address(args.cluster):
            raise BadRequest(f"--cluster must be auto or HOST:PORT, not {args.cluster!r}.")
    device = CLUSTER if args.cluster is not None else args.device
    chosen = device or preferences.load().device
    # The service would wait for the cluster without end.
    if chosen == CLUSTER and find_spec("ray") is None:
        raise StudioError(missing_package("cluster"))
    if chosen == CLUSTER and not (args.cluster or preferences.load().cluster):
        raise BadRequest("No cluster is set up; use --cluster auto or --cluster HOST:PORT.")
    if device:
        device_names(device)
    return device, args.cluster or ""
