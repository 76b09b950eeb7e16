"""`gdm-studio doctor`: what this computer is like for the program, and what to do where something is amiss."""

from __future__ import annotations

import argparse
import json
from typing import Any


def add(verbs: Any) -> None:
    parser = verbs.add_parser("doctor", help="look over versions, devices, folders and the gallery")
    parser.add_argument("--json", action="store_true", help="one JSON object: state (the worst) and findings")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    from gdm_studio import doctor
    from gdm_studio.engine import threads

    threads.prepare()
    findings = doctor.examine()
    facts = doctor.as_facts(findings)
    print(json.dumps(facts, ensure_ascii=False, indent=1) if args.json else doctor.report(findings))
    return 1 if facts["state"] == doctor.BAD else 0
