"""Ctrl-C, also where Python has no way to raise it."""

import gc
import os
import signal

import pytest

from gdm_studio.cli.interrupts import interrupts


class Finalized:
    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(10_000))  # the handler runs between these


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_that_falls_into_a_finalizer_is_heard_at_the_next_check() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts() as check:
        check()
        Finalized()
        gc.collect()
        check()
        pytest.fail("it was lost")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
