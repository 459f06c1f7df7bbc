"""Rules as pure functions on plain values: nothing here touches a database."""
