"""Images: folders of classes become tables, headers tell sizes, pixels are decoded when wanted, nothing is trusted."""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pictures import SHAPES, draw, draw_splits, picture
from PIL import Image
from tables import load, load_file, rows

from reportgen.dataset import Dataset, Kind
from reportgen.errors import DataError, LimitExceeded
from reportgen.images import FileImages, PixelImages

fuzzed = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EVERY = np.arange


def loaded(folder: Path, name: str = "pictures", **data: Any) -> Dataset:
    return load_file(folder, name, **data)


def one(folder: Path, image: Image.Image, name: str = "a.png", channels: int = 3, **options: Any) -> np.ndarray:
    """The pixels of an image that was saved and loaded, at its own size."""
    (folder / "p").mkdir()
    image.save(folder / "p" / name, **options)
    images = loaded(folder, "p").images["image"]
    height, width, _ = images.shapes()[0]
    return images.read(EVERY(1), (int(height), int(width)), channels)[0]


def png(width: int, height: int) -> bytes:
    """A PNG whose header claims that size, with hardly any pixels behind it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
    )


class TestFolders:
    def test_a_sub_folder_is_a_class(self, tmp_path: Path) -> None:
        draw(tmp_path / "pictures", 3)
        dataset = loaded(tmp_path, target="label")

        assert dataset.frame["label"].tolist() == [shape for shape in SHAPES for _ in range(3)]
        assert dataset.frame["image"].tolist()[:3] == ["bar/1.png", "bar/2.png", "bar/3.png"]
        assert dataset.column("image").kind is Kind.IMAGE
        assert dataset.task is not None
        assert dataset.task.labels == SHAPES
        assert dataset.notes == ()

    def test_names_follow_in_natural_order(self, tmp_path: Path) -> None:
        draw(tmp_path / "pictures", 11, ("disc",))

        assert loaded(tmp_path).frame["image"].tolist()[-2:] == ["disc/10.png", "disc/11.png"]

    def test_a_flat_folder_has_no_label(self, tmp_path: Path) -> None:
        draw(tmp_path / "all", 2, ("disc",))
        (tmp_path / "all" / "disc").rename(tmp_path / "pictures")

        assert list(loaded(tmp_path).frame.columns) == ["image"]

    @pytest.mark.parametrize("validation", ["validation", "val"])
    def test_folders_of_the_splits_are_given_splits(self, validation: str, tmp_path: Path) -> None:
        draw_splits(tmp_path / "pictures", {"test": 1, "train": 4, validation: 2})
        dataset = loaded(tmp_path, target="label")

        assert dict(dataset.given) == {"train": (0, 12), "validation": (12, 18), "test": (18, 21)}
        assert dataset.frame["image"][0] == "train/bar/1.png"
        assert set(dataset.frame["label"]) == set(SHAPES)

    def test_a_class_that_is_called_train_is_a_class(self, tmp_path: Path) -> None:
        for name in ("train", "bus", "test"):
            draw(tmp_path / "drawn" / name, 1, ("disc",))
            (tmp_path / "pictures").mkdir(exist_ok=True)
            (tmp_path / "drawn" / name / "disc").rename(tmp_path / "pictures" / name)
        dataset = loaded(tmp_path)

        assert sorted(dataset.frame["label"]) == ["bus", "test", "train"]
        assert dict(dataset.given) == {}

    def test_deeper_folders_belong_to_the_class_above(self, tmp_path: Path) -> None:
        draw(tmp_path / "pictures" / "cat", 1, ("disc", "bar"))

        assert loaded(tmp_path).frame["label"].tolist() == ["cat", "cat"]

    def test_an_image_in_no_sub_folder_has_no_label_and_is_told(self, tmp_path: Path) -> None:
        draw(tmp_path / "pictures", 1)
        picture("disc", 9).save(tmp_path / "pictures" / "x.png")
        dataset = loaded(tmp_path)

        assert int(dataset.frame["label"].isna().sum()) == 1
        assert "1 image lies in no sub-folder and so has no label." in dataset.notes

    def test_other_files_hidden_ones_and_empty_classes_are_left_out_and_told(self, tmp_path: Path) -> None:
        folder = draw(tmp_path / "pictures", 2)
        (folder / "readme.md").write_text("hello")
        (folder / ".hidden.png").write_bytes(b"x")
        (folder / ".git").mkdir()
        (folder / "triangle").mkdir()
        dataset = loaded(tmp_path)

        assert dataset.n_rows == 6
        assert dataset.notes == (
            "1 file in the folder is no image and left out.",
            "1 sub-folder without an image: 'triangle'.",
        )

    def test_the_hash_is_that_of_names_and_contents_in_sorted_lines(self, tmp_path: Path) -> None:
        folder = draw(tmp_path / "pictures", 11, ("disc",))
        files = [path for path in folder.rglob("*") if path.is_file()]
        lines = sorted(
            f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in files
        )
        source = loaded(tmp_path).source

        assert source.sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()
        assert source.size == sum(path.stat().st_size for path in files)
        assert (source.name, source.format) == ("pictures", "images")

    def test_names_of_any_script_and_markup_stay_as_they_are(self, tmp_path: Path) -> None:
        folder = tmp_path / "pictures" / "<img src=x>"
        folder.mkdir(parents=True)
        for name in ("ปลา.png", "חתול.png", "=1+1.png"):
            picture("disc", 1).save(folder / name)

        frame = loaded(tmp_path).frame
        assert set(frame["label"]) == {"<img src=x>"}
        assert "<img src=x>/ปลา.png" in set(frame["image"])

    def test_a_name_that_is_no_utf8_is_shown_with_marks(self, tmp_path: Path) -> None:
        (tmp_path / "pictures").mkdir()
        picture("disc", 1).save(os.fsdecode(os.fsencode(tmp_path / "pictures") + b"/a\xff.png"), format="PNG")

        assert loaded(tmp_path).frame["image"].tolist() == ["a\ufffd.png"]


class TestHostileFiles:
    def test_what_cannot_be_read_is_missing_counted_and_named(self, tmp_path: Path) -> None:
        folder = draw(tmp_path / "pictures", 3)
        (folder / "bar" / "1.png").write_bytes(b"no picture")
        whole = (folder / "disc" / "2.png").read_bytes()
        (folder / "disc" / "2.png").write_bytes(whole[: len(whole) // 2])
        (folder / "disc" / "3.png").write_bytes(b"")
        dataset = loaded(tmp_path, target="label")

        assert dataset.notes == ("3 images cannot be read or are cut off: 'bar/1.png', 'disc/2.png' and 'disc/3.png'.",)
        assert dataset.frame["image"].isna().tolist() == [True, False, False, False, True, True, False, False, False]
        shapes = dataset.images["image"].shapes()
        assert shapes[[0, 4, 5]].tolist() == [[0, 0, 0]] * 3
        assert shapes[1].tolist() == [24, 32, 3]
        assert not dataset.images["image"].read(np.array([0, 4]), (4, 4), 3).any()

    @pytest.mark.parametrize("suffix", [".jpg", ".gif", ".webp", ".bmp", ".png"])
    def test_a_cut_off_file_is_seen_without_decoding(self, suffix: str, tmp_path: Path) -> None:
        folder = draw(tmp_path / "pictures", 2, ("disc",), suffix)
        path = folder / "disc" / f"1{suffix}"
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])

        assert loaded(tmp_path).frame["image"].isna().tolist() == [True, False]

    def test_damage_inside_the_pixels_gives_no_image(self, tmp_path: Path) -> None:
        folder = draw(tmp_path / "pictures", 1, ("disc",))
        path = folder / "disc" / "1.png"
        path.write_bytes(path.read_bytes().replace(b"IDAT", b"IDAT\xff\xff\xff\xff", 1))
        picture("bar", 1).save(folder / "disc" / "2.png")

        pixels = loaded(tmp_path).images["image"].read(EVERY(2), (8, 8), 3)
        assert not pixels[0].any()
        assert pixels[1].any()

    @pytest.mark.parametrize("size", [(100_000, 100_000), (2**31 - 1, 1000)])
    def test_a_bomb_is_a_limit_before_a_pixel_is_decoded(self, size: tuple[int, int], tmp_path: Path) -> None:
        draw(tmp_path / "pictures", 1)
        (tmp_path / "pictures" / "disc" / "bomb.png").write_bytes(png(*size))

        with pytest.raises(LimitExceeded, match=r"'disc/bomb\.png' claims more than"):
            loaded(tmp_path)

    def test_a_folder_without_images_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "pictures").mkdir()
        (tmp_path / "pictures" / "a.txt").write_text("a")

        with pytest.raises(DataError, match="fix: "):
            loaded(tmp_path)

    def test_a_folder_of_damaged_images_alone_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "pictures").mkdir()
        (tmp_path / "pictures" / "a.png").write_bytes(b"PNG")

        with pytest.raises(DataError, match="none of the images can be read"):
            loaded(tmp_path)

    def test_links_out_of_the_folder_are_not_followed(self, tmp_path: Path) -> None:
        folder = draw(tmp_path / "pictures", 1)
        picture("disc", 5).save(tmp_path / "secret.png")
        (folder / "disc" / "link.png").symlink_to(tmp_path / "secret.png")
        draw(tmp_path / "outside", 1)
        (folder / "more").symlink_to(tmp_path / "outside")
        (folder / "loop").symlink_to(folder)
        dataset = loaded(tmp_path)

        assert dataset.n_rows == 3
        assert "1 link to images outside the folder is not followed." in dataset.notes

    def test_a_pipe_that_is_called_png_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(draw(tmp_path / "pictures", 1) / "disc" / "pipe.png")

        assert loaded(tmp_path).n_rows == 3

    def test_an_image_that_changes_during_the_run_is_an_error(self, tmp_path: Path) -> None:
        folder = draw(tmp_path / "pictures", 1)
        images = loaded(tmp_path).images["image"]
        picture("disc", 77, (30, 30)).save(folder / "bar" / "1.png")

        with pytest.raises(DataError, match=r"'1\.png' changed during the run"):
            images.read(EVERY(1), (8, 8), 3)

    def test_another_format_under_the_suffix_of_a_picture_is_never_opened(self, tmp_path: Path) -> None:
        folder = draw(tmp_path / "pictures", 1)
        (folder / "disc" / "evil.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n")

        assert "1 image cannot be read or is cut off: 'disc/evil.png'." in loaded(tmp_path).notes

    @fuzzed
    @given(
        cut=st.integers(8, 400),
        at=st.integers(8, 2000),
        byte=st.integers(0, 255),
        kind=st.sampled_from(["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"]),
    )
    def test_any_damage_gives_pixels_or_none(self, cut: int, at: int, byte: int, kind: str, tmp_path: Path) -> None:
        folder = tmp_path / "pictures"
        folder.mkdir(exist_ok=True)
        picture("bar", 1).save(folder / "0.png")
        picture("disc", 1).save(folder / "1.png", format=kind)
        data = bytearray((folder / "1.png").read_bytes())
        data[at % len(data)] = byte
        (folder / "1.png").write_bytes(bytes(data[:-cut] if cut % 3 == 0 else data))
        try:
            dataset = loaded(tmp_path)
        except LimitExceeded:
            return
        assert dataset.images["image"].read(EVERY(2), (6, 5), 3).shape == (2, 6, 5, 3)


class TestPixels:
    @pytest.mark.parametrize("suffix", ["png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp"])
    def test_every_format_is_read(self, suffix: str, tmp_path: Path) -> None:
        pixels = one(tmp_path, Image.new("RGB", (20, 10), (200, 40, 90)), f"a.{suffix}")

        assert pixels.shape == (10, 20, 3)
        assert np.abs(pixels.astype(int) - [200, 40, 90]).max() <= 8

    def test_grey_is_the_luma_of_the_colours(self, tmp_path: Path) -> None:
        pixels = one(tmp_path, Image.new("RGB", (4, 4), (200, 100, 50)), channels=1)

        assert pixels.shape == (4, 4, 1)
        assert int(pixels[0, 0, 0]) == pytest.approx(0.299 * 200 + 0.587 * 100 + 0.114 * 50, abs=1)

    def test_sixteen_bits_are_scaled_and_not_cut_off(self, tmp_path: Path) -> None:
        deep = Image.fromarray(np.array([[0, 257, 32896, 65535]], np.uint16))

        assert one(tmp_path, deep, channels=1)[0, :, 0].tolist() == [0, 1, 128, 255]

    def test_fractions_are_scaled_from_their_least_to_their_greatest(self, tmp_path: Path) -> None:
        fractions = Image.fromarray(np.array([[-1.0, 0.0, 1.0]], np.float32))

        assert one(tmp_path, fractions, "a.tif", channels=1)[0, :, 0].tolist() == [0, 128, 255]

    def test_what_is_transparent_lies_on_white(self, tmp_path: Path) -> None:
        image = Image.new("RGBA", (2, 1), (0, 0, 0, 255))
        image.putpixel((1, 0), (10, 10, 10, 0))

        assert one(tmp_path, image)[0, :, 0].tolist() == [0, 255]

    def test_a_palette_shows_its_colours(self, tmp_path: Path) -> None:
        image = Image.new("P", (2, 1))
        image.putpalette([255, 0, 0, 0, 0, 255])
        image.putpixel((1, 0), 1)

        assert one(tmp_path, image)[0].tolist() == [[255, 0, 0], [0, 0, 255]]

    def test_black_and_white_and_cmyk_become_colours(self, tmp_path: Path) -> None:
        assert one(tmp_path, Image.new("1", (2, 2), 1)).min() == 255
        (tmp_path / "c").mkdir()
        assert one(tmp_path / "c", Image.new("CMYK", (2, 2), (0, 255, 255, 0)), "a.tif")[0, 0].tolist() == [255, 0, 0]

    def test_the_orientation_that_a_camera_noted_is_respected(self, tmp_path: Path) -> None:
        image = Image.new("RGB", (32, 16), (0, 0, 0))
        image.paste((255, 255, 255), (0, 0, 16, 16))
        noted = Image.Exif()
        noted[0x0112] = 6  # turned clockwise to be shown

        pixels = one(tmp_path, image, "a.jpg", 1, exif=noted)
        assert pixels.shape == (32, 16, 1)
        assert pixels[:12].min() > 200
        assert pixels[-12:].max() < 50

    def test_of_an_animation_the_first_frame_counts(self, tmp_path: Path) -> None:
        first, second = Image.new("RGB", (4, 4), (255, 0, 0)), Image.new("RGB", (4, 4), (0, 0, 255))

        assert one(tmp_path, first, "a.gif", save_all=True, append_images=[second])[0, 0].tolist() == [255, 0, 0]

    @pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("RGB", 3), ("RGBA", 4), ("P", 3), ("1", 1), ("LA", 2)])
    def test_shapes_are_those_of_the_headers(self, mode: str, channels: int, tmp_path: Path) -> None:
        (tmp_path / "p").mkdir()
        Image.new(mode, (7, 5)).save(tmp_path / "p" / "a.png")

        assert loaded(tmp_path, "p").images["image"].shapes().tolist() == [[5, 7, channels]]

    def test_rows_are_read_in_the_order_asked_for(self, tmp_path: Path) -> None:
        (tmp_path / "p").mkdir()
        for grey in (0, 100, 200):
            Image.new("L", (3, 3), grey).save(tmp_path / "p" / f"{grey}.png")
        images = loaded(tmp_path, "p").images["image"]

        assert images.read(np.array([2, 0, 2]), (2, 2), 1)[:, 0, 0, 0].tolist() == [200, 0, 200]
        assert images.read(np.array([], int), (2, 2), 1).shape == (0, 2, 2, 1)

    def test_no_file_is_an_image_of_no_size(self) -> None:
        assert FileImages([None, None]).shapes().tolist() == [[0, 0, 0], [0, 0, 0]]
        assert FileImages([]).shapes().shape == (0, 3)


class TestArrays:
    def test_bytes_are_taken_as_they_are(self) -> None:
        images = PixelImages.of(np.arange(12, dtype=np.uint8).reshape(1, 3, 4))

        assert images.read(EVERY(1), (3, 4), 1)[0, :, :, 0].tolist() == np.arange(12).reshape(3, 4).tolist()
        assert images.shapes().tolist() == [[3, 4, 1]]

    @pytest.mark.parametrize(
        ("values", "shown"),
        [
            (np.array([0.0, 0.5, 1.0]), [0, 128, 255]),
            (np.array([0.0, 128.0, 255.0]), [0, 128, 255]),
            (np.array([0.0, 8.0, 16.0]), [0, 128, 255]),
            (np.array([-1e308, 0.0, 1e308]), [0, 128, 255]),
            (np.array([0.0, np.nan, np.inf]), [0, 0, 255]),
            (np.array([5, 5, 5]), [0, 0, 0]),
            (np.array([False, True, True]), [0, 255, 255]),
        ],
    )
    def test_other_numbers_are_scaled_by_the_range_they_show(self, values: np.ndarray, shown: list[int]) -> None:
        images = PixelImages.of(values.reshape(1, 1, 3))

        assert images.read(EVERY(1), (1, 3), 1)[0, 0, :, 0].tolist() == shown

    def test_colours_and_transparency(self) -> None:
        pixels = np.zeros((1, 1, 2, 4), np.uint8)
        pixels[0, 0, 0] = (255, 0, 0, 255)

        assert PixelImages.of(pixels).read(EVERY(1), (1, 2), 3)[0, 0].tolist() == [[255, 0, 0], [255, 255, 255]]


class TestColumns:
    def test_a_declared_column_names_files_beside_the_table(self, tmp_path: Path) -> None:
        draw(tmp_path / "drawn", 2)
        text = rows("photo,y", "drawn/bar/1.png,a", "drawn/disc/2.png,b", "drawn/none.png,a", ",b")
        dataset = load(tmp_path, text, columns={"photo": "image"}, target="y")

        assert dataset.column("photo").kind is Kind.IMAGE
        assert dataset.frame["photo"].isna().tolist() == [False, False, True, True]
        assert dataset.images["photo"].shapes().tolist() == [[24, 32, 3], [24, 32, 3], [0, 0, 0], [0, 0, 0]]
        assert "Column 'photo': no image file in 1 row, read as missing." in dataset.notes

    @pytest.mark.parametrize("name", ["/etc/passwd", "../secret.png", "drawn/../../secret.png", "link/secret.png"])
    def test_a_name_that_leads_out_of_the_folder_is_refused_and_not_shown(self, name: str, tmp_path: Path) -> None:
        home = tmp_path / "home"
        (home / "drawn").mkdir(parents=True)
        picture("disc", 1).save(tmp_path / "secret.png")
        (home / "link").symlink_to(tmp_path)

        with pytest.raises(DataError, match="column 'photo', row 1: the name of the image leads out") as caught:
            load(home, rows("photo,y", f"{name},a", "x.png,b"), columns={"photo": "image"})
        assert "secret" not in str(caught.value)

    def test_one_file_in_many_rows_is_looked_at_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        draw(tmp_path / "drawn", 1)
        opened: list[str] = []
        real = os.open
        monkeypatch.setattr("os.open", lambda path, *more: opened.append(str(path)) or real(path, *more))
        load(tmp_path, rows("photo,y", *["drawn/bar/1.png,a"] * 5), columns={"photo": "image"})

        assert sum(path.endswith("1.png") for path in opened) == 1
