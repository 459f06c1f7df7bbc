"""Forks the processes that read files, having imported once what each of them imports.

It is started as production starts one of them, and what it forks is one of them: with limits of
its own, nothing but its own file, and an end of its own.
"""

import gc
import json
import os
import signal
import socket
import sys
from importlib import import_module

from obcms.kernel.intake import child
from obcms.kernel.jobs.tether import end_with_parent

LONGEST = 100_000  # bytes of what is told, as an argument of a command may have


def be_asked(asking: socket.socket) -> list[str]:
    """Forks for each request; returns in what was forked, with what it is told."""
    while True:
        message, files, *_ = socket.recv_fds(asking, LONGEST, 3)
        if not message:
            sys.exit()
        *standard, answering = files
        if not (reader := os.fork()):
            for number, file in enumerate(standard):
                os.dup2(file, number)
            for file in files:
                os.close(file)
            return json.loads(message)
        with socket.socket(fileno=answering) as answer:
            process = os.pidfd_open(reader)
            socket.send_fds(answer, [b"started"], [process])
            _, ended = os.waitpid(reader, 0)
            answer.send(str(os.waitstatus_to_exitcode(ended)).encode())
        for file in (*standard, process):
            os.close(file)


if __name__ == "__main__":
    end_with_parent(signal.SIGKILL)
    for name in sys.argv[1:]:
        import_module(name)
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as control:
        told = be_asked(control)
    child.main(*told)
