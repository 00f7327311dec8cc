import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ingest.magic import Kind, recognise
from archive.ingest.refusals import BadScan, EmptyFile, NotAScan, UnknownFile


@pytest.mark.parametrize(
    ("head", "kind", "media_type"),
    [
        (b"%PDF-1.4\n", Kind.PDF, "application/pdf"),
        (b"\r\n\0junk%PDF-1.4", Kind.PDF, "application/pdf"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind.JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", Kind.PNG, "image/png"),
        (b"II*\0\x08\0\0\0", Kind.TIFF, "image/tiff"),
        (b"MM\0*\0\0\0\x08", Kind.TIFF, "image/tiff"),
        (b"II+\0\x08\0\0\0", Kind.TIFF, "image/tiff"),
    ],
)
def test_a_scan_is_known_by_its_first_bytes(head, kind, media_type):
    assert recognise(head) is kind
    assert kind.media_type == media_type


@pytest.mark.parametrize(
    ("head", "looks_like"),
    [
        (b"MZ\x90\0", "EXE (Windows)"),
        (b"MZ\x90\0%PDF-1.4", "EXE (Windows)"),
        (b"\x7fELF\x02", "ELF (Linux)"),
        (b"\xcf\xfa\xed\xfe", "Mach-O (macOS)"),
        (b"#!/bin/sh\n", "script"),
        (b"PK\x03\x04" + bytes(20), "ZIP"),
        (b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml", "XLSX"),
        (b"PK\x03\x04" + bytes(26) + b"OFD.xml", "OFD"),
        (b"Rar!\x1a\x07\x01\0", "RAR"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC / XLS / PPT (Office 97-2003)"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"\0\0\0\x18ftypisom", "MP4 / MOV"),
        (b"<html><body>", "HTML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "XML"),
        ("电费票据".encode(), "TXT"),
        ("电费票据".encode()[:-1], "TXT"),
        ("电费票据".encode("gbk"), "TXT"),
    ],
)
def test_a_stranger_is_called_by_what_it_is(head, looks_like):
    with pytest.raises(NotAScan) as caught:
        recognise(head)
    assert caught.value.facts == {"looks_like": looks_like}


def test_nothing_is_an_empty_file_and_noise_is_unknown():
    with pytest.raises(EmptyFile):
        recognise(b"")
    with pytest.raises(UnknownFile):
        recognise(bytes(range(1, 32)) * 50)


@given(st.binary(max_size=300))
def test_whatever_the_bytes_there_is_an_answer(head):
    try:
        assert recognise(head) in Kind
    except BadScan as refusal:
        assert type(refusal) in {EmptyFile, NotAScan, UnknownFile}  # noqa: PT017 - either is right
