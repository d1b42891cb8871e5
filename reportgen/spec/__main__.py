"""Write the JSON Schema anew: `python -m reportgen.spec`."""

import json
from pathlib import Path

from reportgen.spec import json_schema

Path(__file__).with_name("spec.schema.json").write_text(json.dumps(json_schema(), indent=1) + "\n", encoding="utf-8")
