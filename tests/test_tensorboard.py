"""TensorBoard's event files: written while training, and read from a log that another program wrote."""

from __future__ import annotations

import base64
import io
import os
import struct
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from reportgen import api, experiment
from reportgen.errors import DataError, OutputError, ReportgenError, SpecError
from reportgen.eventfile import framing, wire
from reportgen.eventfile.events import Decoder
from reportgen.fitted import Fitted
from reportgen.models import _event_log, tensorboard
from reportgen.models._events import Events
from reportgen.models._log_names import aligned, history
from reportgen.session import Session
from reportgen.specfile import draft_of

#: Event files that the tensorboard package 2.21 wrote, packed. The first in the form of TensorFlow 1, as PyTorch writes
#: it: Loss/train 1, 0.5, 0.25 and Loss/val 2, 1.5, 1.75 at the steps 0, 10, 20, the histogram fc/weight with the limits
#: 0, 2, 1e300 and the counts 2, 5, 1 between -1 and 3, and a picture. The second in that of TensorFlow 2: epoch_loss 3,
#: 2, 1, the histogram dense/kernel with 2 from 0 to 1 and 6 from 1 to 2, and the same picture.
FIRST = (
    "c-r$|fPjCKJmzxVG;g|Ra`2X;6mL>dVrHJ6YguYuiIq{19+yr@YF=@EQBr<lQHox1X>M*}QKepaQD#YMkzOiDReV}zPHH?v<Xy%G"
    "7dfc8H}41;ae^4BXU{rn33CZ@arxvI7weaRED&X2Xt0mf42ze6sy=aWsw_gaAQwLu2UvAkVh&I(gTu+1)n^r;YBk@k3;?NR1*sL_"
    "!eTaq{iL|8d~}z<)T5hzz@GK6!$fq`xxlJLu({kWz_RuLy6G_W=%zog4{W`yT?<v67}{Hhth#_JkBc)cS-(6rGd-h3E0GhT?8AOR"
    "2!q2x62ee$P=qlwVGJV)22|iMr<9??=81Wo6->qfLWw}>5B4d%CS18tNn77%g~*Oc;ELm7F33z)3g=)FV3J@~^6w1rbLZuf;sPq-"
    "_4IHF0@6$%%mE_*UYS)4q{KX3978JRB&P^m+^}(D;))lM8=fAKWe{D%@^1HvpXWdpdAj<!taD0e>W<no5da3cnuq"
)
SECOND = (
    "c-r$|fPjCKJmzxN%<jBra`2X;6mL>dVrHJ6YguYuiIq{19+yr@YF=@EQBr<lQHox1X>M*}QKepaQD#YMkzOiDReV}zPHH?v<mhU-"
    "cq6E}Dw1JuI6;imvu7Q()VWl-xKa!9lQZIT@{5a|xHuSv7_?Xz7#tkDxVbpF*o%`Ba}tY+h1aw_P=}hZ`{716pa~6N69gEwq_`xo"
    "o5A4lvU=}KG;IuwU~NpewKdrP_uu+D7pl$H_gNvbwgj#?E}j&i=Tr5wQ;YIabDZorn1ncln1Cb`2eXm^0}A+H4`n!D=Sw(v@p18R"
    "ab;u{m*l4xCFT}eeZT8l4^<RkDRmmz@*=JRF6M&FWT!|Db|*$75c2N~@N?(olHvj?<Ms4#2?EkgAj|<G|6Z9@45Y+7T^vIy<|L;G"
    "T->m6W8#VzksF>Kk!28F!}4zTil65|R(ZPmxvX<aXaYNjEi*SUJ+)YfNq}*MMCMTd<im&z"
)


def packed(text: str) -> bytes:
    return zlib.decompress(base64.b85decode(text))


def log(folder: Path, **files: bytes) -> Path:
    """A log with one file a run; `root` is the folder itself."""
    for run, data in files.items():
        place = folder / "log" / ("" if run == "root" else run)
        place.mkdir(parents=True, exist_ok=True)
        (place / "events.out.tfevents.1.v2").write_bytes(data)
    return folder / "log"


def read(folder: Path) -> Fitted:
    draft = draft_of("model: {kind: tensorboard, path: log}", str(folder / "e.yaml"))
    files = draft.model_files()
    return tensorboard.read(files.name, files.log)[0]


def refused(kind: type[ReportgenError], folder: Path, text: str = "model: {kind: tensorboard, path: log}") -> str:
    with pytest.raises(kind) as caught:
        experiment.run(draft_of(text, str(folder / "e.yaml")), Session(inline=True))
    return str(caught.value)


# Checksums and framing.


@pytest.mark.parametrize(
    ("data", "crc"),  # RFC 3720, appendix B.4, and the check value of the catalogue of CRCs
    [
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(reversed(range(32))), 0x113FDB5C),
        (b"123456789", 0xE3069283),
    ],
)
def test_the_checksum_is_that_of_the_standard(data: bytes, crc: int) -> None:
    assert framing.crc32c(data) == crc


@pytest.mark.parametrize("size", [2047, 2048, 2049, 4095, 4097, 30_001])
def test_the_checksum_of_long_bytes_is_that_of_one_byte_after_the_other(size: int) -> None:
    data = np.random.default_rng(size).bytes(size)
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (0x82F63B78 if register & 1 else 0)
    assert framing.crc32c(data) == register ^ 0xFFFFFFFF


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_records_come_back_as_they_were_written(written: list[bytes]) -> None:
    file = io.BytesIO(b"".join(map(framing.framed, written)))
    assert list(framing.payloads(file, 1000, lambda _: None)) == written


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_event_are_told_apart_and_never_crash(data: bytes) -> None:
    try:
        for value in Decoder().values(data):
            assert value.tag is not None
    except wire.Malformed:
        pass


@settings(max_examples=200)
@given(st.integers(0, 520), st.binary(min_size=1, max_size=8))
def test_a_changed_byte_is_noticed(at: int, other: bytes) -> None:
    data = packed(SECOND)
    changed = data[:at] + other + data[at + len(other) :]
    try:
        found = list(framing.payloads(io.BytesIO(changed), 10_000, lambda _: None))
    except (framing.Damaged, framing.Truncated):
        return
    assert found == list(framing.payloads(io.BytesIO(data), 10_000, lambda _: None))[: len(found)]


# Reading what TensorBoard wrote.


def test_a_log_of_the_first_form_is_read(tmp_path: Path) -> None:
    log(tmp_path, root=packed(FIRST))
    fitted = read(tmp_path)
    assert fitted.history == {"loss": (1.0, 0.5, 0.25), "val_loss": (2.0, 1.5, 1.75)}
    assert fitted.best_epoch == 2
    assert fitted.logged is not None
    assert fitted.logged.steps["loss"] == (0, 10, 20)
    steps, edges, counts = fitted.logged.histograms["fc/weight"]
    assert steps.tolist() == [20]
    assert (edges[0], edges[-1], len(edges)) == (-1.0, 3.0, 41)
    # Of 40 bins on -1 to 3 ten lie below 0, twenty on 0 to 2 and ten above.
    assert [counts[0, part].sum() for part in (slice(10), slice(10, 30), slice(30, 40))] == pytest.approx([2, 5, 1])
    with Image.open(io.BytesIO(fitted.logged.images["pic"])) as picture:
        assert picture.size == (2, 2)
        assert picture.getpixel((0, 0)) == (0, 20, 40)


def test_a_log_of_the_second_form_is_read(tmp_path: Path) -> None:
    log(tmp_path, train=packed(SECOND))
    fitted = read(tmp_path)
    assert fitted.history == {"loss": (3.0, 2.0, 1.0)}
    assert fitted.logged is not None
    _, edges, counts = fitted.logged.histograms["dense/kernel"]
    assert counts[0][edges[:-1] < 1].sum() == pytest.approx(2)
    assert counts.sum() == pytest.approx(8)
    assert list(fitted.logged.images) == ["pic"]


def test_train_and_validation_folders_are_loss_and_val_loss(tmp_path: Path) -> None:
    log(tmp_path, train=packed(SECOND), validation=packed(SECOND))
    assert read(tmp_path).history == {"loss": (3.0, 2.0, 1.0), "val_loss": (3.0, 2.0, 1.0)}


def test_curves_of_a_second_run_carry_its_name(tmp_path: Path) -> None:
    log(tmp_path, **{"a/train": packed(SECOND), "b/train": packed(SECOND)})
    fitted = read(tmp_path)
    assert list(fitted.history) == ["loss", "b/loss"]
    assert any("are those of 'a'" in warning for warning in fitted.warnings)


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("epoch_loss", "loss"),
        ("Loss/train", "loss"),
        ("train_loss", "loss"),
        ("train/loss_epoch", "loss"),
        ("acc", "accuracy"),
        ("epoch_lr", "learning_rate"),
        ("Train/F1", "f1"),
        ("epoch", "epoch"),
        ("train", "train"),
        ("retrained", "retrained"),
    ],
)
def test_tags_are_called_what_they_are_called_here(tag: str, name: str) -> None:
    assert list(history({"": {tag: {0: 1.0}}})[0]) == [name]


def test_validation_without_a_training_counterpart_says_so() -> None:
    named, _ = history({"": {"val_auc": {0: 0.5}}})
    assert list(named) == ["auc (validation)"]


def test_validation_at_fewer_steps_is_compared_at_those() -> None:
    found = aligned({"loss": {0: 3.0, 1: 2.0, 2: 1.0, 3: 0.5}, "val_loss": {1: 2.5, 3: 1.5}})
    assert found == {"loss": {1: 2.0, 3: 0.5}, "val_loss": {1: 2.5, 3: 1.5}}


def test_a_step_that_was_trained_again_counts_once() -> None:
    kept: _event_log.Thinned[float] = _event_log.Thinned(10)
    for step, value in ((0, 5.0), (1, 4.0), (2, 9.0), (1, 3.0), (2, 2.0)):
        kept.add(step, value)
    assert kept.steps() == {0: 5.0, 1: 3.0, 2: 2.0}


def test_many_steps_are_thinned_evenly_and_the_last_one_stays() -> None:
    kept: _event_log.Thinned[int] = _event_log.Thinned(100)
    for step in range(100_001):
        kept.add(step, step)
    steps = list(kept.steps())
    assert 100 <= len(steps) <= 202
    assert steps[-1] == 100_000
    assert len({b - a for a, b in pairwise(steps[:-1])}) == 1


# What is wrong with a log.


def test_a_file_that_ends_too_early_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    log(tmp_path, root=packed(FIRST)[:-20])
    fitted = read(tmp_path)
    assert fitted.history["loss"] == (1.0, 0.5, 0.25)
    assert any("ends in the middle of a record" in warning for warning in fitted.warnings)


def test_a_wrong_checksum_is_an_error_with_its_place(tmp_path: Path) -> None:
    data = bytearray(packed(SECOND))
    data[60] ^= 1
    log(tmp_path, root=bytes(data))
    told = refused(DataError, tmp_path)
    assert "is damaged at byte" in told
    assert "model.path" in told


def test_a_file_of_something_else_is_no_event_file(tmp_path: Path) -> None:
    log(tmp_path, root=b"epoch,loss\n1,0.5\n2,0.25\n")
    assert "is no event file" in refused(DataError, tmp_path)


@pytest.mark.parametrize("claimed", [10**12, 2**63, 2**64 - 1])
def test_a_record_that_claims_more_than_there_is_takes_no_memory(tmp_path: Path, claimed: int) -> None:
    length = struct.pack("<Q", claimed)
    head = length + struct.pack("<I", framing.masked(length))
    log(tmp_path, root=packed(SECOND) + head + b"x" * 100)
    assert read(tmp_path).history == {"loss": (3.0, 2.0, 1.0)}


def test_a_huge_record_is_passed_over_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_event_log, "_LARGEST_RECORD", 300)
    log(tmp_path, root=packed(SECOND) + framing.framed(bytes(400)))
    assert any("1 record" in warning and "passed over" in warning for warning in read(tmp_path).warnings)


def picture_event(data: bytes, tag: str = "bad") -> bytes:
    value = wire.embedded(1, tag) + wire.embedded(4, wire.embedded(4, data))
    return framing.framed(wire.double(1, 0.0) + wire.embedded(5, wire.embedded(1, value)))


def test_a_picture_that_claims_to_be_huge_is_left_out(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    log(tmp_path, root=packed(SECOND) + picture_event(bomb) + picture_event(b"no picture", "worse"))
    fitted = read(tmp_path)
    assert fitted.logged is not None
    assert list(fitted.logged.images) == ["pic"]
    assert any("'bad' is too large" in warning for warning in fitted.warnings)
    assert any("'worse' cannot be read" in warning for warning in fitted.warnings)


def test_tags_beyond_what_can_be_shown_are_counted(tmp_path: Path) -> None:
    def scalar(tag: str) -> bytes:
        value = wire.embedded(1, tag) + bytes([2 << 3 | 5]) + struct.pack("<f", 1.0)
        return framing.framed(wire.embedded(5, wire.embedded(1, value)))

    log(tmp_path, root=b"".join(scalar(f"tag {number}") for number in range(210)))
    fitted = read(tmp_path)
    assert len(fitted.history) == _event_log.MOST_SCALARS
    assert any("10 tags of scalars more" in warning for warning in fitted.warnings)


def test_values_that_are_not_finite_are_left_out_and_the_training_diverged(tmp_path: Path) -> None:
    events = Events(tmp_path / "log")
    for number, loss in enumerate((1.0, 2.0, float("nan")), 1):
        events.epoch(number, {"loss": loss})
    events.close()
    fitted = read(tmp_path)
    assert fitted.history["loss"] == (1.0, 2.0)
    assert fitted.ended == "diverged"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model: {kind: tensorboard, path: nowhere}", "'nowhere' does not exist"),
        ("model: {kind: tensorboard, path: file}", "'file' is no folder"),
        ("model: {kind: tensorboard, path: empty}", "there is no event file in 'empty'"),
    ],
)
def test_a_folder_that_is_no_log_is_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    told = refused(DataError, tmp_path, text)
    assert words in told
    assert "e.yaml:1:" in told


def test_a_pipe_in_the_folder_is_never_opened(tmp_path: Path) -> None:
    folder = log(tmp_path, root=packed(SECOND))
    os.mkfifo(folder / "events.out.tfevents.pipe")
    assert "is a pipe" in refused(DataError, tmp_path)


# The experiment and its report.


def test_a_log_needs_no_data(tmp_path: Path) -> None:
    log(tmp_path, train=packed(SECOND), validation=packed(SECOND))
    draft = draft_of("model: {kind: tensorboard, path: log}", str(tmp_path / "e.yaml"))
    report = api.execute(draft, Session(inline=True))
    assert report.warnings == ()
    assert report.exit_status == 0
    assert [section.key for section in report.document.sections][:3] == ["summary", "model", "training"]
    assert report.document.evidence.provenance["model_name"] == "log"
    assert report.document.evidence.provenance["data_name"] == ""


def test_any_other_model_needs_data(tmp_path: Path) -> None:
    assert "data: is missing" in refused(SpecError, tmp_path, "model: {kind: mlp}")


@pytest.mark.parametrize("block", ["train: {epochs: 3}", "evaluate: {threshold: 0.4}", "split: {test: 0.1}"])
def test_blocks_that_would_do_nothing_are_refused(tmp_path: Path, block: str) -> None:
    log(tmp_path, root=packed(SECOND))
    told = refused(SpecError, tmp_path, f"model: {{kind: tensorboard, path: log}}\n{block}")
    assert f"{block.partition(':')[0]}: " in told


# Writing.


def written(folder: Path) -> Path:
    events = Events(folder / "log")
    for number in (1, 2, 3):
        events.epoch(number, {"loss": 1 / number, "val_loss": 2 / number, "learning_rate": 0.001})
        events.histograms(number, "hidden_1", np.arange(12.0).reshape(3, 4), np.array([0.5, 0.5]))
    events.close()
    return folder / "log"


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    written(tmp_path)
    fitted = read(tmp_path)
    assert fitted.history["loss"] == pytest.approx((1.0, 1 / 2, 1 / 3))
    assert fitted.history["val_loss"] == pytest.approx((2.0, 1.0, 2 / 3))
    assert fitted.logged is not None
    assert fitted.logged.steps["loss"] == (0, 1, 2)
    _, edges, counts = fitted.logged.histograms["train/hidden_1/weights"]
    assert (edges[0], edges[-1]) == (0.0, 11.0)
    assert counts.sum(axis=1).tolist() == pytest.approx([12, 12, 12])
    assert fitted.logged.histograms["train/hidden_1/gradients"][2].sum(axis=1).tolist() == pytest.approx([2, 2, 2])


def test_a_second_training_takes_the_place_of_the_first(tmp_path: Path) -> None:
    written(tmp_path)
    folder = written(tmp_path)
    assert len(list((folder / "train").iterdir())) == 1
    assert len(list((folder / "validation").iterdir())) == 1


def test_the_name_of_the_machine_is_nowhere(tmp_path: Path) -> None:
    host = os.uname().nodename
    for file in written(tmp_path).rglob("*"):
        if file.is_file():
            assert host not in file.name
            assert host.encode() not in file.read_bytes()


def test_weights_that_are_not_finite_or_all_alike_have_a_histogram(tmp_path: Path) -> None:
    events = Events(tmp_path / "log")
    for number, values in enumerate(([np.nan, np.inf], [2.0, 2.0], [], [1e308, -1e308]), 1):
        events.histograms(number, "layer", np.array(values))
    events.close()
    data = next((tmp_path / "log" / "train").iterdir()).read_bytes()
    assert len(list(framing.payloads(io.BytesIO(data), 10**6, lambda _: None))) == 5


def test_a_folder_that_cannot_be_written_is_told_by_its_key(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(OutputError, match=r"train\.tensorboard"):
        Events(tmp_path / "taken")


def test_the_tensorboard_package_reads_what_is_written(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    tensors = pytest.importorskip("tensorboard.util.tensor_util")
    folder = written(tmp_path)

    def values(split: str, tag: str) -> list[Any]:
        loaded = accumulator.EventAccumulator(str(folder / split))
        loaded.Reload()
        return [(event.step, tensors.make_ndarray(event.tensor_proto).tolist()) for event in loaded.Tensors(tag)]

    assert values("train", "epoch_loss") == [(0, 1.0), (1, 0.5), (2, pytest.approx(1 / 3))]
    assert values("validation", "epoch_loss")[0] == (0, 2.0)
    histogram = np.array(values("train", "hidden_1/weights")[0][1])
    assert histogram.shape == (30, 3)
    assert histogram[:, 2].sum() == 12


@pytest.mark.slow
def test_a_training_writes_a_log_that_can_be_reported_on(tmp_path: Path) -> None:
    text = (
        "data: {path: 'sklearn:iris', target: target}\nmodel: {kind: mlp, hidden: [4]}\n"
        "train: {epochs: 3, tensorboard: log}\nevaluate: {baselines: []}"
    )
    trained = experiment.run(draft_of(text, str(tmp_path / "e.yaml")), Session(inline=True))
    assert trained.fitted is not None
    found = read(tmp_path)
    assert found.history["loss"] == pytest.approx(trained.fitted.history["loss"], rel=1e-6)
    assert found.history["val_loss"] == pytest.approx(trained.fitted.history["val_loss"], rel=1e-6)
    assert found.logged is not None
    assert any(tag.endswith("/weights") for tag in found.logged.histograms)
