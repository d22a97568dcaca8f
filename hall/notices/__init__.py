"""Notices 消息: tells people what happened (inbox, mail), and does what nobody waits for: works and jobs."""
