"""What a WSGI server runs: `gunicorn wsgi:app`."""

from obcms import create_app
from obcms.collector import leave_out_the_start

app = create_app()
leave_out_the_start()
