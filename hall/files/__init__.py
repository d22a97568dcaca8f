"""Files: the one place where what people upload is looked through, kept sealed, and given out again to who may see it."""
