"""Make fabriek.css and its fonts out of the components in node_modules and our own sources.

    python assets/build.py

One file, in the order: components of the NL Design System (by name), then css/ from tokens to
print. Their comments go, their licence stays at the top.
"""

import json
import re
import shutil
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE.parent / "src" / "fabriek" / "web" / "static" / "fabriek"
OWN = ("fonts", "tokens", "base", "page", "parts", "charts", "print")
FONTS = ("bitter", "figtree")
NOTICE = """/* Contains components of the NL Design System, EUPL-1.2,
   (c) 2020-2024 Frameless B.V., (c) 2021-2024 Gemeente Utrecht, and the community. */
"""


def component(name: str) -> str:
    """The CSS that a package of the NL Design System brings."""
    folder = HERE / "node_modules" / name / "dist"
    plain = folder / f"{name.rpartition('/')[2].removesuffix('-css')}.css"
    return (plain if plain.exists() else folder / "index.min.css").read_text("utf-8")


def small(css: str) -> str:
    """Without comments, indents and empty lines; the transfer is compressed anyway."""
    plain = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL).replace('@charset "UTF-8";', "")
    return "\n".join(line.strip() for line in plain.splitlines() if line.strip()) + "\n"


def main() -> None:
    """Write the style sheet and copy the fonts with their licences."""
    names = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]
    parts = [component(name) for name in sorted(names) if name.endswith("-css")]
    parts += [(HERE / "css" / f"{name}.css").read_text("utf-8") for name in OWN]
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "fabriek.css").write_text(NOTICE + "".join(map(small, parts)), "utf-8")
    for name in FONTS:
        folder = HERE / "node_modules" / "@fontsource-variable" / name
        shutil.copyfile(folder / "files" / f"{name}-latin-wght-normal.woff2", OUT / f"{name}.woff2")
        shutil.copyfile(folder / "LICENSE", OUT / f"{name}-licence.txt")


if __name__ == "__main__":
    main()
