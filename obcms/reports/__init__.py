"""Reads: figures for screens and workbooks, from set-based queries."""
