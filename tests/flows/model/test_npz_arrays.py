"""Arrays in .npz files, which NumPy reads and writes too."""

from __future__ import annotations

import io
import zipfile
from array import array

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.model import npz_arrays
from flows.model.npz_arrays import Array, UnreadableArrays, read_arrays, write_arrays

BYTES = Array("|i1", (2, 3), array("b", [-128, -1, 0, 1, 2, 127]))
REALS = Array("<f8", (2,), array("d", [0.5, -3.25]))


def zipped(**files: bytes) -> bytes:
    """A zip of these files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.npy", content)
    return written.getvalue()


def header(words: bytes, numbers: bytes = b"", magic: bytes = b"\x93NUMPY\x01\x00") -> bytes:
    return magic + len(words).to_bytes(2, "little") + words + numbers


@given(st.lists(st.integers(0, 2**32 - 1)), st.lists(st.floats(allow_nan=False)), st.binary())
def test_what_is_written_is_read_again(whole: list[int], real: list[float], raw: bytes) -> None:
    arrays = {
        "whole": Array("<u4", (len(whole),), array("I", whole)),
        "real": Array("<f8", (len(real), 1), array("d", real)),
        "raw": Array("|u1", (1, len(raw)), array("B", raw)),
    }
    assert read_arrays(write_arrays(arrays)) == arrays


def test_the_same_arrays_make_the_same_bytes_and_are_compressed() -> None:
    zeros = Array("|i1", (100_000,), array("b", bytes(100_000)))
    assert write_arrays({"a": zeros, "b": REALS}) == write_arrays({"a": zeros, "b": REALS})
    assert len(write_arrays({"a": zeros})) < 1000


def test_numpy_reads_them_without_pickle_and_writes_what_is_read() -> None:
    read = numpy.load(io.BytesIO(write_arrays({"some": BYTES, "real": REALS})), allow_pickle=False)
    assert read["some"].tolist() == [[-128, -1, 0], [1, 2, 127]] and read["real"].tolist() == [0.5, -3.25]
    written = io.BytesIO()
    numpy.savez_compressed(written, some=read["some"], real=read["real"])
    assert read_arrays(written.getvalue()) == {"some": BYTES, "real": REALS}


def test_the_numbers_begin_where_numpy_expects_them() -> None:
    with zipfile.ZipFile(io.BytesIO(write_arrays({"a": BYTES}))) as archive:
        content = archive.read("a.npy")
    assert content[:8] == b"\x93NUMPY\x01\x00" and (len(content) - 6) % 64 == 0 and content[-7:-6] == b"\n"
    assert int.from_bytes(content[8:10], "little") == len(content) - 6 - 10


PLAIN = b"{'descr': '|i1', 'fortran_order': False, 'shape': (2,)}\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no .npz file"),
        (b"no zip at all", "no .npz file"),
        (write_arrays({"a": BYTES})[:-30], "no .npz file"),
        (zipped(a=b""), "damaged"),
        (zipped(a=header(b"nothing", b"")), "damaged"),
        (zipped(a=header(PLAIN, b"ab", magic=b"\x93NUMPY\x02\x00")), "of a form"),
        (zipped(a=header(PLAIN, b"abc")), "of a form"),
        (zipped(a=header(PLAIN, b"a")), "of a form"),
        (zipped(a=header(PLAIN.replace(b"False", b"True"), b"ab")), "of a form"),
        (zipped(a=header(PLAIN.replace(b"|i1", b"|O"), b"ab")), "of a type"),
        (zipped(a=header(PLAIN.replace(b"|i1", b"<f8"), b"ab")), "of a type"),
        (zipped(a=header(PLAIN.replace(b"'shape': (2,)", b"'shape': 'ab'"), b"ab")), "of a type"),
        (zipped(a=header(b"['descr']", b"ab")), "of a type"),
        (zipped(a=header(b"__import__('os')", b"ab")), "of a type"),
    ],
)
def test_anything_else_is_refused_with_a_reason(content: bytes, why: str) -> None:
    with pytest.raises(UnreadableArrays, match=why):
        read_arrays(content)
    assert read_arrays(zipped(a=header(PLAIN, b"ab")))["a"].numbers == array("b", b"ab")


def test_an_array_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    large = write_arrays({"small": BYTES, "large": Array("|i1", (2000,), array("b", bytes(2000)))})
    monkeypatch.setattr(npz_arrays, "MOST_BYTES", 2128)
    assert read_arrays(large)["large"].shape == (2000,)
    monkeypatch.setattr(npz_arrays, "MOST_BYTES", 2127)
    with pytest.raises(UnreadableArrays, match=r"large\.npy is too large"):
        read_arrays(large)


def test_an_array_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        BYTES.shape = (3, 2)  # type: ignore[misc]
