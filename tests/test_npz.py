"""NumPy archives: arrays become columns, headers are believed only as far as the bytes go, no object is ever opened."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tables import load_file

from reportgen import memory
from reportgen.dataset import Dataset, Kind
from reportgen.errors import DataError, LimitExceeded, ReportgenError, SpecError

fuzzed = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def load(folder: Path, options: dict[str, Any] | None = None, /, **written: Any) -> Dataset:
    np.savez(folder / "a.npz", **written)
    return load_file(folder, "a.npz", **(options or {}))


def refused(folder: Path, kind: type[ReportgenError] = DataError, **written: Any) -> str:
    with pytest.raises(kind) as caught:
        load(folder, **written)
    return str(caught.value)


def header(shape: str, kind: str = "<f8") -> bytes:
    """A .npy part that claims that shape, and 8 bytes of values."""
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + bytes(8)


def archive(folder: Path, **parts: bytes) -> None:
    with zipfile.ZipFile(folder / "a.npz", "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(f"{name}.npy", content)


class TestColumns:
    def test_an_array_is_a_column_of_its_name_and_type(self, tmp_path: Path) -> None:
        frame = load(
            tmp_path,
            whole=np.array([1, 2, 3], ">i2"),
            number=np.array([0.5, np.nan, np.inf], np.float16),
            flag=np.array([True, False, True]),
            word=np.array(["x", "ü", "007"]),
            old=np.array([b"a", b"b", b"c"]),
            day=np.array(["2020-01-31", "NaT", "1600-01-01"], "M8[D]"),
            month=np.array(["2020-01", "2020-02", "2020-03"], "M8[M]"),
            lasts=np.array([1, 2, 3], "m8[h]"),
        ).frame

        assert frame["whole"].tolist() == [1, 2, 3]
        assert np.array_equal(frame["number"].to_numpy(), [0.5, np.nan, np.inf], equal_nan=True)
        assert frame["flag"].tolist() == [True, False, True]
        assert frame["word"].tolist() == ["x", "ü", "007"]
        assert frame["old"].tolist() == ["a", "b", "c"]
        assert frame["day"][0].date() == dt.date(2020, 1, 31)
        assert frame["day"].isna().tolist() == [False, True, False]
        assert frame["day"].dt.year.tolist()[2] == 1600
        assert frame["month"].dt.month.tolist() == [1, 2, 3]
        assert frame["lasts"].tolist() == [3600.0, 7200.0, 10800.0]

    def test_a_matrix_is_as_many_columns(self, tmp_path: Path) -> None:
        matrix = np.arange(6.0).reshape(3, 2)
        frame = load(tmp_path, X=np.asfortranarray(matrix), y=np.array([1, 0, 1])).frame

        assert list(frame.columns) == ["X 1", "X 2", "y"]
        assert frame[["X 1", "X 2"]].to_numpy().tolist() == matrix.tolist()

    @pytest.mark.parametrize("name", ["feature_names", "columns"])
    def test_an_array_of_names_names_the_columns_of_the_matrix(self, name: str, tmp_path: Path) -> None:
        frame = load(tmp_path, X=np.zeros((5, 3)), y=np.arange(5), **{name: np.array(["u", "y", "u"])}).frame

        assert list(frame.columns) == ["u", "y", "u (2)", "y (2)"]

    def test_names_that_fit_two_matrices_name_neither(self, tmp_path: Path) -> None:
        assert "'feature_names' (2,)" in refused(
            tmp_path, A=np.zeros((5, 2)), B=np.zeros((5, 2)), feature_names=np.array(["u", "v"])
        )

    def test_names_differ_by_case(self, tmp_path: Path) -> None:
        assert list(load(tmp_path, X=np.arange(3), x=np.arange(3)).frame.columns) == ["X", "x"]

    def test_a_matrix_of_one_column_is_a_column(self, tmp_path: Path) -> None:
        assert list(load(tmp_path, X=np.zeros((3, 1))).frame.columns) == ["X"]

    def test_single_values_are_left_out_and_told(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, x=np.arange(3), seed=np.array(7))

        assert list(dataset.frame.columns) == ["x"]
        assert "1 single value left out: 'seed'." in dataset.notes

    def test_arrays_of_other_lengths_are_named(self, tmp_path: Path) -> None:
        message = refused(tmp_path, x=np.arange(3), z=np.zeros((4, 2)))

        assert "the arrays are of different lengths: 'x' (3,) and 'z' (4, 2)" in message

    def test_complex_numbers_are_kept_out_with_the_reason(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, x=np.arange(3), c=np.ones(3, complex))

        assert dataset.column("c").kind is Kind.IGNORE
        assert "complex numbers" in dataset.column("c").reason

    def test_hashes_the_file(self, tmp_path: Path) -> None:
        source = load(tmp_path, x=np.arange(3)).source

        assert source.sha256 == hashlib.sha256((tmp_path / "a.npz").read_bytes()).hexdigest()
        assert source.format == "npz"

    def test_whole_numbers_of_64_bits_are_not_rounded(self, tmp_path: Path) -> None:
        assert load(tmp_path, x=np.array([2**63 - 1, 2**53 + 1])).frame["x"].tolist() == [2**63 - 1, 2**53 + 1]
        assert load(tmp_path, x=np.array([2**64 - 1, 1], np.uint64)).frame["x"].tolist() == [str(2**64 - 1), "1"]

    @fuzzed
    @given(
        values=arrays.arrays(
            st.sampled_from([np.int8, np.uint16, np.int64, np.float32, np.float64, np.bool_]),
            arrays.array_shapes(min_dims=1, max_dims=2, max_side=6),
        )
    )
    def test_what_numpy_saved_comes_back(self, values: np.ndarray, tmp_path: Path) -> None:
        frame = load(tmp_path, x=values).frame

        expected = values.reshape(len(values), -1).astype(float)
        found = np.column_stack([frame[name].to_numpy(dtype=float, na_value=np.nan) for name in frame.columns])
        assert np.array_equal(found, expected, equal_nan=True)


class TestImages:
    def test_three_axes_are_grey_images(self, tmp_path: Path) -> None:
        pixels = np.random.default_rng(0).integers(0, 255, (4, 5, 6), np.uint8)
        dataset = load(tmp_path, {"target": "y"}, x=pixels, y=np.array([0, 1, 0, 1]))

        assert dataset.column("x").kind is Kind.IMAGE
        assert dataset.frame["x"].tolist() == ["x 1", "x 2", "x 3", "x 4"]
        assert dataset.images["x"].shapes().tolist() == [[5, 6, 1]] * 4
        assert np.array_equal(dataset.images["x"].read(np.arange(4), (5, 6), 1)[..., 0], pixels)

    def test_four_axes_are_images_with_channels(self, tmp_path: Path) -> None:
        pixels = np.random.default_rng(0).integers(0, 255, (2, 3, 4, 3), np.uint8)
        images = load(tmp_path, x=pixels).images["x"]

        assert np.array_equal(images.read(np.array([1]), (3, 4), 3)[0], pixels[1])

    def test_other_numbers_than_bytes_are_scaled_and_told(self, tmp_path: Path) -> None:
        dataset = load(tmp_path, x=np.linspace(0, 16, 12).reshape(1, 3, 4))

        assert any("from 0 to 16" in note for note in dataset.notes)

    @pytest.mark.parametrize("shape", [(2, 3, 4, 7), (2, 3, 4, 5, 1)])
    def test_what_is_neither_is_refused_with_its_shape(self, shape: tuple[int, ...], tmp_path: Path) -> None:
        assert str(shape) in refused(tmp_path, x=np.zeros(shape))


class TestSplits:
    def test_arrays_of_train_and_test_are_one_table_with_given_splits(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(0)
        pixels = rng.integers(0, 255, (7, 4, 4), np.uint8)
        dataset = load(
            tmp_path,
            {"target": "y"},
            x_test=pixels[5:],
            x_train=pixels[:5],
            y_train=np.array([0, 1, 0, 1, 1]),
            y_test=np.array([1, 0]),
        )

        assert dict(dataset.given) == {"train": (0, 5), "test": (5, 7)}
        assert sorted(dataset.frame.columns) == ["x", "y"]
        assert dataset.frame["y"].tolist() == ["0", "1", "0", "1", "1", "1", "0"]
        assert np.array_equal(dataset.images["x"].read(np.arange(7), (4, 4), 1)[..., 0], pixels)

    def test_the_split_may_stand_first_and_there_may_be_three(self, tmp_path: Path) -> None:
        written = {
            f"{split}_{name}": np.full((length, 2) if name == "images" else (length, 1), length)
            for split, length in (("train", 4), ("val", 2), ("test", 1))
            for name in ("images", "labels")
        }
        dataset = load(tmp_path, **written)

        assert dict(dataset.given) == {"train": (0, 4), "validation": (4, 6), "test": (6, 7)}
        assert list(dataset.frame.columns) == ["images 1", "images 2", "labels"]

    def test_lengths_that_differ_within_a_split_are_named(self, tmp_path: Path) -> None:
        message = refused(tmp_path, x_train=np.zeros(3), y_train=np.zeros(2), x_test=np.zeros(1), y_test=np.zeros(1))

        assert "'x of train' (3,) and 'y of train' (2,)" in message

    def test_splits_of_different_shapes_are_refused(self, tmp_path: Path) -> None:
        assert "the arrays 'x' of the splits differ" in refused(
            tmp_path, x_train=np.zeros((3, 2)), x_test=np.zeros((3, 4))
        )


class TestHostile:
    def test_objects_are_never_opened(self, tmp_path: Path) -> None:
        class Payload:
            def __reduce__(self) -> tuple[Any, ...]:
                return (Path.touch, (tmp_path / "ran",))

        message = refused(tmp_path, SpecError, x=np.arange(2), o=np.array([Payload(), 1], object))

        assert "can execute code" in message
        assert not (tmp_path / "ran").exists()

    def test_a_pickle_under_the_suffix_or_inside_is_never_opened(self, tmp_path: Path) -> None:
        (tmp_path / "a.npz").write_bytes(pickle.dumps({"x": 1}))
        with pytest.raises(SpecError, match="can execute code"):
            load_file(tmp_path, "a.npz")
        archive(tmp_path, x=pickle.dumps([1]))
        with pytest.raises(SpecError, match="can execute code"):
            load_file(tmp_path, "a.npz")

    @pytest.mark.parametrize("shape", ["(1000000000000,)", "(1000000, 1000000)", "(1000000000000000000000000,)"])
    def test_a_header_that_claims_more_than_memory_is_a_limit(self, shape: str, tmp_path: Path) -> None:
        archive(tmp_path, x=header(shape))

        with pytest.raises(LimitExceeded, match="needs about"):
            load_file(tmp_path, "a.npz")

    def test_words_of_no_length_are_counted_too(self, tmp_path: Path) -> None:
        archive(tmp_path, x=header("(1000000000000,)", "<U0"))

        with pytest.raises(LimitExceeded):
            load_file(tmp_path, "a.npz")

    @pytest.mark.parametrize("shape", ["(2,)", "(0,)", "(-1,)", "(1, 1", "None"])
    def test_a_header_that_does_not_fit_the_bytes_is_damage(self, shape: str, tmp_path: Path) -> None:
        archive(tmp_path, x=header(shape))

        with pytest.raises(DataError, match="damaged"):
            load_file(tmp_path, "a.npz")

    def test_a_part_larger_than_the_directory_says_is_damage(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "a.npz", x=np.zeros(1000))
        data = (tmp_path / "a.npz").read_bytes()
        entry = data.rindex(b"PK\1\2")
        less = data[: entry + 24] + struct.pack("<I", 136) + data[entry + 28 :]
        (tmp_path / "a.npz").write_bytes(less)

        with pytest.raises(DataError, match="damaged"):
            load_file(tmp_path, "a.npz")

    def test_a_table_larger_than_memory_is_a_limit(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(memory, "available", lambda: 100_000)
        np.savez_compressed(tmp_path / "a.npz", x=np.zeros(1_000_000))

        with pytest.raises(LimitExceeded):
            load_file(tmp_path, "a.npz")

    def test_a_single_array_is_told_from_an_archive(self, tmp_path: Path) -> None:
        stream = io.BytesIO()
        np.save(stream, np.arange(3))
        (tmp_path / "a.npz").write_bytes(stream.getvalue())

        with pytest.raises(DataError, match="a single array"):
            load_file(tmp_path, "a.npz")

    @pytest.mark.parametrize("written", [{}, {"seed": np.array(1)}, {"x": np.zeros(0)}, {"x": np.zeros((3, 0))}])
    def test_no_column_or_no_row_is_refused(self, written: dict[str, Any], tmp_path: Path) -> None:
        assert "fix: " in refused(tmp_path, **written)

    def test_records_are_refused(self, tmp_path: Path) -> None:
        assert "holds records" in refused(tmp_path, x=np.zeros(3, [("a", "i4"), ("b", "f4")]))

    def test_bytes_that_are_no_text_are_refused(self, tmp_path: Path) -> None:
        assert "not UTF-8" in refused(tmp_path, x=np.array([b"\xff\xfe", b"a"]))

    def test_markup_in_names_and_words_stays_text(self, tmp_path: Path) -> None:
        name = "<img src=x onerror=alert(1)>"
        assert load(tmp_path, **{name: np.array(["</script>", "b"])}).frame[name].tolist() == ["</script>", "b"]

    @fuzzed
    @given(at=st.integers(0, 10_000), byte=st.integers(0, 255), cut=st.integers(0, 900))
    def test_any_damage_gives_a_table_or_an_error_of_ours(self, at: int, byte: int, cut: int, tmp_path: Path) -> None:
        np.savez_compressed(tmp_path / "a.npz", x=np.arange(40), w=np.array(["a", "b"] * 20))
        data = bytearray((tmp_path / "a.npz").read_bytes())
        data[at % len(data)] = byte
        (tmp_path / "a.npz").write_bytes(data[: len(data) - cut if cut % 5 == 0 else len(data)])
        with contextlib.suppress(SpecError, DataError, LimitExceeded):
            assert load_file(tmp_path, "a.npz").n_rows > 0
