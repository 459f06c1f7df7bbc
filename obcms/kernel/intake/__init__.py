"""Reading the workbooks and CSV files that ministries send (SPEC 13, Import)."""
