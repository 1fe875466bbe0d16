"""A message made to fit: the bytes shared out, each picture the best that its share can hold."""

from mmspack.fitting.candidate import fit_picture
from mmspack.fitting.message import fit
from mmspack.fitting.picture import FittedPicture
from mmspack.fitting.planning import Planned

__all__ = ["FittedPicture", "Planned", "fit", "fit_picture"]
