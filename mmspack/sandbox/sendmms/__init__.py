"""The SendMMS gateway as the sandbox plays it."""
