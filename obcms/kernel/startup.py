"""What a process settles for itself when it starts."""

import gc
import os


def keep_files_private() -> None:
    """What this process writes, archives and databases, nobody else on the machine can read."""
    os.umask(0o077)


def freeze_startup_objects() -> None:
    """To be called once, when a process has started and before it works or forks.

    What is there by now lives as long as the process. Left out of the collector's walks, a request
    or a job with thousands of rows is not held up by looks at all of it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
