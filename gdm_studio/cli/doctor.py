"""`gdm-studio doctor`: checks whether this computer can run GDM Studio, and prints remedies for problems."""

from __future__ import annotations

import argparse
from typing import Any

from gdm_studio.cli.output import print_json, print_lines


def add(verbs: Any) -> None:
    parser = verbs.add_parser("doctor", help="check versions, devices, folders and the gallery")
    parser.add_argument("--json", action="store_true", help="print one JSON object: the worst state, and the findings")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    from gdm_studio import doctor

    findings = doctor.run_checks()
    facts = doctor.as_facts(findings)
    print_json(facts, indent=1) if args.json else print_lines(*doctor.report(findings).split("\n"))
    return 1 if facts["state"] == doctor.BAD else 0
