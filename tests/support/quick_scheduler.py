"""A scheduler whose rounds follow each other fast; the argument is what `flask --app` takes."""

import sys

from flask.cli import ScriptInfo

from obcms.kernel.jobs import processes

if __name__ == "__main__":
    processes.TICK_SECONDS = 0.2
    with ScriptInfo(app_import_path=sys.argv[1]).load_app().app_context():
        processes.run_scheduler(reconcile_seconds=0.5)
