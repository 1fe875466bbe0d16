"""The bundle: names and zip written (`naming`, `writing`), any zip read strictly (`reading`, `manifest`)."""
