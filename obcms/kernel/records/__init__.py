"""One mechanism for every kind of record: cleaned values, form, list, page, and API resource."""
