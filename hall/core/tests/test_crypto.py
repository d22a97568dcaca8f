"""The official vectors, the envelope, the keys, and a second implementation that agrees (LAW-23; T18–T21)."""

import ctypes
import ctypes.util

import gmssl_pyx
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from hall import home
from hall.core import crypto
from hall.core.crypto import software

SM2_PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
SM2_PUBLIC = bytes.fromhex(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SM2_SIGNATURE = (
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3",
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA",
)


def der(r, s):
    def number(value):
        content = value.to_bytes(value.bit_length() // 8 + 1, "big")
        return bytes([2, len(content)]) + content

    body = number(int(r, 16)) + number(int(s, 16))
    return bytes([0x30, len(body)]) + body


@pytest.fixture
def keys(tmp_path, monkeypatch):
    """A home of its own; answers its folder of keys."""
    monkeypatch.setenv("HALL_HOME", str(tmp_path))
    home.prepare()
    crypto.forget_keys()
    yield tmp_path / "keys"
    crypto.forget_keys()


@pytest.mark.parametrize(
    "message, digest",
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gives_the_standards_digests(message, digest):
    assert crypto.sm3(message).hex() == digest


def test_sm4_gives_the_standards_block():
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    cipher = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()
    assert cipher.update(key).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_gcm_gives_the_vector_of_rfc_8998():
    key, nonce = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"), bytes.fromhex("00001234567800000000ABCD")
    plain = bytes.fromhex("AA" * 8 + "BB" * 8 + "CC" * 8 + "DD" * 8 + "EE" * 8 + "FF" * 8 + "EE" * 8 + "AA" * 8)
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"))
    sealed = cipher.update(plain) + cipher.finalize()
    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
    )
    assert cipher.tag.hex().upper() == "83DE3541E4C2B58177E065A9BF7B62EC"


def test_sm2_accepts_the_standards_signature():
    assert (
        crypto.signed_digest(b"message digest", SM2_PUBLIC).hex().upper()
        == "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"
    )
    assert crypto.verify(b"message digest", der(*SM2_SIGNATURE), SM2_PUBLIC)
    assert crypto.verify(b"message digest", der(*SM2_SIGNATURE), b"\x04" + SM2_PUBLIC)
    assert not crypto.verify(b"message digesT", der(*SM2_SIGNATURE), SM2_PUBLIC)


def test_a_bad_signature_is_false_and_prints_nothing(keys, capfd):
    signature = crypto.sign(b"head")
    wrong = [b"", b"abc", signature[:-1], signature + b"x", der(*SM2_SIGNATURE)]
    assert [crypto.verify(b"head", each, crypto.public_key()) for each in [signature, *wrong]] == [True] + [False] * 5
    assert not crypto.verify(b"head", signature, b"\x01" * 64)
    assert not crypto.verify(b"head", signature, b"")
    assert capfd.readouterr().err == ""


def test_the_systems_libcrypto_agrees_on_signatures(keys):
    if not (library := OpenSSL.find()):
        pytest.skip("this machine has no libcrypto with SM2")
    other = OpenSSL(library)
    ours = crypto.sign("党费".encode())
    assert other.verifies("党费".encode(), ours, crypto.public_key()[1:])
    assert not other.verifies("党费。".encode(), ours, crypto.public_key()[1:])
    assert other.verifies(b"message digest", der(*SM2_SIGNATURE), SM2_PUBLIC)


class OpenSSL:
    """SM2 verification by the system's libcrypto: another code base, for comparison only."""

    def __init__(self, library):
        self.c = library
        for name in ("EVP_PKEY_new", "EVP_PKEY_CTX_new", "EVP_MD_CTX_new", "EVP_sm3", "d2i_PUBKEY"):
            getattr(library, name).restype = ctypes.c_void_p

    @staticmethod
    def find():
        name = ctypes.util.find_library("crypto")
        library = ctypes.CDLL(name) if name else None
        return library if hasattr(library, "EVP_PKEY_CTX_set1_id") and hasattr(library, "EVP_sm3") else None

    def verifies(self, data, signature, public):
        prefix = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")  # SubjectPublicKeyInfo
        encoded = prefix + public
        at = ctypes.c_char_p(encoded)
        key = ctypes.c_void_p(self.c.d2i_PUBKEY(None, ctypes.byref(at), ctypes.c_long(len(encoded))))
        assert key.value
        key_context = ctypes.c_void_p(self.c.EVP_PKEY_CTX_new(key, None))
        assert self.c.EVP_PKEY_CTX_set1_id(key_context, crypto.SIGNER, ctypes.c_size_t(16)) == 1
        context = ctypes.c_void_p(self.c.EVP_MD_CTX_new())
        self.c.EVP_MD_CTX_set_pkey_ctx(context, key_context)
        assert self.c.EVP_DigestVerifyInit(context, None, ctypes.c_void_p(self.c.EVP_sm3()), None, key) == 1
        return (
            self.c.EVP_DigestVerify(
                context, signature, ctypes.c_size_t(len(signature)), data, ctypes.c_size_t(len(data))
            )
            == 1
        )


@given(st.binary(), st.binary())
def test_what_was_sealed_opens_in_its_place_only(plain, context):
    envelope = crypto.seal(plain, context)
    assert crypto.unseal(envelope, context) == plain
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(envelope, context + b"x")


@given(st.data())
def test_no_byte_of_an_envelope_can_be_changed(data):
    envelope = bytearray(crypto.seal(b"11010519491231002X", b"here"))
    envelope[data.draw(st.integers(3, len(envelope) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(bytes(envelope), b"here")


@pytest.mark.parametrize("junk", [b"", b"11010519491231002X", b"\x03" + b"x" * 60, b"\x01"])
def test_what_the_hall_did_not_seal_is_unreadable(junk):
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(junk, b"here")


def test_a_hundred_thousand_envelopes_share_no_nonce():  # T19
    nonces = {crypto.seal(b"", b"")[3:15] for _ in range(100_000)}
    assert len(nonces) == 100_000


def test_the_newest_key_writes_and_older_ones_still_read(keys):  # T21
    old = crypto.seal(b"old", b"here")
    home.write_once(keys / "fields-2", b"2" * 32)
    crypto.forget_keys()
    new = crypto.seal(b"new", b"here")
    assert (old[1:3], new[1:3]) == (b"\x00\x01", b"\x00\x02")
    assert [crypto.unseal(old, b"here"), crypto.unseal(new, b"here")] == [b"old", b"new"]


def test_a_wrong_key_opens_nothing(keys):  # T20
    envelope = crypto.seal(b"plain", b"here")
    (keys / "fields-1").write_bytes(b"w" * 32)
    crypto.forget_keys()
    with pytest.raises(crypto.Unreadable, match="fields-1"):
        crypto.unseal(envelope, b"here")


@pytest.mark.parametrize("name", ["fields-1", "index", "signing-1"])
@pytest.mark.parametrize("harm", ["gone", "cut", "altered"])
def test_without_a_sound_key_the_hall_refuses(keys, name, harm):  # T20
    crypto.check_keys()
    content = (keys / name).read_bytes()
    (keys / name).unlink()
    if harm == "cut":
        (keys / name).write_bytes(content[:-1])
    if harm == "altered":
        (keys / name).write_bytes(bytes([content[0] ^ 1]) + content[1:])
    if harm == "altered" and name != "signing-1":
        crypto.check_keys()  # only what it sealed can show that
        return
    with pytest.raises(crypto.KeyTrouble, match=name) as trouble:
        crypto.check_keys()
    assert content.hex() not in str(trouble.value)


def test_each_purpose_has_a_mac_of_its_own(keys):
    assert crypto.mac("a", b"x") == crypto.mac("a", b"x") != crypto.mac("b", b"x")
    assert len(crypto.mac("a", b"x")) == 32


def test_the_home_keeps_its_keys_to_itself_and_makes_them_once(keys):
    before = {path.name: path.read_bytes() for path in keys.iterdir()}
    home.prepare()
    assert {path.name: path.read_bytes() for path in keys.iterdir()} == before
    assert {path.stat().st_mode & 0o777 for path in keys.iterdir()} == {0o600}


def test_hmac_sm3_agrees_with_the_other_library(keys):
    import hmac as standard

    key = software.derived(home.key("index"), "mac|p", 32)
    assert crypto.mac("p", b"data") == gmssl_pyx.sm3_hmac(key, b"data") == standard.new(key, b"data", "sm3").digest()


def test_a_switch_of_the_cipher_leaves_both_readable(keys, settings):  # T21
    sealed = []
    for cipher in ("sm4", "aes", "sm4"):
        settings.HALL_CIPHER = cipher
        sealed.append(crypto.seal("党费".encode(), b"here"))
    assert [each[0] for each in sealed] == [1, 2, 1]
    assert {crypto.unseal(each, b"here").decode() for each in sealed} == {"党费"}
    with pytest.raises(crypto.Unreadable):  # an envelope that says it is of the other cipher
        crypto.unseal(b"\x02" + sealed[0][1:], b"here")


def test_aes_gcm_gives_the_vector_of_the_gcm_specification():
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)  # test case 16
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    sealed = software.gcm_seal("aes", key, nonce, plain, bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    assert sealed.hex() == (
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )


class Device:
    """A card that holds its own keys: nothing of the home's key files is used."""

    def __init__(self):
        self.inside, self.asked = software.Software(), []

    def __getattr__(self, name):
        self.asked.append(name)
        return getattr(self.inside, name)


class LockedDevice(Device):
    def encrypt(self, cipher, number, nonce, plain, bound):
        raise crypto.KeyTrouble("the card asks for its PIN")


def test_a_device_takes_the_seat_and_everything_secret_goes_through_it(keys, settings):
    settings.HALL_CRYPTO_PROVIDER = "hall.core.tests.test_crypto:Device"
    crypto.check_keys()
    envelope = crypto.seal(b"plain", b"here")
    assert crypto.unseal(envelope, b"here") == b"plain"
    assert crypto.verify(b"head", crypto.sign(b"head"), crypto.public_key())
    assert len(crypto.mac("p", b"data")) == 32
    assert crypto.add_key("fields") == 2
    assert crypto.seal(b"new", b"here")[1:3] == b"\x00\x02"
    assert {"check", "numbers", "encrypt", "decrypt", "sign", "public", "mac", "add"} >= set(crypto.provider().asked)
    assert "encrypt" in crypto.provider().asked


def test_a_device_that_refuses_leaves_nothing_in_plain_text(keys, settings):  # T20
    settings.HALL_CRYPTO_PROVIDER = "hall.core.tests.test_crypto:LockedDevice"
    crypto.forget_keys()
    with pytest.raises(crypto.KeyTrouble, match="PIN"):
        crypto.seal(b"plain", b"here")
