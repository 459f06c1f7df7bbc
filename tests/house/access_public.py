"""What nobody has to sign in for."""

# Open without signing in, by their nature.
PUBLIC = {
    ("admin.static", "GET"),
    ("approval_files.static", "GET"),
    ("api_docs.document", "GET"),
    ("api_docs.page", "GET"),
    ("api_docs.ui", "GET"),
    ("api_token.obtain_token", "POST"),
    ("api_token.refresh_token", "POST"),
    ("auth.home", "GET"),
    ("auth.sign_in", "GET"),
    ("budget_files.static", "GET"),
    ("calendar_files.static", "GET"),
    ("imports_files.static", "GET"),
    ("jobs_files.static", "GET"),
    ("ledger_files.static", "GET"),
    ("notifications_files.static", "GET"),
    ("ppas_files.static", "GET"),
    ("work_files.static", "GET"),
    ("auth.sign_in", "POST"),
    ("auth.sign_in_code", "GET"),
    ("auth.sign_in_code", "POST"),
    ("auth.sign_out", "POST"),
    ("health.health", "GET"),
    ("static", "GET"),
}
