"""Twilio's form API: one bubble of text and media that lie at addresses."""
