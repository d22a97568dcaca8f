#!/usr/bin/env python
"""Django's command line for the hall. `manage.py check` is a newcomer's to-do list."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hall.settings")
    from hall import home

    if not home.folder().exists():  # a new place: make its keys. Where a home exists, missing keys stay an error
        home.prepare()

    from django.core.management import execute_from_command_line

    from hall.core.wall.reach import whole_house

    with whole_house():  # a command is given by whoever runs the machine
        execute_from_command_line(sys.argv)
