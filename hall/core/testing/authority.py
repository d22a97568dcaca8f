"""A small authority of certificates for tests of the calling side: made in a folder, good for a day, believed by nobody else."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Authority:
    folder: Path
    name: x509.Name
    key: ec.EllipticCurvePrivateKey

    @property
    def file(self) -> Path:
        """The authority's own certificate, as PEM."""
        return self.folder / "authority.pem"


def authority(folder: Path, name: str) -> Authority:
    """A fresh authority; its certificate stands in the folder."""
    made = Authority(folder, _called(name), ec.generate_private_key(ec.SECP256R1()))
    certificate = _built(made, made.name, made.key, timedelta(days=1))
    certificate = certificate.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)  # signs certificates
    certificate = certificate.add_extension(usage, critical=True)
    made.file.write_bytes(_pem(certificate.sign(made.key, hashes.SHA256())))
    return made


def certificate(by: Authority, host: str, *, expired: bool = False, own: bool = False) -> tuple[Path, Path]:
    """Files of a certificate for the host and of its key. own: signed with its own key instead of the authority's."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = Authority(by.folder, _called(host), key) if own else by
    built = _built(issuer, _called(host), key, timedelta(days=-1 if expired else 1))
    built = built.add_extension(x509.SubjectAlternativeName([_named(host)]), critical=False)
    files = by.folder / f"{host}.pem", by.folder / f"{host}.key"
    files[0].write_bytes(_pem(built.sign(issuer.key, hashes.SHA256())))
    private = serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))
    return files


def _built(
    by: Authority, subject: x509.Name, key: ec.EllipticCurvePrivateKey, lasts: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(subject).issuer_name(by.name).public_key(key.public_key())
    built = built.serial_number(x509.random_serial_number())
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    theirs = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
    built = built.add_extension(mark, critical=False).add_extension(theirs, critical=False)
    return built.not_valid_before(now - timedelta(days=2)).not_valid_after(now + lasts)


def _pem(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.PEM)


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
