"""What a file may hold and its reading may cost; each limit with its reason (SPEC 13).

Lists of PPAs have some hundred rows. The limits leave room for a region's whole act, and make any
file answer within seconds.
"""

MB = 1024 * 1024

# The file itself: it is kept in the database until it is imported. A whole act has 100 kB.
MAX_BYTES = 10 * MB
# All parts that are read, unpacked: the fullest list that the limits below allow has 60 MB.
MAX_UNPACKED_BYTES = 200 * MB
# Parts of a workbook, pictures included; only listing many more takes seconds.
MAX_PARTS = 5_000
# A sheet for each ministry and quarter is 130.
MAX_SHEETS = 200
MAX_ROWS = 20_000
MAX_COLUMNS = 200
# Cells that hold something: 20,000 rows of 25 columns.
MAX_CELLS = 500_000
# Texts that cells share; as many as there may be cells would be 500,000, but most of them repeat.
MAX_STRINGS = 250_000
# Elements of XML, three for a cell with a formula, and one for a cell that is only painted.
MAX_ELEMENTS = 2_000_000
# One name or value inside the XML; Excel writes nothing near it.
MAX_TOKEN_BYTES = 2 * MB
# What Excel itself takes: characters of a cell, and rows and columns, blank ones included.
MAX_TEXT = 32_767
LAST_EXCEL_ROW = 1_048_576
LAST_EXCEL_COLUMN = 16_384

# What the process that reads may use. The fullest list takes five seconds and 200 MB.
CPU_SECONDS = 20
# The clock goes on while other work has the processor.
WALL_SECONDS = 60
MEMORY_BYTES = 400 * MB
