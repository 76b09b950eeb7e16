"""`gdm-studio worker`: generates images for GDM Studio on another computer, which starts this command by ssh."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from gdm_studio.common import remote_device
from gdm_studio.common.errors import BadRequest

DESCRIPTION = """Generate images for GDM Studio on another computer, which starts this command by ssh for its device
ssh:HOST. The command cannot be used in a terminal."""
MAX_SHARING = 64


def add(verbs: Any) -> None:
    parser = verbs.add_parser("worker", help="generate images for another computer, by ssh", description=DESCRIPTION)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps, xpu (default: auto)")
    parser.add_argument("--sharing", default="1", metavar="N", help="workers that share this computer (default: 1)")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    if sys.stdin.isatty():
        raise BadRequest("This command is started by GDM Studio on another computer; choose the device ssh:HOST there.")
    if not remote_device.is_device(args.device):
        raise BadRequest(f"{args.device!r} is not a device; write auto, cpu, cuda, cuda:1, mps or xpu.")
    if not args.sharing.isdecimal() or not 1 <= int(args.sharing) <= MAX_SHARING:
        raise BadRequest(f"--sharing must be a number from 1 to {MAX_SHARING}.")
    from gdm_studio.jobs.workers.worker_main import serve_remote

    serve_remote(args.device, int(args.sharing))
    return 0
