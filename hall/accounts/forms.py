"""Forms of the accounts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hall.accounts import factors, queries, throttle
from hall.accounts.models import Agreement
from hall.accounts.passwords import DENGBAO
from hall.accounts.words import posts
from hall.core.inputs import DayField
from hall.core.pages import HallForm
from hall.organisations import queries as organisations

WAIT = _("Too many tries failed. Wait thirty minutes, or sign in where you signed in before.")
NO_MATCH = _(
    "Account and password do not match. Check both, or ask the system administrator for a new activation link."
)


def _field(form: HallForm, name: str) -> Any:
    """The form's own field, to be given what it offers."""
    return form.fields[name]


class SignInForm(HallForm):
    """One answer for a wrong name and a wrong password (C03)."""

    username = forms.CharField(
        label=_("Account"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: Any = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.request = request
        self.account: Any = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self._sign_in(cleaned["username"].strip(), cleaned["password"])
        return cleaned

    def _sign_in(self, username: str, password: str) -> None:
        """Ask the throttle, then the password. While one must wait, the right password is not looked at either."""
        keys = throttle.keys_for(self.request, username)
        if not throttle.admit(keys):
            raise forms.ValidationError(WAIT, code="wait")
        self.account = authenticate(self.request, username=username, password=password)
        if self.account is None:
            raise forms.ValidationError(NO_MATCH, code="last" if throttle.must_wait(keys) else "wrong")
        throttle.forget(keys)


class CodeForm(HallForm):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("One-time code"), max_length=20, help_text=_("Six digits from the authenticator app, or a recovery code."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )  # fmt: skip


class ProofForm(HallForm):
    """Showing again who one is: the password, and the code where the account has a second factor."""

    password = forms.CharField(
        label=_("Password"), max_length=256, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    code = forms.CharField(
        label=_("One-time code"), max_length=20, help_text=_("Six digits from the authenticator app, or a recovery code."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )  # fmt: skip

    def __init__(self, *args: Any, account: Any, with_code: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.account = account
        if not with_code:
            del self.fields["code"]
        elif not account.has_usable_password():  # comes by the campus: the factor alone shows who it is
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        keys = [f"proof:{self.account.pk}"]
        if not throttle.admit(keys):
            raise forms.ValidationError(WAIT, code="wait")
        right = "password" not in self.fields or self.account.check_password(cleaned["password"])
        if not right or ("code" in self.fields and not factors.shown(self.account, cleaned["code"])):
            raise forms.ValidationError(_("This does not fit. Check it and type it again."))
        throttle.forget(keys)
        return cleaned


def _password_hint() -> str:
    """What the profile in force asks for."""
    if settings.HALL_PASSWORD_PROFILE == DENGBAO:
        return gettext(
            "At least 8 characters of three kinds (capital and small letters, digits, others); valid for 90 days."
        )
    return gettext("At least 12 characters; a sentence is easiest to keep.")


class PasswordForm(HallForm):
    password = forms.CharField(
        label=_("New password"), max_length=256, strip=False, help_text=lazy(_password_hint, str)(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label=_("Once more"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords differ. Type the second one again."))
        return cleaned


class SetUpForm(HallForm):
    """Names of the college and of its two administrators; the token is printed where the hall was started."""

    token = forms.CharField(
        label=_("Set-up token"), max_length=80, help_text=_("Printed once where the hall was started.")
    )
    college = forms.CharField(label=_("Full name of the committee"), max_length=120, help_text=_("As on the seal."))
    short_name = forms.CharField(label=_("Short name"), max_length=40)
    system_username = forms.CharField(label=_("System administrator: account"), max_length=60)
    system_name = forms.CharField(label=_("System administrator: name"), max_length=60)
    system_password = forms.CharField(
        label=_("System administrator: password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    security_username = forms.CharField(label=_("Security administrator: account"), max_length=60)
    security_name = forms.CharField(label=_("Security administrator: name"), max_length=60)
    security_password = forms.CharField(
        label=_("Security administrator: password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def administrators(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What `actions.set_up` takes."""
        said = self.cleaned_data
        system, security = (
            {"username": said[f"{who}_username"], "name": said[f"{who}_name"], "password": said[f"{who}_password"]}
            for who in ("system", "security")
        )
        return system, security

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned["system_username"] == cleaned["security_username"]:
            self.add_error("security_username", _("Two people: the second account needs another name."))
        return cleaned


class AccountForm(HallForm):
    username = forms.CharField(label=_("Account"), max_length=60, help_text=_("The student or staff number."))
    name = forms.CharField(label=_("Name"), max_length=60)
    email = forms.EmailField(label=_("Mail address"), required=False)


class ReasonForm(HallForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class GrantForm(HallForm):
    account: Any = forms.ModelChoiceField(label=_("Account"), queryset=None, to_field_name="username")
    post = forms.ChoiceField(label=_("Post"))
    organisation: Any = forms.ModelChoiceField(label=_("Organisation"), queryset=None, empty_label=_("Please choose"))
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Empty: until withdrawn."))
    reason = forms.CharField(label=_("Reason or document"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _field(self, "account").queryset = queries.open_accounts()
        self.fields["account"].widget = forms.TextInput()
        self.fields["account"].help_text = _("The account's name, such as a staff number.")
        self.offer("post", [(post.name, str(post)) for post in posts().values()])
        _field(self, "organisation").queryset = organisations.organisations()


class DelegationForm(HallForm):
    to: Any = forms.ModelChoiceField(
        label=_("Who acts for me (account)"), queryset=None, to_field_name="username", widget=forms.TextInput()
    )
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Last day"))
    without = forms.MultipleChoiceField(label=_("Without"), required=False, widget=forms.CheckboxSelectMultiple())
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, permissions: Sequence[tuple[str, Any]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        _field(self, "to").queryset = queries.open_accounts()
        self.offer("without", permissions)


class AskForm(HallForm):
    """What one administrator asks of another."""

    kind = forms.ChoiceField(label=_("What is needed"), choices=Agreement.Kind.choices, widget=forms.RadioSelect)
    about: Any = forms.ModelChoiceField(
        label=_("Account that lost its factor or password"), queryset=None, to_field_name="username", required=False,
        widget=forms.TextInput(), help_text=_("Empty for emergency access: that is for oneself."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Everybody sees it while it lasts."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _field(self, "about").queryset = queries.open_accounts()


class PolicyForm(HallForm):
    """A value of one policy, and the decision behind it."""

    value = forms.CharField(label=_("Value"), max_length=30)
    decision = forms.CharField(label=_("Decision"), max_length=200, help_text=_("Which document decided it."))
    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, declared: Any, state: str, **kwargs: Any):
        super().__init__(*args, initial={"seen": state}, **kwargs)
        if declared.choices:
            self.fields["value"] = forms.ChoiceField(label=_("Value"), choices=[(c, c) for c in declared.choices])
        else:
            hint = _("From %(least)s to %(most)s.") % {"least": declared.least, "most": declared.most}
            self.fields["value"] = forms.IntegerField(label=_("Value"), help_text=hint)
