"""Infobip's MMS API as the sandbox plays it."""
