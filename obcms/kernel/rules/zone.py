"""The time zone of the offices."""

from zoneinfo import ZoneInfo

MANILA = ZoneInfo("Asia/Manila")
