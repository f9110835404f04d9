"""Personal data under a key of each person's own, wrapped by the master key (AES-256-GCM).

Wrapped keys stand in a database of their own (`store/keys.py`): whoever deletes one there has
erased the person, in backups of everything else too. The person's id is bound to both layers, so
that no sealed text can be passed off as somebody else's.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.registration.domain.identity import Identity, blind_index_texts
from services.registration.store.keys import Keys
from shared.persistence.database import Record

NONCE_BYTES = 12
KEY_BYTES = 32


@dataclass(frozen=True)
class Sealed:
    """An identity as it is stored: unreadable without the master key."""

    wrapped_key: bytes
    text: bytes


class Vault:
    """Seals and opens identities. `master_key`: 32 bytes. Raises InvalidTag for a wrong key.

    `keys`: where the wrapped keys of people are kept; without it nothing is looked up.
    """

    def __init__(self, master_key: bytes, keys: Keys | None = None) -> None:
        self._keys = keys
        self._wrapping = AESGCM(_derive(master_key, b"binome wrapping key"))
        self._blind_key = _derive(master_key, b"binome blind index")

    @property
    def keys(self) -> Keys:
        """The wrapped keys of people."""
        if self._keys is None:
            raise RuntimeError("this vault was made without keys")
        return self._keys

    def seal(self, person_id: UUID, identity: Identity) -> Sealed:
        """A fresh key for the person, and their identity under it."""
        key = AESGCM.generate_key(KEY_BYTES * 8)
        text = _encrypt(AESGCM(key), _text(identity), person_id)
        return Sealed(_encrypt(self._wrapping, key, person_id), text)

    def seal_again(self, person_id: UUID, wrapped_key: bytes, identity: Identity) -> bytes:
        """What is true of a person today, sealed under the key that they have."""
        key = _decrypt(self._wrapping, wrapped_key, person_id)
        return _encrypt(AESGCM(key), _text(identity), person_id)

    def open(self, person_id: UUID, sealed: Sealed) -> Identity:
        """The identity in readable form: whoever calls this writes to the ledger."""
        key = _decrypt(self._wrapping, sealed.wrapped_key, person_id)
        fields = json.loads(_decrypt(AESGCM(key), sealed.text, person_id))
        return Identity(**fields | {"born": date.fromisoformat(fields["born"])})

    async def open_rows(self, rows: Sequence[Record]) -> dict[UUID, Identity]:
        """The identities of rows of `persons` (`id`, `wrapped_key`, `sealed`), in their order.

        Their keys are read in one round trip. Whoever has no key is erased, and missing.
        `wrapped_key` is set only in rows from before keys stood in a database of their own, until
        `move_keys` has taken it there.
        """
        keys = await self.keys.of([row["id"] for row in rows])
        keys |= {row["id"]: row["wrapped_key"] for row in rows if row["wrapped_key"]}
        return {
            row["id"]: self.open(row["id"], Sealed(keys[row["id"]], row["sealed"]))
            for row in rows
            if row["sealed"] and row["id"] in keys
        }

    def seal_text(self, subject_id: UUID, text: str) -> Sealed:
        """A fresh key for one text, which is kept and deleted beside it."""
        key = AESGCM.generate_key(KEY_BYTES * 8)
        sealed = _encrypt(AESGCM(key), text.encode(), subject_id)
        return Sealed(_encrypt(self._wrapping, key, subject_id), sealed)

    def open_text(self, subject_id: UUID, sealed: Sealed) -> str:
        """The text sealed for this subject. Raises InvalidTag for another subject or key."""
        key = _decrypt(self._wrapping, sealed.wrapped_key, subject_id)
        return _decrypt(AESGCM(key), sealed.text, subject_id).decode()

    def blind(self, kind: str, text: str) -> bytes:
        """A keyed hash by which equal texts are found without being readable, 32 bytes."""
        digest = HMAC(self._blind_key, SHA256())
        digest.update(f"{kind}:{text}".encode())
        return digest.finalize()

    def blind_text(self, text: str) -> bytes:
        """The keyed hash of a text of the form `kind:rest`."""
        kind, _, rest = text.partition(":")
        return self.blind(kind, rest)

    def blind_index(self, identity: Identity) -> dict[str, bytes]:
        """By use, the keyed hashes of what finds somebody again."""
        return {use: self.blind_text(text) for use, text in blind_index_texts(identity).items()}


def _text(identity: Identity) -> bytes:
    return json.dumps(asdict(identity), default=date.isoformat).encode()


def _derive(master_key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(master_key)


def _encrypt(cipher: AESGCM, text: bytes, person_id: UUID) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, text, person_id.bytes)


def _decrypt(cipher: AESGCM, text: bytes, person_id: UUID) -> bytes:
    return cipher.decrypt(text[:NONCE_BYTES], text[NONCE_BYTES:], person_id.bytes)
