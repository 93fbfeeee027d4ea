"""Certificates: vouched for by an authority, or trusted by their fingerprint."""

import socket
import ssl

from sync_panel.rules.partner import fingerprint, first_certificate

from .failures import Failure, LinkError

NOT_VALID_NOW = {9, 10}  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
FOR_ANOTHER_NAME = {62, 64}  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH


def encrypted(connection: socket.socket, host: str, *, any_certificate: bool) -> ssl.SSLSocket:
    """Return the connection as one that will be encrypted once hands are shaken.

    With `any_certificate` the caller must look at the fingerprint before anything is sent.
    """
    context = ssl.create_default_context()
    if any_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    connection.getpeername()  # raises OSError when nobody is there any more; `wrap_socket` would leave the socket open
    return context.wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False)


def shake_hands(connection: ssl.SSLSocket, host: str) -> None:
    """Agree on keys with the other end. Raise LinkError for its certificate, OSError for anything else."""
    try:
        connection.do_handshake()
    except ssl.SSLCertVerificationError as error:
        raise LinkError(certificate_failure(error.verify_code), host=host) from None


def handshake_failure(error: OSError) -> Failure:
    """Return why no keys were agreed on with a server that speaks TLS."""
    if isinstance(error, TimeoutError):
        return Failure.TLS_TOO_SLOW
    return Failure.TLS_BROKEN_OFF if has_hung_up(error) else Failure.TLS_FAILED


def has_hung_up(error: Exception) -> bool:
    """Tell whether the other end closed the connection, rather than saying anything that was wrong."""
    if isinstance(error, ssl.SSLError):
        return isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    return isinstance(error, OSError) and not isinstance(error, TimeoutError)


def certificate_failure(verify_code: int) -> Failure:
    if verify_code in NOT_VALID_NOW:
        return Failure.EXPIRED
    return Failure.OTHER_NAME if verify_code in FOR_ANOTHER_NAME else Failure.UNTRUSTED


def fingerprint_of(connection: ssl.SSLSocket) -> str:
    """Return the fingerprint by which the other end is trusted: that of the first certificate made for its key."""
    return fingerprint(first_certificate(certificate_of(connection)))


def is_trusted_by(connection: ssl.SSLSocket, accepted: str) -> bool:
    """Tell whether a fingerprint is that of the other end's certificate, or of the first one made for its key.

    Nothing else counts, neither dates nor names: no clock and no new name ends an accepted fingerprint.
    """
    return accepted in {fingerprint(certificate_of(connection)), fingerprint_of(connection)}


def certificate_of(connection: ssl.SSLSocket) -> bytes:
    """Return the certificate at the other end, whose key the handshake proved it to hold."""
    return connection.getpeercert(binary_form=True) or b""
