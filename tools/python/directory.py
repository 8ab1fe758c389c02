# SPDX-License-Identifier: LGPL-2.1-or-later
"""directory.py PREFIX: prints where this Python looks for modules below PREFIX. Fails if it is too
old for the module."""

import site
import sys
from pathlib import Path

if sys.version_info < (3, 10):
    sys.exit(1)
prefix = Path(sys.argv[1])
usual = prefix / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
known = [Path(name) for name in [*site.getsitepackages(), site.getusersitepackages()]]
print(next((path for path in known if prefix in path.parents
            and not path.is_relative_to(prefix / "local")), usual))
