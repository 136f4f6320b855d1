"""The first import of `hel`: from here on our packages win over a user's of the same names, see `golden.own_packages`.

That module lies in `golden`, and `python -m hel` may run where another `golden` comes first on `sys.path`. For this one
import our folder therefore does.

Raises
------
ImportError : the process imported a package of another origin under one of our names before it imported `hel`.
"""

import sys
from pathlib import Path

_ROOT = str(Path(__file__).absolute().parents[1])
_WAY_OUT = "is imported already, and is not that of hel-fpga; import hel first, or rename your package"

sys.path.insert(0, _ROOT)
try:
    from golden import own_packages
except ImportError as error:
    raise ImportError(f"hel-fpga needs its package golden under its name, golden {_WAY_OUT}", name="golden") from error
finally:
    sys.path.remove(_ROOT)

own_packages.hold()
if _taken := own_packages.taken():
    raise ImportError(f"hel-fpga needs its package {_taken[0]} under its name, {_taken[0]} {_WAY_OUT}", name=_taken[0])
