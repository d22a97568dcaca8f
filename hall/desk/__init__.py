"""Desk 门户与待办: home hall, to-do centre, one search box, and whether the hall is alive.

It knows what the others offer only through module.py.
"""
