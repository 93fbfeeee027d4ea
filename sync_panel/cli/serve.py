"""Serving the panel, and the own certificate that it serves HTTPS with."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync_panel.application import create_app
from sync_panel.guard.keys import Hasher
from sync_panel.machine import Clock, SystemClock, in_zone_of, own_addresses, own_names
from sync_panel.panel import exchange_of
from sync_panel.rules.partner import in_pairs
from sync_panel.server import address_of, is_beyond_this_machine, listen, run
from sync_panel.set_up import DATABASE_FILE, FIRST_USER, FirstSecrets, refuse_never_set_up, set_up
from sync_panel.settings import Settings
from sync_panel.store.recovery import recover

from . import CommandError, open_here, panel_commands

if TYPE_CHECKING:
    from sync_panel.guard.certificate import Certificate

A_DAY = 24 * 3600.0  # seconds
ENDS = "The certificate ends on %s. Put a new one in its place before, and start the panel again."
ENDED = (
    "The certificate ended on %s: browsers and partners may refuse it. "
    "Put a new one in its place, and start the panel again."
)
NEW = "Every partner that trusted the old certificate must accept this fingerprint, and so must browsers."
KEPT = "Partners of this version go on trusting it; older ones, and browsers that stored it, must accept it anew."

logger = logging.getLogger(__name__)


@panel_commands.command("serve")
@click.option("--listen", "address", default="127.0.0.1:8765", metavar="HOST:PORT", show_default=True, help="where")
@click.option("--tls", is_flag=True, help="serve HTTPS, with a certificate made here")
@click.option("--tls-cert", "given", type=Path, metavar="FILE", help="serve HTTPS with this certificate (PEM)")
@click.option("--tls-key", "key", type=Path, metavar="FILE", help="the key of that certificate")
@click.option("--allow-plain-http", "plain_http", is_flag=True, help="let other machines connect without TLS")
@click.option("--exchange", default="", metavar="COMMAND", help="run this after each request that was answered")
def serve_panel(
    *,
    settings: Settings,
    address: str,
    tls: bool,
    given: Path | None,
    key: Path | None,
    plain_http: bool,
    exchange: str,
) -> None:
    """Serve the panel; the first start sets it up."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    if exchange:
        settings = replace(settings, exchange=exchange)
    exchange_of(settings)  # say now what would be wrong with it
    if bool(given) is not bool(key):
        raise CommandError(
            "A certificate needs its key, and a key its certificate. Name both with --tls-cert, --tls-key."
        )
    listening = listen(address)
    if is_beyond_this_machine(listening) and not (tls or given or plain_http):
        raise CommandError(
            f"Other machines can connect to {address}, and without TLS passwords would travel unencrypted. "
            "Add --tls, or --allow-plain-http where everybody on the network is to be trusted."
        )
    set_up(settings, Hasher(), tell_first_secrets)
    now = SystemClock().now()
    if recovery := recover(settings.data / DATABASE_FILE, now):
        told = recovery.sentences(lambda moment: in_zone_of(now, moment).isoformat(" ", "seconds"))
        logger.warning(" ".join(map(str, told)))
    prepare(settings)
    certificate = certificate_of(settings, given, key, own=tls)
    app = create_app(settings)
    if certificate:
        watch = threading.Thread(target=watch_certificate, args=(certificate, SystemClock()), daemon=True)
        watch.start()  # its one line of log a day may be lost at the end of the process
        print(f"Certificate, SHA-256: {in_pairs(certificate.fingerprint)}")
        if missing := certificate.missing_names(own_names()):
            print(f"It does not name {', '.join(missing)}. To let that in: python app.py new-certificate --same-key")
    print(f"Sync Panel: {address_of(listening, 'https' if certificate else 'http')}  (stop it with Ctrl+C)", flush=True)
    run(app, listening, certificate=certificate)


def prepare(settings: Settings) -> None:
    """Say now, on the terminal, what would be wrong with the data folder, and let a recovery find its state of now."""
    panel = open_here(settings)
    panel.database.refuse_without_editor()
    panel.database.keep_copy()
    panel.database.close()


def certificate_of(settings: Settings, given: Path | None, key: Path | None, *, own: bool) -> "Certificate | None":
    """Return the certificate to serve with; None for plain HTTP."""
    if not (own or given):
        return None
    from sync_panel.guard.certificate import given_certificate, own_certificate  # noqa: PLC0415  # slow to import

    if given and key:
        return given_certificate(given, key)
    return own_certificate(settings.data, own_names(), own_addresses())


def watch_certificate(certificate: "Certificate", clock: Clock, wait: Callable[[float], object] = time.sleep) -> None:
    """Log each day, from now on, that a given certificate is near its end; `wait` is what passes the time."""
    while True:
        now = clock.now()
        if certificate.is_near_its_end(now):
            said = ENDED if certificate.has_ended(now) else ENDS
            logger.warning(said, in_zone_of(now, certificate.ends).isoformat(" ", "minutes"))
        wait(A_DAY)


def tell_first_secrets(first: FirstSecrets) -> None:
    """Print what was made at the first start, once and nowhere else."""
    if first.password:
        print(f"First user: {FIRST_USER}\nPassword: {first.password}")
    if first.code:
        print(f"Authorisation code: {first.code}")
    if first.password or first.code:
        print("Write this down now: it is not shown again.", flush=True)


@panel_commands.command("new-certificate")
@click.option("--same-key", is_flag=True, help="only let this machine's new names in; partners go on")
def new_certificate(*, settings: Settings, same_key: bool) -> None:
    """Replace the own certificate, that of --tls. Partners must accept the new one, unless it has the same key."""
    refuse_never_set_up(settings.data)
    from sync_panel.guard.certificate import certificate_with_new_key, certificate_with_new_names  # noqa: PLC0415  # slow

    make = certificate_with_new_names if same_key else certificate_with_new_key
    certificate = make(settings.data, own_names(), own_addresses())
    print(f"Certificate, SHA-256: {in_pairs(certificate.fingerprint)}")
    print(KEPT if same_key else NEW)
    print("A panel that runs serves it after its next start.")
