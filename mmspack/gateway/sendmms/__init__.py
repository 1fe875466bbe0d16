"""The SendMMS door: its parameters, requests, codes, reports and inbound messages."""
