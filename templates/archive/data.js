// The entries, by columns, and elements made of text alone.
const make = (name, attributes = {}, ...inside) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
};
const button = (text, act, attributes = {}) => {
  const made = make("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
};
const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
const shown = (value) => {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return String(value).replace("-", "−");
  return String(Number(value.toPrecision(4))).replaceAll("-", "−");
};
// A metric with as many decimals as its neighbours in the column, so that they can be compared by eye.
const scored = (value) => {
  const plain = typeof value === "number" && (value === 0 || Math.abs(value) >= 1e-3) && Math.abs(value) < 1e4;
  return plain ? value.toFixed(4).replace("-", "−") : shown(value);
};
const told = (column, at) => (column.kind === "metric" ? scored : shown)(column.of(at));

const unpacked = async () => {
  const text = atob(document.getElementById("archive-data").textContent);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
};

// What can be asked of a report: name -> its value by the report's place. Fields, metrics and parameters are all columns.
const columnsOf = (data) => {
  const columns = new Map();
  const coded = (column) => (at) => column.codes[at] === null ? null : column.values[column.codes[at]];
  const add = (name, kind, of) => columns.has(name) || columns.set(name, { name, kind, of });
  add("made", "field", (at) => data.created[at].slice(0, 16).replace("T", " "));
  add("experiment", "field", (at) => data.experiments[data.experiment[at]][0]);
  add("outcome", "field", coded(data.outcome));
  for (const [name, values] of Object.entries(data.metrics)) add(name, "metric", (at) => values[at]);
  for (const [name, column] of Object.entries(data.params)) add(name, "parameter", coded(column));
  add("data", "field", coded(data.data));
  add("seed", "field", (at) => data.seed[at]);
  add("seconds", "field", (at) => data.seconds[at]);
  add("id", "field", (at) => data.id[at]);
  return columns;
};
const pathOf = (data, at) => `${data.experiments[data.experiment[at]][1]}/${data.id[at]}/report-${data.file[at]}`;

// A value's place in an order: numbers, then texts, then what is missing.
const compared = (one, other) => {
  const numbers = typeof one === "number" && typeof other === "number";
  if (numbers) return one - other;
  if (typeof one !== typeof other) return typeof one === "number" ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
};
const ordered = (places, of, down) => places.toSorted((a, b) => {
  const [one, other] = [of(a), of(b)];
  const [lacks, too] = [one === null || one === undefined || one === "", other === null || other === undefined || other === ""];
  if (lacks || too) return lacks - too || a - b;
  return (down ? compared(other, one) : compared(one, other)) || a - b;
});
