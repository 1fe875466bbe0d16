"""A server for what a gateway pushes: reports and messages from phones."""
