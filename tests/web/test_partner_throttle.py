"""Who guesses the password that all servers share must wait, and keeps out nobody who has it."""

import threading
from collections import Counter
from itertools import islice

import pytest
from link_calls import HONIARA, MUNDA, RIGHT, WRONG, Asker, failures, primary, problem
from panels import TestPanel, places

from sync_panel.guard.throttle import let_in
from sync_panel.rules.partner import Partner
from sync_panel.store.partners import add_partner

# Wrong logins before the first wait: under one Sync ID at one address, from one address, from all together.
FREE, FREE_OF_ADDRESS, FREE_OF_ALL = 5, 15, 50
FIRST_WAIT, LONGEST_WAIT, WAIT_OF_ALL = 30, 900, 60  # seconds
GUESSER = "10.6.6.6"


def guess(on: TestPanel, times: int, address: str = GUESSER, sync_id: int = 2) -> list[int]:
    """Send wrong logins, and return the answers."""
    asker = Asker(on, address, WRONG)
    return [asker.site(sync_id).status_code for _ in range(times)]


def everybody_waits(on: TestPanel) -> None:
    """Let as many addresses fail as it takes for everybody to wait."""
    for number in range(FREE_OF_ALL // FREE):
        assert guess(on, FREE, f"10.7.7.{number}") == [401] * FREE


def test_five_wrong_logins_are_free_then_there_is_a_wait(on: TestPanel) -> None:
    assert guess(primary(on), 8) == [401] * FREE + [429] * 3


def test_requests_for_news_count_together_with_questions(on: TestPanel) -> None:
    asker = Asker(primary(on), GUESSER, WRONG)
    assert [asker.contact().status_code for _ in range(3)] == [401] * 3
    assert guess(on, 3) == [401, 401, 429]
    problem(asker.contact(), 429, "too-many")


def test_the_wait_is_told_in_words_and_to_programs(on: TestPanel) -> None:
    guess(primary(on), FREE)
    on.clock.pass_time(10)
    response = Asker(on, GUESSER).site()
    assert "Wait 20 seconds" in problem(response, 429, "too-many")["detail"]
    assert response.headers["Retry-After"] == "20"


def test_the_right_login_does_not_help_during_the_wait_and_works_after_it(on: TestPanel) -> None:
    guess(primary(on), FREE)
    on.clock.pass_time(FIRST_WAIT - 1)
    assert Asker(on, GUESSER).site().status_code == 429
    on.clock.pass_time(1)
    assert Asker(on, GUESSER).site().status_code == 200


def test_the_right_login_starts_the_count_again(on: TestPanel) -> None:
    primary(on)
    for _ in range(3):
        assert guess(on, FREE - 1) == [401] * (FREE - 1)
        assert Asker(on, GUESSER).site().status_code == 200
    assert f"{GUESSER} 2" not in failures(on)


def test_the_wait_grows_up_to_a_quarter_of_an_hour(on: TestPanel) -> None:
    guess(primary(on), FREE)
    asker, waits = Asker(on, GUESSER, WRONG), []
    for _ in range(7):
        waits.append(int(asker.site().headers["Retry-After"]))
        on.clock.pass_time(waits[-1])
        assert asker.site().status_code == 401
    assert waits == [30, 60, 120, 240, 480, LONGEST_WAIT, LONGEST_WAIT]


def test_a_restart_does_not_end_the_wait(on: TestPanel) -> None:
    guess(primary(on), FREE)
    on.clock.pass_time(FIRST_WAIT - 1)
    on.restart()
    assert Asker(on, GUESSER).site().status_code == 429
    on.clock.pass_time(FIRST_WAIT)
    assert Asker(on, GUESSER).site().status_code == 200


def test_a_restart_does_not_forget_the_failures(on: TestPanel) -> None:
    guess(primary(on), FREE - 1)
    on.restart()
    assert guess(on, 2) == [401, 429]


def test_a_question_without_login_is_answered_during_the_wait_and_counts_nothing(on: TestPanel) -> None:
    guess(primary(on), FREE)
    before = failures(on)
    problem(Asker(on, GUESSER, None).site(), 401, "login")
    assert failures(on) == before


def test_another_address_does_not_wait(on: TestPanel) -> None:
    guess(primary(on), 2 * FREE)
    assert Asker(on, "10.6.6.7").site().status_code == 200


def test_another_listed_site_at_the_same_address_does_not_wait(on: TestPanel) -> None:
    guess(primary(on, HONIARA, MUNDA), 2 * FREE, sync_id=2)
    assert Asker(on, GUESSER).site(3).status_code == 200
    assert Asker(on, GUESSER).site(2).status_code == 429


@pytest.mark.parametrize("listed", [[], [HONIARA], [HONIARA, MUNDA]], ids=len)
def test_listed_and_unlisted_sites_look_the_same_to_a_guesser(on: TestPanel, listed: list[Partner]) -> None:
    """Whatever is asked in whatever order, the list makes no difference to any answer."""
    on.become(1)
    with on.panel.database.writing() as db:
        for satellite in listed:
            add_partner(db, satellite)
    asker = Asker(on, GUESSER, WRONG)
    answers = [asker.site(sync_id) for sync_id in (*[2] * 6, *[3] * 6, *[4] * 6, 2, 3, 4)]
    answers += [asker.contact(sync_id=sync_id) for sync_id in (2, 3, 4)]
    assert [answer.status_code for answer in answers] == [*([401] * 5 + [429]) * 3, *[429] * 6]
    seen = [(answer.get_data(), sorted(answer.headers.items())) for answer in answers]
    assert len({repr(answer) for answer in seen}) == 2, "one refusal, and one wait"


def test_a_known_address_does_not_tell_which_site_is_known_there(on: TestPanel) -> None:
    assert Asker(primary(on), GUESSER).contact().status_code == 200
    for sync_id in (7, 8, 9):
        guess(on, FREE, sync_id=sync_id)
    asker = Asker(on, GUESSER, WRONG)
    for _ in range(FREE_OF_ADDRESS):
        answers = [asker.site(sync_id) for sync_id in (2, 10)]
        assert answers[0].status_code == 429
        assert answers[0].get_data() == answers[1].get_data()


def test_a_guesser_who_names_another_site_each_time_waits_after_fifteen(on: TestPanel) -> None:
    asker = Asker(primary(on), GUESSER, WRONG)
    answers = [asker.site(sync_id).status_code for sync_id in range(100, 118)]
    assert answers == [401] * FREE_OF_ADDRESS + [429] * 3
    assert asker.contact(sync_id=777).status_code == 429
    assert asker.sends(b"no JSON").status_code == 429
    assert failures(on)[GUESSER] == failures(on)["*"] == FREE_OF_ADDRESS


def test_a_guesser_cannot_choose_the_count_with_a_strange_name(on: TestPanel) -> None:
    asker = Asker(primary(on), GUESSER, WRONG)
    for sync_id in ("02", "2%20", "%2B2", "2.0", "\u0662", "", "2;3"):
        asker.site(sync_id)
    for member in ([2], {"2": 2}, 2.0, True, None, "x" * 1000):
        asker.contact(sync_id=member)
    assert failures(on) == {f"{GUESSER} -": FREE, GUESSER: FREE, "*": FREE}


def test_one_guesser_keeps_out_no_satellite_that_asks_for_the_first_time(on: TestPanel) -> None:
    on.fill(12)
    listed = [place.sync_id for place in islice(places(), 12)]
    for minute in range(60):
        for sync_id in listed:
            guess(on, 1, sync_id=sync_id)
        assert Asker(on, f"10.1.1.{minute + 1}").site(listed[0]).status_code == 200
        on.clock.pass_time(60)


def test_a_satellite_with_an_old_password_keeps_out_no_other_behind_the_same_router(on: TestPanel) -> None:
    primary(on, HONIARA, MUNDA)
    old = Asker(on, "10.0.0.7", WRONG)
    for _ in range(200):
        old.contact()
        assert Asker(on, "10.0.0.7").site(3).status_code == 200
        on.clock.pass_time(300)


def test_many_addresses_together_make_everybody_new_wait_but_for_a_minute_at_most(on: TestPanel) -> None:
    everybody_waits(primary(on))
    fresh = Asker(on, "10.1.1.1")
    assert fresh.site().headers["Retry-After"] == str(WAIT_OF_ALL)
    on.clock.pass_time(WAIT_OF_ALL)
    guess(on, 1)
    assert fresh.site().headers["Retry-After"] == str(WAIT_OF_ALL)
    on.clock.pass_time(WAIT_OF_ALL)
    assert fresh.site().status_code == 200


def test_a_satellite_whose_address_changed_is_known_by_its_installation(on: TestPanel) -> None:
    assert Asker(primary(on), "10.0.0.7").contact(counter=1).status_code == 200
    everybody_waits(on)
    moved = Asker(on, "10.9.9.9")
    assert moved.contact(counter=2, installation="f" * 32).status_code == 429
    assert moved.contact(counter=2).status_code == 200


def test_a_known_installation_waits_for_failures_of_its_own(on: TestPanel) -> None:
    assert Asker(primary(on), "10.0.0.7").contact(counter=1).status_code == 200
    old = Asker(on, "10.9.9.9", WRONG)
    assert [old.contact(counter=2).status_code for _ in range(FREE + 1)] == [401] * FREE + [429]
    assert set(failures(on)) == {"installation-2"}, "many with an old password keep no other out"


def test_an_address_that_was_let_in_is_not_kept_out_by_others(on: TestPanel) -> None:
    everybody_waits(primary(on))
    with on.panel.database.writing() as db:
        let_in(db, "10.9.9.9")
    assert Asker(on, "10.9.9.9").contact().status_code == 200


def test_who_has_asked_from_there_before_is_not_kept_out_by_others(on: TestPanel) -> None:
    satellite = Asker(primary(on), "10.0.0.7")
    assert satellite.contact(counter=1).status_code == 200
    everybody_waits(on)
    assert satellite.site().status_code == 200
    assert satellite.contact(counter=2).status_code == 200
    assert Asker(on, "10.0.0.8").site().status_code == 429


def test_who_has_asked_from_there_before_waits_for_failures_of_its_own(on: TestPanel) -> None:
    assert Asker(primary(on), "10.0.0.7").contact().status_code == 200
    assert guess(on, FREE + FREE_OF_ADDRESS, "10.0.0.7") == [401] * FREE + [429] * FREE_OF_ADDRESS
    assert Asker(on, "10.0.0.7").site().status_code == 429


def test_another_site_at_a_known_address_is_not_kept_out_either(on: TestPanel) -> None:
    assert Asker(primary(on, HONIARA, MUNDA), "10.0.0.7").contact().status_code == 200
    everybody_waits(on)
    assert Asker(on, "10.0.0.7").site(3).status_code == 200


@pytest.mark.parametrize("sync_id", [2, 999])
def test_the_right_login_writes_nothing(on: TestPanel, sync_id: int) -> None:
    guess(primary(on), 1, "10.0.0.9")
    connection = on.panel.database._connection
    before = connection.total_changes
    assert Asker(on).site(sync_id).status_code == 200
    assert connection.total_changes == before


def test_parallel_guesses_get_no_more_tries(on: TestPanel) -> None:
    primary(on)
    answers: Counter[int] = Counter()
    together = threading.Barrier(12)

    def guess_once() -> None:
        together.wait(timeout=60)
        answers[Asker(on, GUESSER, WRONG).site().status_code] += 1

    threads = [threading.Thread(target=guess_once) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {401: FREE, 429: 12 - FREE}


def test_failures_are_forgotten_within_a_day(on: TestPanel) -> None:
    guess(primary(on), FREE)
    on.clock.pass_time(86400)
    assert guess(on, FREE + 1) == [401] * FREE + [429]


def test_guessing_here_does_not_touch_the_code_and_the_sign_in(on: TestPanel) -> None:
    guess(primary(on), 2 * FREE)
    with on.panel.database.reading() as db:
        kinds = {row["kind"] for row in db.execute("SELECT kind FROM attempt")}
    assert kinds == {"link"}
    assert Asker(on, "10.0.0.1", RIGHT).site().status_code == 200
