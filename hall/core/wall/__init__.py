"""The second wall: roles and row policies in PostgreSQL, so that a forgotten filter in this code shows nothing.

reach.py        whose rows the present request or work may see, in one line of text
base.py         the database backend that tells PostgreSQL that line before every statement
declared.py     which role may do what with which table, and by which columns a row belongs to whom
statements.py   both as SQL;  standing.py  what PostgreSQL really holds, compared with it

SQLite has no such wall; everything else holds there too (decision 0014).
"""
