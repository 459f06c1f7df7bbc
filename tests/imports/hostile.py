"""Files that are small to send and cost much to read, made for the tests."""

import io
import zipfile
from collections.abc import Mapping

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
MB = 1024 * 1024
HEADING = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Title</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Budget</t></is></c></row>'
)


def relations(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{listed}</Relationships>'


def sheet(rows: str, after: str = "", before: str = "") -> str:
    return f"<worksheet {MAIN}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"


def workbook(
    *sheets: str,
    parts: Mapping[str, str | bytes] | None = None,
    names: str = "",
    entries: int = 0,
    strings: str = "",
    styles: str = "",
) -> bytes:
    """A workbook of these sheets' XML; `entries` lists the first one as often as that."""
    listed = "".join(
        f'<sheet name="S{n}" sheetId="{n}" r:id="rId{1 if entries else n}"/>'
        for n in range(1, (entries or len(sheets)) + 1)
    )
    kinds = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    kinds += [("sharedStrings", "sharedStrings.xml")] if strings else []
    kinds += [("styles", "styles.xml")] if styles else []
    files: dict[str, str | bytes] = {
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>{listed}</sheets>'
        f"{names}</workbook>",
        "xl/_rels/workbook.xml.rels": relations(*kinds),
        **{f"xl/worksheets/sheet{n}.xml": text for n, text in enumerate(sheets, 1)},
        **({"xl/sharedStrings.xml": f"<sst {MAIN}>{strings}</sst>"} if strings else {}),
        **({"xl/styles.xml": f"<styleSheet {MAIN}>{styles}</styleSheet>"} if styles else {}),
        **(parts or {}),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


def row(number: int, title: str = "Water", amount: int = 5) -> str:
    return (
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{title}</t></is></c>'
        f'<c r="B{number}"><v>{amount}</v></c></row>'
    )


ONE = HEADING + row(2)


def zeros() -> bytes:
    return workbook(sheet("\0" * 40 * MB))


def zero_cells() -> bytes:
    return workbook(sheet(HEADING + '<row r="2">' + "<c><v>0</v></c>" * 2_500_000 + "</row>"))


def zero_rows() -> bytes:
    return workbook(sheet(HEADING + "<row><c><v>0</v></c></row>" * 1_300_000))


def painted_cells() -> bytes:
    return workbook(sheet(HEADING + ("<row>" + '<c s="1"/>' * 100 + "</row>") * 40_000))


def more_than_it_unpacks_to() -> bytes:
    return workbook(sheet(ONE + " " * 210 * MB))


def one_sheet_listed_again() -> bytes:
    return workbook(sheet(HEADING + "".join(map(row, range(2, 400)))), entries=150)


def many_sheets() -> bytes:
    return workbook(*[sheet(ONE)] * 10_000)


def one_sheet_in_many_names() -> bytes:
    return workbook(sheet(ONE), entries=10_000)


def many_parts() -> bytes:
    return workbook(sheet(ONE), parts={f"xl/media/{n}.png": b"" for n in range(20_000)})


def empty_strings() -> bytes:
    return workbook(sheet(ONE), strings="<si><t/></si>" * 7_000_000)


def bare_strings() -> bytes:
    return workbook(sheet(ONE), strings="<si/>" * 7_000_000)


def pieces_of_strings() -> bytes:
    return workbook(sheet(ONE), strings="<si>" + "<r><t/></r>" * 4_000_000 + "</si>")


def long_string() -> bytes:
    return workbook(sheet(ONE), strings=f"<si><t>{'x' * 50 * MB}</t></si>")


def long_value() -> bytes:
    return workbook(sheet(f'{HEADING}<row><c t="str"><v>{"9" * 50 * MB}</v></c></row>'))


def long_formula() -> bytes:
    return workbook(sheet(f"{HEADING}<row><c><f>{'1+' * 20 * MB}</f></c></row>"))


def long_attribute() -> bytes:
    return workbook(sheet(f'{HEADING}<row r="2" spans="{"1" * 60 * MB}"/>'))


def many_attributes() -> bytes:
    listed = " ".join(f'a{n}="1"' for n in range(1_000_000))
    return workbook(sheet(f'{HEADING}<row r="2" {listed}/>'))


def deep_nesting() -> bytes:
    return workbook(sheet(HEADING + "<row>" * 2_000_000))


def many_columns() -> bytes:
    return workbook(sheet(HEADING + '<row r="2"><c r="XFD2"><v>1</v></c></row>'))


def blank_lines() -> bytes:
    return b"Title,Budget\n" + b"\n" * 10_000_000


def commas() -> bytes:
    return b"Title,Budget\n" + (b"," * 100 + b"\n") * 100_000


def one_line_of_commas() -> bytes:
    return b"Title,Budget\n" + b"," * 10_000_000 + b"x"


def long_quoted_cell() -> bytes:
    return b'Title,Budget\n"' + b"x\n" * 5_000_000 + b'",5\n'


def open_quote() -> bytes:
    return b'Title,Budget\n"' + b"Water,5\n" * 1_250_000


def many_filled_cells() -> bytes:
    return (b"5," * 29 + b"5\n") * 17_000


def many_lines() -> bytes:
    return b"Title,Budget\n" + b"W,5\n" * 2_500_000
