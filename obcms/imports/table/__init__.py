"""Reading a table whose columns a slice declares (SPEC 13)."""
