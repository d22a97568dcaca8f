"""Sample title: what a branch notes so as not to forget it, and by when. The living sample of a module."""
