# SPDX-License-Identifier: GPL-2.0-only
"""Directives of this documentation.

.. manual:: FILE...	manual pages, converted by mandoc
.. sysfs:: NAME...	attributes, from Documentation/ABI/testing/sysfs-class-tao
"""

import re
import subprocess
import textwrap
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

TREE = Path(__file__).resolve().parents[2]
ABI = TREE / "Documentation/ABI/testing/sysfs-class-tao"


class Manual(Directive):
    required_arguments = 1
    final_argument_whitespace = True

    def page(self, file):
        self.state.document.settings.record_dependencies.add(str(TREE / file))
        try:
            html = subprocess.run(["mandoc", "-T", "html", "-O", "fragment", TREE / file],
                                  check=True, capture_output=True, text=True).stdout
        except FileNotFoundError:
            raise self.severe("mandoc is not installed")
        # Several pages may share a document, and each has an anchor NAME.
        return re.sub(r'(id="|href="#)', rf"\g<1>{Path(file).name}-", html)

    def run(self):
        html = "".join(self.page(file) for file in self.arguments[0].split())
        return [nodes.raw("", html, format="html")]


def attributes():
    """The attributes: name -> (all names of the entry, description)"""
    found = {}
    for entry in re.split(r"^Users:.*\n", ABI.read_text(), flags=re.M):
        names = re.findall(r"^What:\s*/sys/class/tao/tao<N>/(\S*)", entry, flags=re.M)
        _, _, text = entry.partition("Description:\n")
        for name in names:
            found[name] = (names, textwrap.dedent(text.expandtabs()).strip())
    return found


class Sysfs(Directive):
    required_arguments = 1
    final_argument_whitespace = True

    def item(self, names, text):
        terms = ", ".join(f"``{name}``" for name in names)
        lines = [terms] + textwrap.indent(text, "   ").split("\n") + [""]
        return lines

    def run(self):
        self.state.document.settings.record_dependencies.add(str(ABI))
        known, lines, shown = attributes(), [], set()
        for name in self.arguments[0].split():
            if name not in known:
                raise self.error(f"{ABI} has no {name}")
            names, text = known[name]
            if name not in shown:
                lines += self.item(names, text)
                shown.update(names)
        node = nodes.container()
        self.state.nested_parse(StringList(lines, str(ABI)), 0, node)
        return node.children


def setup(app):
    app.add_directive("manual", Manual)
    app.add_directive("sysfs", Sysfs)
    return {"parallel_read_safe": True}
