"""Progress in words: what the button says while a run goes on."""

from __future__ import annotations

from gdm_studio.run import Run, State, View


def progress_text(run: Run, view: View | None, seconds_left: float | None) -> str:
    """Says "12 of 20 · 0.6 s left", of several pictures "3 of 8 done · 0:40 left", of no step yet the phase."""
    if view is None or (run.phase and run.phase != "decoding"):
        return f"{run.phase}…" if run.phase else "starting…"
    count = run.request.count
    steps = f"{run.lead + view.index} of {run.lead + view.of}"
    where = steps if count == 1 else f"{len(run.made)} of {count} done"
    if run.state is State.PAUSED:
        return f"{where} · paused"
    if not seconds_left:
        return where
    return f"{where} · {duration(seconds_left)} left"


def duration(seconds: float) -> str:
    """A time in words: "0.6 s", "23 s", "2:05" (minutes), "1:02:05" (hours)."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02}"
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
