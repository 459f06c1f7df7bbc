"""The commands of `flask`."""

from flask import Flask

from obcms.cli import audit, counts, demo, jobs, ppa, up, user


def init_app(app: Flask) -> None:
    """Registers every command."""
    for group in (
        user.commands,
        jobs.commands,
        audit.commands,
        ppa.commands,
        demo.commands,
    ):
        app.cli.add_command(group)
    app.cli.add_command(counts.counts)
    app.cli.add_command(up.up)
