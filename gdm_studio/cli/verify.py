"""`gdm-studio verify`: checks the engine against exact mathematics and prints a row per check."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gdm_studio.cli.output import print_json, print_lines
from gdm_studio.common.atomic_files import make_folder
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.maths.numeric_parameters import check_number

FAILED = 1


def add(verbs: Any) -> None:
    """Add the verb `verify`, which checks the engine against exact mathematical laws, to the command-line parser."""
    parser = verbs.add_parser("verify", help="check the engine against exact laws: closed forms and identities")
    parser.add_argument("names", nargs="*", metavar="NAME", help="families of checks (default: all); --list names them")
    parser.add_argument("--list", action="store_true", help="list the families, without checking")
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")
    parser.add_argument("--plot", action="store_true", help="draw every sampler's error against steps, as PNG files")
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="folder for --plot (default: this one)")
    parser.add_argument(
        "--systems",
        action="store_true",
        help="measure the claims of the systems of the literature, or of NAMEs",
    )
    parser.add_argument("--retrain", action="store_true", help="with --systems: also those that need a new training")
    parser.add_argument(
        "--broken", action="store_true", help="with --systems: measure the ablations, for which no claim may hold"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="with --retrain: training images")
    parser.add_argument("--judge", type=Path, metavar="FILE", help="with --systems: another judge than the shipped one")
    parser.add_argument("--pictures", type=int, default=512, metavar="N", help="with --systems: images per seed")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="with --systems: also save the figures there")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Run the checks of the engine that the command line selects. The exit status is 1 if any of them fails."""
    if args.systems:
        return _check_systems(args)
    from gdm_studio.models.memory import devices
    from gdm_studio.verify import CHECKS

    unknown = [name for name in args.names if name not in CHECKS]
    if unknown:
        raise BadRequest(f"There is no family of checks called {unknown[0]!r}; choose from {', '.join(CHECKS)}.")
    names = args.names or list(CHECKS)
    if args.list:
        return _list(names, as_json=args.json)
    # The images are so small that threads would only wait for each other.
    with devices.threads_of("CPU · 1 thread"):
        failed = _check(names, as_json=args.json)
    if args.plot:
        _plot(args.out, as_json=args.json)
    return FAILED if failed else 0


def _check_systems(args: argparse.Namespace) -> int:
    """Check the claims of published papers with the models that reimplement them, and print one result per line.

    Returns 1 if a claim does not hold. With `--broken`, returns 1 if a claim holds for its ablation.
    """
    check_number("--pictures", args.pictures, 8, 100_000)
    from gdm_studio.cli.systems import select_systems
    from gdm_studio.models.model_library import Library
    from gdm_studio.papers.claims.checks import verify_claims
    from gdm_studio.papers.claims.claim_inputs import ClaimContext, shipped_judge
    from gdm_studio.papers.family_tree import local_folder, save_measurement

    context = ClaimContext(Library(), args.judge or shipped_judge(), args.pictures, data=args.data, broken=args.broken)
    failed = 0
    for found in verify_claims(context, select_systems(args.names), retrain=args.retrain):
        claim, figure = found.system.claim, found.figure
        failed += found.passed is False
        if figure is not None:
            for folder in (local_folder(), *([args.keep] if args.keep else [])):
                save_measurement(folder, found.system.name, figure, broken=args.broken)
        if args.json:
            numbers: dict[str, Any] = (
                {"value": figure.value, "low": figure.low, "high": figure.high} if figure else {"value": None}
            )
            facts = {
                "system": found.system.name,
                "claim": claim.text,
                "range": [claim.range.low, claim.range.high],
                "needs": claim.requires,
            }
            if args.broken:
                facts |= {"ablation": claim.ablation}
            if figure:
                numbers |= {"count": figure.count, "floor": figure.floor}
                numbers |= {"terms": {name: each.value for name, each in figure.terms.items()}}
                numbers |= {"missed_terms": claim.missed_terms(figure)}
            print_json({**facts, **numbers, "holds": found.holds, "remark": found.remark})
            continue
        mark = {True: "✓", False: "✗", None: " "}[found.passed]
        result = figure.text if figure else found.remark
        expected = f"not {claim.range.text}, with {claim.ablation}" if args.broken else claim.range.text
        print_lines(f"  {mark} {found.system.name:20} {result:32} {claim.text}: {expected}")
        if figure is not None and not args.broken:
            for name in claim.missed_terms(figure):
                term = figure.terms[name].text if name in figure.terms else "not measured"
                print_lines(f"      {name}: {term}, not {claim.terms[name].text}")
    return FAILED if failed else 0


def _list(names: list[str], *, as_json: bool) -> int:
    for name in names:
        about = _read_description(name)
        print_json({"family": name, "about": about}) if as_json else print_lines(f"{name:14} {about}")
    return 0


def _read_description(name: str) -> str:
    """Return the description of a group of checks on one line."""
    from gdm_studio.verify import CHECKS

    return " ".join((CHECKS[name].__doc__ or "").split())


def _check(names: list[str], *, as_json: bool) -> int:
    """Run groups of checks, printing the result of each check as soon as it is available.

    Return the number of failures.
    """
    done = 0
    failed = 0
    for name in names:
        if not as_json:
            print_lines(f"{name}: {_read_description(name)}")
        for row in _run_checks(name):
            done += 1
            failed += not row.passed
            if as_json:
                facts = {"what": row.what, "relation": row.relation, "expected": row.expected}
                numbers = {"measured": row.measured, "tolerance": row.tolerance, "passed": row.passed}
                print_json({"family": name, **facts, **numbers})
            else:
                print_lines(_format_row(row))
    total = {"checks": done, "failed": failed}
    print_json(total) if as_json else print_lines(f"{done} checks, {failed or 'none'} failed")
    return failed


def _run_checks(name: str) -> Iterator[Any]:
    """Yield the results of a group of checks. An error of the engine becomes a failed result."""
    from gdm_studio.verify import CHECKS
    from gdm_studio.verify.check_result import reported

    try:
        yield from CHECKS[name]()
    except StudioError as error:
        yield reported(f"ended with an error: {error}", math.nan)


def _format_row(row: Any) -> str:
    claim = ""
    if row.expected is not None:
        claim = f"{row.relation} {row.expected:.6g}" + (f" ± {row.tolerance:.2g}" if row.relation == "=" else "")
    mark = " " if row.expected is None and row.passed else "✓" if row.passed else "✗"
    return f"  {mark} {row.what:72} {row.measured:>12.6g}  {claim}".rstrip()


def _plot(folder: Path, *, as_json: bool) -> None:
    from gdm_studio.verify.error_charts import draw

    make_folder(folder)
    for path in draw(folder):
        print_json({"plot": str(path)}) if as_json else print_lines(path)
