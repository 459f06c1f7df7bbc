"""The guides, in the words of the office: written as Markdown, found by a search."""
