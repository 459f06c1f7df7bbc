"""A clock for several processes: one writes what time it is, the others follow."""

import os
import struct
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import time_machine

SIZE = struct.calcsize("d")
LOOK_SECONDS = 0.02


class MovedClock:
    """What time it is, in a file."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT)

    def now(self) -> datetime:
        return datetime.fromtimestamp(struct.unpack("d", os.pread(self._file, SIZE, 0))[0], UTC)

    def move_to(self, moment: datetime) -> None:
        os.pwrite(self._file, struct.pack("d", moment.timestamp()), 0)

    def follow(self) -> None:
        """From now on this process, and what it forks, takes the time from the file."""
        traveller = time_machine.travel(self.now(), tick=False).start()

        def look() -> None:
            while True:
                traveller.move_to(self.now())
                time.sleep(LOOK_SECONDS)

        threading.Thread(target=look, daemon=True).start()
