"""This house keeps to its own plan, and its generated pages fit."""

from django.conf import settings

from hall.core import generated
from hall.core.habits import habit_breaches
from hall.core.plan import breaches


def test_this_house_keeps_to_its_plan():
    built = generated.house()
    assert built.names == tuple(settings.MODULES)
    assert [str(each) for each in breaches(built) + habit_breaches(built)] == []
