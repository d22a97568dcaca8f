"""The ways out of the house: one folder each. The inbox needs none: its message is written with the fact.

A channel has `addresses(account_ids)`, by account, and `send(address, subject, text)`; it raises if it fails.
"""

from types import ModuleType

from hall.notices.channels import mail

CHANNELS: dict[str, ModuleType] = {"mail": mail}
