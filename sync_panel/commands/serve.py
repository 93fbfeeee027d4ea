"""Serving the panel."""

import argparse
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sync_panel.application import create_app
from sync_panel.clock import Clock, SystemClock
from sync_panel.guard.certificate import Certificate, given_certificate, missing_names, own_certificate
from sync_panel.guard.hashing import Hasher
from sync_panel.names import own_addresses, own_names
from sync_panel.panel import exchange_of
from sync_panel.rules.partner import in_pairs
from sync_panel.server import address_of, is_beyond_this_machine, listen, run
from sync_panel.set_up import DATABASE_FILE, FIRST_USER, FirstSecrets, set_up
from sync_panel.settings import Settings
from sync_panel.store.recovery import recover

from .common import CommandError, open_here

A_DAY = 24 * 3600.0  # seconds
ENDS = "The certificate ends on %s. Put a new one in its place before, and start the panel again."
ENDED = (
    "The certificate ended on %s: browsers and partners may refuse it. "
    "Put a new one in its place, and start the panel again."
)

logger = logging.getLogger(__name__)


def serve_panel(chosen: argparse.Namespace, settings: Settings) -> None:
    """Serve the panel; the first start sets it up."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    if chosen.exchange:
        settings = replace(settings, exchange=chosen.exchange)
    exchange_of(settings)  # say now what would be wrong with it
    refuse_half_a_certificate(chosen)
    listening = listen(chosen.listen)
    if is_beyond_this_machine(listening) and not (chosen.tls or chosen.tls_cert or chosen.allow_plain_http):
        raise CommandError(
            f"Other machines can connect to {chosen.listen}, and without TLS passwords would travel unencrypted. "
            "Add --tls, or --allow-plain-http where everybody on the network is to be trusted."
        )
    set_up(settings, Hasher(), tell_first_secrets)
    if recovery := recover(settings.data / DATABASE_FILE, SystemClock().now()):
        logger.warning(" ".join(map(str, recovery.sentences(in_log))))
    prepare(settings)
    certificate = certificate_of(chosen, settings)
    if certificate:
        watch = threading.Thread(target=watch_certificate, args=(certificate, SystemClock()), daemon=True)
        watch.start()  # its one line of log a day may be lost at the end of the process
    app = create_app(settings)
    if certificate:
        print(f"Certificate, SHA-256: {in_pairs(certificate.fingerprint)}")
        if certificate.is_own and (missing := missing_names(certificate, own_names())):
            print(f"It does not name {', '.join(missing)}. To let that in: python app.py new-certificate --same-key")
    print(f"Sync Panel: {address_of(listening, 'https' if certificate else 'http')}  (stop it with Ctrl+C)", flush=True)
    run(app, listening, certificate=certificate)


def prepare(settings: Settings) -> None:
    """Say now, on the terminal, what would be wrong with the data folder, and let a recovery find its state of now."""
    panel = open_here(settings)
    panel.database.refuse_without_editor()
    panel.database.keep_copy()
    panel.database.close()


def in_log(moment: datetime) -> str:
    """Return a time as the log writes it."""
    return moment.isoformat(" ", "seconds")


def refuse_half_a_certificate(chosen: argparse.Namespace) -> None:
    """Raise CommandError when a certificate is named without its key, or the other way round."""
    if bool(chosen.tls_cert) is not bool(chosen.tls_key):
        raise CommandError(
            "A certificate needs its key, and a key its certificate. Name both with --tls-cert, --tls-key."
        )


def certificate_of(chosen: argparse.Namespace, settings: Settings) -> Certificate | None:
    """Return the certificate to serve with, the panel's own with --tls; None for plain HTTP."""
    if chosen.tls_cert:
        return given_certificate(chosen.tls_cert, chosen.tls_key)
    if chosen.tls:
        return own_certificate(settings.data, own_names(), own_addresses())
    return None


def watch_certificate(certificate: Certificate, clock: Clock, wait: Callable[[float], object] = time.sleep) -> None:
    """Log each day, from now on, that a given certificate is near its end; `wait` is what passes the time."""
    while True:
        now = clock.now()
        if certificate.is_near_its_end(now):
            ends = certificate.ends.astimezone(now.tzinfo).isoformat(" ", "minutes")
            said = ENDED if certificate.has_ended(now) else ENDS
            logger.warning(said, ends)
        wait(A_DAY)


def tell_first_secrets(first: FirstSecrets) -> None:
    """Print what was made at the first start, once and nowhere else."""
    if first.password:
        print(f"First user: {FIRST_USER}\nPassword: {first.password}")
    if first.code:
        print(f"Authorisation code: {first.code}")
    if first.password or first.code:
        print("Write this down now: it is not shown again.", flush=True)
