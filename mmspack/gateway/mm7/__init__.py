"""MM7 (3GPP TS 23.140): what operators' own message centres speak, SOAP 1.1 with attachments."""
