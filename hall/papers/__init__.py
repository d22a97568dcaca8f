"""Papers 文书: what the hall issues and must stand for years. Numbered without gaps, rendered from its own copy alone, checkable by a code."""
