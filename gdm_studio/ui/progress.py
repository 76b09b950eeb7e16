"""Phrases for durations and for the progress of a job."""

from __future__ import annotations

import re

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.request.generation_events import Run, State, View
from gdm_studio.ui.translation import number_text, translate

# Phases of a run, as the engine and the cluster name them.
PHASES = (
    QT_TRANSLATE_NOOP("Phase", "connecting to the cluster"),
    QT_TRANSLATE_NOOP("Phase", "decoding"),
    QT_TRANSLATE_NOOP("Phase", "finding its noise"),
    QT_TRANSLATE_NOOP("Phase", "generating on the cluster"),
    QT_TRANSLATE_NOOP("Phase", "loading the model"),
    QT_TRANSLATE_NOOP("Phase", "making room"),
    QT_TRANSLATE_NOOP("Phase", "preparing"),
)


def progress_text(run: Run, view: View | None, seconds_left: float | None) -> str:
    """Return a phrase for the progress of a job, such as "12 of 20 · 0.6 s left" for one image, or "3 of 8 done · 0:40
    left".

    Before the first step, it is the phase of the job, such as "loading the model…".
    """
    if view is None or (run.phase and run.phase != "decoding"):
        return unfinished_phase_text(run.phase) if run.phase else translate("progress", "starting…")
    count = run.request.count
    if count == 1:
        done = translate("progress", "{step} of {steps}").format(step=run.lead + view.index, steps=run.lead + view.of)
    else:
        done = translate("progress", "{images} of {count} done").format(images=len(run.made), count=count)
    return with_time_left(done, seconds_left, is_paused=run.state is State.PAUSED)


def with_time_left(done: str, seconds_left: float | None, *, is_paused: bool = False) -> str:
    """Add to a phrase for what is done that the job is paused or, if it is known, the time left: "3 of 8 · 0:40
    left".
    """
    # The Generate button leaves parts between such dots out where room is short.
    if is_paused:
        return f"{done} · {translate('progress', 'paused')}"
    if not seconds_left:
        return done
    return f"{done} · {translate('progress', '{time} left').format(time=duration(seconds_left))}"


def phase_text(phase: str) -> str:
    """Return the phase of a run, such as "loading the model", in the language of the window."""
    if match := re.fullmatch(r"going back to step (\d+)", phase):
        return translate("Phase", "going back to step {step}").format(step=match[1])
    if match := re.fullmatch(r"enlarging, (\d+)%", phase):
        return translate("Phase", "enlarging, {percent} %").format(percent=match[1])
    return translate("Phase", phase)


def unfinished_phase_text(phase: str) -> str:
    """Return the phase of a run with an ellipsis, such as "loading the model…"."""
    return translate("Phase", "{phase}…").format(phase=phase_text(phase))


def duration(seconds: float) -> str:
    """Format a duration: "0.6 s", "23 s", "2:05" (minutes and seconds) or "1:02:05" (hours, minutes and seconds)."""
    if seconds < 9.95:
        return translate("progress", "{seconds} s").format(seconds=number_text(seconds, 1))
    whole = round(seconds)
    if whole < 60:
        return translate("progress", "{seconds} s").format(seconds=whole)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02}"
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
