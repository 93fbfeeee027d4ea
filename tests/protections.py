"""Takes one protection away at a time, in a copy of the checkout, and sees its test fail: `make protections`.

For the promises in SECURITY.md whose tests cannot do that themselves; faults/test_gates.py and
faults/test_power_loss.py have the others. Each row of PROTECTIONS is one change to one file.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from processes import CHECKOUT

AT_ONCE = 2  # copies, each with one change
NO_COPY = shutil.ignore_patterns(".*", "instance", "docs", "__pycache__")
CAUGHT = 1  # how pytest ends when a test failed, and all of them could be run


@dataclass(frozen=True)
class Protection:
    """A protection, the text in `file` that makes it, what stands there without it, and the tests that see that."""

    name: str
    file: str
    text: str
    without: str
    tests: str


def given(file: str, tests: str, *changes: tuple[str, str, str]) -> Iterator[Protection]:
    """Yield the protections that stand in one file, and are seen by the same tests."""
    for name, text, without in changes:
        yield Protection(name, file, text, without, tests)


PROTECTIONS = [
    *given(
        "sync_panel/store/database.py",
        "tests/faults/test_kill.py",
        (
            "an answer goes out after the commit",
            """self._connection.execute(begin)
            try:
                yield self._connection
                self._connection.execute("COMMIT")""",
            """self._connection.in_transaction or self._connection.execute(begin)
            try:
                yield self._connection
                self._connection.total_changes < 12 and self._connection.execute("COMMIT")""",
        ),
    ),
    *given(
        "sync_panel/store/errors.py",
        "tests/faults/test_disk.py",
        ("a failing disk is said in words", "except sqlite3.Error as", "except ZeroDivisionError as"),
    ),
    *given(
        "sync_panel/store/database.py",
        "tests/unit/test_snapshots.py",
        ("a snapshot before a protected change", "take_snapshot(self._path)", "pass"),
    ),
    *given(
        "sync_panel/store/copies.py",
        "tests/unit/test_snapshots.py",
        ("15 snapshots", "kept[KEPT - 1 :]", "kept[KEPT:]"),
    ),
    *given(
        "sync_panel/store/schema.py",
        "tests/unit/test_snapshots.py",
        ("a snapshot is checked before it is used", 'found != "ok" or broken', "False"),
    ),
    *given(
        "sync_panel/files.py",
        "tests/unit/test_snapshots.py tests/unit/test_keys.py tests/unit/test_certificate.py",
        ("private files", "0o600", "0o644"),
    ),
    *given(
        "sync_panel/store/recovery.py",
        "tests/unit/test_recovery.py",
        ("damage is seen at the start", 'fetchone()[0] != "ok"', "fetchone() is None"),
        ("the log of a damaged database goes with it", 'BESIDE = ("-wal", "-shm", "")', 'BESIDE = ("",)'),
        ("nobody is signed in by a copy", 'db.execute("DELETE FROM signed_in")', "pass"),
    ),
    *given(
        "sync_panel/store/schema.py",
        "tests/cli/test_copies.py tests/unit/test_snapshots.py",
        ("a copy of a newer version is refused", "version > migrations()[-1][0]", "False"),
        ("a copy of another program is refused", "application != APPLICATION_ID or version < 1", "False"),
    ),
    *given(
        "sync_panel/store/schema.py",
        "tests/unit/test_copy_checks.py",
        ("a copy is made as the migrations make it", "strange = schema_fault(connection)", "strange = None"),
        ("a copy has the rows that must be there", "if empty := row_fault(connection):", "if empty := '':"),
    ),
    *given(
        "sync_panel/store/copies.py",
        "tests/unit/test_copy_checks.py",
        (
            "a backup touches no other file",
            "unfinished = begin_private_anywhere(target)",
            "unfinished = begin_private(target)",
        ),
    ),
    *given(
        "sync_panel/store/in_force.py",
        "tests/unit/test_in_force.py",
        ("a removed user stays removed", "        if name not in record.users:\n", "        if False:\n"),
        ("a replaced password stays replaced", "UPDATE SET password_hash = :password_hash, may", "UPDATE SET may"),
        ("a viewer stays one", "login.may_edit and before.users[name].may_edit", "login.may_edit"),
        (
            "without the record nobody gets in",
            "if record is None:",
            "if record is None:\n        return\n    if False:",
        ),
    ),
    *given(
        "sync_panel/store/database.py",
        "tests/unit/test_in_force.py",
        ("a copy after each change", "            if self._is_copy_due:\n", "            if False:\n"),
        (
            "what holds before and after is recorded first",
            "in_both(load_in_force(committed), load_in_force(db))",
            "load_in_force(committed)",
        ),
    ),
    *given(
        "sync_panel/store/database.py",
        "tests/faults/test_opened_twice.py",
        (
            "only SQLite opens the database file",
            "    if not path.stat().st_size:",
            '    path.open("rb").close()\n    if not path.stat().st_size:',
        ),
    ),
    *given(
        "sync_panel/files.py",
        "tests/cli/test_open_to_others.py",
        ("a folder open to others is refused", "if found.st_mode & OTHERS:", "if False:"),
        ("a folder of another user is refused", "if found.st_uid not in {os.geteuid(), 0}:", "if False:"),
    ),
    *given(
        "sync_panel/web/site.py",
        "tests/cli/test_no_secret_leaves.py",
        ("the shared password is encrypted", "seal(panel.keys.passwords, new.password)", "new.password.encode()"),
        ("a replaced password leaves the log", "panel.database.forget_old_pages()", "pass"),
    ),
    *given(
        "sync_panel/guard/unlock.py",
        "tests/web/test_drafts.py tests/web/test_drafts_after_sign_in.py",
        ("a late form belongs to one browser", "draft if draft.browser == browser else None", "draft"),
        ("a late form is its user's", "if draft.user not in {user, NOBODY}:", "if False:"),
        ("a late form ends", " or draft.until <= now", ""),
        ("a late form ends with the process", "draft.process != self._process or ", ""),
        ("a late form is saved once", "if draft.id in self._taken:", "if False:"),
    ),
    *given(
        "sync_panel/web/draft.py",
        "tests/web/test_drafts_after_sign_in.py",
        ("a form of nobody known needs a word", "if draft.user == NOBODY and not is_confirmed:", "if False:"),
    ),
    *given(
        "sync_panel/web/sign_in.py",
        "tests/web/test_stale_forms.py",
        ("the token of a form is one user's", "if before.get(USER) == session[USER] and FORM", "if FORM"),
    ),
    *given(
        "templates/sync_panel/_confirm.html",
        "tests/web/test_stale_forms.py",
        ("a form without a token of today is seen first", "with sent = waiting(form.draft.data)", "with sent = none"),
    ),
    *given(
        "templates/sync_panel/_sent.html",
        "tests/web/test_drafts.py",
        ("a late form is seen before it is saved", "{% if sent %}", "{% if false %}"),
    ),
    *given(
        "sync_panel/panel.py",
        "tests/unit/test_exchange.py",
        ("a command gets no secret", ", withheld=secret_variables()", ""),
    ),
    *given(
        "sync_panel/settings.py",
        "tests/unit/test_settings.py tests/cli/test_no_secret_leaves.py",
        ("the environment has no secret once it was read", "forget(name, environment)\n", "pass\n"),
        ("nor does what /proc shows of it", "            ctypes.memset(", "            _ = ("),
    ),
    *given(
        "sync_panel/web/current.py",
        "tests/web/test_copied_unlock.py",
        ("an editor made a viewer and an editor again is locked", ".{user.generation}", ""),
    ),
    *given(
        "sync_panel/store/migrations/0004_rights.sql",
        "tests/unit/test_users_stored.py",
        ("a sign-in is never a new user's", "AFTER INSERT ON user", "AFTER DELETE ON attempt"),
        (
            "a new password signs out",
            "password_hash ON user\nBEGIN\n    DELETE FROM signed_in WHERE user_id = new.id;",
            "password_hash ON user\nBEGIN\n    SELECT 1;",
        ),
    ),
    *given(
        "sync_panel/cli/serve.py",
        "tests/cli/test_https.py",
        (
            "plain HTTP beyond this machine needs a word",
            "not (tls or given or plain_http)",
            "False",
        ),
    ),
    *given(
        "templates/sync_panel/_notes.html",
        "tests/web/test_reached_over.py",
        ("the page warns of plain HTTP", "This panel is reached over plain HTTP", "This panel is reached"),
    ),
    *given(
        "sync_panel/guard/certificate.py",
        "tests/unit/test_certificate.py",
        ("a key that is lost makes no other", "if path.exists() and not key_path.exists():", "if False:"),
        ("a given certificate's end is told in time", "self.ends - now < near", "self.ends < now"),
        ("the first of two starts makes the key", "new_key(), replaces=False", "new_key()"),
    ),
    *given(
        "sync_panel/guard/certificate.py",
        "tests/unit/test_certificate.py",
        ("no clock ends the own certificate", ".not_valid_after(NO_END)", ".not_valid_after(datetime.now(UTC))"),
        ("a certificate is for this machine's addresses", "for address in addresses", "for address in ()"),
    ),
    *given(
        "sync_panel/rules/partner.py",
        "tests/link/test_tls.py",
        ("the first certificate counts with its key only", "return carried if is_same_key", "return carried if True"),
    ),
    *given(
        "sync_panel/web/hosts.py",
        "tests/web/test_hosts.py",
        ("other host names are refused", "if is_own_host(host := sent_host()):", "if True:"),
    ),
    *given(
        "sync_panel/web/current.py",
        "tests/web/test_names_in_use.py",
        ("a name is in use once somebody got in", 'if g.get("sync_panel_got_in") else None', ""),
    ),
    *given(
        "sync_panel/web/site.py",
        "tests/web/test_names_in_use.py",
        ("nobody leaves the name that they use", "if name == sent_host():", "if False:"),
    ),
    *given(
        "sync_panel/web/guarding.py",
        "tests/web/test_other_sites.py tests/web/test_security_headers.py "
        "tests/web/test_every_answer.py tests/web/test_who_may.py",
        (
            "reading lengthens no unlock",
            """if needed is Access.UNLOCKED and request.method == "POST":""",
            "if current.visitor().unlock:",
        ),
        ("forms need an origin", "        refuse_foreign()\n", "        pass\n"),
        ("forms need a token", "        refuse_without_token()\n", "        pass\n"),
        ("no framing", '    "X-Frame-Options": "DENY",\n', ""),
        ("nothing but our own scripts", "script-src 'self'", "script-src 'self' 'unsafe-inline'"),
        ("a window of its own", '    "Cross-Origin-Opener-Policy": "same-origin",\n', ""),
        ("HSTS for a trusted certificate only", " and not certificate.is_self_signed", ""),
        ("the table of roles", "    if held < needed:\n", "    if False:\n"),
    ),
    *given(
        "templates/sync_panel/_fields.html",
        "tests/web/test_secret_fields.py",
        ("no secret for a password manager", '"text" if type == "secret"', '"password" if type == "secret"'),
        ("no secret in what forms remember", 'autocomplete="off", focus', 'autocomplete="one-time-code", focus'),
        ("no secret comes back in its field", """writingsuggestions="false"{% elif""", "{% endif %}{% if"),
    ),
    *given(
        "static/panel.css",
        "tests/web/test_secret_fields.py",
        ("a secret is masked", "-webkit-text-security: disc;", "-webkit-text-security: none;"),
        ("a secret is not seen where no mask is known", "    color: transparent;\n", ""),
    ),
    *given(
        "sync_panel/web/current.py",
        "tests/web/test_cookies.py",
        ("plain HTTP sets no cookie of HTTPS", 'f"__Host-{name}_', 'f"{name}_'),
    ),
    *given(
        "sync_panel/wsgi.py",
        "tests/web/test_behind_a_proxy.py",
        ("forwarded headers of the proxy only", 'environ.get("REMOTE_ADDR") == self._proxy', "self._proxy"),
    ),
    *given(
        "sync_panel/guard/code.py",
        "tests/unit/test_code.py tests/unit/test_code_check.py",
        ("60 bits", "GROUPS, GROUP_LENGTH = 3, 4", "GROUPS, GROUP_LENGTH = 2, 4"),
        ("15 characters", "SHORTEST_CHOSEN = 15", "SHORTEST_CHOSEN = 8"),
        ("all signs of a chosen code count", " and len(read) == GROUPS * GROUP_LENGTH", ""),
        ("a code in two readings takes as long", "matches = tuple(", "matches = iter("),
        ("failures count before the try is verified", "self._throttle.admit(counts", "self._throttle.look(counts"),
        ("a wrong code counts for the editor who tries", "{EVERYONE} {user_id}", "{EVERYONE}"),
    ),
    *given(
        "sync_panel/guard/throttle.py",
        "tests/unit/test_throttle.py tests/unit/test_guessing_simulated.py",
        ("all addresses together wait", ", Count(EVERYONE, OF_ALL)", ""),
        ("an address waits under all names", "Count(place, OF_ADDRESS), ", ""),
        ("a wait over a restart", "self._started = clock.seconds()", "self._started = -1e9"),
        (
            "a known address is not kept out",
            "not is_known(db) or self._wait(db, [beside(place)])",
            "True",
        ),
        ("a known address has an end too", "or self._wait(db, [beside(place)])", ""),
    ),
    *given(
        "sync_panel/guard/sign_in.py",
        "tests/web/test_guessing_passwords.py",
        (
            "a known address does not tell who is known there",
            "if admitted.refusal and not (is_right and is_here):",
            "if admitted.refusal and is_right and not is_here:",
        ),
        ("a known browser is not kept out", "if user and is_known else", "if False else"),
        (
            "a known browser is its own users'",
            "is_place_of(db, user.id, machine)",
            "is_known_place(db, machine)",
        ),
    ),
    *given(
        "sync_panel/guard/throttle.py",
        "tests/unit/test_places.py",
        ("an IPv6 address counts as its network", "PREFIX_OF_ONE = 64", "PREFIX_OF_ONE = 128"),
        ("letting in ends the waits there", "users.forget_place(db, place_of(address))", "pass"),
    ),
    *given(
        "sync_panel/guard/sign_in.py",
        "tests/unit/test_sign_ins.py",
        ("one more space is no other name to guess", "hash_of(single_spaced(name).", "hash_of(name."),
    ),
    *given(
        "sync_panel/guard/sign_in.py",
        "tests/unit/test_places.py",
        ("the cookie of a browser is signed", "self._serializer.loads(text)", "self._serializer.loads_unsafe(text)[1]"),
    ),
    *given(
        "sync_panel/guard/link_login.py",
        "tests/web/test_partner_throttle.py",
        ("no wait tells which Sync IDs are listed", "raise looked.refusal or Wrong", "raise Wrong"),
        ("a known installation is not kept out", " if asker.is_known else ", " if False else "),
    ),
    *given(
        "sync_panel/web/refusal_words.py",
        "tests/web/test_other_callers.py",
        ("nobody blames a site for another's values", "known is None or is_further_on(each.caller, known)", "True"),
    ),
    *given(
        "sync_panel/store/refusals.py",
        "tests/web/test_joiners.py",
        ("who asks to join is bounded", '"sync_id NOT IN (SELECT sync_id FROM partner)", UNLISTED_AT_MOST', '"0", 0'),
    ),
    *given(
        "sync_panel/store/users.py",
        "tests/unit/test_attempts.py",
        ("made-up sources push no common count out", "source GLOB '[*]*' DESC,", ""),
    ),
    *given(
        "sync_panel/guard/keys.py",
        "tests/unit/test_hashing.py tests/web/test_guessing_passwords.py tests/unit/test_pins.py",
        (
            "a name that there is not takes as long",
            "if not hashed and not",
            "if not hashed:\n            return False\n        if not",
        ),
        ("a limit before any work", "if len(secret) > LONGEST_SECRET:", "if False:"),
        ("scrypt as OWASP asks for", "scrypt:32768:8:3", "scrypt:32768:8:1"),
    ),
    *given(
        "sync_panel/guard/unlock.py",
        "tests/web/test_copied_unlock.py tests/web/test_unlock_time.py",
        ("Lock now ends a copied unlock", "unlock.id in self._live and ", ""),
        ("an unlock is one browser's", " and unlock.sign_in == sign_in", ""),
        ("a new code and changed rights end unlocks", " and unlock.generation == generation", ""),
        ("an unlock ends", "unlock if is_same and self._clock.seconds() < unlock.until", "unlock if is_same"),
    ),
    *given(
        "sync_panel/link/probe.py",
        "tests/link/test_credentials_stay.py",
        (
            "no login over plain HTTP",
            "if not self._way.is_encrypted and not self._way.plain_http:",
            "if False:",
        ),
        ("no login for an address that was not saved", "if self._withheld:", "if False:"),
        (
            "no login before the product is known",
            "raise LinkError(Failure.HTTPS_SPOKEN if is_secret else Failure.OTHER_PRODUCT)",
            "return Product.PANEL",
        ),
    ),
    *given(
        "sync_panel/link/probe.py",
        "tests/link/test_msupply_unchanged.py",
        (
            "no login to mSupply without its engine's hardware ID",
            "if not (hardware_id := self._way.hardware_id):",
            "if not (hardware_id := self._way.hardware_id or 'made-up-by-us'):",
        ),
        (
            "our own number is never sent as a hardware ID",
            "if is_installation(hardware_id, self._us.installation):",
            "if False:",
        ),
    ),
    *given(
        "sync_panel/link/ladder.py",
        "tests/link/test_msupply_unchanged.py",
        (
            "a look-up never logs in to mSupply",
            "yield from self._reach(self._reach_site())",
            "yield from self._reach(self._reach_login(None))",
        ),
    ),
    *given(
        "sync_panel/link/msupply.py",
        "tests/link/test_msupply.py",
        ("Open mSupply's token is not spent", "/central/sync_v7/site_status", "/central/sync_v7/get_token"),
    ),
    *given(
        "sync_panel/link/wire.py",
        "tests/link/test_credentials_stay.py tests/link/test_hostile_answers.py",
        ("nothing is said to another certificate", "and not is_trusted_by(connection, trusted)", "and False"),
    ),
    *given(
        "sync_panel/link/wire.py",
        "tests/link/test_hostile_answers.py",
        ("answers have an end", "if not self._left:", "if False:"),
        (
            "one deadline for all of it",
            "_connection.settimeout(time_left(self._ends_at))",
            "_connection.settimeout(10.0)",
        ),
    ),
    *given(
        "sync_panel/link/address.py",
        "tests/link/test_addresses.py",
        ("addresses that are never a partner's", "if is_forbidden(address):", "if False:"),
    ),
    *given(
        "sync_panel/server.py",
        "tests/cli/test_limits.py",
        ("connections have a limit", "most_clients = limit_connections()", "most_clients = MOST_CLIENTS"),
    ),
    *given(
        "sync_panel/http11.py",
        "tests/cli/test_limits.py tests/cli/test_odd_requests.py",
        ("heads have a limit", "LONGEST_HEAD = 16 * 1024", "LONGEST_HEAD = 1024**3"),
        (
            "a piece of an answer waits for its reader, and no more",
            "await self._writer.drain()",
            "pass",
        ),
        ("bodies have a limit", "if declared <= LONGEST_BODY else", "if True else"),
        ("the quietest client makes room", "if len(self.clients) >= self.most_clients:", "if False:"),
        ("a body ends in one way only", "if len(named) == len(SAYS_HOW_LONG) or", "if"),
        ("what the server itself answers has the headers", "*self._service.headers.items(), ", ""),
    ),
    *given(
        "sync_panel/wsgi.py",
        "tests/cli/test_odd_requests.py",
        ("a header with underscores is dropped", """if b"_" in name or""", "if"),
        ("nothing is upgraded", """, b"upgrade"}""", "}"),
        (
            "a whole address names its host",
            "if authority := authority_of(request.target):\n        environ",
            "if False:\n        environ",
        ),
    ),
    *given(
        "sync_panel/http11.py",
        "tests/faults/test_slow_clients.py",
        ("heads have a time", "    head: float = 8.0", "    head: float = 800.0"),
        ("bodies have a time", "    body: float = 15.0", "    body: float = 800.0"),
        ("answers have a time", "    reading: float = 20.0", "    reading: float = 800.0"),
    ),
]


def main() -> int:
    """Tell of each protection whether its tests see that it is gone; return 1 when one of them does not."""
    with tempfile.TemporaryDirectory() as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(AT_ONCE):
            copies.put(shutil.copytree(CHECKOUT, Path(folder) / str(number), ignore=NO_COPY))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            seen = list(pool.map(lambda protection: is_seen_without(protection, copies), PROTECTIONS))
    print(f"{len(seen)} protections taken away, {sum(seen)} seen to be gone")
    return 0 if all(seen) else 1


def is_seen_without(protection: Protection, copies: "SimpleQueue[Path]") -> bool:
    """Run the tests of a protection in a copy without it, tell of them, and whether one failed."""
    copy = copies.get()
    file = copy / protection.file
    whole = file.read_text("utf-8")
    file.write_text(whole.replace(protection.text, protection.without), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *protection.tests.split()]
    ended = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    file.write_text(whole, "utf-8")
    copies.put(copy)
    seen = [line for line in ended.stdout.splitlines() if line.startswith(("E  ", "FAILED "))]
    is_seen = ended.returncode == CAUGHT and bool(seen)
    told = f"{seen[-1]}: {seen[0][1:].strip()}" if is_seen else f"NOT SEEN\n{ended.stdout[-1000:]}"
    print(f"{protection.name}: {told}", flush=True)
    return is_seen


if __name__ == "__main__":
    sys.exit(main())
