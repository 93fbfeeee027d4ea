"""Looking without changing anything: what is set, and whether the servers of the list answer as they should."""

import json
from collections.abc import Sequence

import click

from sync_panel.link.ladder import Ladder, Step
from sync_panel.panel import PASSWORD_LOST, Panel
from sync_panel.rules.partner import Partner, in_pairs
from sync_panel.settings import Settings
from sync_panel.store.partners import all_partners, summary
from sync_panel.store.site import load_site

from . import CommandError, open_here, panel_commands


@panel_commands.command("show")
@click.option("--json", "as_json", is_flag=True, help="for a program to read")
@click.option("--with-password", is_flag=True, help="with the shared password in the clear")
def show_settings(*, settings: Settings, as_json: bool, with_password: bool) -> None:
    """Show the settings."""
    panel = open_here(settings)
    with panel.database.reading() as db:
        site, shown = load_site(db), summary(db)
    if with_password:
        if panel.is_password_lost(site):
            raise CommandError(str(PASSWORD_LOST))
        shown["password"] = panel.shared_password(site)
    print(json.dumps(shown, ensure_ascii=False, indent=2) if as_json else as_lines(shown))


def as_lines(shown: dict[str, object]) -> str:
    partners = shown.pop("partners")
    lines = [f"{name.replace('_', ' ')}: {'not set' if value is None else value}" for name, value in shown.items()]
    lines.append("sync with:")
    lines += ["  {sync_id}  {name}, {store}, {url}".format(**partner) for partner in partners]  # type: ignore[attr-defined]
    return "\n".join(lines)


@panel_commands.command("check")
@click.argument("sync_ids", nargs=-1, metavar="[SYNC_ID]...")
def check_partners(*, settings: Settings, sync_ids: Sequence[str]) -> None:
    """Check the connection to servers, all or these. Nothing is changed, here or there."""
    panel = open_here(settings)
    failed = [partner for partner in chosen_partners(panel, sync_ids) if not check(panel, partner)]
    if failed:
        raise CommandError(f"Not everything is right with: {', '.join(map(str, failed))}.")


def chosen_partners(panel: Panel, sync_ids: Sequence[str]) -> list[Partner]:
    """Return the servers that were named, or all. Raise CommandError for one that is not in the list."""
    with panel.database.reading() as db:
        partners = {str(listed.partner.sync_id): listed.partner for listed in all_partners(db)}
    if not partners:
        raise CommandError("The list “Sync with” is empty: there is nothing to check.")
    for sync_id in sync_ids:
        if sync_id not in partners:
            raise CommandError(f"No server with the Sync ID {sync_id} is in the list. See it with: show")
    return [partners[sync_id] for sync_id in dict.fromkeys(sync_ids or partners)]


def check(panel: Panel, partner: Partner) -> bool:
    """Print each step of a check as it is reached, and tell whether there was no fault."""
    print(f"{partner}, {partner.url}", flush=True)
    with panel.database.reading() as db:
        us = panel.us(db)
    passed = True
    for step in Ladder(partner, us, panel.network, panel.clock.now()).climb(partner):
        print("\n".join(lines(step)), flush=True)
        passed = passed and not step.is_fault
    return passed


def lines(step: Step) -> list[str]:
    """Return a step for people: what was found, the remedy, and the fingerprint that could be trusted."""
    mark = "FAILED" if step.is_fault else "ok    " if step.passed else "-     "
    told = [f"  {mark}  {step.title}"]
    told += [f"          {told_too}" for told_too in (step.remedy, step.remark) if told_too]
    if step.fingerprint:
        told.append(f"          SHA-256 fingerprint: {in_pairs(step.fingerprint)}")
    return told
