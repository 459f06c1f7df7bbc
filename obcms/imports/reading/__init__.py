"""What a list of PPAs in a workbook says, read without a database."""
