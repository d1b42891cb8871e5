"""List what there is to name in an experiment file: loaders, models, metrics, checks, figures, sections, outputs."""

from __future__ import annotations

import argparse

from reportgen import registry

_LISTED = tuple(family for family in registry.FAMILIES if family != "commands")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("family", choices=_LISTED, metavar="FAMILY", help=", ".join(_LISTED))


def run(args: argparse.Namespace) -> int:
    names = registry.names(args.family)
    width = max(map(len, names), default=0)
    for name in names:
        print(f"{name:<{width}}  {registry.summary(args.family, name)}".rstrip())
    return 0
