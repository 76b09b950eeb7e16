"""`gdm-studio likelihood MODEL FILES`: prints the likelihood of images under a model in bits per dimension."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gdm_studio.cli.output import FailedFiles, print_json, print_lines
from gdm_studio.common.errors import StorageError
from gdm_studio.maths.numeric_parameters import check_number
from gdm_studio.request.setting import match_choice


def add(verbs: Any) -> None:
    """Add the verb `likelihood`, which prints the likelihood of images under a model, to the command-line parser."""
    parser = verbs.add_parser("likelihood", help="measure the likelihood of images under a model")
    parser.add_argument("model", metavar="MODEL", help="model of a system, a name or a file")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="images")
    parser.add_argument("--class", dest="label", metavar="NAME", default="", help="their class (default: none)")
    parser.add_argument(
        "--probes", type=int, default=1, metavar="N", help="random probes; more are more exact (default: 1)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the probes (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    from gdm_studio.common.image_file import read_rgba_array

    check_number("--probes", args.probes, 1, 1000)
    check_number("--seed", args.seed, 0, 2**63 - 1)
    import torch

    from gdm_studio.models.capabilities import factors_of
    from gdm_studio.models.loaded_model import Conditioning
    from gdm_studio.models.model_library import Library
    from gdm_studio.papers.claims.likelihood import compute_bits
    from gdm_studio.papers.training.training_images import crop_square
    from gdm_studio.request.generation_request import Request

    library = Library()
    card = library.card(args.model)
    label = match_choice(args.label, {each: each for each in card.accepts.labels}) or args.label
    request = card.checked(Request(model=card.name, label=label, guidance_scale=1.0, sampler="ddim"))
    failed = FailedFiles(len(args.files), "measured", as_json=args.json)
    pictures = []
    for file in args.files:
        try:
            pictures.append((file, crop_square(read_rgba_array(file), card.size)))
        except StorageError as unreadable:
            failed.add(file, unreadable)
    model = library.load(args.model, device=torch.device("cpu"), dtype=torch.float32)
    conditioning = Conditioning(label=label, factors=factors_of(card.accepts, request))
    for file, picture in pictures:
        found = compute_bits(model, torch.from_numpy(picture), conditioning, probes=args.probes, seed=args.seed)
        if args.json:
            facts = {"bits": found.value, "standard_error": found.error, "evaluations": found.calls}
            print_json({"file": str(file), "model": card.name, **facts})
        else:
            error = f" ± {found.error:.3f}" if found.error else ""
            print_lines(f"{found.value:8.3f}{error} bits per dimension  {file}")
    failed.check()
    return 0
