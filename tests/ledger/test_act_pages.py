"""An act's table in the browser: by the mechanism of all imports, voided as one."""

from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from obcms.imports.declared import ImportDefaults
from obcms.kernel.extensions import db
from obcms.kernel.permissions import ROLE_PERMISSIONS, Permission, Role
from obcms.ledger.intake.act_import import ACT_TABLE
from obcms.ledger.lines import add_line
from obcms.ledger.models import AppropriationsAct, BudgetLine, FundBalance, FundEntry
from obcms.ledger.post import post_entry
from obcms.ledger.quarters import close_quarter
from obcms.ledger.rules.quarters import Quarter
from obcms.ledger.void import void_entry
from obcms.organizations.reads import find_moa
from tests.imports.waiting import apply, read_next, upload
from tests.ledger.lines import MFBM, entry, make_act
from tests.support.import_case import NAME, ImportTests

ACT = "BAA 7"
HEAD = "MOA,Cost structure,Title,PS,MOOE,Total"


class TestAct(ImportTests):
    declared = ACT_TABLE
    address = "/admin/ledger/import-act/"
    sender, other = "mfbm_analyst", ""
    asked = "What are its amounts in?"
    answers: Mapping[str, str] = {"answer-unit": "thousands"}
    overtaking = "added the line Line 3-0"
    touching = "obligation ORS"
    commands = (("ledger", "import", "--fiscal-year", "2025"), ("ledger", "undo-import"))
    queries = 60

    def prepare(self) -> None:
        make_act(number=ACT)

    def file(self, size: int, change: int = 0) -> bytes:
        rows = [f"MOH,OPS,Line {size}-{n},10.00,,10.00" for n in range(size)]
        return "\n".join([HEAD, *rows]).encode()

    def doubtful(self, number: int, renamed: bool = False) -> bytes:
        head = HEAD.replace("MOA", "Office") if renamed else HEAD
        rows = ["In thousand pesos", head, f"MOH,OPS,Doubtful {number},,5,5"]
        return "\n".join(rows).encode()

    def state(self) -> Any:
        """Lines that have no money are as if they were not there."""
        query = (
            select(BudgetLine.title, FundBalance.appropriation_class)
            .add_columns(FundBalance.appropriated, FundBalance.allotted)
            .join(FundBalance.line)
            .where(FundBalance.appropriated != 0)
        )
        return sorted(map(tuple, db.session.execute(query.order_by(BudgetLine.title))))

    def given(self) -> ImportDefaults:
        return ImportDefaults(fiscal_year=2025)

    def overtake(self) -> None:
        act = db.session.scalars(select(AppropriationsAct)).one()
        values = {"cost_structure": "ops", "title": "Line 3-0"}
        add_line(MFBM, act, values | {"organization_id": find_moa("MOH").id})
        # Without money it would be the import's line; another posted on it.
        line = db.session.scalars(select(BudgetLine)).one()
        post_entry(MFBM, line, entry("appropriation", "1.00", appropriation_class="ps"))

    def touch(self) -> None:
        line = db.session.scalars(select(BudgetLine).where(BudgetLine.title == "Line 3-1")).one()
        of_ps = {"appropriation_class": "ps", "reference": "ORS 1", "payee": "Sarimanok Trading"}
        post_entry(MFBM, line, entry("obligation", "4.00", **of_ps))

    def test_an_entry_voided_by_itself_keeps_the_rest_and_is_named(self, client) -> None:
        page = self.imported(client, self.file(3))
        first = db.session.scalars(select(FundEntry).order_by(FundEntry.id.desc())).first()
        void_entry(MFBM, first, "By hand")
        db.session.commit()
        before = self.now()
        refused = self.undo(client, page)
        assert (refused.status_code, self.now()) == (409, before)
        assert "voided already" in refused.text

    def test_the_preview_shows_the_sums_by_class_beside_those_of_the_file(self, client) -> None:
        text = f"{HEAD},Page\nMOH,GAS,Head,1.00,2.50,3.50,7\nMOH,OPS,Care,,4.00,,8\n"
        text += ",,TOTAL MOH,1.00,6.50,7.50,\n,,GRAND TOTAL,1.00,9.00,10.00,\n"
        page = client.get(self.send(client, text.encode())).text
        words = " ".join(page.split())
        assert "row 4, TOTAL MOH" in words
        assert "“GRAND TOTAL” says ₱10.00; the rows above sum to ₱7.50." in words
        assert '<td data-label="MOOE">₱4.00</td>' in words
        assert "2 rows were left out" in words
        assert "Page" in words

    def test_the_page_of_an_import_lists_its_lines(self, client) -> None:
        page = client.get(self.imported(client, self.file(3))).text
        assert page.count("₱10.00") == 3
        assert "Lines of this import" in page

    def test_a_file_of_no_one_act_says_so_instead_of_a_preview(self, client) -> None:
        make_act(number="BAA 8")
        db.session.commit()
        answer = client.get(self.send(client, self.file(3)))
        assert answer.status_code == 422
        assert "There are several regular acts of 2025: BAA 7, BAA 8. Name one." in answer.text

    def test_the_form_names_the_act(self, client) -> None:
        make_act(number="BAA 8")
        db.session.commit()
        page = self.sent_for(client, "BAA 8")
        assert apply(client, page, "all_or_nothing").status_code == 302
        query = select(AppropriationsAct.number, func.count(BudgetLine.id)).join(BudgetLine.act)
        found = db.session.execute(query.group_by(AppropriationsAct.number)).all()
        assert [tuple(one) for one in found] == [("BAA 8", 3)]

    def sent_for(self, client: FlaskClient, number: str) -> str:
        sent = upload(client, self.file(3), name=NAME, address=self.address, act=number)
        read_next()
        return sent.headers["Location"]

    def test_a_column_is_taken_for_another_on_the_page(self, client) -> None:
        text = "MOA,Cost structure,Title,PS,Others\nMOH,OPS,Care,1.00,4.00\n"
        address = self.send(client, text.encode())
        assert 'name="column-1-E"' in client.get(address).text
        chosen = {"column-1-D": "ignored", "column-1-E": "mooe"}
        assert client.post(f"{address}reading", data=chosen).status_code == 302
        read_next()
        assert apply(client, address, "all_or_nothing").status_code == 302
        assert [(of.value, str(amount)) for _, of, amount, _ in self.now()] == [("mooe", "4.00")]

    def test_a_line_left_without_money_takes_what_the_next_table_says_of_it(self, client) -> None:
        page = self.imported(client, self.file(1))
        self.undo(client, page)
        text = f"{HEAD},UACS,Later release\nMOH,OPS,Line 1-0,20.00,,20.00,U-1,yes\n"
        self.imported(client, text.encode())
        line = db.session.scalars(select(BudgetLine)).one()
        assert (line.uacs_code, line.for_later_release) == ("U-1", True)
        assert "u-1" in line.search_text
        [(_, _, appropriated, allotted)] = self.now()
        assert (str(appropriated), str(allotted)) == ("20.00", "0.00")

    def test_after_a_closed_quarter_an_act_takes_no_second_table(self, client) -> None:
        self.imported(client, self.file(1))
        close_quarter(MFBM, Quarter(2025, 1), "")
        db.session.commit()
        page = client.get(self.send(client, self.file(2))).text
        assert "is closed, and takes no entry but the act&#39;s first import." in page
        assert "Import all rows" not in page


def test_only_mfbm_imports_acts() -> None:
    may = {role for role in Role if Permission.FUND_RELEASE in ROLE_PERMISSIONS[role]}
    assert ACT_TABLE.permission is Permission.FUND_RELEASE
    assert Role.MOA_STAFF not in may
    assert Role.MFBM_ANALYST in may
