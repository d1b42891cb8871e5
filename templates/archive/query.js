// The search line: words that a report must have, and conditions such as test.f1 > 0.9 or epochs = 20.
const CONDITION = /^([^\s<>=!]+)(>=|<=|!=|=|>|<)(.*)$/;
const TESTS = {
  ">": (order) => order > 0, ">=": (order) => order >= 0, "<": (order) => order < 0, "<=": (order) => order <= 0,
  "=": (order) => order === 0, "!=": (order) => order !== 0,
};
const named = (columns, name) => {
  if (columns.has(name)) return columns.get(name);
  const lower = name.toLowerCase();
  for (const column of columns.values()) {
    if (column.name.toLowerCase() === lower || column.name.toLowerCase().endsWith(`.${lower}`)) return column;
  }
  return null;
};
// The tests that a report must pass, and the name that no report has, if one is asked for.
const parsed = (columns, text) => {
  const joined = text.replace(/\s*(>=|<=|!=|=|>|<)\s*/g, "$1");
  const tests = [];
  for (const word of joined.match(/[^\s"]*"[^"]*"|\S+/g) || []) {
    const parts = word.match(CONDITION);
    if (!parts) {
      if (word.toLowerCase() !== "and") tests.push(wordTest(columns, word.replaceAll('"', "").toLowerCase()));
      continue;
    }
    const column = named(columns, parts[1].replaceAll('"', ""));
    if (!column) return { tests: [], unknown: parts[1] };
    tests.push(conditionTest(column, parts[2], parts[3].replaceAll('"', "")));
  }
  return { tests, unknown: "" };
};
const wordTest = (columns, word) => {
  const searched = [...columns.values()].filter((column) => column.kind !== "metric");
  return (at) => searched.some((column) => {
    const value = column.of(at);
    return value !== null && value !== undefined && String(value).toLowerCase().includes(word);
  });
};
const conditionTest = (column, sign, wanted) => {
  const number = wanted.trim() === "" ? NaN : Number(wanted);
  return (at) => {
    const value = column.of(at);
    if (value === null || value === undefined || wanted === "") return false;
    if (typeof value === "number") return !Number.isNaN(number) && TESTS[sign](value - number);
    return TESTS[sign](compared(String(value).toLowerCase(), wanted.toLowerCase()));
  };
};
