"""An operator's message centre as the sandbox plays it."""
