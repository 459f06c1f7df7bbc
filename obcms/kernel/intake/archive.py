"""A zip of XML parts, which all kinds of workbooks are, opened within the limits."""

import io
import zipfile
from contextlib import closing

from obcms.kernel.intake import limits
from obcms.kernel.intake.quota import ReadingQuota, too_large
from obcms.kernel.intake.xml_parts import Handler, parse_part

ENTRY = b"PK\x01\x02"  # how each part is listed in the zip's directory


class Archive:
    """An opened zip. Raises nearly anything for what is none, and Invalid past a limit."""

    def __init__(self, content: bytes, quota: ReadingQuota) -> None:
        if content.count(ENTRY) > limits.MAX_PARTS:
            raise too_large(f"The workbook has more than {limits.MAX_PARTS:,} parts.")
        self.archive = zipfile.ZipFile(io.BytesIO(content))
        self.quota = quota
        self.unpacked = 0

    def __contains__(self, path: str) -> bool:
        """Whether it has such a part."""
        return path in self.archive.NameToInfo

    def open(self, path: str) -> zipfile.ZipExtFile:
        """The part, to be read once; what it says of its size is all that can be read."""
        self.unpacked += self.archive.getinfo(path).file_size
        if self.unpacked > limits.MAX_UNPACKED_BYTES:
            said = limits.MAX_UNPACKED_BYTES // limits.MB
            raise too_large(f"The workbook unpacks to more than {said} MB.")
        return self.archive.open(path)  # type: ignore[return-value]

    def parse(self, path: str, handler: Handler) -> None:
        """Reads a part whole."""
        with closing(self.open(path)) as source:
            parse_part(source, handler, self.quota)
