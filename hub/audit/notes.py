"""Signed tree heads: C2SP tlog-checkpoint in C2SP signed-note, which Sigsum, Go's sumdb and their witnesses read.

    hub.example.org/audit       the origin: which log
    20852163                    how many rows are sealed
    CsUYapGGPo4dkMgIAUqom/...=  the root of their tree, base64

    — hub.example.org/audit Az3gr...    key id (4 bytes) and Ed25519 signature, base64

Partners keep these texts, and the keys to check them: neither form may change.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.audit.merkle import HASH_BYTES
from hub.errors import invalid

_ED25519 = b"\x01"
_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+=*)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a signed tree head says."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Witness:
    """The name and public key by which anybody can check a log's signature."""

    name: str
    key: Ed25519PublicKey

    @property
    def key_id(self) -> bytes:
        return sha256(f"{self.name}\n".encode() + _ED25519 + self.key.public_bytes_raw()).digest()[:4]

    def __str__(self) -> str:
        """The verifier key of C2SP signed-note: name, key id, type and key."""
        return f"{self.name}+{self.key_id.hex()}+{_b64(_ED25519 + self.key.public_bytes_raw())}"

    def opened(self, note: str) -> Checkpoint:
        """What the note says, if this key has signed it; raises `Problem` INVALID otherwise."""
        text, separator, signatures = note.partition("\n\n")
        text += "\n"
        if not separator or not any(self._signed(text, line) for line in signatures.splitlines()):
            raise invalid("the checkpoint is not signed by the key of this log", rule="checkpoint-signature")
        return _read(text)

    def _signed(self, text: str, line: str) -> bool:
        match = _SIGNATURE.fullmatch(line)
        if match is None or match[1] != self.name:
            return False
        try:
            key_id, signature = _split(base64.b64decode(match[2], validate=True))
            self.key.verify(signature, text.encode())
        except (binascii.Error, InvalidSignature):
            return False
        return key_id == self.key_id


@dataclass(frozen=True, slots=True)
class Signer:
    """The name of a log and the private key that signs its heads."""

    name: str
    key: Ed25519PrivateKey

    @property
    def witness(self) -> Witness:
        return Witness(self.name, self.key.public_key())

    def signed(self, size: int, root: bytes) -> str:
        text = Checkpoint(self.name, size, root).text()
        signature = self.witness.key_id + self.key.sign(text.encode())
        return f"{text}\n— {self.name} {_b64(signature)}\n"


def witness_of(text: str) -> Witness:
    """A verifier key as `str(Witness)` writes it; raises `Problem` INVALID for anything else."""
    name, _, rest = text.strip().partition("+")
    key_id, _, key = rest.partition("+")
    try:
        raw = base64.b64decode(key, validate=True)
        found = Witness(name, Ed25519PublicKey.from_public_bytes(raw[1:]))
    except ValueError as error:
        raise _not_a_key() from error
    if raw[:1] != _ED25519 or found.key_id.hex() != key_id:
        raise _not_a_key()
    return found


def name_of(address: str) -> str:
    """The origin of the log of the hub at this address: a URL without its scheme, as C2SP asks."""
    return f"{address.partition('://')[2]}/audit"


def _read(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise _not_a_checkpoint()
    try:
        root = base64.b64decode(lines[2], validate=True)
    except binascii.Error as error:
        raise _not_a_checkpoint() from error
    if len(root) != HASH_BYTES:
        raise _not_a_checkpoint()
    return Checkpoint(lines[0], int(lines[1]), root)


def _split(signature: bytes) -> tuple[bytes, bytes]:
    return signature[:4], signature[4:]


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _not_a_checkpoint() -> Exception:
    return invalid("not a checkpoint: an origin, a size and a root, a line each", rule="checkpoint-form")


def _not_a_key() -> Exception:
    return invalid("not an Ed25519 verifier key: name+id+key", rule="verifier-key")
