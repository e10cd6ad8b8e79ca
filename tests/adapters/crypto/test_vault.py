"""Secrets at rest: what opens them, and what does not."""

import base64
import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.crypto.keys import InvalidSecretKeys, generate_key, read_keys
from adapters.crypto.vault import AesGcmVault
from core.domain.secret import KEY_ID_DIGITS, SealedSecret, Secret, SecretUnreadable
from ports.vault import UNKNOWN_KEY

OLD = base64.b64encode(bytes(range(32))).decode()
NEW = base64.urlsafe_b64encode(bytes(range(100, 132))).decode()
CONTEXT = "integration:7:PEFIN"

STORED = "015b368d1a08a18fdb0000000000000000000000001b8895dc6f91a0ba224df74506a7ccd11837343389bb6bac"  # nonce: zeros
FINGERPRINT = "5b368d1a08a18fdb:ff1636aeb37a4fc3fdb028771cf331f94aeaa2abb319591676f50d834fa137e8"


def test_a_sealed_secret_opens_with_its_key_and_context() -> None:
    vault = AesGcmVault([OLD])
    sealed = vault.seal(Secret("Ab1@xyz9"), CONTEXT)
    assert vault.open(sealed, CONTEXT) == Secret("Ab1@xyz9")
    assert b"Ab1@xyz9" not in sealed.ciphertext


@settings(deadline=None, max_examples=50)
@given(st.text(), st.text(st.characters(codec="utf-8")))
def test_any_text_survives(value: str, context: str) -> None:
    vault = AesGcmVault([OLD])
    assert vault.open(vault.seal(Secret(value), context), context).value == value


def test_half_a_surrogate_pair_survives() -> None:
    vault = AesGcmVault([OLD])
    assert vault.open(vault.seal(Secret("a\ud800"), CONTEXT), CONTEXT).value == "a\ud800"
    assert vault.matches(vault.fingerprint("a\ud800"), "a\ud800")


def test_the_format_is_what_the_documentation_says() -> None:
    """Opened here by hand: format byte, key id, nonce, ciphertext with tag; header and context authenticated."""

    def derived(purpose: bytes, length: int) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(bytes(range(32)))

    sealed = AesGcmVault([OLD]).seal(Secret("Ab1@xyz9"), CONTEXT).ciphertext
    header, nonce, rest = sealed[:9], sealed[9:21], sealed[21:]
    assert header == b"\x01" + derived(b"fiador/key-id", 8)
    cipher = AESGCM(derived(b"fiador/encryption", 32))
    assert cipher.decrypt(nonce, rest, header + CONTEXT.encode()) == b"Ab1@xyz9"


def test_a_secret_sealed_before_still_opens() -> None:
    """A stored value: a change of format or derivation would lock everybody's secrets away."""
    stored = bytes.fromhex(STORED)
    assert AesGcmVault([OLD]).open(SealedSecret(stored), CONTEXT) == Secret("Ab1@xyz9")
    assert AesGcmVault([OLD]).fingerprint("a") == FINGERPRINT


def test_the_same_secret_never_looks_the_same() -> None:
    vault = AesGcmVault([OLD])
    assert len({vault.seal(Secret("Ab1@xyz9"), CONTEXT).ciphertext for _ in range(100)}) == 100


def test_rows_cannot_be_swapped() -> None:
    vault = AesGcmVault([OLD])
    first = vault.seal(Secret("first"), "integration:1:PEFIN")
    second = vault.seal(Secret("second"), "integration:2:PEFIN")
    for sealed, context in ((first, "integration:2:PEFIN"), (second, "integration:1:PEFIN"), (first, "")):
        with pytest.raises(SecretUnreadable):
            vault.open(sealed, context)


def test_the_first_key_writes_and_every_key_reads() -> None:
    before, during, after = AesGcmVault([OLD]), AesGcmVault([NEW, OLD]), AesGcmVault([NEW])
    old = before.seal(Secret("s"), CONTEXT)
    new = during.seal(Secret("s"), CONTEXT)
    assert during.open(old, CONTEXT) == during.open(new, CONTEXT) == after.open(new, CONTEXT) == Secret("s")
    with pytest.raises(SecretUnreadable):
        after.open(old, CONTEXT)
    with pytest.raises(SecretUnreadable):
        before.open(new, CONTEXT)


def test_every_changed_byte_is_noticed() -> None:
    vault = AesGcmVault([OLD])
    sealed = vault.seal(Secret("Ab1@xyz9"), CONTEXT).ciphertext
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(SecretUnreadable):
            vault.open(SealedSecret(bytes(changed)), CONTEXT)


@pytest.mark.parametrize("length", [0, 1, 9, 20, 21, 36])
def test_a_cut_secret_is_unreadable(length: int) -> None:
    vault = AesGcmVault([OLD])
    sealed = vault.seal(Secret("Ab1@xyz9"), CONTEXT).ciphertext
    with pytest.raises(SecretUnreadable):
        vault.open(SealedSecret(sealed[:length]), CONTEXT)


def test_fingerprints_are_keyed_and_carry_their_key() -> None:
    vault = AesGcmVault([OLD])
    made = vault.fingerprint("the input")
    assert made == vault.fingerprint("the input")
    assert made != vault.fingerprint("the input ")
    assert made.split(":")[0] != AesGcmVault([NEW]).fingerprint("the input").split(":")[0]
    assert made.split(":")[1] != hmac.digest(bytes(range(32)), b"the input", "sha256").hex()


def test_fingerprints_match_with_any_key() -> None:
    old = AesGcmVault([OLD]).fingerprint("the input")
    both = AesGcmVault([NEW, OLD])
    assert both.matches(old, "the input")
    assert both.matches(both.fingerprint("the input"), "the input")
    assert not both.matches(old, "another input")
    assert not AesGcmVault([NEW]).matches(old, "the input")


@pytest.mark.parametrize("broken", ["", ":", "abc", "abc:def", "é:ü", "0" * 16 + ":" + "0" * 64])
def test_a_broken_fingerprint_matches_nothing(broken: str) -> None:
    assert not AesGcmVault([OLD]).matches(broken, "the input")


def test_keys_are_read_in_either_alphabet_with_or_without_padding() -> None:
    raw = bytes([251, 255, 191] * 10 + [1, 2])
    standard = base64.b64encode(raw).decode()
    safe = base64.urlsafe_b64encode(raw).decode()
    assert standard != safe
    variants = [standard, safe, standard.rstrip("="), safe.rstrip("="), f"  {safe}\n"]
    assert len({key.id for key in read_keys(variants)}) == 1


def test_a_generated_key_is_accepted_and_new_each_time() -> None:
    assert len({key.id for key in read_keys([generate_key() for _ in range(20)])}) == 20


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ([], "no secret key is given"),
        ([""], "secret key 1 has 0 bytes"),
        ([OLD, "too-short"], "secret key 2"),
        ([OLD, NEW, "this is no key at all!"], "secret key 3 is not base64"),
        ([base64.b64encode(bytes(31)).decode()], "secret key 1 has 31 bytes"),
        ([base64.b64encode(bytes(64)).decode()], "secret key 1 has 64 bytes"),
        (["chavé" * 9], "secret key 1 is not base64"),
    ],
)
def test_a_bad_key_is_named_with_what_would_be_accepted(keys: list[str], said: str) -> None:
    with pytest.raises(InvalidSecretKeys) as raised:
        AesGcmVault(keys)
    message = str(raised.value)
    assert said in message
    assert "32 random bytes" in message
    assert not any(key and key in message for key in keys)
    assert isinstance(raised.value, ValueError)


def test_no_repr_shows_a_key_or_a_secret() -> None:
    vault = AesGcmVault([OLD])
    (key,) = read_keys([OLD])
    shown = f"{vault!r} {key!r} {vault.seal(Secret('Ab1@xyz9'), CONTEXT)!r}"
    assert OLD not in shown
    assert repr(key.encryption) not in shown
    assert repr(key.fingerprint) not in shown
    assert "Ab1@xyz9" not in shown


def test_the_ids_of_keys_are_told_and_give_nothing_away() -> None:
    vault = AesGcmVault([NEW, OLD])
    assert vault.key_ids() == tuple(key.id.hex() for key in read_keys([NEW, OLD]))
    assert vault.key_of(vault.seal(Secret("s"), CONTEXT)) == vault.key_ids()[0]
    assert vault.key_of(AesGcmVault([OLD]).seal(Secret("s"), CONTEXT)) == vault.key_ids()[1]
    assert vault.fingerprint("a").startswith(vault.key_ids()[0])
    assert len(vault.key_ids()[0]) == KEY_ID_DIGITS
    assert bytes(range(32)).hex().find(vault.key_ids()[1]) == -1


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x01" + bytes(7), b"\x02" + bytes(40)])
def test_what_names_no_key_is_of_an_unknown_one(broken: bytes) -> None:
    assert AesGcmVault([OLD]).key_of(SealedSecret(broken)) == UNKNOWN_KEY


class Changing:
    """Keys that change while a vault uses them: told once after each change."""

    def __init__(self) -> None:
        self._untold: list[str] | None = None

    def change(self, *keys: str) -> None:
        self._untold = list(keys)

    def __call__(self) -> list[str] | None:
        told, self._untold = self._untold, None
        return told


def test_a_key_that_is_put_in_front_is_written_with_at_once() -> None:
    keys = Changing()
    vault = AesGcmVault([OLD], newer=keys)
    keys.change(NEW, OLD)
    assert vault.key_of(vault.seal(Secret("s"), CONTEXT)) == AesGcmVault([NEW]).key_ids()[0]
    keys.change(OLD)
    assert vault.fingerprint("a") == FINGERPRINT


def test_what_was_sealed_with_a_key_that_is_new_here_opens() -> None:
    keys = Changing()
    vault = AesGcmVault([OLD], newer=keys)
    sealed, fingerprint = AesGcmVault([NEW]).seal(Secret("s"), CONTEXT), AesGcmVault([NEW]).fingerprint("a")
    with pytest.raises(SecretUnreadable):
        vault.open(sealed, CONTEXT)
    assert not vault.matches(fingerprint, "a")
    keys.change(NEW, OLD)
    assert vault.open(sealed, CONTEXT) == Secret("s")
    assert vault.matches(fingerprint, "a")


def test_keys_that_are_of_no_use_replace_none() -> None:
    keys = Changing()
    vault = AesGcmVault([OLD], newer=keys)
    for broken in ([], ["no key"], [NEW, ""]):
        keys.change(*broken)
        assert vault.key_ids() == AesGcmVault([OLD]).key_ids()
