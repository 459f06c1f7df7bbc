"""Where the pages of this room are registered."""

from flask import Blueprint

blueprint = Blueprint("auth", __name__)
