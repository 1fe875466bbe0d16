"""The small messages of the rules' tests are looked into here."""

import sys
from pathlib import Path

for folder in ("rules", "reading"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))
