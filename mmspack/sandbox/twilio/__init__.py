"""Twilio's message resource as the sandbox plays it."""
