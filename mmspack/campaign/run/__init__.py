"""The ledger worked off: pace, hours, breaks."""
