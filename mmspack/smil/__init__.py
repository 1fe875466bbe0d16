"""The presentation: SMIL written from a layout (`rendering`) and read back (`reading`)."""
