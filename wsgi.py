"""The WSGI entry point; `flask` finds the application here too."""

from obcms import create_app

app = create_app()
