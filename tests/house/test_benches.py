"""What is run by hand alone still names only what exists."""

from importlib import import_module

import pytest


@pytest.mark.parametrize("name", ["__main__", "api", "audit", "ledger", "memory"])
def test_each_bench_can_be_read(name: str) -> None:
    assert import_module(f"tests.bench.{name}").main
