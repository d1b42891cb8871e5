"""The two faces that ship with the package."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from reportgen import assets

FONTS = assets.folder() / "fonts"
#: What the languages of Europe that write Latin letters need.
LETTERS = "".join(chr(code) for code in (*range(0x20, 0x7F), *range(0xA1, 0x100))) + (
    "ĀāĂăĄąĆćČčĎďĐđĒēĖėĘęĚěĞğĢģĪīĮįİıĶķĻļĽľŁłŃńŅņŇňŐőŒœŔŕŘřŚśŞşŠšŤťŪūŮůŰűŲųŴŵŶŷŸŹźŻżŽž"
)


def test_the_fonts_leave_the_page_its_budget():
    sizes = [path.stat().st_size for path in (FONTS).glob("*.woff2")]
    assert len(sizes) == 4
    assert sum(sizes) <= 90_000


@pytest.mark.parametrize("name", ["ReportSans-Regular.ttf", "ReportSans-Semibold.ttf"])
def test_matplotlib_finds_the_figure_face_by_its_name_and_weight(name):
    from matplotlib.font_manager import get_font, ttfFontProperty

    font = ttfFontProperty(get_font(str(FONTS / name)))
    assert (font.name, font.weight) == ("Report Sans", 600 if "Semibold" in name else 400)


@pytest.mark.parametrize("path", sorted((FONTS).glob("*.woff2")), ids=lambda path: path.stem)
def test_the_fonts_have_the_characters_that_a_report_uses(path):
    font = TTFont(path)
    assert font["name"].getDebugName(1) == ("Report Sans" if "Sans" in path.stem else "Report Serif")
    assert font["OS/2"].usWeightClass == (600 if "Semibold" in path.stem else 400)
    signs = "αβγλμπσχΔΣ¹²³–—‘’“”…•·×−±≤≥≈≠→←↑↓∞√°%‰✓\u00a0\u2009\u202f"
    assert set(map(ord, LETTERS + signs)) <= font.getBestCmap().keys()


def test_the_figures_of_both_faces_are_as_wide_as_one_another_so_that_columns_align():
    for path in (FONTS).glob("*.woff2"):
        font = TTFont(path)
        characters = font.getBestCmap()
        assert len({font["hmtx"][characters[ord(digit)]][0] for digit in "0123456789"}) == 1
