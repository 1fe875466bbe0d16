"""What a medium is, and how small it can be made: one file for each family of media."""
