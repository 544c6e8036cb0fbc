"""The digest is SHA-256, whichever code makes it."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.text import digest


@pytest.fixture
def anew(monkeypatch):
    """The state of a process that has digested nothing yet, with a record of what the lean code is given."""
    given_ = []
    monkeypatch.setattr(digest, "_digested", [0])
    monkeypatch.setattr(digest, "_digest", [lambda data: given_.append(len(data)) or digest.lean(data)])
    return given_


def test_a_known_digest(anew):
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest.sha256_hex(b"abc") == known
    assert anew == [3]
    digest.sha256_hex(b"x" * digest.FEW)
    assert digest.sha256_hex(b"abc") == known
    assert anew == [3]


@given(st.lists(st.binary(max_size=300)))
def test_both_ways_agree(pieces):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digest, "_digested", [digest.FEW - 200])
        patch.setattr(digest, "_digest", [digest.lean])
        for piece in pieces:
            assert digest.sha256_hex(piece) == hashlib.sha256(piece).hexdigest()


def test_a_large_text_is_digested_once_and_another_of_its_length_again(anew):
    one, other = b"a" * digest.LARGE, b"b" * digest.LARGE
    told = [digest.sha256_hex(each) for each in (one, other, one, other)]
    assert told == [hashlib.sha256(each).hexdigest() for each in (one, other)] * 2
    assert anew == [digest.LARGE] * 2
    for number in range(digest.KEPT):
        digest.sha256_hex(bytes([number]) * digest.LARGE)
    assert digest.sha256_hex(one) == told[0]
