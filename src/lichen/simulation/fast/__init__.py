"""The fast engine: the same program in machine code, for many futures and many members.

No linear algebra is done in machine code. SciPy's, which Numba looks for when it is loaded and goes on without, takes
as long to load as Numba itself, and is kept from it meanwhile.
"""

import importlib
import sys

_UNUSED = "scipy.linalg.cython_blas"

if _UNUSED not in sys.modules:
    sys.modules[_UNUSED] = None  # type: ignore[assignment]  # Python's way to say that there is no such module
    importlib.import_module("numba.np.arraymath")
    del sys.modules[_UNUSED]
