"""Figure data into a drawing. Importing this imports matplotlib: nothing but a `Worker`, an `Inline` or a test does.

studio      one style, one figure after another
fonts       matplotlib imported with the report's face; imported first
axes        what a figure draws on          raster     matrices as images
layout      margins in one pass             marks      ticks and labels
rewrite     matplotlib's SVG into ours      nodes      its elements made fewer      path_data
"""

from reportgen.drawing.fonts import font_family
from reportgen.drawing.studio import Studio

__all__ = ["Studio", "font_family"]
