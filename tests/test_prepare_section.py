"""The Preparation section: readable for many steps, classes and columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from runs import binary, multiclass, regression

from reportgen.dataset import Lack, Step
from reportgen.document import Block, Group, Table, Text
from reportgen.results import Run
from reportgen.sections import preparation


def blocks(run: Run, **changes: Any) -> list[Block]:
    assert run.splits is not None
    return preparation.compose(replace(run, splits=replace(run.splits, **changes)), None)  # type: ignore[arg-type]


def tables(found: list[Block]) -> dict[str, Table]:
    opened = [inner for block in found for inner in (block.blocks if isinstance(block, Group) else [block])]
    return {block.id: block for block in opened if isinstance(block, Table)}


def steps(n: int) -> tuple[Step, ...]:
    return tuple(Step(f"step {place}", 100 - place, 99 - place, 9, 9, "1 row removed", "why") for place in range(n))


def test_sixty_steps_are_a_table_and_a_fold_that_says_where_they_end() -> None:
    found = blocks(binary(), ledger=steps(60))
    fold = next(block for block in found if isinstance(block, Group))

    assert len(tables(found)["table-ledger"].rows) == 25
    assert [row[0] for row in tables(found)["table-ledger-rest"].rows] == [f"step {place}" for place in range(25, 60)]
    assert fold.title == "35 more steps, which end with 40 rows and 9 columns"


def test_few_steps_are_one_table() -> None:
    assert "table-ledger-rest" not in tables(blocks(binary(), ledger=steps(25)))


def test_six_classes_have_a_column_each() -> None:
    table = tables(blocks(multiclass(labels=tuple("abcdef"))))["table-splits"]

    assert [column.title for column in table.columns] == ["split", "rows", *"abcdef"]


def test_of_many_classes_the_five_commonest_and_all_others_are_shown() -> None:
    labels = tuple(f"k{number:02}" for number in range(30))
    run = multiclass(rows=3000, labels=labels)
    assert run.splits is not None
    parts = {
        name: replace(part, y=np.minimum(part.y, np.where(part.y % 2, 29, part.y)))
        for name, part in run.splits.parts.items()
    }
    parts["train"] = replace(parts["train"], y=np.where(np.arange(len(parts["train"])) % 10 < 4, 28, parts["train"].y))
    found = tables(blocks(run, parts=parts))

    members = np.bincount(np.concatenate([part.y for part in parts.values()]), minlength=30)
    assert [column.title for column in found["table-splits"].columns][-2:] == ["k28", "25 others"]
    assert found["table-splits"].caption.endswith("the 5 commonest of 30 classes.")
    rows = found["table-split-classes"].rows
    assert rows[0][0] == "k28"
    assert [sum(row[1:]) for row in rows] == sorted(members.tolist(), reverse=True)  # type: ignore[arg-type]


def test_the_counts_of_a_split_add_up_to_its_rows() -> None:
    table = tables(blocks(multiclass(rows=900, labels=tuple(f"k{number:02}" for number in range(30)))))["table-splits"]

    for row in table.rows:
        assert sum(int(str(cell).split(" ")[0].replace(",", "")) for cell in row[2:]) == row[1]


def test_a_regression_shows_the_spread_of_its_target() -> None:
    table = tables(blocks(regression()))["table-splits"]

    assert [column.title for column in table.columns] == ["split", "rows", "mean of the target", "sd"]


def test_one_lack_is_a_sentence() -> None:
    found = blocks(binary(), lacks=(Lack("test", "city", "2 levels that train does not have", 31),))

    texts = [str(block) for block in found if isinstance(block, Text)]
    assert "Column 'city', test: 2 levels that train does not have, in 31 rows." in texts


def test_several_lacks_are_a_table_and_absent_classes_come_first() -> None:
    lacks = [Lack("test", f"c{place}", "1 level that train does not have", place + 1) for place in range(3)]
    table = tables(blocks(binary(), lacks=(*lacks, Lack("train", "y", "no row of class 'w'", 0))))["table-lacks"]

    assert [row[0] for row in table.rows] == ["y", "c2", "c1", "c0"]


def test_a_thousand_lacks_are_folded_and_cut() -> None:
    lacks = tuple(Lack("test", f"c{place}", "1 level that train does not have", 1) for place in range(1000))
    found = blocks(binary(), lacks=lacks)

    assert tables(found)["table-lacks"].total == 1000
    assert len(tables(found)["table-lacks"].rows) == 100
    assert any(isinstance(block, Group) and block.title == "What the splits lack, in 1,000 places" for block in found)


def test_a_step_shows_what_came_in_and_what_went_out() -> None:
    ledger = (
        Step("load", 1000, 1000, 9, 9, "all", "why"),
        Step("duplicates", 1000, 990, 9, 9, "10 rows removed", "why"),
    )

    assert [row[1:3] for row in tables(blocks(binary(), ledger=ledger))["table-ledger"].rows] == [
        ("1,000", "9"),
        ("1,000 → 990", "9"),
    ]
