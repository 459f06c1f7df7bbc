"""Reads the house once, in the process that those of a test are forked from."""

from obcms import SLICES
from obcms.kernel.slices import load_parts

load_parts(SLICES)
