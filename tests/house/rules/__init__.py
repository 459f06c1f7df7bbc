"""What the house asks of its code and imports cannot show: small looks at the syntax tree."""
