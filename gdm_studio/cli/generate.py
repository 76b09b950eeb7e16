"""`gdm-studio generate`: generates images from a prompt, a saved step or a branch."""

from __future__ import annotations

import argparse
import threading
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.cli.detail import DetailRun, add_detail_options, details_from
from gdm_studio.cli.options import add_options, card_for, parse_whole, request_from, request_over, with_input_images
from gdm_studio.cli.output import print_notice
from gdm_studio.cli.prompt_batch import add_prompt_options, generate_prompts
from gdm_studio.cli.report import Report, new_report
from gdm_studio.cli.saved_image_arguments import read_own_image, steps_file
from gdm_studio.common import atomic_files, gc_pause, remote_device
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.removable_drive import RemovableDrive
from gdm_studio.engine import torch_startup
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.runner import Runner
from gdm_studio.jobs.workers.work_items import WorkItem, place_on_devices
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.families import read_prompt
from gdm_studio.models.model_library import with_recorded_weights
from gdm_studio.request.generation_events import Progress, Result, StepEvent
from gdm_studio.request.generation_request import Branch, Request

if TYPE_CHECKING:
    from gdm_studio.jobs.job import Source
    from gdm_studio.maths.noise_path import Step
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.models.model_library import Library

KEEP_HELP = """save every step as DIR/SEED-STEP.step, replacing files of that name; only the first of several devices
is used"""
FROM_HELP = """resume from a saved step with its settings: the image comes out the same. Options other than --device,
--dtype, --batch and --out make it a branch, which keeps model, size, steps, spacing and the start image"""
BRANCH_HELP = """branch off from this image after --step, with its settings and the other options; uses the recorded
steps of the image, or generates them again"""
JSON_HELP = """one JSON object per line: start, phase, step, saved, done, and at the end stopped (Ctrl-C) or error. In
start, unmet_words are the words of the prompt that the model does not know, with the words used instead. In step, sigma
is the noise level before the step, and ms its time for this image: that of the batch divided by its images. Lines about
a detail have detail_of, the number of its image"""

# Options and the option that each of them needs.
_DEPENDENT = {
    "cluster_threads": "cluster",
    "cluster_workers": "cluster",
    "shard_format": "shards",
    "shard_size": "shards",
}


def add(verbs: Any) -> None:
    parser = verbs.add_parser("generate", help="generate images from a prompt")
    add_options(parser)
    parser.add_argument("--keep-steps", type=Path, metavar="DIR", help=KEEP_HELP)
    parser.add_argument("--from-step", type=Path, metavar="FILE", help=FROM_HELP)
    parser.add_argument("--branch", type=Path, metavar="IMAGE", help=BRANCH_HELP)
    parser.add_argument("--step", metavar="N", help="the step after which to branch off, 0 for the start")
    add_detail_options(parser)
    add_prompt_options(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder to save to (default: the pictures folder)")
    parser.add_argument("--json", action="store_true", help=JSON_HELP)
    parser.set_defaults(main=main, resumes_gc=True)


def main(args: argparse.Namespace) -> int:
    for option, needed in _DEPENDENT.items():
        if getattr(args, option) is not None and getattr(args, needed) is None:
            raise BadRequest(f"--{option.replace('_', '-')} needs --{needed}.")
    if args.prompts is not None:
        gc_pause.resume_gc()
        if args.shards is not None:
            from gdm_studio.cli.prompt_shards import generate_shards

            generate_shards(args)
        else:
            generate_prompts(args)
        return 0
    for option in ("cluster", "shards"):
        if getattr(args, option) is not None:
            raise BadRequest(f"--{option} needs --prompts, a file with one JSON object per line.")
    report = new_report(as_json=args.json)
    try:
        generate_images(args, report)
    finally:
        gc_pause.resume_gc()
        report.end()
    return 0


def generate_images(args: argparse.Namespace, report: Report) -> None:
    """Generate and save the images that the command line requests. All inputs are checked before the first step."""
    from gdm_studio.gallery.gallery import Gallery
    from gdm_studio.models.model_library import Library

    # This holds no interpreter lock, so the prompt is read meanwhile. `import torch` then finds its libraries loaded.
    threading.Thread(target=torch_startup.load_libraries, name="torch-libraries").start()
    library = Library()
    request, resume = _build_request(args, library)
    card = library.card(request.model)
    details = details_from(args, card)
    reading = read_prompt(
        card.for_rules(request.rules),
        request.prompt,
        request.style,
        is_icon=request.plain_icon,
        shown=request.shown_prompt,
    )
    with ExitStack() as stack:
        gallery = stack.enter_context(closing(Gallery.open(args.out)))
        gallery.check_writable()
        if args.keep_steps is not None:
            atomic_files.make_folder(args.keep_steps)
            atomic_files.check_writable(args.keep_steps)
        drive = RemovableDrive(args.keep_steps) if args.keep_steps is not None else None
        runner = stack.enter_context(Runner(Executor(library), lambda: gallery))
        runner.on_saved = lambda job, result, picture: report.saved(picture.path, result)
        from gdm_studio.models.memory import devices

        places = devices.device_names(request.device)
        request = place_on_devices(request, places)
        places = places[:1] if request.count == 1 or drive is not None else places
        detail_run = DetailRun(details, runner, library, device=places[0])
        report.start(request, card, reading)
        is_here = len(places) == 1 and not remote_device.is_remote(places[0])
        source, work_items = _start(request, library, resume, is_here=is_here)
        job = runner.submit(request, source=source, work_items=work_items, places=places)
        for event in stack.enter_context(closing(runner.run_job(job))):
            report.event(event)
            if isinstance(event, Result):
                detail_run.add(event)
            if isinstance(event, StepEvent | Progress):
                # The program and the model are loaded.
                gc_pause.resume_gc()
            step = event.full if isinstance(event, Progress) else event
            if isinstance(step, StepEvent) and drive is not None:
                drive.check()
                drive.record_write(_save_steps(args.keep_steps, step, request))
        detail_run.generate(report)
        report.done()


def _start(
    request: Request, library: Library, resume: Step | None, *, is_here: bool
) -> tuple[Source | None, list[WorkItem]]:
    """Return (event source, work items) with which the job runner resumes a request from a saved step. A run in this
    process (`is_here`) uses only the event source, worker processes only the work items. Without a saved step, returns
    (None, []).
    """
    if resume is None:
        return None, []
    if is_here:
        from gdm_studio.engine.generation_loop import generate

        return partial(generate, resume=resume), []
    from gdm_studio.engine.resume import resume_point

    recorded = resume_point(request, resume, library.card(request.model))
    return None, [WorkItem.of(request, recorded_steps=recorded)]


def _build_request(args: argparse.Namespace, library: Library) -> tuple[Request, Step | None]:
    """Return the request that the command line describes, and the saved step to resume from (or None).

    Raises StudioError for bad arguments.
    """
    if args.branch is not None and args.from_step is not None:
        raise BadRequest("Use either --branch or --from-step, not both.")
    if (args.branch is None) != (args.step is None):
        raise BadRequest("--branch needs --step, and --step needs --branch.")
    if args.from_step is not None:
        from gdm_studio.denoising_steps import saved_step

        saved = saved_step.load(args.from_step)
        saved = saved if args.model else saved.with_exact_weights(library)
        card = card_for(args, library, default=saved.request.model)
        return card.checked(saved.resume_or_branch(request_over(args, saved.request))), saved.step
    if args.branch is not None:
        return _build_branch_request(args, library)
    card = card_for(args, library)
    return card.checked(with_input_images(args, card.checked(request_from(args, card)), card, library)), None


def _build_branch_request(args: argparse.Namespace, library: Library) -> tuple[Request, Step | None]:
    """Return a request that branches off a saved image, and the saved step at which the branch starts. The step is None
    if it must be computed again.
    """
    metadata, parent = read_own_image(args.branch)
    step: Any = parse_whole(args.step)
    parent = with_recorded_weights(library, parent, metadata.made_with)
    card = card_for(args, library, default=parent.model)
    request = card.checked(replace(request_over(args, parent), branch=Branch(parent, step)))
    if _is_repetition(request, card.checked(parent), card):
        subject = "The branch is" if request.count == 1 else "The branches are"
        print_notice(
            f"{subject} the same image: after step {step}, a seed only changes the noise that a sampler adds, and "
            f"{request.sampler} adds none. Change another setting, or use a sampler that adds noise."
        )
    steps = steps_file(args.branch, metadata.id)
    if steps is None:
        return request, None
    from gdm_studio.engine import step_history

    # The parent is generated again for step 0, or if its steps cannot be restored exactly.
    with suppress(BadRequest, StorageError):
        return request, step_history.load(steps).step(step, library)
    return request, None


def _is_repetition(request: Request, parent: Request, card: ModelCard) -> bool:
    """Return True if a branch differs from its parent only by seeds that have no effect, because the sampler adds no
    noise.

    Returns False for models that use the seed elsewhere, too: a later stage starts from noise, and the denoisers of
    some published systems draw random numbers.
    """
    if card.family == "systems" or len(card.for_request(request).stages) > 1:
        return False
    spec = SAMPLERS[request.sampler]
    settings = {param.name: param.default for param in spec.params} | dict(request.knobs)
    adds_noise = settings["eta"] != 0 if "eta" in settings else spec.stochastic
    has_new_seeds = request.seed != parent.seed or request.count > 1
    same = replace(request, branch=parent.branch, seed=parent.seed, count=parent.count)
    return has_new_seeds and same.digest() == parent.digest() and not adds_noise


def _save_steps(folder: Path, event: StepEvent, request: Request) -> Path:
    """Save the last denoising step of each image to a file in `folder`, and return the path of the last file."""
    from gdm_studio.denoising_steps import saved_step

    for saved in saved_step.split_batch(event, request):
        path = folder / f"{saved.request.seed}-{saved.step.index:03}{saved_step.SUFFIX}"
        saved_step.save(path, saved)
    return path
