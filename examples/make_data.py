"""Write the data files of the examples from the packages that carry them.

Needs scikit-learn, pandas and pyarrow, and three packages that reportgen itself does not need, for their data alone:

    pip install --no-deps palmerpenguins==0.1.6 plotnine==0.15.9 vega_datasets==0.9.0
    python examples/make_data.py

The same versions write the same bytes. Sources and licences stand in the README.md of each example.
"""

from importlib.util import find_spec
from pathlib import Path

import pandas as pd
from sklearn.datasets import load_breast_cancer

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


if __name__ == "__main__":
    breast_cancer()
    penguins()
    fuel_economy()
    weather()
