"""The order of the house holds (DESIGN): imports point down, and rules stand alone."""

import subprocess
import sys


def test_the_contracts_hold() -> None:
    # In a process of its own: the linter switches off the loggers that it finds.
    ran = subprocess.run([sys.executable, "-m", "tests.house.contracts"], capture_output=True)
    assert ran.returncode == 0, ran.stdout.decode()
