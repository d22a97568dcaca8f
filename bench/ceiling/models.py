"""The hall's tables as a minimal app sees them: only the columns it shows. It never makes or changes a table."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Account(AbstractBaseUser):
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    objects = BaseUserManager()
    USERNAME_FIELD = "username"

    class Meta:
        managed = False
        db_table = "accounts_account"


class Organisation(models.Model):
    short_name = models.CharField(max_length=40)

    class Meta:
        managed = False
        db_table = "organisations_organisation"


class Member(models.Model):
    id = models.UUIDField(primary_key=True)
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING)
    name = models.CharField(max_length=60)
    name_key = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=160)
    initials = models.CharField(max_length=30)
    campus_no = models.CharField(max_length=30)
    sex = models.CharField(max_length=1)
    ethnicity = models.CharField(max_length=20)
    birth_date = models.DateField(null=True)
    education = models.CharField(max_length=2)
    standing = models.CharField(max_length=12)
    state = models.CharField(max_length=8)
    identity = models.CharField(max_length=8)
    job = models.CharField(max_length=14)
    joined_on = models.DateField(null=True)
    full_on = models.DateField(null=True)
    party_post = models.CharField(max_length=40)
    version = models.IntegerField()

    class Meta:
        managed = False
        db_table = "members_member"


class Bill(models.Model):
    member = models.ForeignKey(Member, models.DO_NOTHING)
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING)
    period = models.DateField()
    amount = models.BigIntegerField()
    status = models.CharField(max_length=10)
    settled_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "dues_bill"


class Entry(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=80)
    about_kind = models.CharField(max_length=40)
    about_id = models.CharField(max_length=40)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "ledger_entry"


class Message(models.Model):
    account = models.ForeignKey(Account, models.DO_NOTHING)
    title = models.CharField(max_length=200)
    read_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "notices_message"


class Session(AbstractBaseSession):
    class Meta:
        managed = False
        db_table = "accounts_session"
