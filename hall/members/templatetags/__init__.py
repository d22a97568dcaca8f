"""Words for the templates of the members."""
