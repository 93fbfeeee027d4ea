"""The README's table of settings says what the code does."""

from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from sync_panel.settings import Settings

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_the_settings_table_is_what_the_code_reads() -> None:
    table = README.split("## Settings")[1].split("##")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert rows == [row_of(setting) for setting in fields(Settings)]


def row_of(setting: Field[Any]) -> str:
    """Return the table's row for a setting."""
    shown = f" `{setting.default}` " if str(setting.default) else " "
    return f"| `{setting.metadata['env']}` |{shown}| {setting.metadata['help']} |"
