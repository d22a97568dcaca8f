"""A request that announces too much is refused before it is read (B13)."""

import pytest
from django.test import Client


class Unreadable:
    """A body that must not be touched."""

    def read(self, *_size):
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.parametrize("announced", [5 * 1024**3, 22 * 1024**2, 10**30])
def test_a_body_over_the_limit_is_answered_in_words_and_not_read(db, announced):
    answer = Client().generic(
        "POST", "/accounts/sign-in/", CONTENT_LENGTH=str(announced), **{"wsgi.input": Unreadable()}
    )
    assert answer.status_code == 413
    assert "20 MB" in answer.content.decode()


@pytest.mark.parametrize("announced", ["-1", "many", "１２"])
def test_a_length_that_is_no_number_is_refused(db, announced):
    assert Client().generic("POST", "/accounts/sign-in/", CONTENT_LENGTH=announced).status_code == 413


def test_an_ordinary_form_passes(cast):
    assert Client().post("/accounts/sign-in/", {"username": "lin", "password": "x" * 1000}).status_code == 422
