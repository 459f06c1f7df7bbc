"""The drill of sixteen writers from two processes, in short: everybody gets turns."""

from pathlib import Path

from tests.drills.sixteen_writers import PROCESSES, THREADS, run


def test_sixteen_writers_take_turns(tmp_path: Path) -> None:
    writers = run(tmp_path, 3)
    turns = sorted(len(writer.waits) for writer in writers)
    assert len(turns) == PROCESSES * THREADS
    assert not any(writer.refused for writer in writers)
    assert turns[0] >= turns[-1] // 4 > 0, turns
    assert max(wait for writer in writers for wait in writer.waits) < 8
