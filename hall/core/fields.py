"""Columns for personal data: sealed text, its blind index, and the row ids that both are bound to.

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    id_no = SealedText(level="L3")
    id_no_index = BlindIndex(of="id_no", unique=True)

    Member.objects.filter(id_no_index=blind(Member, "id_no", "11010519491231002X"))

The database holds an SM4-GCM envelope bound to table, column and row; text copied elsewhere does not open. It is opened
when the attribute is read, so a page that does not show it never decrypts. save(), create() and bulk_create() seal;
update() and bulk_update() know no row and refuse. save(update_fields=…) must name the blind index with its column.
"""

import secrets
import threading
import time
import unicodedata
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core import checks
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import class_prepared
from django.utils.translation import gettext as _

from hall.core import crypto

if TYPE_CHECKING:
    Bytes = models.Field  # whose values may be text
else:
    Bytes = models.BinaryField

INDEX_LENGTH = 16
LOOKS_SEALED = {  # empty, or long enough and beginning with a version below 16, which no text does
    "postgresql": "CASE WHEN octet_length({column}) = 0 THEN true WHEN octet_length({column}) < {shortest} THEN false "
    "ELSE get_byte({column}, 0) < 16 END",
    "sqlite": "typeof({column}) = 'null' OR (typeof({column}) = 'blob' AND (length({column}) = 0 "
    "OR (length({column}) >= {shortest} AND hex(substr({column}, 1, 1)) < '10')))",
}
_last = 0
_ticking = threading.Lock()


def row_id() -> uuid.UUID:
    """A fresh row id (UUID version 7): ordered by time, and strictly rising within this process."""
    global _last
    with _ticking:
        milliseconds, rest = divmod(time.time_ns(), 1_000_000)
        _last = max(milliseconds << 12 | rest * 4096 // 1_000_000, _last + 1)
        tick = _last
    random = int.from_bytes(secrets.token_bytes(8), "big") >> 2
    return uuid.UUID(int=(tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0b10 << 62 | random)


class Envelope(bytes):
    """A sealed value as the column holds it."""

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__


class SealedAttribute(DeferredAttribute):
    """Opens the envelope when somebody reads it, and keeps what it held on the instance."""

    field: "SealedText"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Envelope):
            value = instance.__dict__[self.field.attname] = self.field.opened(instance.pk, value)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedRows(models.QuerySet):
    """Rows with sealed columns. Refuses an upsert that would write an envelope into a row of another id."""

    def bulk_create(
        self, objs: Any, batch_size: Any = None, ignore_conflicts: bool = False, update_conflicts: bool = False,
        update_fields: Any = None, unique_fields: Any = None,
    ) -> Any:  # fmt: skip
        meta = self.model._meta
        names = {"pk", meta.pk.name, meta.pk.attname}
        sealed = [name for name in update_fields or () if isinstance(meta.get_field(name), SealedText)]
        if update_conflicts and sealed and not set(unique_fields or ()) <= names:
            raise TypeError(
                f"{meta.label}.{sealed[0]} is bound to its row's id, and this upsert may meet a row of another id. "
                "Look the ids up first and use unique_fields=[the primary key]."
            )
        return super().bulk_create(objs, batch_size, ignore_conflicts, update_conflicts, update_fields, unique_fields)


class SealedText(Bytes):
    """Text that the database holds only sealed (LAW-21: L3, L4). None stays NULL, "" stays empty."""

    _pyi_private_set_type: str | None  # for the type checker: read and written as text
    _pyi_private_get_type: str
    descriptor_class = SealedAttribute
    empty_values = [None, ""]

    def __init__(self, *args: Any, level: str = "L3", **kwargs: Any):
        self.level = level
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "level": self.level}

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        class_prepared.connect(_guard_default_manager, sender=cls)

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        key = self.model._meta.pk
        if not key.has_default() and not key.is_relation:
            hint = "id = models.UUIDField(primary_key=True, default=row_id, editable=False)"
            found.append(
                checks.Error("A sealed column needs a row id made before the insert.", hint, self, "hall.E001")
            )
        if not isinstance(self.model._default_manager.get_queryset(), SealedRows):
            hint = "Derive the model's queryset from hall.core.fields.SealedRows."
            found.append(checks.Error("Rows with sealed columns need the guarded queryset.", hint, self, "hall.E002"))
        return found

    def get_default(self) -> Any:
        return models.Field.get_default(self)  # text, not the bytes of a BinaryField

    def db_check(self, connection: Any) -> str:
        """The database itself refuses what does not look like an envelope, whoever writes it."""
        kind = "postgresql" if connection.vendor == "postgresql" else "sqlite"
        return LOOKS_SEALED[kind].format(column=connection.ops.quote_name(self.column), shortest=crypto.SHORTEST)

    def context(self, pk: Any) -> bytes:
        """What the envelope is bound to: table, column and row."""
        pk = self.model._meta.pk.to_python(pk)
        if pk is None:
            raise ValueError(f"{self.model._meta.label} has no id yet; {self.name} cannot be bound to its row.")
        return f"{self.model._meta.db_table}|{self.column}|{pk}".encode()

    def opened(self, pk: Any, envelope: Envelope) -> str:
        """The text in the envelope of the row with that id."""
        return crypto.unseal(envelope, self.context(pk)).decode("utf-8", "surrogatepass") if envelope else ""

    def pre_save(self, instance: Any, add: bool) -> Envelope | None:
        value = instance.__dict__.get(self.attname)
        if isinstance(value, Envelope) and instance._state.adding:
            value = self.opened(instance.pk, value)
        if value is None or isinstance(value, Envelope):
            return value
        if not isinstance(value, str):
            raise TypeError(f"{self.model._meta.label}.{self.name} takes text, not {type(value).__name__}.")
        return Envelope(
            crypto.seal(value.encode("utf-8", "surrogatepass"), self.context(instance.pk)) if value else b""
        )

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Envelope):
            raise TypeError(
                f"{self.model._meta.label}.{self.name} is sealed: update() and bulk_update() know no row. "
                "Set the attribute and save(), or bulk_create(update_conflicts=True, unique_fields=[the primary key])."
            )
        return super().get_db_prep_value(value if value is None else bytes(value), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Envelope | None:
        return None if value is None else Envelope(value)

    def to_python(self, value: Any) -> Any:
        return value

    def validate(self, value: Any, model_instance: Any) -> None:
        if isinstance(value, str) and "\x00" in value:
            raise ValidationError(_("Null characters are not allowed."))
        super().validate(value, model_instance)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        index = _index_of(self.model, self.name)
        way = "give it a BlindIndex"
        if index:
            way = f"use filter({index.name}=blind({self.model.__name__}, {self.name!r}, value))"
        raise FieldError(f"{self.model._meta.label}.{self.name} is sealed and cannot be searched; {way}.")

    def value_to_string(self, obj: Any) -> str:
        raise TypeError(f"{self.model._meta.label}.{self.name} is sealed and is not serialised.")

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, **{"form_class": forms.CharField, **kwargs})


def normalised(value: str) -> str:
    """The form in which sealed text is compared: NFKC, no spaces, capitals."""
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()


class BlindIndex(models.BinaryField):
    """Keyed fingerprint of a sealed column, to find a value without opening any: HMAC-SM3, 16 bytes, a key per column.

    Filters take the value itself or what blind() made of it. NULL while the column is empty, so it may be unique.
    """

    def __init__(self, *args: Any, of: str, normalise: Callable[[str], str] = normalised, **kwargs: Any):
        self.of, self.normalise = of, normalise
        fixed = {"max_length": INDEX_LENGTH, "null": True, "blank": True, "editable": False}
        super().__init__(*args, **{**kwargs, **fixed})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kept = {key: value for key, value in kwargs.items() if key not in ("max_length", "null", "blank", "editable")}
        return name, path, args, {**kept, "of": self.of, "normalise": self.normalise}

    def fingerprint(self, value: str | None) -> bytes | None:
        if not value or not (form := self.normalise(value)):
            return None
        purpose = f"blind|{self.model._meta.db_table}|{self.column}"
        return crypto.mac(purpose, form.encode("utf-8", "surrogatepass"))[:INDEX_LENGTH]

    def pre_save(self, instance: Any, add: bool) -> bytes | None:
        text = instance.__dict__.get(self.of)
        if not isinstance(text, Envelope) and self.of in instance.__dict__:
            setattr(instance, self.attname, self.fingerprint(text))
        return getattr(instance, self.attname)

    def get_prep_value(self, value: Any) -> Any:
        return self.fingerprint(value) if isinstance(value, str) else super().get_prep_value(value)

    def to_python(self, value: Any) -> Any:
        return value


def blind(model: type[models.Model], column: str, value: str) -> bytes | None:
    """The fingerprint of a value of this sealed column, for filter(); None for an empty value."""
    if (index := _index_of(model, column)) is None:
        raise FieldDoesNotExist(f"{model._meta.label} has no BlindIndex of {column!r}.")
    return index.fingerprint(value)


def _index_of(model: type[models.Model], column: str) -> BlindIndex | None:
    return next((field for field in model._meta.fields if isinstance(field, BlindIndex) and field.of == column), None)


def _guard_default_manager(sender: Any, **_kwargs: Any) -> None:
    for manager in sender._meta.local_managers:
        if getattr(manager, "auto_created", False):
            manager._queryset_class = SealedRows
    sender._meta._expire_cache()
