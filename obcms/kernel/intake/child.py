"""The process that reads one file, and can use no more than the limits (see `limited`).

It has neither the database's address nor any key, and it writes no file. What it finds it prints
as lines of JSON.
"""

import json
import os
import resource
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

from obcms.kernel.errors import Invalid
from obcms.kernel.intake import limits
from obcms.kernel.jobs.tether import end_with_parent

PROGRESS, PROBLEM, RESULT, FAULT = "progress", "problem", "result", "fault"
LONGEST_TRACE = 4000
POLITE = 10  # the processor goes to the web server first
TOO_MUCH_MEMORY = (
    f"Reading the file takes more than {limits.MEMORY_BYTES // limits.MB} MB of memory, so it was "
    "given up. Copy the list alone into a new workbook and try again."
)


def limit_this_process() -> None:
    """From here on more time or memory than a list can need is not to be had."""
    os.nice(POLITE)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CPU_SECONDS, limits.CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(task: str, filename: str, *known: str) -> None:
    """Runs the task, a `module:function`, on the file that comes in; `known` is JSON for it."""
    end_with_parent()
    limit_this_process()
    module, _, name = task.partition(":")
    try:
        run: Callable[..., Any] = getattr(import_module(module), name)
        more = [json.loads(text) for text in known]
        _say(RESULT, run(sys.stdin.buffer, filename, lambda said: _say(PROGRESS, said), *more))
    except Invalid as error:
        _say(PROBLEM, str(error))
    except MemoryError:
        _say(PROBLEM, TOO_MUCH_MEMORY)
    except Exception:  # told where it can be logged: this process can write to nothing else
        _say(FAULT, traceback.format_exc()[-LONGEST_TRACE:])


def _say(kind: str, what: object) -> None:
    sys.stdout.write(json.dumps({kind: what}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
