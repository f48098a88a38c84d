"""The Merkle tree is RFC 6962's, and a checkpoint is a signed note that anybody's tools can check."""

import asyncio
import base64
from collections.abc import Sequence
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    Growing,
    Subtrees,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    root_of,
)
from hub.audit.notes import Signer, witness_of
from hub.errors import Problem

LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The leaves and roots that the reference implementation of Certificate Transparency is tested with."""


def split(width: int) -> int:
    power = 1
    while power * 2 < width:
        power *= 2
    return power


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 s. 2.1 as it is written there."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def whole(leaves: Sequence[bytes]) -> Subtrees:
    async def subtree(height: int, number: int) -> bytes:
        return mth(leaves[number << height : (number + 1) << height])

    return subtree


def grown(leaves: Sequence[bytes], start: Frontier | None = None) -> Growing:
    growing = Growing(start or Frontier(), kept=lambda height: height % 2 == 0)
    for leaf in leaves:
        growing.add(leaf_hash(leaf))
    return growing


def test_the_known_trees_have_the_known_roots() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for size, root in enumerate(ROOTS, start=1):
        assert grown(LEAVES[:size]).frontier.root().hex() == root


def test_the_known_proofs() -> None:
    """PATH(0, D[8]), PATH(5, D[8]), PROOF(1, D[8]) and PROOF(6, D[8]) of the same leaves."""
    subtrees = whole(LEAVES)
    path = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [each.hex() for each in asyncio.run(inclusion_proof(subtrees, 0, 8))] == path
    assert [each.hex() for each in asyncio.run(consistency_proof(subtrees, 1, 8))] == path
    assert [each.hex() for each in asyncio.run(inclusion_proof(subtrees, 5, 8))] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [each.hex() for each in asyncio.run(consistency_proof(subtrees, 6, 8))] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_tree_proves_what_is_in_it_and_nothing_else(data: st.DataObject) -> None:
    """Grown in two steps from what is stored of the first, the tree is the RFC's; its proofs hold and no other."""
    size = data.draw(st.integers(1, 70))
    leaves = [bytes([each]) for each in range(size)]
    earlier = data.draw(st.integers(1, size))
    before = grown(leaves[:earlier]).frontier
    after = grown(leaves[earlier:], Frontier.unpack(earlier, before.packed()))
    root = after.frontier.root()
    assert (before.root(), root) == (mth(leaves[:earlier]), mth(leaves))
    for height, number, of in after.completed:
        assert of == mth(leaves[number << height : (number + 1) << height])

    subtrees = whole(leaves)
    assert asyncio.run(root_of(subtrees, size)) == root
    position = data.draw(st.integers(0, size - 1))
    proof = asyncio.run(inclusion_proof(subtrees, position, size))
    assert is_included(leaf_hash(leaves[position]), position, size=size, root=root, proof=proof)
    assert not is_included(leaf_hash(b"another"), position, size=size, root=root, proof=proof)
    other = data.draw(st.integers(0, size))
    assert is_included(leaf_hash(leaves[position]), other, size=size, root=root, proof=proof) == (other == position)
    assert not is_included(leaf_hash(leaves[position]), position, size=size, root=root, proof=[*proof, root])

    kept = asyncio.run(consistency_proof(subtrees, earlier, size))
    assert is_consistent(earlier=earlier, earlier_root=before.root(), size=size, root=root, proof=kept)
    assert not is_consistent(earlier=earlier, earlier_root=EMPTY_ROOT, size=size, root=root, proof=kept)
    assert not is_consistent(earlier=earlier, earlier_root=before.root(), size=size, root=EMPTY_ROOT, proof=kept)
    assert not is_consistent(earlier=earlier, earlier_root=before.root(), size=size, root=root, proof=[*kept, root])


@pytest.mark.parametrize(("size", "packed"), [(1, b""), (2, b"\0" * 64), (-1, b""), (3, b"\0" * 63)])
def test_a_frontier_of_another_size_is_refused(size: int, packed: bytes) -> None:
    with pytest.raises(ValueError, match="subtrees"):
        Frontier.unpack(size, packed)


@pytest.mark.parametrize(("position", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_of_what_is_not_there(position: int, size: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        asyncio.run(inclusion_proof(whole(LEAVES), position, size))
    with pytest.raises(ValueError, match="earlier tree"):
        asyncio.run(consistency_proof(whole(LEAVES), size + 1, size))


SIGNER = Signer("hub.example.org/audit", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def test_a_checkpoint_is_a_signed_note() -> None:
    """C2SP signed-note by hand: the text with its last line end, an empty line, and id and signature after a dash."""
    root = bytes.fromhex(ROOTS[7])
    note = SIGNER.signed(8, root)
    text, signature = note.split("\n\n")
    assert f"{text}\n" == f"hub.example.org/audit\n8\n{base64.b64encode(root).decode()}\n"
    dash, name, signed = signature.rstrip("\n").split(" ")
    public = SIGNER.key.public_key()
    key_id = sha256(b"hub.example.org/audit\n\x01" + public.public_bytes_raw()).digest()[:4]
    raw = base64.b64decode(signed)
    assert (dash, name, raw[:4]) == ("—", "hub.example.org/audit", key_id)
    public.verify(raw[4:], f"{text}\n".encode())

    opened = witness_of(str(SIGNER.witness)).opened(note)
    assert (opened.origin, opened.size, opened.root) == ("hub.example.org/audit", 8, root)


def test_what_is_not_signed_by_the_key_is_refused() -> None:
    note = SIGNER.signed(8, bytes.fromhex(ROOTS[7]))
    other = Signer(SIGNER.name, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    forged = [
        note.replace("\n8\n", "\n9\n"),
        note.replace("hub.example.org", "hub.example.com"),
        other.signed(8, bytes.fromhex(ROOTS[7])),
        note.partition("\n\n")[0],
        note.replace("— hub", "- hub"),
        note.rstrip("=\n")[:-4],
        "",
    ]
    for each in forged:
        with pytest.raises(Problem):
            SIGNER.witness.opened(each)


@pytest.mark.parametrize(
    "text", ["", "name", "name+00000000+AQ==", "a+zz+!!", str(SIGNER.witness).replace("hub", "web")]
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(Problem):
        witness_of(text)
