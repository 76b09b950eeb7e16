"""Distribution of test files to processes that goes on when a process crashes."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController


class CrashProofScheduling(LoadFileScheduling):
    """Distribution by file that hands only the unfinished files of a crashed process to the others.

    xdist 3.8 hands out its finished files, too. A process that gets only finished ones waits for more work without
    asking for it, and the run never ends.
    """

    def remove_node(self, node: WorkerController) -> str | None:
        files = self.assigned_work[node].items()
        self.assigned_work[node] = {file: done for file, done in files if not all(done.values())}
        return super().remove_node(node)
