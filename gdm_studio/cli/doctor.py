"""`gdm-studio doctor`: what this computer is like for the program, and what to do where something is amiss."""

from __future__ import annotations

import argparse
from typing import Any

from gdm_studio.cli.saying import say, say_json


def add(verbs: Any) -> None:
    parser = verbs.add_parser("doctor", help="look over versions, devices, folders and the gallery")
    parser.add_argument("--json", action="store_true", help="one JSON object: state (the worst) and findings")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    from gdm_studio import doctor

    findings = doctor.examine()
    facts = doctor.as_facts(findings)
    say_json(facts, indent=1) if args.json else say(*doctor.report(findings).split("\n"))
    return 1 if facts["state"] == doctor.BAD else 0
