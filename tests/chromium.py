"""The machine's Chromium, and how it is started."""

import shutil

# The same browser without any window; the tests need half the processor time with it.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium"
WITH_MANAGER = shutil.which("chromium")  # all of it: the headless shell has no password manager
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",  # names that are no loopback ones
]
