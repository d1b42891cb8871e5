// The tables: experiments with a line over time, reports, and the ticked ones side by side.
const SVG = "http://www.w3.org/2000/svg";
const svg = (name, attributes, ...inside) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
};
// A small line of values, oldest first; its last point is marked.
const spark = (values, name) => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (at) => values.length < 2 ? 117 : 3 + 114 * at / (values.length - 1);
  const y = (value) => high > low ? 21 - 18 * (value - low) / (high - low) : 12;
  const points = values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
  const words = `${name} over time: from ${shown(values[0])} to ${shown(values.at(-1))}, between ${shown(low)} and ${shown(high)}`;
  return svg("svg", { viewBox: "0 0 120 24", width: 120, height: 24, role: "img", "aria-label": words, class: "spark" },
    svg("polyline", { points: points.join(" ") }),
    svg("circle", { cx: x(values.length - 1), cy: y(values.at(-1)), r: 2.2 }));
};
// Of very many values as many as the line has room for, the last among them.
const thinned = (values, most = 120) => {
  const step = Math.ceil(values.length / most);
  return values.filter((_, at) => (values.length - 1 - at) % step === 0);
};
const headed = (...cells) => make("thead", {}, make("tr", {}, ...cells));
const table = (label, head, body) => make("div", { class: "wide" }, make("table", { "aria-label": label }, head, body));

const experimentsTable = (data, metric, places, most, act) => {
  const groups = new Map();
  for (const at of places) {
    const name = data.experiment[at];
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(at);
  }
  const rows = [...groups].slice(0, most).map(([code, found]) => {
    const name = data.experiments[code][0];
    const values = found.map((at) => metric.of(at)).filter((value) => typeof value === "number").reverse();
    return make("tr", {},
      make("th", { scope: "row" }, button(name, () => act(name), { class: "plain", title: "show only these" })),
      make("td", { class: "n" }, String(found.length)),
      make("td", {}, data.created[found[0]].slice(0, 10)),
      make("td", { class: "n" }, scored(values.at(-1) ?? null)),
      make("td", {}, values.length ? spark(thinned(values), metric.name) : ""));
  });
  const titles = [["experiment", ""], ["reports", "n"], ["latest", ""], [metric.name, "n"], ["over time", ""]];
  const heads = titles.map(([text, look]) => make("th", { scope: "col", class: look }, text));
  return [groups.size, table("Experiments", headed(...heads), make("tbody", {}, ...rows))];
};

// The ticked reports as columns; only lines on which they differ, metrics always.
const comparisonTable = (data, columns, ticked) => {
  const lines = [...columns.values()].filter((column) => {
    const values = ticked.map((at) => column.of(at));
    const known = values.some((value) => value !== null && value !== undefined && value !== "");
    return known && (column.kind === "metric" || new Set(values).size > 1);
  });
  const head = ticked.map((at) => make("th", { scope: "col", class: "n" },
    make("a", { href: pathOf(data, at) }, data.id[at].slice(0, 8))));
  const rows = lines.map((column) => make("tr", {}, make("th", { scope: "row" }, column.name),
    ...ticked.map((at) => make("td", { class: "n" }, told(column, at)))));
  return table("The ticked reports side by side", headed(make("td", {}), ...head), make("tbody", {}, ...rows));
};
