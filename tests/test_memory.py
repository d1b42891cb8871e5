"""How much memory may be taken, and what becomes of a run that has little."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reportgen import cli, memory, parallel, source
from reportgen.loaders import load
from reportgen.profile import profile
from reportgen.spec import Data


class TestControlGroups:
    """A group that is found by its folder holds for this process only if `/proc/self/cgroup` names it or one in it."""

    def group(self, folder: Path, limit: str, used: int, cached: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "memory.max").write_text(limit)
        (folder / "memory.current").write_text(str(used))
        (folder / "memory.stat").write_text(f"anon 1\ninactive_file {cached}\n")

    @pytest.fixture
    def mount(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        (tmp_path / "own").write_text("0::/user.slice/run.scope\n")
        monkeypatch.setattr(memory, "_OWN_GROUPS", tmp_path / "own")
        files = ("memory.max", "memory.current", "inactive_file")
        monkeypatch.setattr(memory, "_CGROUPS", ((tmp_path / "v2", *files), (tmp_path / "v1", *files)))
        return tmp_path / "v2"

    def test_the_own_group_counts(self, mount: Path) -> None:
        self.group(mount / "user.slice/run.scope", "1000", 300, cached=50)

        assert memory._container() == 750

    def test_the_least_of_all_groups_above(self, mount: Path) -> None:
        self.group(mount / "user.slice/run.scope", "5000", 0)
        self.group(mount / "user.slice", "1000", 400)

        assert memory._container() == 600

    def test_in_a_container_the_mount_is_the_own_group(self, mount: Path) -> None:
        self.group(mount, "900", 100)

        assert memory._container() == 800

    def test_groups_of_others_and_groups_without_a_limit_do_not_count(self, mount: Path) -> None:
        self.group(mount / "other.slice", "10", 0)
        self.group(mount / "user.slice", "max", 0)

        assert memory._container() is None


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (MemoryError(), True),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), True),
        (RuntimeError("can't start new thread"), True),
        (ImportError("libx.so: failed to map segment from shared object"), True),
        (RuntimeError("an inconsistent tree"), False),
        (ImportError("No module named x"), False),
        (OSError(errno.ENOENT, "No such file"), False),
    ],
)
def test_memory_that_runs_out_anywhere_is_a_limit_and_no_bug(
    error: Exception, found: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_arguments: object) -> int:
        raise error

    monkeypatch.setattr(cli, "_dispatch", broken)

    assert cli.main(["check", "x.yaml"]) == (7 if found else 70)
    assert ("memory ran out" in capsys.readouterr().err) == found


def test_thousands_of_items_are_handed_over_in_few_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    submit, submitted = parallel.ThreadPoolExecutor.submit, []

    def counted(*args: object, **named: object) -> object:
        submitted.append(args)
        return submit(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(parallel.ThreadPoolExecutor, "submit", counted)
    monkeypatch.setattr(parallel, "cores", lambda: 2)

    assert parallel.each(lambda number: -number, range(10_000)) == [-number for number in range(10_000)]
    assert len(submitted) <= 32


class TestThreadsThatCannotBeStarted:
    @pytest.mark.parametrize("n_started", [0, 1])
    def test_the_work_is_done_one_by_one(self, n_started: int, monkeypatch: pytest.MonkeyPatch) -> None:
        import threading

        begin, begun = threading.Thread.start, []

        def start(thread: threading.Thread) -> None:
            if len(begun) >= n_started:
                raise RuntimeError("can't start new thread")
            begun.append(thread)
            begin(thread)

        monkeypatch.setattr(threading.Thread, "start", start)
        monkeypatch.setattr(parallel, "cores", lambda: 4)

        assert parallel.each(lambda number: number * number, range(6)) == [0, 1, 4, 9, 16, 25]

    def test_an_error_of_the_work_is_not_taken_for_one_of_the_threads(self) -> None:
        calls = []

        def work(number: int) -> int:
            calls.append(number)
            raise RuntimeError("broken")

        with pytest.raises(RuntimeError, match="broken"):
            parallel.each(work, [1])
        assert calls == [1]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_data_report_of_a_table_larger_than_the_address_space_left(suffix: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    n_rows = 100_000
    frame = pd.DataFrame({f"x{k}": rng.normal(size=n_rows) for k in range(8)})
    frame["word"] = rng.choice(["north", "south", "east"], n_rows)
    frame.to_csv(tmp_path / "t.csv", index=False) if suffix == "csv" else frame.to_parquet(tmp_path / "t.parquet")
    (tmp_path / "e.yaml").write_text(f"data: {{path: t.{suffix}}}\nseed: 5\n")
    limit = 1_300_000_000
    code = (
        "import resource, sys\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))\n"
        "from reportgen import memory\n"
        "from reportgen.loaders import _files\n"
        "_files._LEAST, memory._container = 0, lambda: 12_000_000\n"
        "from reportgen.cli import main\n"
        "sys.exit(main(['run', sys.argv[1], '-o', sys.argv[2]]))\n"
    )
    arguments = [sys.executable, "-c", code, str(tmp_path / "e.yaml"), str(tmp_path / "e.md")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, env=os.environ)

    assert done.returncode == 0, done.stderr
    text = (tmp_path / "e.md").read_text(encoding="utf-8")
    assert "of 100,000, drawn with the seed 5, because the whole table does not fit into memory" in text


def test_a_sample_tells_what_the_whole_table_does_within_its_standard_errors(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    n_rows, n_kept = 60_000, 4000
    # In an order, and of two halves that differ: what is not drawn evenly is off by many standard errors.
    frame = pd.DataFrame(
        {
            "trend": np.arange(n_rows) + rng.normal(size=n_rows),
            "skewed": np.exp(rng.normal(size=n_rows)),
            "gaps": np.where(rng.random(n_rows) < 0.1, np.nan, rng.normal(size=n_rows)),
            "word": np.where(np.arange(n_rows) < n_rows // 2, "early", rng.choice(["late", "last"], n_rows)),
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    location = source.resolve("t.csv", tmp_path / "e.yaml")
    found = {one.name: one for one in profile(load(location, Data(path="t.csv", sample=n_kept), seed=1)).columns}

    for name in ("trend", "skewed", "gaps"):
        values = frame[name].dropna()
        error = values.std() / np.sqrt(n_kept * len(values) / n_rows)
        assert found[name].mean == pytest.approx(values.mean(), abs=4 * error)
        for quantile, estimate in ((0.25, found[name].q25), (0.5, found[name].median), (0.75, found[name].q75)):
            # The share of the whole table below the sample's quantile is binomial.
            below = (values <= estimate).mean()
            assert below == pytest.approx(quantile, abs=4 * np.sqrt(quantile * (1 - quantile) / n_kept))
    shares = {level.name: level.count / n_kept for level in found["word"].levels}
    for word, share in frame["word"].value_counts(normalize=True).items():
        assert shares[word] == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / n_kept))
    assert found["gaps"].missing / n_kept == pytest.approx(0.1, abs=4 * np.sqrt(0.1 * 0.9 / n_kept))
