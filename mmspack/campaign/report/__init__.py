"""What a campaign came to, and how held recipients are settled."""
