"""`gdm-studio likelihood MODEL FILES`: how likely pictures are to a model, in bits a number."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gdm_studio.cli.saying import say, say_json
from gdm_studio.maths.knobs import check_number


def add(verbs: Any) -> None:
    """Register the verb."""
    parser = verbs.add_parser("likelihood", help="how likely pictures are to a system's model, in bits a number")
    parser.add_argument("model", metavar="MODEL", help="a system's model, by its name or file")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="pictures")
    parser.add_argument("--class", dest="label", metavar="NAME", default="", help="their class (default: none is told)")
    parser.add_argument("--probes", type=int, default=1, metavar="N", help="more of them are more exact (default: 1)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the probes (default: 0)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    check_number("--probes", args.probes, 1, 1000)
    check_number("--seed", args.seed, 0, 2**63 - 1)
    import numpy as np
    import torch

    from gdm_studio.models.accepts import factors_of
    from gdm_studio.models.library import Library
    from gdm_studio.models.loaded import Ask
    from gdm_studio.picture_file import read_rgba
    from gdm_studio.request import Request
    from gdm_studio.setting import chosen
    from gdm_studio.systems.likelihood import bits
    from gdm_studio.systems.pictures import square

    library = Library()
    card = library.card(args.model)
    label = chosen(args.label, {each: each for each in card.accepts.labels}) or args.label
    asked = card.checked(Request(model=card.name, label=label, guidance_scale=1.0, sampler="ddim"))
    pictures = [(file, square(np.array(read_rgba(file)), card.size)) for file in args.files]
    model = library.load(args.model, device=torch.device("cpu"), dtype=torch.float32)
    ask = Ask(label=label, factors=factors_of(card.accepts, asked))
    for file, picture in pictures:
        found = bits(model, torch.from_numpy(picture), ask, probes=args.probes, seed=args.seed)
        if args.json:
            facts = {"bits": found.value, "standard_error": found.error, "evaluations": found.calls}
            say_json({"file": str(file), "model": card.name, **facts})
        else:
            beside = f" ± {found.error:.3f}" if found.error else ""
            say(f"{found.value:8.3f}{beside} bits a number  {file}")
    return 0
