"""Write the data files of the examples from the packages that carry them.

Needs reportgen's own packages, and three more that it does not need, for their data alone:

    pip install --no-deps palmerpenguins==0.1.6 plotnine==0.15.9 vega_datasets==0.9.0
    python examples/make_data.py

The same versions write the same bytes. Sources and licences stand in the README.md of each example.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
from PIL import Image
from sklearn.datasets import load_breast_cancer, load_sample_image

HERE = Path(__file__).resolve().parent


def packaged(package: str, name: str) -> Path:
    """A data file inside an installed package; the package itself is not imported."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"make_data.py: {package} is not installed; see the first lines of this file")
    return Path(found.submodule_search_locations[0]) / name


def breast_cancer() -> None:
    """569 tumours, 30 measurements each; the target as words."""
    bunch = load_breast_cancer(as_frame=True)
    words = bunch.target.map(dict(enumerate(bunch.target_names)))
    frame = bunch.data.assign(target=words)
    frame.to_csv(HERE / "breast-cancer" / "breast_cancer.csv", index=False, lineterminator="\n")


def penguins() -> None:
    """344 penguins as collected, missing values included."""
    frame = pd.read_csv(packaged("palmerpenguins", "data/penguins.csv"))
    frame.to_parquet(HERE / "penguins" / "penguins.parquet", index=False)


def fuel_economy() -> None:
    """234 cars of 1999 and 2008, with names that need no code book."""
    names = {
        "displ": "displacement_l",
        "cyl": "cylinders",
        "trans": "transmission",
        "drv": "drive",
        "cty": "city_mpg",
        "hwy": "highway_mpg",
        "fl": "fuel",
    }
    frame = pd.read_csv(packaged("plotnine", "data/mpg.csv")).rename(columns=names)
    frame.to_csv(HERE / "fuel-economy" / "cars.csv", index=False, lineterminator="\n")


def weather() -> None:
    """1,461 days of weather in Seattle, a file for each year, as they are but for the name of one column."""
    frame = pd.read_csv(packaged("vega_datasets", "_data/seattle-weather.csv"), dtype=str)
    frame = frame.rename(columns={"precipitation": "precipitation_mm"})
    for year, days in frame.groupby(frame["date"].str[:4]):
        days.to_csv(HERE / "weather" / f"seattle-{year}.csv", index=False, lineterminator="\n")


def sentences() -> None:
    """600 sentences from the documentation of each of four libraries, evenly spread over the alphabet."""
    libraries = {"matplotlib": "matplotlib", "numpy": "NumPy", "pandas": "pandas", "sklearn": "scikit-learn"}
    written = {name: sorted(set(documented(package))) for package, name in libraries.items()}
    shared = Counter(sentence for found in written.values() for sentence in found)
    rows = []
    for library, found in written.items():
        own = [sentence for sentence in found if shared[sentence] == 1]
        rows += [(own[place * len(own) // 600], library) for place in range(600)]
    frame = pd.DataFrame(sorted(rows), columns=["sentence", "library"])
    frame.to_csv(HERE / "sentences" / "sentences.csv", index=False, lineterminator="\n")


def documented(package: str) -> Iterator[str]:
    """First sentences of what documents a package's public classes, functions and methods; nothing is imported."""
    root = packaged(package, "")
    aside = {"tests", "testing", "_vendor", "distutils", "f2py", "externals", "_build_utils"}
    for path in root.rglob("*.py"):
        if aside.intersection(path.relative_to(root).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                first = " ".join((ast.get_docstring(node) or "").partition("\n\n")[0].split())
                sentence = re.split(r"(?<=[.!?]) ", first)[0]
                if sentence.isascii() and sentence.endswith(".") and 6 <= len(sentence.split()) <= 30:
                    yield sentence


def patches() -> None:
    """Every second square of 32 pixels of two photographs, as on a chessboard."""
    for name, folder in (("china.jpg", "temple"), ("flower.jpg", "flower")):
        pixels = load_sample_image(name)
        (HERE / "patches" / "images" / folder).mkdir(parents=True, exist_ok=True)
        for row in range(pixels.shape[0] // 32):
            for column in range(row % 2, pixels.shape[1] // 32, 2):
                patch = Image.fromarray(pixels[32 * row : 32 * row + 32, 32 * column : 32 * column + 32])
                patch.save(HERE / "patches" / "images" / folder / f"{row:02}-{column:02}.jpg", quality=85)


if __name__ == "__main__":
    breast_cancer()
    penguins()
    fuel_economy()
    weather()
    sentences()
    patches()
