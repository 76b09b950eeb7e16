"""Rows evaluated in parallel equal rows evaluated one after another."""

from collections.abc import Iterator

import pytest
import torch

from gdm_studio.models.memory.parallel_rows import RowEvaluator

CPU = torch.device("cpu")


@pytest.fixture(params=[1, 2, 5])
def cores(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def test_rows_are_in_order_and_each_is_evaluated_alone(cores: int) -> None:
    asked: list[tuple[int, int, bool]] = []

    def network(x: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
        asked.append((len(x), torch.get_num_threads(), torch.is_grad_enabled()))
        return 2 * x + shift[:, None]

    x, shift = torch.arange(12.0).reshape(4, 3), torch.arange(4.0)
    with torch.no_grad():
        made = RowEvaluator(CPU)(network, x, shift)
    assert torch.equal(made, 2 * x + shift[:, None])
    assert [(rows, grad) for rows, _, grad in asked] == [(1, False)] * 4
    assert {threads for _, threads, _ in asked} == {max(1, cores // 4)}


def test_fewer_rows_than_cores_share_them(cores: int) -> None:
    seen: set[int] = set()

    def network(x: torch.Tensor) -> torch.Tensor:
        seen.add(torch.get_num_threads())
        return x

    rows = RowEvaluator(CPU)
    rows(network, torch.zeros(2, 1))
    assert seen == {max(1, cores // 2)}
    seen.clear()
    rows(network, torch.zeros(1, 1))
    assert seen == {cores}


def test_the_thread_counts_of_the_caller_are_not_changed(cores: int) -> None:
    from concurrent.futures import ThreadPoolExecutor

    RowEvaluator(CPU)(lambda x: x + 1, torch.zeros(4, 1))
    assert torch.get_num_threads() == cores
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(torch.get_num_threads).result() == cores


def test_an_error_in_a_row_reaches_the_caller(cores: int) -> None:
    def network(x: torch.Tensor) -> torch.Tensor:
        raise MemoryError("no room")

    with pytest.raises(MemoryError, match="no room"):
        RowEvaluator(CPU)(network, torch.zeros(3, 1))
    assert torch.get_num_threads() == cores
