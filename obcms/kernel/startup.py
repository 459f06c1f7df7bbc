"""How often the garbage collector of a long-running process looks, and at what."""

import gc


def freeze_startup_objects() -> None:
    """To be called once, when a process has started and before it works or forks.

    What is there by now lives as long as the process. Left out of the collector's walks, a request
    or a job with thousands of rows is not held up by looks at all of it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
