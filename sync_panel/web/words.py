"""How sentences, times and lengths of time are written. A translation starts here."""

from datetime import datetime

from markupsafe import Markup, escape

from sync_panel.machine import in_zone_of
from sync_panel.rules.problems import Sentence, say

MINUTE, HOUR, DAY = 60, 3600, 86400


def words(sentence: Sentence | str, **values: object) -> Markup:
    """Return a sentence in the reader's language, which so far is English; values are escaped unless Markup."""
    if not isinstance(sentence, Sentence):
        sentence = Sentence(sentence, values)
    return Markup(escape(sentence.template)) % sentence.values  # noqa: S704  # escaped right here


def in_words(seconds: int) -> str:
    minutes, rest = divmod(seconds, MINUTE)
    parts = [counted(minutes, "minute")] if minutes else []
    if rest or not minutes:
        parts.append(counted(rest, "second"))
    return " ".join(parts)


def counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def ago(moment: datetime, now: datetime) -> Sentence:
    """Return how long ago something was, or how far ahead it is, in whole minutes, hours or days."""
    seconds = int((now - moment).total_seconds())
    length = abs(seconds)
    if length < MINUTE:
        return say("just now") if seconds >= 0 else say("within a minute")
    if length < HOUR:
        time = counted(length // MINUTE, "minute")
    elif length < DAY:
        time = counted(length // HOUR, "hour")
    else:
        time = counted(length // DAY, "day")
    return say("%(time)s ago", time=time) if seconds >= 0 else say("in %(time)s", time=time)


def when(moment: datetime, near: datetime, *, always_day: bool = False) -> Markup:
    """Return a time element in the zone of `near`: the clock's time, and the day when it is another.

    The page names the zone of `near`. A time beyond a change of the clocks carries its own.
    """
    local = in_zone_of(near, moment)
    day = "" if local.date() == near.date() and not always_day else f"{local:%A} {local.day} {local:%B} {local.year}, "
    beyond = "" if local.utcoffset() == near.utcoffset() else f" ({zone(local)})"
    element = Markup('<time datetime="{}">{}{:%H:%M}{}</time>')
    return element.format(local.isoformat(timespec="seconds"), day, local, beyond)


def zone(moment: datetime) -> str:
    """Return the zone of a time: its distance from UTC, and its name where it has one."""
    offset = f"{moment:%z}"
    distance = f"UTC{offset[:3]}:{offset[3:5]}" if int(offset or 0) else "UTC"
    name = moment.tzname() or ""
    return distance if not name or name == distance or name[0] in "+-" else f"{name}, {distance}"
