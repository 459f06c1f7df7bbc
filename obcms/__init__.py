"""OBCMS: tracks publicly funded programs, projects and activities of BARMM ministries."""

# The concepts of the house, from the ground up: each may know the kernel and those before it.
SLICES = (
    "organizations",
    "people",
    "calendar",
    "thresholds",
    "notifications",
    "needs",
    "policy",
    "ppas",
    "imports",
    "work",
    "spending",
    "budget",
    "approval",
    "ledger",
    "alerts",
    "history",
    "dashboards",
    "demo",
    "help",
    "operations",
)
