"""The sheet that is signed: a PDF with real text, set by Typst."""
