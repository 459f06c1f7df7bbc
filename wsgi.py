"""What a WSGI server runs: `gunicorn wsgi:app`."""

import gc

from obcms import create_app

app = create_app()
# What the start has made lives as long as the process. Left out of the collector's walks, a large
# answer is not held up by a look at all of it.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
