"""One recipient's bundle after the other, from media that were fitted once."""
