"""Jobs that pause themselves, for tests whose event loop may be later than a whole run in another process."""

from __future__ import annotations

from gdm_studio.jobs.job import Job


def pause_after(job: Job, steps: int) -> Job:
    """Let a job that has just been created compute only these steps, at least one, and pause. Returns the job."""
    # A step that is requested pauses the job behind it. If the job was paused first, it might be seen before its steps.
    for _ in range(steps):
        job.step_once()
    return job
