"""Replacing the own certificate, which nothing else ever does."""

import argparse

from sync_panel.guard.certificate import certificate_with_new_key, certificate_with_new_names
from sync_panel.names import own_addresses, own_names
from sync_panel.rules.partner import in_pairs
from sync_panel.set_up import refuse_never_set_up
from sync_panel.settings import Settings

NEW = "Every partner that trusted the old certificate must accept this fingerprint, and so must browsers."
KEPT = "Partners of this version go on trusting it; older ones, and browsers that stored it, must accept it anew."


def new_certificate(chosen: argparse.Namespace, settings: Settings) -> None:
    """Replace the own certificate of --tls: partners must then accept it; with --same-key only new names come in."""
    refuse_never_set_up(settings.data)
    make = certificate_with_new_names if chosen.same_key else certificate_with_new_key
    certificate = make(settings.data, own_names(), own_addresses())
    print(f"Certificate, SHA-256: {in_pairs(certificate.fingerprint)}")
    print(KEPT if chosen.same_key else NEW)
    print("A panel that runs serves it after its next start.")
