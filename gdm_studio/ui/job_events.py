"""What the events of the engine mean for the job that they are of; all of it in the lane's thread."""

from __future__ import annotations

from dataclasses import replace

from gdm_studio.run import Advance, Event, Phase, Progress, Run, View
from gdm_studio.ui.jobs import Job

FORGOTTEN = "After a crash this run would begin again."  # where its steps cannot be kept


def record(job: Job, event: Event) -> None:
    """Writes an event of the engine into the run."""
    run = job.run
    if isinstance(event, Phase):
        run.phase = event.title
        if event.note:
            run.notes.append(event.note)
    elif isinstance(event, Advance | Progress):
        assert job.previews is not None
        run.phase, run.path, run.first = "", event.path[event.first :], event.first
        if isinstance(event, Advance):
            job.advance, views = event, job.previews.views(event)
        else:
            views = list(event.views)
            for view in views:
                job.previews.take(view)
        for view in views:
            _show(run, view)
        job.stand(event)
        _thin(job)
    else:
        run.results.append(event)


def _show(run: Run, view: View) -> None:
    """Writes the view of a step in its place: pictures that ran out of memory go through their steps again."""
    views = run.views[view.image]
    if view.index <= len(views):
        views[view.index - 1] = view
        run.revision += 1
    else:
        views.append(view)


def _thin(job: Job) -> None:
    """While the previews are full, the oldest finished pictures keep their last view: it stands in for all steps."""
    run, previews = job.run, job.previews
    assert previews is not None
    while previews.is_full() and job.thinned < len(run.results):
        views = run.views[run.results[job.thinned].image]
        last = views[-1]
        views[:-1] = [
            replace(view, predicted=last.predicted, noisy=last.noisy, noise=last.noise, decoded=False)
            for view in views[:-1]
        ]
        previews.forget(last.image)
        job.thinned += 1
