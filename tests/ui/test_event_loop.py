"""The event loop of the window: callbacks of threads run in the order in which they are passed."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from threading import Thread

from PySide6.QtWidgets import QApplication

from gdm_studio.ui.shell.app import event_loop


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def test_the_answer_of_a_call_that_has_ended_does_not_overtake_earlier_answers() -> None:
    answered: list[int] = []

    async def play() -> None:
        first, second = Future[int](), Future[int]()
        answers = [asyncio.wrap_future(first)]

        def answer() -> None:
            first.set_result(1)
            second.set_result(2)

        (thread := Thread(target=answer)).start()
        thread.join()
        answers.append(asyncio.wrap_future(second))
        for each in answers:
            each.add_done_callback(lambda done: answered.append(done.result()))
        await asyncio.gather(*answers)
        assert answered == [1, 2]

    with event_loop(_app()) as loop:
        loop.run_until_complete(play())
