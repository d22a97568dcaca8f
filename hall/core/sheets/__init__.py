"""Sheets: tables in and out of Excel and CSV, no database. Uploads are hostile until read; what leaves is inert."""

from hall.core.sheets.clean import CharacterFlag, clean_text, flag_characters, search_key
from hall.core.sheets.match import Column, Matching, match_columns
from hall.core.sheets.read import read_table
from hall.core.sheets.table import EMPTY, Cell, Kind, Problem, Row, Table, Unreadable, column_letter, serial_date
from hall.core.sheets.write import inert, marked_workbook, template_workbook, write_csv, write_xlsx

__all__ = [
    "EMPTY",
    "Cell",
    "CharacterFlag",
    "Column",
    "Kind",
    "Matching",
    "Problem",
    "Row",
    "Table",
    "Unreadable",
    "clean_text",
    "column_letter",
    "flag_characters",
    "inert",
    "marked_workbook",
    "match_columns",
    "read_table",
    "search_key",
    "serial_date",
    "template_workbook",
    "write_csv",
    "write_xlsx",
]
