# SPDX-License-Identifier: GPL-2.0-only
#
# sphinx-build -W Documentation build/docs

import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent / "sphinx"))

project = "tao"
copyright = "the tao developers"
extensions = ["tao_directives"]
exclude_patterns = ["ABI", "sphinx"]
html_theme = "alabaster"
html_theme_options = {
    "description": "Burn audio CDs track-at-once",
    "page_width": "1120px",
    "body_max_width": "none",
    "show_relbars": True,
}
html_static_path = ["sphinx/static"]
html_css_files = ["tao.css"]
html_show_sourcelink = False
# The code blocks show many languages, mostly shell; none is meant unless it says so.
highlight_language = "none"
nitpicky = True
