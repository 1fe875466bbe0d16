"""The colours of Marlowe's, the brand of these samples."""

NAVY, CREAM, CORAL, SUN, TEAL = "#15304f", "#fff6e6", "#ef5b4c", "#ffc93c", "#1f8a91"
