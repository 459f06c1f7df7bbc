"""The admin screens, built on Flask-Admin."""

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from obcms.admin.audit import AuditView
from obcms.admin.audit_seal import AuditSealView
from obcms.admin.dashboard import DashboardView
from obcms.admin.import_page import ImportView
from obcms.admin.jobs import JobRunView
from obcms.admin.organization import OrganizationView
from obcms.admin.ppa import PPAView
from obcms.admin.ppa_page import PPAPage
from obcms.admin.roles import RolesView, SignInRulesView
from obcms.admin.structure_template import StructureTemplateView
from obcms.admin.user import UserView
from obcms.admin.waiting import WaitingView
from obcms.admin.work_item import WorkItemView
from obcms.extensions import db
from obcms.models import PPA, AuditEntry, JobRun, Organization, StructureTemplate, User, WorkItem


def init_app(app: Flask) -> None:
    """Registers every screen; new objects, because Flask-Admin binds a view to one app."""
    admin = Admin(
        app,
        name="OBCMS",
        index_view=DashboardView(name="Dashboard", url="/admin"),
        theme=Bootstrap4Theme(base_template="layout.html", fluid=True),
    )
    admin.add_view(WaitingView(name="Waiting for you", endpoint="waiting", url="/admin/waiting"))
    admin.add_view(PPAView(PPA, db, name="PPAs", endpoint="ppa", url="/admin/ppa"))
    admin.add_view(PPAPage(name="PPA", endpoint="ppa_page", url="/admin/ppa/<int:ppa_id>"))
    admin.add_view(
        WorkItemView(WorkItem, db, name="Work items", endpoint="work_item", url="/admin/work-item")
    )
    admin.add_view(ImportView(name="Import", endpoint="import_page", url="/admin/import"))
    _add_people(admin)
    admin.add_view(
        StructureTemplateView(
            StructureTemplate,
            db,
            name="Structure templates",
            category="Administration",
            endpoint="structure_template",
            url="/admin/structure-template",
        )
    )
    admin.add_view(
        JobRunView(
            JobRun,
            db,
            name="Job runs",
            category="Administration",
            endpoint="job_run",
            url="/admin/job-run",
        )
    )
    admin.add_view(
        AuditView(
            AuditEntry,
            db,
            name="Audit trail",
            category="Administration",
            endpoint="audit_entry",
            url="/admin/audit",
        )
    )
    admin.add_view(
        AuditSealView(
            name="Audit seal",
            category="Administration",
            endpoint="audit_seal",
            url="/admin/audit-seal",
        )
    )


def _add_people(admin: Admin) -> None:
    """Who may come in, and what for."""
    where = "Administration"
    user = {"endpoint": "user", "url": "/admin/user"}
    admin.add_view(UserView(User, db, name="Users", category=where, **user))
    roles = {"endpoint": "roles", "url": "/admin/roles"}
    admin.add_view(RolesView(name="Roles", category=where, **roles))
    rules = {"endpoint": "sign_in_rules", "url": "/admin/sign-in-rules"}
    admin.add_view(SignInRulesView(name="Sign-in rules", category=where, **rules))
    organization = {"endpoint": "organization", "url": "/admin/organization"}
    admin.add_view(
        OrganizationView(Organization, db, name="Organizations", category=where, **organization)
    )
