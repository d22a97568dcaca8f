"""Sealed columns: nothing readable in the file, nothing that opens elsewhere, no quiet way around (T13, T16, T18)."""

import uuid

import pytest
from django.core.exceptions import FieldError
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models import Value
from django.db.models.functions import Upper
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall.core import crypto
from hall.core.fields import BlindIndex, Envelope, SealedRows, SealedText, blind, row_id

pytestmark = pytest.mark.django_db
ID_NO = "11010519491231002X"


class Person(models.Model):
    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    name = models.CharField(max_length=40)
    id_no = SealedText(level="L3", null=True, blank=True)
    phone = SealedText(level="L3", default="", blank=True)
    id_no_index = BlindIndex(of="id_no", unique=True)

    class Meta:
        app_label = "core"
        db_table = "test_sealed_person"


@pytest.fixture(autouse=True)
def table(transactional_db):
    with connection.schema_editor() as editor:
        editor.create_model(Person)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Person)


def raw(column, person):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM test_sealed_person WHERE name = %s", [person.name])
        value = cursor.fetchone()[0]
    return None if value is None else bytes(value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.sampled_from(["𬭎𠮷", "古丽·热合曼", "", " ", "\ud83d", "e\u0301"])))
def test_any_text_comes_back_as_it_was(text):
    person = Person.objects.create(name="陈", phone=text)
    assert Person.objects.get(pk=person.pk).phone == text


def test_the_column_holds_an_envelope_and_never_the_text():
    person = Person.objects.create(name="陈", id_no=ID_NO, phone="13800138000")
    for column, plain in (("id_no", ID_NO), ("phone", "13800138000")):
        assert raw(column, person)[0] == crypto.VERSION
        assert plain.encode() not in raw(column, person)


def test_nothing_and_the_empty_text_stay_what_they_are():
    person = Person.objects.create(name="陈")
    assert (raw("id_no", person), raw("phone", person), raw("id_no_index", person)) == (None, b"", None)
    again = Person.objects.get()
    assert (again.id_no, again.phone) == (None, "")
    Person.objects.create(name="吴")  # several without a number do not collide


@pytest.mark.sqlite  # looks into the file
def test_the_whole_file_holds_no_plain_value(tmp_path):  # T13
    Person.objects.create(name="陈-SHOWN", id_no=ID_NO, phone="古丽𬭎𠮷")
    copy = tmp_path / "copy.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    content = copy.read_bytes()
    assert b"SHOWN" in content
    for plain in (ID_NO, "古丽𬭎𠮷", "𬭎"):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
            assert plain.encode(encoding) not in content


def test_reading_a_list_opens_nothing_until_it_is_shown(monkeypatch):
    Person.objects.create(name="陈", id_no=ID_NO)
    opened = []
    monkeypatch.setattr(crypto, "unseal", lambda *args, real=crypto.unseal: opened.append(1) or real(*args))
    people = list(Person.objects.all())
    assert opened == []
    assert (people[0].id_no, people[0].id_no, opened) == (ID_NO, ID_NO, [1])


def test_values_answers_the_envelope():
    Person.objects.create(name="陈", id_no=ID_NO)
    value = Person.objects.values_list("id_no", flat=True)[0]
    assert isinstance(value, Envelope)
    assert (repr(value), str(value), f"{value}") == ("<sealed>",) * 3


def test_an_envelope_moved_to_another_row_does_not_open():  # T18
    chen = Person.objects.create(name="陈", phone="13800138000")
    wu = Person.objects.create(name="吴", phone="13900139000")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE test_sealed_person SET phone = %s WHERE name = %s", [raw("phone", chen), wu.name])
    assert Person.objects.get(name="陈").phone == "13800138000"
    with pytest.raises(crypto.Unreadable, match="fields-1"):
        _ = Person.objects.get(name="吴").phone


def test_an_envelope_moved_to_another_column_does_not_open():  # T18
    chen = Person.objects.create(name="陈", phone="13800138000")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE test_sealed_person SET id_no = %s", [raw("phone", chen)])
    with pytest.raises(crypto.Unreadable):
        _ = Person.objects.get().id_no


def test_save_seals_again_and_keeps_what_was_not_read():
    person = Person.objects.create(name="陈", id_no=ID_NO, phone="1")
    person = Person.objects.get()
    before = raw("phone", person)
    person.id_no = "110101199003070070"
    person.save()
    assert raw("phone", person) == before
    again = Person.objects.get()
    assert (again.id_no, again.phone) == ("110101199003070070", "1")
    assert again.id_no_index == blind(Person, "id_no", "110101199003070070")


def test_deferred_and_refreshed_rows_read_the_same():
    Person.objects.create(name="陈", id_no=ID_NO)
    person = Person.objects.defer("id_no", "id_no_index").get()
    person.name = "陈刚"
    person.save()
    assert person.id_no == ID_NO
    person.refresh_from_db()
    assert (person.id_no, person.id_no_index) == (ID_NO, blind(Person, "id_no", ID_NO))


def test_copying_a_row_seals_it_for_its_new_id():
    person = Person.objects.create(name="陈", phone="1")
    person.pk, person._state.adding, person.name = row_id(), True, "吴"
    person.save()
    assert [each.phone for each in Person.objects.order_by("id")] == ["1", "1"]


def test_copying_an_unread_row_refuses_rather_than_write_what_no_one_can_open():
    Person.objects.create(name="陈", phone="1")
    person = Person.objects.get()
    person.pk, person._state.adding = row_id(), True
    with pytest.raises(crypto.Unreadable):
        person.save()


def test_bulk_create_and_upsert_by_id_seal():
    people = Person.objects.bulk_create([Person(name=str(n), id_no=f"{n:018}", phone="1") for n in range(3)])
    changed = [Person(id=each.id, name=each.name, id_no=each.id_no, phone="2") for each in people]
    Person.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=["phone"])
    assert [(each.id_no, each.phone) for each in Person.objects.order_by("id")] == [(f"{n:018}", "2") for n in range(3)]


def test_an_upsert_that_may_meet_a_row_of_another_id_is_refused():
    Person.objects.create(name="陈", id_no=ID_NO, phone="1")
    again = Person(name="陈", id_no=ID_NO, phone="2")
    with pytest.raises(TypeError, match="Look the ids up first"):
        Person.objects.bulk_create(
            [again], update_conflicts=True, unique_fields=["id_no_index"], update_fields=["phone"]
        )
    assert Person.objects.get().phone == "1"


@pytest.mark.parametrize("value", ["13800138000", "", b"13800138000"])
def test_update_refuses_readable_text(value):
    person = Person.objects.create(name="陈", phone="1")
    with pytest.raises(TypeError, match="sealed"):
        Person.objects.update(phone=value)
    person.phone = "2"
    with pytest.raises(TypeError, match="sealed"):
        Person.objects.bulk_update([person], ["phone"])
    assert Person.objects.get().phone == "1"


@pytest.mark.parametrize("expression", [Value("13800138000-13800138000-13800138000"), Upper("name")])
def test_the_database_itself_refuses_text_from_an_expression(expression):
    Person.objects.create(name="陈刚陈刚陈刚陈刚陈刚陈刚陈刚陈刚", phone="1")
    with pytest.raises(DatabaseError), transaction.atomic():
        Person.objects.update(phone=expression)
    assert Person.objects.get().phone == "1"


def test_erasing_by_update_is_allowed():
    Person.objects.create(name="陈", id_no=ID_NO)
    Person.objects.update(id_no=None, id_no_index=None)
    assert Person.objects.get().id_no is None


@pytest.mark.parametrize("lookup", ["id_no", "id_no__contains", "id_no__in", "id_no__gt"])
def test_a_filter_on_the_sealed_column_names_the_blind_index(lookup):
    with pytest.raises(FieldError, match="id_no_index=blind"):
        Person.objects.filter(**{lookup: [ID_NO]})
    assert Person.objects.filter(id_no__isnull=True).count() == 0
    with pytest.raises(FieldError, match="BlindIndex"):
        Person.objects.filter(phone="1")


def test_the_blind_index_finds_and_is_unique():
    Person.objects.create(name="陈", id_no=ID_NO)
    assert Person.objects.filter(id_no_index=blind(Person, "id_no", " １１０１０５19491231002x")).count() == 1
    assert Person.objects.filter(id_no_index__in=[ID_NO, "x"]).count() == 1
    assert Person.objects.filter(id_no_index=blind(Person, "id_no", "110105194912310021")).count() == 0
    with pytest.raises(IntegrityError):
        Person.objects.create(name="吴", id_no=ID_NO)


def test_the_index_is_useless_without_its_key():  # T16
    index = blind(Person, "id_no", ID_NO)
    assert len(index) == 16
    assert index != crypto.sm3(ID_NO.encode())[:16]
    assert index != crypto.mac("blind|other|id_no_index", ID_NO.encode())[:16]


def test_a_row_can_be_validated():
    Person(name="陈", id_no=ID_NO, phone="1").full_clean()


@pytest.mark.parametrize("name", ["id_no", "phone", "id_no_index"])
def test_migrations_are_stable(name):
    field = Person._meta.get_field(name)
    _name, path, args, kwargs = field.deconstruct()
    again = field.__class__(*args, **kwargs)
    assert path.startswith("hall.core.fields.")
    assert again.deconstruct()[1:] == (path, args, kwargs)


def test_the_model_is_guarded_and_passes_its_checks():
    assert isinstance(Person.objects.all(), SealedRows)
    assert [each.id for each in Person.check() if each.id and each.id.startswith("hall.")] == []


def test_row_ids_rise_with_time_and_say_their_version():
    ids = [row_id() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert {(each.version, each.variant) for each in ids} == {(7, uuid.RFC_4122)}
