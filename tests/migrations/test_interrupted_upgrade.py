"""A short form of the drill; `tests.drills.interrupted_upgrade` kills at every statement."""

from pathlib import Path

from tests.drills.interrupted_upgrade import check


def test_an_upgrade_that_is_killed_leaves_the_file_as_it_was_and_can_go_on(tmp_path: Path) -> None:
    numbers = list(check(tmp_path, every=540))
    assert len(numbers) >= 4
