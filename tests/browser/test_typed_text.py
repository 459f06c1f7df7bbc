"""What people typed is not lost, whatever comes between (SPEC 2)."""

from types import SimpleNamespace

from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.work_items import edit_item
from tests.browser.conftest import sign_in
from tests.browser.steps import edit, row

LOST = "What you typed here was not saved."


def editor(page: Page) -> Locator:
    return page.locator(".edit-row")


def by_a_colleague(site: SimpleNamespace, named: str, /, **values: object) -> None:
    with site.app.app_context():
        item = db.session.scalars(select(WorkItem).where(WorkItem.title == named)).one()
        edit_item(SYSTEM, item, values)
        db.session.commit()
        db.session.remove()


def change_user(page: Page, site: SimpleNamespace, username: str) -> None:
    page.goto(f"{site.home}/admin/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in**")
    sign_in(page, site, username)


def test_opening_another_rows_editor_keeps_it(tracked: Page) -> None:
    edit(tracked, "1.1.1").get_by_label("Title").fill("Needs study of two towns")
    edit(tracked, "1.1.2")
    again = edit(tracked, "1.1.1")
    expect(again).to_contain_text(LOST)
    again.get_by_role("button", name="Bring it back").click()
    expect(again.get_by_label("Title")).to_have_value("Needs study of two towns")
    again.get_by_role("button", name="Save").click()
    expect(row(tracked, "1.1.1")).to_contain_text("Needs study of two towns")
    expect(edit(tracked, "1.1.1")).not_to_contain_text(LOST)


def test_leaving_the_page_keeps_it(tracked: Page, site: SimpleNamespace) -> None:
    edit(tracked, "1.1.1").get_by_label("Title").fill("Half a thought")
    tracked.goto(f"{site.url}/budget")
    tracked.goto(f"{site.url}/work-items")
    again = edit(tracked, "1.1.1")
    again.get_by_role("button", name="Discard it").click()
    expect(again.get_by_label("Title")).to_have_value("Needs study")
    tracked.reload()
    expect(edit(tracked, "1.1.1")).not_to_contain_text(LOST)


def test_a_record_form_keeps_it(tracked: Page, site: SimpleNamespace) -> None:
    form = f"{site.home}/admin/ppa/edit/?id={site.ppa_id}"
    tracked.goto(form)
    tracked.get_by_label("Remarks").fill("First words")
    tracked.goto(site.url)
    tracked.goto(form)
    tracked.get_by_role("button", name="Bring it back").click()
    expect(tracked.get_by_label("Remarks")).to_have_value("First words")
    tracked.get_by_role("button", name="Save", exact=True).click()
    expect(tracked.locator(".alert-success")).to_be_visible()
    tracked.goto(form)
    expect(tracked.get_by_label("Remarks")).to_have_value("First words")
    expect(tracked.get_by_text(LOST)).to_have_count(0)


def test_a_conflict_keeps_it_and_shows_the_colleagues(tracked: Page, site: SimpleNamespace) -> None:
    open_form = edit(tracked, "1.1.1")
    open_form.get_by_label("Title").fill("Mine")
    open_form.get_by_label("Start").fill("2025-01-20")
    by_a_colleague(site, "Needs study", title="Theirs", end_date="2025-02-28")
    open_form.get_by_role("button", name="Save").click()
    expect(editor(tracked)).to_contain_text("“Theirs”")
    expect(editor(tracked).get_by_label("Title")).to_have_value("Mine")
    expect(editor(tracked).get_by_label("Start")).to_have_value("2025-01-20")
    expect(editor(tracked).get_by_label("End")).to_have_value("2025-02-28")
    editor(tracked).get_by_role("button", name="Save").click()
    expect(row(tracked, "1.1.1")).to_contain_text("Mine")


def test_a_colleagues_other_field_is_no_conflict(tracked: Page, site: SimpleNamespace) -> None:
    open_form = edit(tracked, "1.1.1")
    open_form.get_by_label("Start").fill("2025-01-20")
    by_a_colleague(site, "Needs study", title="Theirs")
    open_form.get_by_role("button", name="Save").click()
    expect(row(tracked, "1.1.1")).to_contain_text("Theirs")
    expect(row(tracked, "1.1.1")).to_contain_text("20 Jan 2025")


def test_somebody_elses_sign_in_in_another_tab_keeps_it(
    tracked: Page, context: BrowserContext, site: SimpleNamespace
) -> None:
    form = edit(tracked, "1.1.1")
    form.get_by_label("Title").fill("Typed by Maria")
    other = context.new_page()
    change_user(other, site, "omar")
    form.get_by_role("button", name="Save").click()
    expect(editor(tracked).locator(".form-problem")).to_be_visible()
    expect(editor(tracked).get_by_label("Title")).to_have_value("Typed by Maria")
    tracked.goto(f"{site.url}/work-items")
    expect(edit(tracked, "1.1.1")).not_to_contain_text(LOST)  # Omar is not shown it
    change_user(other, site, "maria")
    tracked.goto(f"{site.url}/work-items")
    expect(edit(tracked, "1.1.1")).to_contain_text(LOST)
    with site.app.app_context():
        assert db.session.scalar(select(PPA.title)) != "Typed by Maria"


def test_signing_out_forgets_it(tracked: Page, site: SimpleNamespace) -> None:
    edit(tracked, "1.1.1").get_by_label("Title").fill("Half a thought")
    tracked.get_by_role("button", name="Sign out").click()
    tracked.wait_for_url("**/sign-in**")
    assert tracked.evaluate("Object.keys(sessionStorage).length") == 0


def test_a_message_does_not_cover_what_is_wrong(tracked: Page) -> None:
    form = edit(tracked, "1.1.1")
    form.get_by_label("Start").fill("2025-01-20")
    form.get_by_role("button", name="Save").click()
    expect(tracked.locator(".toast-line")).to_be_visible()
    expect(row(tracked, "1.1.1")).to_contain_text("20 Jan 2025")
    expect(editor(tracked)).to_have_count(0)
    expect(row(tracked, "1.1.1")).to_be_focused()
    form = edit(tracked, "1.1.2")
    form.get_by_label("Title").fill(" ")
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".field-problem").filter(has_text="needs a title")).to_be_visible()
    expect(tracked.locator(".toast-line")).to_have_count(0)


def test_the_list_is_found_again_as_it_was_left(tracked: Page, site: SimpleNamespace) -> None:
    tracked.goto(f"{site.home}/admin/ppa/?search=rice&sort=0")
    tracked.get_by_role("link", name="MAFAR-2025-003").first.click()
    tracked.wait_for_url(f"{site.url}/**")
    tracked.wait_for_load_state()
    tracked.wait_for_function("sessionStorage.getItem('list /admin/ppa/') !== null")
    tracked.get_by_role("link", name="PPAs", exact=True).last.click()
    tracked.wait_for_url("**/admin/ppa/?search=rice&sort=0")
