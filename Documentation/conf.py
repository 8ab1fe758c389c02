# SPDX-License-Identifier: GPL-2.0-only
#
# sphinx-build -W Documentation build/docs

import enum
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent / "sphinx"))
# The module is only read: that needs no library.
sys.path.insert(0, str(Path(__file__).parents[1] / "tools/python"))

project = "tao"
copyright = "the tao developers"
extensions = ["tao_directives", "sphinx.ext.autodoc"]
exclude_patterns = ["ABI", "sphinx"]
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_type_aliases = {"Audio": "tao.Audio", "Progress": "tao.Progress"}
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
# Python's own documentation is not linked, and names of types have no page.
nitpick_ignore_regex = [("py:class", r"(os|collections|enum|int|typing|Audio|Progress)\b.*")]


def signature(app, what, name, item, options, arguments, result):
    """Nobody makes a member of an enumeration by a call."""
    return ("", None) if what == "class" and issubclass(item, enum.Enum) else None


def setup(app):
    app.connect("autodoc-process-signature", signature)
