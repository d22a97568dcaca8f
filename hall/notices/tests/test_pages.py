import pytest

from hall.notices.models import Message, Preference


@pytest.fixture
def told(cast, tell, rename):
    """Wu was told three things, He one."""
    tell([cast.wu.account_id])
    rename(3)
    tell([cast.he.account_id])
    rename()
    return list(Message.objects.filter(account=cast.wu.account_id).order_by("id"))


def test_the_inbox_shows_ones_own_messages_and_nobody_elses(cast, told):
    page = cast.browser("wu").get("/notices/").content.decode()
    assert page.count("<b>改名：") == 3
    assert cast.browser("chen").get("/notices/").content.decode().count("<b>改名：") == 0


def test_reading_ones_own_message_works_and_a_foreign_one_does_not_exist(cast, told):
    address = f"/notices/{told[0].pk}/reading/"
    assert cast.browser("he").post(address).status_code == 404
    assert cast.browser("sysadmin").post(address).status_code == 404
    assert cast.browser("wu").get(address).status_code == 405
    assert Message.objects.filter(read_at__isnull=False).count() == 0
    assert cast.browser("wu").post(address).headers["Location"] == "/notices/"
    assert list(Message.objects.filter(read_at__isnull=False)) == [told[0]]


def test_opening_a_message_marks_it_and_leads_where_it_points(cast, told):
    answer = cast.browser("wu").post(f"/notices/{told[0].pk}/reading/", {"open": "1"})
    assert answer.headers["Location"] == "/organisations/"


def test_all_are_marked_up_to_the_newest_that_was_shown(cast, told):
    cast.browser("wu").post("/notices/reading/", {"newest": told[1].pk})
    read = Message.objects.filter(read_at__isnull=False).order_by("id")
    assert list(read) == told[:2]
    assert "<b>改名：" in cast.browser("wu").get("/notices/?box=read").content.decode()


@pytest.mark.parametrize("newest", ["", "abc", "9" * 40, "-1", "１"])
def test_a_senseless_number_marks_nothing(cast, told, newest):
    assert cast.browser("wu").post("/notices/reading/", {"newest": newest}).status_code == 302
    assert not Message.objects.filter(read_at__isnull=False).exists()


def test_the_bar_counts_what_is_unread(cast, told):
    assert '<b class="count">3</b>' in cast.browser("wu").get("/notices/").content.decode()


def test_settings_are_kept_and_shown_again(cast):
    browser = cast.browser("wu")
    wish = {"digest": "on", "digest_hour": "8", "quiet_from": "20:00", "quiet_to": "08:00"}
    assert browser.post("/notices/settings/", wish).status_code == 302
    kept = Preference.objects.get(account=cast.wu.account_id)
    assert (kept.mail, kept.digest, kept.digest_hour, str(kept.quiet_from)) == (False, True, 8, "20:00:00")
    assert 'value="20:00"' in browser.get("/notices/settings/").content.decode()


@pytest.mark.parametrize("wrong", [{"digest_hour": "24"}, {"quiet_from": "25:00"}, {"quiet_to": ""}])
def test_a_senseless_setting_is_refused_at_its_field(cast, wrong):
    wish = {"mail": "on", "digest_hour": "8", "quiet_from": "20:00", "quiet_to": "08:00", **wrong}
    answer = cast.browser("wu").post("/notices/settings/", wish)
    assert "field-wrong" in answer.content.decode()
    assert not Preference.objects.exists()


def test_a_stranger_is_sent_to_sign_in(client, db):
    for address in ("/notices/", "/notices/settings/", "/notices/works/", "/notices/parked/"):
        assert client.get(address).status_code == 302


def test_only_who_runs_the_hall_sees_what_was_given_up(cast):
    assert cast.browser("sysadmin").get("/notices/parked/").status_code == 200
    assert cast.browser("sun").get("/notices/parked/").status_code == 403


@pytest.mark.parametrize("times", [1, 30])
def test_the_inbox_takes_as_many_queries_for_thirty_messages_as_for_one(
    cast, tell, rename, django_assert_max_num_queries, times
):
    tell([cast.wu.account_id])
    rename(times)
    browser = cast.browser("wu")
    browser.get("/notices/")
    with django_assert_max_num_queries(9):
        assert browser.get("/notices/?size=50").content.decode().count("<b>改名：") == times
