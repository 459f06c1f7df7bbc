"""Scripts keep the order of the slices, as Python does."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from obcms import SLICES
from tests.house.rules.source import Finding, Rule, Source

ORDER = ["kernel", *SLICES]
# As no parser of scripts is at hand: `import … from "x"`, `import "x"`, `export … from "x"`,
# `import("x")`.
IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'`]([^"'`]+)["'`]""")


def check(source: Source) -> Iterator[Finding]:
    # A slice's files are served at /static/SLICE/FILE, the kernel's at /static/FILE.
    for found in IMPORTED.finditer(source.text):
        address = urljoin(f"/static/{source.slice}/", found[1])
        folder, _, name = address.removeprefix("/static/").partition("/")
        owner = folder if name else "kernel"
        if owner not in ORDER or ORDER.index(owner) > ORDER.index(source.slice):
            line = source.text.count("\n", 0, found.start()) + 1
            yield line, f"imports {found[1]}"


LAYERS = Rule(
    name="A script imports from its own slice and those below alone",
    reason="A page that knows the scripts above it must be changed with each new slice; these join "
    "through ppas/static/hooks.js.",
    files=("obcms/*/static/*.js",),
    check=check,
    breaks=(
        ("obcms/ppas/static/x.js", 'import { row } from "../work/tree.js";\n'),
        ("obcms/ppas/static/x.js", 'import {\n  row,\n} from "../work/tree.js";\n'),
        ("obcms/work/static/x.js", 'export { start } from "../budget/distribute.js";\n'),
        ("obcms/work/static/x.js", 'const all = await import("/static/budget/distribute.js");\n'),
        ("obcms/work/static/x.js", 'import "https://elsewhere.invalid/x.js";\n'),
    ),
    keeps=(
        ("obcms/work/static/x.js", 'import { page } from "../ppas/net.js";\n'),
        ("obcms/work/static/x.js", 'import "./tree.js";\n'),
    ),
)
