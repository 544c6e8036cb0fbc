"""The digest is SHA-256, whichever code makes it."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.text import digest


@pytest.fixture(params=[0, digest.FEW], ids=["lean", "openssl"])
def digested(request, monkeypatch):
    monkeypatch.setattr(digest, "_digested", [request.param])


def test_a_known_digest(digested):
    assert digest.sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.lists(st.binary(max_size=300)))
def test_both_ways_agree(pieces):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digest, "_digested", [digest.FEW - 200])
        for piece in pieces:
            assert digest.sha256_hex(piece) == hashlib.sha256(piece).hexdigest()


def test_what_is_too_much_for_the_lean_code_is_not_given_to_it(monkeypatch):
    lean = []
    monkeypatch.setattr(digest, "_digested", [0])
    monkeypatch.setattr(digest, "lean", lambda data: lean.append(len(data)) or hashlib.sha256(data))
    for size in (1000, digest.FEW, 1000):
        digest.sha256_hex(b"x" * size)
    assert lean == [1000]
