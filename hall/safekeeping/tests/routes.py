"""Safekeeping has no pages; the name of a back-up's file is given by whoever runs the command."""

machine = ("BackUp.name",)
