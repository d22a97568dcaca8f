"""Accounts 账号与权限: who signs in, which post they hold in which organisation from when to when, and who acts for whom."""
