"""A message as people will see it: the page that plays it, the storyboard, the page that watches a file."""
