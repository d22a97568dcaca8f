"""The least a signed-in page can cost: the hall's database, session and sign-in, and nothing else of it."""

from hall import settings as hall

BASE_DIR = hall.BASE_DIR
SECRET_KEY = hall.SECRET_KEY
DATABASES = hall.DATABASES
ALLOWED_HOSTS = hall.ALLOWED_HOSTS
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "bench.ceiling"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "bench.ceiling.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
AUTH_USER_MODEL = "ceiling.Account"
SESSION_ENGINE = "bench.ceiling.sessions"
AUTHENTICATION_BACKENDS = ["bench.ceiling.sessions.Backend"]
SESSION_COOKIE_NAME = hall.SESSION_COOKIE_NAME
CSRF_COOKIE_NAME = hall.CSRF_COOKIE_NAME
DEFAULT_AUTO_FIELD = hall.DEFAULT_AUTO_FIELD
USE_I18N = False
USE_TZ = True
TIME_ZONE = hall.TIME_ZONE
LOGGING = hall.LOGGING
