"""What a WSGI server runs: `gunicorn wsgi:app`."""

from obcms.application import create_app
from obcms.kernel.startup import freeze_startup_objects

app = create_app()
freeze_startup_objects()
