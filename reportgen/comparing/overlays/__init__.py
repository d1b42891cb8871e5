"""Figures of a comparison: a file is a figure with a line a report.

An overlay is a module like those of `reportgen.figures`: `compute(comparison) -> list[FigureData]`, `draw(axes, data)`,
`describe(data) -> Words` and `size(data)`, without the words SECTION, NEEDS and ORDER.
"""
