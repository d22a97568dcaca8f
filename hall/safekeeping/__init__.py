"""Safekeeping: keys are renewed, back-ups are taken and restored, and a back-up that stopped rings."""
