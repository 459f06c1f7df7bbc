"""Commands of the house as real processes that start fast.

Each is forked from a server that has read the house once, and then does what `python -m` would do:
it has a number, signals, an environment and an exit code of its own.
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from runpy import run_module

from obcms.kernel.config import PROJECT_ROOT

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.support.preloaded"])


def started(
    module: str, *arguments: str, env: Mapping[str, str] | None = None, said: Path | None = None
) -> BaseProcess:
    """A process that runs the module with these arguments, in a session of its own.

    It has `env` beside what there is; what it says goes to the file `said`, if there is one.
    """
    environment = {**os.environ, **(env or {})}
    process = FORKED.Process(target=_run, args=(module, arguments, environment, said))
    process.start()
    return process


def _run(
    module: str, arguments: tuple[str, ...], env: Mapping[str, str], said: Path | None
) -> None:
    os.setsid()
    os.chdir(PROJECT_ROOT)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    if said is not None:
        with said.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
    sys.argv = [module, *arguments]
    run_module(module, run_name="__main__", alter_sys=True)
