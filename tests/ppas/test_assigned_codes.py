"""A code's ministry is looked at where no verb is called, too."""

import pytest
from sqlalchemy import select

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.organizations.models import Organization
from tests.ppas.test_codes_alike import NOT_OF_MOH, codes
from tests.support.factories import make_ppa


@pytest.mark.parametrize("typed", NOT_OF_MOH)
def test_a_plain_assignment_passes_no_other_ministrys_code(app, typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        make_ppa(code=typed)
    assert [one.pointer for one in caught.value.problems] == ["code"]
    db.session.rollback()
    ppa = make_ppa(code="MOH-2026-001")
    db.session.commit()
    ppa.code = typed
    with pytest.raises(Invalid) as again:
        db.session.flush()
    assert again.value.problems == caught.value.problems
    db.session.rollback()
    assert codes() == ["MOH-2026-001"]


def test_a_plain_assignment_moves_no_ppa_with_its_old_code(app) -> None:
    ppa = make_ppa(code="MOH-2026-001")
    other = db.session.scalars(select(Organization).filter_by(acronym="MAFAR")).one()
    db.session.commit()
    for name, moa in (("implementing_moa", other), ("implementing_moa_id", other.id)):
        setattr(ppa, name, moa)
        with pytest.raises(Invalid, match="begins with “MAFAR-”"):
            db.session.flush()
        db.session.rollback()
    with db.session.no_autoflush:
        ppa.implementing_moa, ppa.code = other, "MAFAR-2026-001"
    db.session.commit()
    other.acronym = "FISHERY"
    ppa.title = "Of the same ministry"
    db.session.commit()
    assert codes() == ["MAFAR-2026-001"]
