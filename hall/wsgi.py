"""The door for the web server (granian, WSGI). Refuses to open without whole keys: never plain text (T20)."""

import os

from django.core.wsgi import get_wsgi_application

from hall.core import crypto

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hall.settings")
crypto.check_keys()
application = get_wsgi_application()
