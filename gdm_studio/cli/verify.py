"""`gdm-studio verify`: the engine against exact mathematics, a row a check."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gdm_studio.atomic import make_folder
from gdm_studio.cli.saying import say, say_json
from gdm_studio.errors import BadRequest, StudioError
from gdm_studio.maths.knobs import check_number

FAILED = 1


def add(verbs: Any) -> None:
    """Register the verb."""
    parser = verbs.add_parser("verify", help="check the engine against exact mathematics")
    parser.add_argument("names", nargs="*", metavar="NAME", help="families of checks (default: all); --list names them")
    parser.add_argument("--list", action="store_true", help="say which families there are, and check nothing")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--plot", action="store_true", help="draw every sampler's error against steps, as PNG files")
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="folder for what --plot draws (default: this one)"
    )
    parser.add_argument(
        "--systems", action="store_true", help="measure the claims of the systems of the literature, or of those named"
    )
    parser.add_argument("--retrain", action="store_true", help="with --systems: those too that need training anew")
    parser.add_argument("--data", type=Path, metavar="DIR", help="with --retrain: pictures that networks learn from")
    parser.add_argument("--judge", type=Path, metavar="FILE", help="with --systems: another than the one shipped")
    parser.add_argument("--pictures", type=int, default=128, metavar="N", help="with --systems: of each of three seeds")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="with --systems: keep the figures there, too")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Run the families asked for; 1 if a check fails."""
    if args.systems:
        return _systems(args)
    from gdm_studio.engine import devices
    from gdm_studio.engine.verify import CHECKS

    unknown = [name for name in args.names if name not in CHECKS]
    if unknown:
        raise BadRequest(f"There is no family of checks called {unknown[0]!r}; choose from {', '.join(CHECKS)}.")
    names = args.names or list(CHECKS)
    if args.list:
        return _list(names, as_json=args.json)
    with devices.threads_as("CPU · 1 thread"):  # its pictures are so small that threads would only wait for each other
        failed = _check(names, as_json=args.json)
    if args.plot:
        _plot(args.out, as_json=args.json)
    return FAILED if failed else 0


def _systems(args: argparse.Namespace) -> int:
    """The claims, one a line: what was found, or why nothing was; 1 if one does not hold."""
    from gdm_studio.cli.systems import chosen

    check_number("--pictures", args.pictures, 8, 100_000)
    from gdm_studio.models.library import Library
    from gdm_studio.systems.family import keep_figure, own
    from gdm_studio.systems.figures import Bench, shipped_judge, verdicts

    bench = Bench(Library(), args.judge or shipped_judge(), args.pictures, data=args.data)
    missed = 0
    for found in verdicts(bench, chosen(args.names), retrain=args.retrain):
        claim, figure = found.system.claim, found.figure
        missed += found.holds is False
        if figure is not None:
            for folder in (own(), *([args.keep] if args.keep else [])):
                keep_figure(folder, found.system.name, figure)
        if args.json:
            numbers = {"value": figure.value, "low": figure.low, "high": figure.high} if figure else {"value": None}
            facts = {"system": found.system.name, "claim": claim.text, "threshold": claim.bound, "needs": claim.needs}
            say_json({**facts, **numbers, "holds": found.holds, "remark": found.remark})
            continue
        mark = {True: "✓", False: "✗", None: " "}[found.holds]
        said = figure.words if figure else found.remark
        say(f"  {mark} {found.system.name:16} {said:32} {claim.text} {claim.bound}")
    return FAILED if missed else 0


def _list(names: list[str], *, as_json: bool) -> int:
    from gdm_studio.engine.verify import CHECKS

    for name in names:
        about = CHECKS[name].__doc__ or ""
        say_json({"family": name, "about": about}) if as_json else say(f"{name:14} {about}")
    return 0


def _check(names: list[str], *, as_json: bool) -> int:
    """Prints every row as soon as it is known, and at last how many failed; returns that number."""
    from gdm_studio.engine.verify import CHECKS

    done, failed = 0, 0
    for name in names:
        if not as_json:
            say(f"{name}: {CHECKS[name].__doc__}")
        for row in _rows(name):
            done, failed = done + 1, failed + (not row.passed)
            if as_json:
                facts = {"what": row.what, "relation": row.relation, "expected": row.expected}
                measured = row.measured if math.isfinite(row.measured) else None  # JSON has no other word for it
                numbers = {"measured": measured, "tolerance": row.tolerance, "passed": row.passed}
                say_json({"family": name, **facts, **numbers})
            else:
                say(_line(row))
    total = {"checks": done, "failed": failed}
    say_json(total) if as_json else say(f"{done} checks, {failed or 'none'} failed")
    return failed


def _rows(name: str) -> Iterator[Any]:
    """The family's; where the engine refuses to go on, that is a failed one."""
    from gdm_studio.engine.verify import CHECKS
    from gdm_studio.engine.verify.row import reported

    try:
        yield from CHECKS[name]()
    except StudioError as error:
        yield reported(f"not made to its end: {error}", math.nan)


def _line(row: Any) -> str:
    claim = ""
    if row.expected is not None:
        claim = f"{row.relation} {row.expected:.6g}" + (f" ± {row.tolerance:.2g}" if row.relation == "=" else "")
    mark = " " if row.expected is None and row.passed else "✓" if row.passed else "✗"
    return f"  {mark} {row.what:72} {row.measured:>12.6g}  {claim}".rstrip()


def _plot(folder: Path, *, as_json: bool) -> None:
    from gdm_studio.engine.verify.plot import draw

    make_folder(folder)
    for path in draw(folder):
        say_json({"plot": str(path)}) if as_json else say(path)
