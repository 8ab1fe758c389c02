# SPDX-License-Identifier: GPL-2.0-only
#
# sphinx-build -W Documentation build/docs

project = "tao"
copyright = "the tao developers"
html_theme = "alabaster"
html_theme_options = {"description": "Burn audio CDs track-at-once"}
html_show_sourcelink = False
# The code blocks show many languages, mostly shell; none is meant unless it says so.
highlight_language = "none"
nitpicky = True
