"""Being told to stop: a signal only leaves a note, which is read where stopping is safe.

An exception out of a signal handler can come up anywhere, also where a library swallows it, and a
lock taken in one can be held already by the code that it interrupted.
"""

import signal
import time

STEP_SECONDS = 0.1


class StopNote:
    """Whether somebody asked for an end."""

    def __init__(self) -> None:
        self.asked = False

    def listen(self, *numbers: signal.Signals) -> None:
        """From now on these signals leave the note, instead of what they did before."""
        for number in numbers:
            signal.signal(number, self._take)

    def wait(self, seconds: float) -> bool:
        """Sleeps, but no longer than until somebody asks; whether somebody did."""
        until = time.monotonic() + seconds
        while not self.asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, STEP_SECONDS))
        return self.asked

    def _take(self, _number: int, _frame: object) -> None:
        self.asked = True
