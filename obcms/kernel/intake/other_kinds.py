"""Files that are not read: what each is, and how to save the list so that it is."""

import re
from collections.abc import Callable

XLSX = (
    "open it in Excel, choose File, Save As and the type “Excel Workbook (.xlsx)”, and upload "
    "the new file."
)
OLE_START = b"\xd0\xcf\x11\xe0"
OLDEST = b"\x09"  # as workbooks of Excel 4 and before begin
LOCKED = "EncryptedPackage".encode("utf-16-le")
OLD = "This is an old .xls workbook, which is not read: " + XLSX
PASSWORD = (
    "This workbook has a password: open it in Excel, choose File, Info, Protect Workbook, Encrypt "
    "with Password, clear the password, save it and upload it again."
)
START = 4096


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(starts)


def _holds(part: bytes) -> Callable[[bytes], bool]:
    """Whether a zip lists such a part."""
    return lambda content: content.startswith(b"PK") and part in content


def _xml_of_2003(content: bytes) -> bool:
    pattern = rb"\s*<\?xml|\s*<\?mso|\s*<(?:\w+:)?Workbook"
    return bool(re.match(pattern, content.removeprefix(b"\xef\xbb\xbf"))) and (
        b"urn:schemas-microsoft-com:office:spreadsheet" in content[:START]
    )


KINDS: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (_begins(b"%PDF"), "This is a PDF. Upload the workbook from which it was made."),
    (
        lambda content: content[:START].lstrip().lower().startswith(b"mime-version"),
        "This is a web page saved as a single file, which is not read: " + XLSX,
    ),
    (_xml_of_2003, "This is an “XML Spreadsheet 2003”, which is not read: " + XLSX),
    (
        _holds(b"xl/workbook.bin"),
        "This is a binary workbook (.xlsb), which is not read: " + XLSX,
    ),
    (
        _holds(b"word/document.xml"),
        "This is a Word document. Copy its table into a new Excel workbook, save that and upload "
        "it.",
    ),
    (
        _holds(b"mimetypeapplication/vnd.oasis.opendocument.text"),
        "This is a text document. Copy its table into a new workbook, save that and upload it.",
    ),
    (
        _holds(b".iwa"),
        "This is a workbook of Apple Numbers, which is not read: open it in Numbers, choose File, "
        "Export To, Excel, and upload the new file.",
    ),
)


def why_not_read(content: bytes, filename: str) -> str | None:
    """What to do instead with a file of a kind that is known and not read; None for the rest."""
    if content.startswith(OLE_START):
        return PASSWORD if LOCKED in content else OLD
    if (
        filename.lower().endswith(".xls")
        and content.startswith(OLDEST)
        and b"\0" in content[:START]
    ):
        return OLD
    return next((told for fits, told in KINDS if fits(content)), None)
