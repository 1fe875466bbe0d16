"""The artwork of the samples, one file a picture; `brushes` holds what they share."""
