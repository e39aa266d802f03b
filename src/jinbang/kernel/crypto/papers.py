"""Signed papers: a PDF certified with a P-256 key (PAdES baseline B, ECDSA with SHA-256).

The signature covers the whole file and allows no change after it: whatever is altered or appended breaks it, in any
reader of PDF. The certificate is our own: whoever checks a paper takes it from the site that issued it. The private
half is for the caller to seal; nothing here keeps it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from io import BytesIO
from typing import Final

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

LASTS: Final = timedelta(days=20 * 365)
_FIELD: Final = "Jinbang"
_RESERVED_BYTES: Final = 8_192
"""Room for the signature in the file: it takes less than half of it, and fixed room saves signing twice."""


@dataclass(frozen=True)
class PaperKey:
    """A key for papers: its certificate (X.509, DER) for everybody, its private half (PKCS #8, DER) to be sealed."""

    certificate: bytes
    private_key: bytes = field(repr=False)


def new_paper_key(name: str, *, organisation: str, now: datetime) -> PaperKey:
    """Return a fresh P-256 key with a certificate that it signs itself, for twenty years from the day before."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(private, SHA256())
    )
    return PaperKey(
        certificate.public_bytes(Encoding.DER),
        private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    )


def sign_paper(pdf: bytes, key: PaperKey, *, reason: str) -> bytes:
    """Return the PDF certified with this key, no change allowed. Dated by the machine's own clock. About 10 ms."""
    metadata = PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
    )
    out = PdfSigner(metadata, signer=_signer(key)).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)), bytes_reserved=_RESERVED_BYTES
    )
    return bytes(out.getvalue())


@lru_cache(maxsize=4)
def _signer(key: PaperKey) -> SimpleSigner:
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(key.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(key.private_key),
        cert_registry=SimpleCertificateStore(),
    )
