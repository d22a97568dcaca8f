"""An unforeseen error is answered with a number; a foreseen one keeps its own page."""

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import RequestFactory

from hall.core.middleware import PlainErrors

catch = PlainErrors(lambda request: None).process_exception


@pytest.mark.parametrize("error", [Http404(), PermissionDenied(), BadRequest(), SuspiciousOperation()])
def test_a_foreseen_error_keeps_its_own_page(error):
    assert catch(RequestFactory().get("/"), error) is None
