"""Arrays of numbers in a .npz file, read and written without NumPy, which opens the same files.

A .npz file is a zip of .npy files: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. Only what a
model needs is understood: whole arrays of the types below, in C order. Nothing in a file is ever executed.
"""

import ast
import io
import math
import zipfile
import zlib
from array import array
from collections.abc import Mapping

from msgspec import Struct

MAGIC = b"\x93NUMPY\x01\x00"  # version 1.0 of the format
ALIGNED = 64  # bytes: the numbers begin at a multiple of this
MOST_BYTES = 64_000_000  # of one array
MOST_ARRAYS = 16  # ours have five
MOST_HEADER = 1_000  # bytes of what an array says about itself; ours have 118
TYPES = {"|u1": "B", "|i1": "b", "<u4": "I", "<f8": "d"}  # the type of NumPy -> that of the module `array`


class Array(Struct, frozen=True):
    """Numbers in rows: `shape` is their count in each dimension, `type` one of TYPES."""

    type: str
    shape: tuple[int, ...]
    numbers: "array[int] | array[float]"


class UnreadableArrays(Exception):
    """Not a .npz file, or one with arrays of another kind."""


def read_arrays(data: bytes) -> dict[str, Array]:
    """The arrays of a file by their names. Raises UnreadableArrays."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MOST_ARRAYS:
                raise UnreadableArrays(f"it has more than {MOST_ARRAYS} arrays")
            large = [each.filename for each in archive.infolist() if each.file_size > MOST_BYTES]
            if large:
                raise UnreadableArrays(f"{large[0]} is too large")
            return {name.removesuffix(".npy"): _read_array(archive.read(name)) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableArrays("it is damaged, or no .npz file") from error


def write_arrays(arrays: Mapping[str, Array]) -> bytes:
    """A file with these arrays; the same arrays make the same bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, each in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")  # with the same date in every file
            archive.writestr(entry, _written_array(each), zipfile.ZIP_DEFLATED, 9)
    return written.getvalue()


def _read_array(data: bytes) -> Array:
    ends = len(MAGIC) + 2
    ends += int.from_bytes(data[len(MAGIC) : ends], "little")
    if ends > MOST_HEADER:
        raise UnreadableArrays("an array is damaged, or of a form that is not read here")
    try:
        header = ast.literal_eval(data[len(MAGIC) + 2 : ends].decode("latin-1"))
        kind, rows, by_column = header["descr"], header["shape"], header["fortran_order"]
        numbers = array(TYPES[kind], data[ends:])
        counted = math.prod(rows)
    except (ValueError, SyntaxError, KeyError, TypeError) as error:
        raise UnreadableArrays("an array is damaged, or of a type that is not read here") from error
    if not data.startswith(MAGIC) or by_column or counted != len(numbers):
        raise UnreadableArrays("an array is damaged, or of a form that is not read here")
    return Array(kind, tuple(rows), numbers)


def _written_array(each: Array) -> bytes:
    header = repr({"descr": each.type, "fortran_order": False, "shape": each.shape}).encode()
    room = -(len(MAGIC) + 2 + len(header) + 1) % ALIGNED
    header += b" " * room + b"\n"
    return MAGIC + len(header).to_bytes(2, "little") + header + each.numbers.tobytes()
