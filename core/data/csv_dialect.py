"""How a CSV file is written: its encoding over the whole file, its delimiter and quotes."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.data.limits import Limits
from core.data.manifest import CsvOptions
from core.errors import DataTooLarge, FileRefused

_CHUNK = 1 << 22
_HEAD = 1 << 18
_HEAD_RECORDS = 500
_LONGEST_SIGN_LINE = 16
# A tie goes to the sign that stands least often in plain text.
_DELIMITERS = ("\t", "|", ";", ",")
# Bytes below 128 mean themselves in these, so that a chunk of nothing else needs no decoding.
_ASCII_LIKE = {"utf-8", "utf-8-sig", "cp1252", "iso8859-1", "iso8859-15"}
# Excel takes the sign between cells from such a first line, and other programs write it.
_SIGN_LINE = re.compile(r'sep=([^\r\n"])\r?\n?', re.IGNORECASE)
_ENCODING_OPTION = "csv.encoding in a manifest"
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file with everything known that reading it needs."""

    path: Path
    encoding: str
    delimiter: str
    quote: str
    limits: Limits

    @property
    def skipped(self) -> int:
        """The number of lines before the names of the columns: 1 where it names the sign."""
        with self.path.open(encoding=self.encoding, newline="") as lines:
            return int(_SIGN_LINE.fullmatch(lines.readline(_LONGEST_SIGN_LINE)) is not None)

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each record that is not a blank line, with its first line, the header included.

        Raises: FileRefused, DataTooLarge, each with the line.
        """
        csv.field_size_limit(self.limits.cell_bytes)
        width, skipped = 0, self.skipped
        with self.path.open(encoding=self.encoding, newline="") as lines:
            for _ in range(skipped):
                lines.readline()
            reader = csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote, strict=True)
            while True:
                line = reader.line_num + 1 + skipped
                try:
                    record = next(reader, None)
                except csv.Error as error:
                    raise self._refusal(error, line) from error
                if record is None:
                    return
                if not record or (width != 1 and _is_blank_line(record)):
                    continue
                width = width or len(record)
                yield line, record

    def _refusal(self, error: csv.Error, line: int) -> FileRefused | DataTooLarge:
        where = f"{self.path.name}, line {line}"
        said = str(error)
        if "field larger" in said:
            return self.limits.cell_too_large(f"A cell in {where},")
        if "end of data" in said:
            return FileRefused(f"{where}: a quote is opened here and never closed: close it")
        if "expected after" in said:
            return FileRefused(
                f"{where}: text follows a closing quote: write a quote inside a cell twice"
            )
        return FileRefused(f"{where}: this line cannot be read as CSV ({said})")


def find_dialect(path: Path, options: CsvOptions, limits: Limits) -> CsvFile:
    """Return how the file is written, with what the options say taken as said.

    Raises: FileRefused.
    """
    encoding = check_encoding(path, options.encoding) if options.encoding else find_encoding(path)
    check_text(path, encoding)
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(_HEAD)
    whole = len(head) < _HEAD
    named = _SIGN_LINE.match(head)
    head = head[named.end() :] if named else head
    quote = options.quote or _find_quote(head)
    delimiter = options.delimiter or (named[1] if named else _find_delimiter(head, quote, whole))
    return CsvFile(path, encoding, delimiter, quote, limits)


def shown_options(file: CsvFile, options: CsvOptions) -> CsvOptions:
    """Return the options with what was detected filled in."""
    encoding = options.encoding or file.encoding.removesuffix("-sig")
    return replace(options, delimiter=file.delimiter, encoding=encoding, quote=file.quote)


def check_encoding(path: Path, name: str) -> str:
    """Return Python's name of a text encoding.

    Raises: FileRefused.
    """
    try:
        "".encode(name).decode(name)
        found = codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError, TypeError) as error:
        raise FileRefused(
            f"{path.name}: '{name}' is no encoding: write utf-8, utf-16 or cp1252, for example"
        ) from error
    return "utf-8-sig" if found == "utf-8" else found


def find_encoding(path: Path) -> str:
    """Return the encoding that reads every byte of the file.

    Raises: FileRefused.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    sixteen = _utf_16_without_mark(head)
    if sixteen:
        return sixteen
    for encoding in ("utf-8", "cp1252"):
        fault = _find_fault(path, encoding)
        if fault is None or fault.is_nul:
            return encoding
    raise FileRefused(
        f"{path.name} is neither UTF-8, UTF-16 nor cp1252: save it as UTF-8, or choose its"
        " encoding",
        terminal_hint=_ENCODING_OPTION,
    )


def check_text(path: Path, encoding: str) -> None:
    """Refuse a file with bytes that its encoding lacks, or with a NUL.

    Raises: FileRefused.
    """
    fault = _find_fault(path, encoding)
    if fault is None:
        return
    where = f"{path.name}, line {fault.line}"
    if fault.is_nul:
        raise FileRefused(f"{where}: a NUL character stands here: remove it")
    raise FileRefused(
        f"{where}: not in the encoding {encoding.removesuffix('-sig')}: choose another",
        terminal_hint=_ENCODING_OPTION,
    )


@dataclass(frozen=True, slots=True)
class _Fault:
    line: int
    is_nul: bool


def _find_fault(path: Path, encoding: str) -> _Fault | None:
    """Return the first place that cannot be read as text, or None."""
    line = 1
    decoder = codecs.getincrementaldecoder(encoding)()
    plain = encoding in _ASCII_LIKE
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            if plain and chunk.isascii() and b"\0" not in chunk and not decoder.getstate()[0]:
                line += chunk.count(b"\n")
            else:
                try:
                    text = decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError as error:
                    return _Fault(line + error.object.count(b"\n", 0, error.start), False)
                nul = text.find("\0")
                if nul >= 0:
                    return _Fault(line + text.count("\n", 0, nul), True)
                line += text.count("\n")
            if not chunk:
                return None


def transcode(file: CsvFile, target: Path) -> None:
    """Write the file again as UTF-8 without a byte order mark."""
    with target.open("w", encoding="utf-8", newline="") as out:
        for text in _texts(file.path, file.encoding):
            out.write(text)


def _texts(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, newline="") as file:
        while text := file.read(_CHUNK):
            yield text


def _utf_16_without_mark(head: bytes) -> str | None:
    pairs = len(head) // 2
    if pairs < 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > pairs * 0.4 and even < pairs * 0.05:
        return "utf-16-le"
    if even > pairs * 0.4 and odd < pairs * 0.05:
        return "utf-16-be"
    return None


def _find_quote(head: str) -> str:
    first_line = head.partition("\n")[0].strip()
    single = first_line.startswith("'") and first_line.endswith("'") and len(first_line) > 1
    return "'" if single and '"' not in head else '"'


def _find_delimiter(head: str, quote: str, whole: bool) -> str:
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = _widths(head, delimiter, quote, whole)
        if not widths or widths[0] < 2:
            continue
        alike = sum(1 for width in widths if width == widths[0]) / len(widths)
        if (alike, widths[0]) > best_score:
            best, best_score = delimiter, (alike, widths[0])
    return best


def _widths(head: str, delimiter: str, quote: str, whole: bool) -> list[int]:
    widths: list[int] = []
    lines = io.StringIO(head, newline="")
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)
    try:
        for record in reader:
            if record and not _is_blank_line(record):
                widths.append(len(record))
            if len(widths) >= _HEAD_RECORDS:
                return widths
    except csv.Error:
        widths.append(0)  # a quote that this delimiter leaves open speaks against it
        return widths
    return widths if whole or len(widths) < 2 else widths[:-1]


def _is_blank_line(record: list[str]) -> bool:
    return len(record) == 1 and not record[0].strip()
