"""Print the JSON Schema of the experiment file, for completion and checks in editors."""

from __future__ import annotations

import argparse
import copy
import json
from typing import Any

from reportgen import registry
from reportgen.specfile import schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Save it and name it in the first line of an experiment file: # yaml-language-server: $schema=FILE"


def run(_args: argparse.Namespace) -> int:
    print(json.dumps(published(), indent=2, ensure_ascii=False))
    return 0


def published() -> dict[str, Any]:
    """The schema of the records (draft 2020-12), with the names of the installed units where units are named."""
    result: dict[str, Any] = copy.deepcopy(dict(schema.root()))
    blocks = result["$defs"]
    for block, key, family in (
        ("Evaluate", "metrics", "metrics"),
        ("Report", "sections", "sections"),
        ("Report", "figures", "figures"),
    ):
        for option in blocks[block]["properties"][key]["anyOf"]:
            if "items" in option:
                option["items"]["enum"] = list(registry.names(family))
    result["properties"]["checks"]["propertyNames"] = {"enum": list(registry.names("checks"))}
    return result
