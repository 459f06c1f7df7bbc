"""Distributing a PPA’s budget over its work tree (SPEC 5)."""
