"""Rules about people: names and their keys, what follows from dates, what speaks against a change."""

from hall.members.rules.names import id_key, initials_of, name_key, phone_key, pinyin_of

__all__ = ["id_key", "initials_of", "name_key", "phone_key", "pinyin_of"]
