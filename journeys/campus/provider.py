"""python -m journeys.campus.provider cas|oidc PORT HALL: django-mama-cas or allauth's OpenID provider on loopback.

Everybody of the cast is known here under their account's name, and `newcomer`, whom the hall does not know.
"""

import sys
import tempfile
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import call_command

PASSWORD = "the password at the campus"
CLIENT, SECRET = "hall", "what-hall-and-campus-agreed-on"
PEOPLE = ("lin", "wu", "newcomer")
COMMON = ("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages")


def configure(kind: str, hall: str) -> None:
    apps = {"cas": ("mama_cas",), "oidc": ("allauth", "allauth.account", "allauth.idp.oidc")}[kind]
    middleware = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        *(["allauth.account.middleware.AccountMiddleware"] if kind == "oidc" else []),
    ]
    name = Path(tempfile.mkdtemp(prefix="campus-")) / "campus.sqlite3"
    settings.configure(
        SECRET_KEY="a campus for journeys", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF="journeys.campus.provider", USE_TZ=True, DEBUG=False,
        INSTALLED_APPS=[*COMMON, *apps], MIDDLEWARE=middleware, DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": name}},
        SESSION_COOKIE_NAME="campus_session", CSRF_COOKIE_NAME="campus_csrf",  # cookies do not ask for the port
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {"context_processors": [
            "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages"]}}],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"], LOGIN_URL="/accounts/login/",
        ACCOUNT_EMAIL_VERIFICATION="none", ACCOUNT_LOGIN_METHODS={"username"}, ACCOUNT_RATE_LIMITS=False,
        IDP_OIDC_PRIVATE_KEY=private_key(),
        MAMA_CAS_ENABLE_SINGLE_SIGN_OUT=True,
        MAMA_CAS_SERVICES=[{"SERVICE": f"^{hall}/", "LOGOUT_ALLOW": True, "CALLBACKS": ["mama_cas.callbacks.user_name_attributes"]}],
    )  # fmt: skip
    django.setup()


def private_key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return made.private_bytes(serialization.Encoding.PEM, form, none).decode()


def furnish(kind: str, hall: str) -> None:
    from django.contrib.auth import get_user_model

    call_command("migrate", verbosity=0)
    for name in PEOPLE:
        get_user_model().objects.create_user(name, password=PASSWORD)
    if kind == "oidc":
        from allauth.idp.oidc.models import Client

        made = Client(id=CLIENT, name="Hall", scopes="openid\nprofile", skip_consent=True)
        made.redirect_uris = f"{hall}/signon/campus/return/"
        made.set_secret(SECRET)
        made.set_post_logout_redirect_uris([f"{hall}/accounts/sign-in/"])
        made.save()


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args) -> None:
        return


def main(kind: str, port: str, hall: str) -> None:
    configure(kind, hall)
    furnish(kind, hall)
    from django.core.wsgi import get_wsgi_application

    make_server("127.0.0.1", int(port), get_wsgi_application(), Threaded, Quiet).serve_forever()


def addresses() -> list:
    from django.urls import include, path

    if "mama_cas" in settings.INSTALLED_APPS:
        return [path("cas/", include("mama_cas.urls"))]
    return [path("accounts/", include("allauth.account.urls")), path("", include("allauth.idp.urls"))]


def __getattr__(name: str) -> list:
    """`urlpatterns`, once the settings stand: this file is its own URLconf."""
    if name != "urlpatterns":
        raise AttributeError(name)
    return addresses()


if __name__ == "__main__":
    main(*sys.argv[1:])
