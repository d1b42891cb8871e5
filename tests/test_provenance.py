"""Where a result comes from: the commit, asked for without a trace."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reportgen import provenance


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one file, committed."""
    (tmp_path / "a.txt").write_text("one", encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "a.txt")
    git(tmp_path, "commit", "-q", "-m", "one")
    return tmp_path


def test_a_clean_folder_has_its_commit(folder: Path) -> None:
    assert provenance.commit(folder) == (git(folder, "rev-parse", "HEAD"), False)


def test_a_changed_folder_is_said_to_be_so(folder: Path) -> None:
    (folder / "a.txt").write_text("two", encoding="utf-8")
    assert provenance.commit(folder)[1] is True


def test_a_folder_outside_git_has_none(tmp_path: Path) -> None:
    assert provenance.commit(tmp_path) == (None, None)
    assert provenance.commit(tmp_path / "missing") == (None, None)


def test_asking_writes_nothing_and_starts_nothing_that_the_folder_names(folder: Path) -> None:
    (folder / "watcher").write_text(f"#!/bin/sh\ntouch {folder}/started\n", encoding="utf-8")
    (folder / "watcher").chmod(0o755)
    git(folder, "config", "core.fsmonitor", str(folder / "watcher"))
    (folder / "a.txt").touch()  # a stale entry, which a plain `git status` writes back to the index
    before = (folder / ".git" / "index").stat().st_mtime_ns
    provenance.commit(folder)
    assert not (folder / "started").exists()
    assert (folder / ".git" / "index").stat().st_mtime_ns == before


def test_file_names_in_another_encoding_do_no_harm(folder: Path) -> None:
    git(folder, "config", "core.quotePath", "false")
    name = b"\xff.txt".decode(errors="surrogateescape")
    (folder / name).write_text("one", encoding="utf-8")
    git(folder, "add", "-A")
    assert provenance.commit(folder)[1] is True


def test_the_packages_that_change_a_number_are_named_with_their_versions() -> None:
    assert {"reportgen", "numpy", "scikit-learn"} <= provenance.packages().keys()
