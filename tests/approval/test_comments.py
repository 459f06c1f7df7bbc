"""What somebody says with a step of the approval has its limit (SPEC 7)."""

import pytest
from flask import Flask

from obcms.approval.rules.steps import Action
from obcms.approval.steps import COMMENT, take_step
from obcms.kernel.errors import Invalid
from tests.approval.test_steps import user
from tests.support.factories import make_ppa


def test_a_comment_as_long_as_allowed_is_kept_and_a_longer_one_refused(app: Flask, people) -> None:
    ppa, staff = make_ppa(), user(people, "moa_staff")
    with pytest.raises(Invalid, match="has 10,001 characters; at most 10,000 fit"):
        take_step(staff, ppa, Action.SUBMIT, "x" * (COMMENT.longest + 1))
    take_step(staff, ppa, Action.SUBMIT, "x" * COMMENT.longest)
