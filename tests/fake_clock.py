"""A clock that stands still until a test moves it."""

from datetime import datetime, timedelta, timezone


class FakeClock:
    """Both clocks of the panel, each moved by hand."""

    def __init__(self) -> None:
        self.monotonic = 1000.0
        self.calendar = datetime(2026, 11, 23, 14, 30, tzinfo=timezone(timedelta(hours=10)))

    def seconds(self) -> float:
        return self.monotonic

    def now(self) -> datetime:
        return self.calendar

    def pass_time(self, seconds: float) -> None:
        """Let time pass as it does: on both clocks."""
        self.monotonic += seconds
        self.calendar += timedelta(seconds=seconds)

    def jump(self, seconds: float) -> None:
        """Set the calendar's clock, as NTP or a hand would; the monotonic one does not notice."""
        self.calendar += timedelta(seconds=seconds)
