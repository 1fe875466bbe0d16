"""Infobip's MMS API, version 2: media are uploaded once, and what became of a message can be asked."""
