"""What a report on a table is measured against: that table read with pyarrow into pandas."""

import sys

import pyarrow.csv
import pyarrow.parquet

path = sys.argv[1]
table = pyarrow.csv.read_csv(path) if path.endswith(".csv") else pyarrow.parquet.read_table(path)
frame = table.to_pandas()
del table
print(frame.memory_usage(index=False).sum())
