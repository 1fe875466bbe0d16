"""What rules, fix, inspect and preview all ask of a bundle; nothing here accuses."""
