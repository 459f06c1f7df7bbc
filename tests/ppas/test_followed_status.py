"""A status that follows the work tree is not set by hand (SPEC 4)."""

import pytest
from flask import Flask

from obcms.kernel.errors import Invalid
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.edit import edit_ppa
from obcms.ppas.rules.choices import PPAStatus
from tests.support.factories import make_ppa, track


def test_it_is_refused_at_its_field_until_the_switch_is_off(app: Flask) -> None:
    ppa = make_ppa()
    track(ppa)
    with pytest.raises(Invalid, match="The status follows the work tree") as refusal:
        edit_ppa(SYSTEM, ppa, {"status": PPAStatus.ON_HOLD})
    assert [problem.pointer for problem in refusal.value.problems] == ["status"]
    assert ppa.status is PPAStatus.PLANNING
    edit_ppa(SYSTEM, ppa, {"status": PPAStatus.ON_HOLD, "auto_sync_status": False})
    assert ppa.status is PPAStatus.ON_HOLD
