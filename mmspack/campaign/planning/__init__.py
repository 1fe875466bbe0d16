"""From a table of recipients to a ledger of messages that can be sent."""
