"""`gdm-studio mcp`: offers image generation to an assistant by the Model Context Protocol."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from gdm_studio.cli.interrupts import exit_on_termination
from gdm_studio.cli.output import print_notice

DESCRIPTION = """Serve the Model Context Protocol over standard input and output, for an assistant that starts this
program. It can generate images, list models and search the gallery."""


def add(verbs: Any) -> None:
    parser = verbs.add_parser("mcp", help="offer image generation to an assistant", description=DESCRIPTION)
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    from gdm_studio.server.mcp import McpServer
    from gdm_studio.server.service import Service

    # Any other output on stdout would break the protocol. Without a buffer, nothing waits at exit for a client that
    # reads nothing.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    sys.stdout = sys.stderr
    with Service(report=lambda each: print_notice(f"gdm-studio: {each}"), keeps_requests=False) as service:
        service.start()
        exit_on_termination()
        McpServer(service, sys.stdin.buffer, output).run()
    return 0
