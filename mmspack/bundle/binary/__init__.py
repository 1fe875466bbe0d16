"""The binary message (OMA-TS-MMS_ENC): what phones, modems and mmsd hand to an operator and get from one."""
