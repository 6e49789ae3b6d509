"""Trials of the bounds on files that people choose on a page: workbooks, zips and CSV lists."""

from __future__ import annotations

import io
import random
import zipfile

from flows.parsing.lists import read_list
from flows.parsing.yaml_document import Notes
from gateway.exchange import archive, lists_csv, po, xlsx
from gateway.flow_folder.files import FlowFileError

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OF = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook_bytes(size: int) -> str:
    """A workbook with a remark of that length, which a zip may have at its end."""
    book = zip_of(workbook_parts({"screens": ""}, {}))
    return _csv_or_zip(lambda: xlsx.read_workbook(book + bytes(size - len(book)), "w.xlsx", "line"), "more than")


def unpacked(size: int) -> str:
    rest = sum(map(len, _EMPTY.values()))
    noise = b"".join(bytes([each]) + bytes(19) for each in random.Random(1).randbytes(min(size, 25_000_000) // 20 + 1))
    return _book(extra={"xl/media/noise.bin": noise[: min(size, 25_000_000) - rest]})


def ratio(times: int) -> str:
    """Two megabytes of nothing, and as much noise as makes all of it so many times larger than the file, but a half."""
    extra = {"xl/media/a.bin": bytes(2_000_000), "xl/media/b.bin": b""}
    whole = _EMPTY | extra
    packed, plain = len(zip_of(whole)), sum(map(len, whole.values()))
    noise = max(0, int((plain / (times - 0.5) - packed) / (1 - 1 / (times - 0.5))))
    return _book(extra=extra | {"xl/media/b.bin": random.Random(1).randbytes(noise)})


def entries(size: int) -> str:
    return _book(extra={f"xl/media/{at}.txt": b"" for at in range(size - _PARTS)})


def elements(size: int) -> str:
    return _book(extra={"xl/media/noise.xml": b"<" * (size - _ELEMENTS)})


def sheets(size: int) -> str:
    return _book({f"sheet {at}": "" for at in range(size)})


def rows(size: int) -> str:
    return _book({"screens": "<row/>" * size})


def columns(size: int) -> str:
    return _book({"screens": f"<row>{'<c/>' * size}</row>"})


def cells(size: int) -> str:
    return _book({"screens": f"<row>{'<c/>' * 100}</row>" * (size // 100) + f"<row>{'<c/>' * (size % 100)}</row>"})


def po_bytes(size: int) -> str:
    """A PO file with an entry and a remark."""
    head = b'msgctxt "a"\nmsgid "a"\nmsgstr "b"\n# '
    return _csv_or_zip(lambda: po.read_po(head + b"x" * (size - len(head)), "ur.po"))


def po_entries(size: int) -> str:
    made = 'msgid ""\nmsgstr "Language: ur\\n"\n'
    made += "".join(f'msgctxt "{at}"\nmsgid "a"\nmsgstr "b"\n' for at in range(size))
    return _csv_or_zip(lambda: po.read_po(made.encode(), "ur.po"), "more than")


def po_lines(size: int) -> str:
    head = b'msgctxt "a"\nmsgid "a"\nmsgstr "b"\n'
    return _csv_or_zip(lambda: po.read_po(head + b"#\n" * (size - 4), "ur.po"), "more than")


def zip_bytes(size: int) -> str:
    return _csv_or_zip(lambda: archive.unpack(b"x" * size, "flow.zip"), "more than")


def zip_entries(size: int) -> str:
    names = [f"lists/{at}.csv" if at < 400 else f"folder{at}/" for at in range(size)]
    return _csv_or_zip(lambda: archive.unpack(zip_of(dict.fromkeys(names, b"")), "flow.zip"), "more than")


def csv_bytes(size: int) -> str:
    return _csv_or_zip(lambda: lists_csv.unpack_csv(b"x" * size, "place.csv"))


def list_rows(size: int) -> str:
    return _list("code,en\n" + "".join(f"r{at},x\n" for at in range(size)))


def list_columns(size: int) -> str:
    return _list(",".join(["code", "en", *(f"c{at}" for at in range(size - 2))]) + "\n")


def list_cell(size: int) -> str:
    return _list(f"code,en\nrow,{'x' * size}\n")


def _list(text: str) -> str:
    notes = Notes()
    read_list("place", text, "place.csv", {"en": "English"}, notes)
    return notes.problems[0].message if notes.problems else ""


def _csv_or_zip(read: object, only: str = "") -> str:
    try:
        read()  # type: ignore[operator]  # one of the lambdas above
    except FlowFileError as error:
        return str(error) if only in str(error) else ""
    return ""


def _book(pages: dict[str, str] | None = None, extra: dict[str, bytes] | None = None) -> str:
    return _csv_or_zip(
        lambda: xlsx.read_workbook(zip_of(workbook_parts(pages or {"screens": ""}, extra or {})), "w.xlsx", "line")
    )


def workbook_parts(pages: dict[str, str], extra: dict[str, bytes]) -> dict[str, bytes]:
    """The parts of a workbook with the XML of the rows of each sheet, and other parts."""
    names = list(enumerate(pages, 1))
    listed = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>' for at, name in names)
    kept = "".join(
        f'<Relationship Id="r{at}" Type="{_OF}/worksheet" Target="worksheets/s{at}.xml"/>' for at, _ in names
    )
    made = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _related(f'<Relationship Id="r1" Type="{_OF}/officeDocument" Target="xl/workbook.xml"/>'),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OF}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _related(kept),
    }
    for at, name in names:
        made[f"xl/worksheets/s{at}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{pages[name]}</sheetData></worksheet>'
        )
    return {name: text.encode() for name, text in made.items()} | extra


def _related(inside: str) -> str:
    return f'<Relationships xmlns="{_RELS}">{inside}</Relationships>'


def zip_of(parts: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


_EMPTY = workbook_parts({"screens": ""}, {})
_PARTS, _ELEMENTS = len(_EMPTY), sum(content.count(b"<") for content in _EMPTY.values())
