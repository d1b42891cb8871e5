// What the reader has chosen, and the page that follows from it.
const STEP = 100;
const start = (data) => {
  const columns = columnsOf(data);
  const everything = data.id.map((_, at) => at);
  const metrics = [...columns.values()].filter((column) => column.kind === "metric");
  const params = [...columns.values()].filter((column) => column.kind === "parameter");
  const varied = params.filter((column) => data.params[column.name].values.length > 1);
  const chosen = new Set([...metrics.slice(0, 3), ...varied.slice(0, 2)].map((column) => column.name));
  const ticked = new Set();
  let metric = metrics[0];
  let sort = { name: "made", down: true };
  let most = STEP;
  let mostExperiments = 8;
  let found = everything;
  let isOpen = false;

  const search = make("input", { type: "search", id: "search", placeholder: "words, or test.f1 > 0.9 epochs = 20", autocomplete: "off", spellcheck: "false" });
  const state = make("p", { class: "state", role: "status" });
  const select = make("select", { id: "metric" }, ...metrics.map((column) => make("option", {}, column.name)));
  const picker = make("div", { class: "picks" });
  const experiments = make("section", { "aria-label": "Experiments" });
  const reports = make("section", { "aria-label": "Reports" });
  const bar = make("section", { "aria-label": "Ticked reports", class: "ticked", hidden: "" });

  const showExperiments = () => {
    if (!metric) return;
    const only = (name) => {
      search.value = `experiment = "${name.replaceAll('"', "")}"`;
      filter();
    };
    const [count, made] = experimentsTable(data, metric, found, mostExperiments, only);
    const more = button(`Show all ${count.toLocaleString("en")} experiments`, () => {
      mostExperiments = Infinity;
      showExperiments();
    });
    experiments.replaceChildren(make("h2", {}, "Experiments"), made, ...(count > mostExperiments ? [more] : []));
  };

  const heading = (column) => {
    const isSorted = sort.name === column.name;
    const look = column.kind === "metric" ? "n" : "";
    const made = button(column.name, () => {
      sort = { name: column.name, down: isSorted ? !sort.down : column.kind === "metric" || column.name === "made" };
      showReports();
      reports.querySelector("[aria-sort] button")?.focus();
    }, { class: "sort" });
    return make("th", { scope: "col", class: look, ...(isSorted ? { "aria-sort": sort.down ? "descending" : "ascending" } : {}) }, made);
  };
  const row = (at, extra) => {
    const name = columns.get("experiment").of(at);
    const box = make("input", { type: "checkbox", "aria-label": `tick ${name}, ${columns.get("made").of(at)}` });
    box.checked = ticked.has(at);
    box.addEventListener("change", () => {
      if (box.checked) ticked.add(at);
      else ticked.delete(at);
      showTicked();
    });
    const outcome = columns.get("outcome").of(at);
    return make("tr", {}, make("td", { class: "box" }, box), make("td", { class: "when" }, columns.get("made").of(at)),
      make("td", { class: "title" }, make("a", { href: pathOf(data, at) }, name)),
      make("td", { class: outcome === "gates failed" || outcome === "diverged" ? "fail" : "" }, outcome),
      ...extra.map((column) => make("td", { class: column.kind === "metric" || typeof column.of(at) === "number" ? "n" : "" }, told(column, at))));
  };
  const showReports = () => {
    const extra = [...columns.values()].filter((column) => chosen.has(column.name));
    const first = ["made", "experiment", "outcome"].map((name) => columns.get(name));
    const places = ordered(found, columns.get(sort.name).of, sort.down);
    const rows = places.slice(0, most).map((at) => row(at, extra));
    const heads = [make("th", { scope: "col", class: "box" }, make("span", { class: "vh" }, "ticked")), ...[...first, ...extra].map(heading)];
    const more = button(`Show ${Math.min(STEP, found.length - most)} more`, () => {
      most += STEP;
      showReports();
    });
    reports.replaceChildren(make("h2", {}, "Reports"), table("Reports", headed(...heads), make("tbody", {}, ...rows)),
      ...(found.length > most ? [more] : []));
  };

  const showTicked = () => {
    const places = [...ticked].sort((a, b) => b - a);
    bar.hidden = places.length === 0;
    if (bar.hidden) return bar.replaceChildren();
    const command = `reportgen compare ${places.map((at) => pathOf(data, at)).join(" ")} -o comparison.html`;
    const line = make("code", { tabindex: "0" }, command);
    const copy = button("Copy", async () => {
      getSelection().selectAllChildren(line);
      try {
        await navigator.clipboard.writeText(command);
        copy.textContent = "Copied";
      } catch {
        copy.textContent = "Selected: copy it with the keyboard";
      }
    });
    const clear = button("Untick all", () => {
      ticked.clear();
      showTicked();
      showReports();
    });
    const many = places.length > 1;
    const parts = [make("h2", {}, plural(places.length, "report") + " ticked")];
    if (many) parts.push(make("p", {}, "Whether they differ beyond chance, in the archive's folder:"), make("pre", {}, line), copy);
    else parts.push(make("p", {}, "Tick another one to compare them."));
    parts.push(clear);
    if (many) {
      const beside = make("details", {}, make("summary", {}, "Side by side"), comparisonTable(data, columns, places));
      beside.open = isOpen;
      beside.addEventListener("toggle", () => { isOpen = beside.open; });
      parts.push(beside);
    }
    bar.replaceChildren(...parts);
  };

  const filter = () => {
    const { tests, unknown } = parsed(columns, search.value);
    found = unknown ? [] : everything.filter((at) => tests.every((test) => test(at)));
    most = STEP;
    state.textContent = unknown ? `No report has a value named ${unknown}.` : `${plural(found.length, "report")}${tests.length ? " found" : ""}.`;
    showExperiments();
    showReports();
  };
  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  search.addEventListener("change", filter);
  select.addEventListener("change", () => {
    metric = columns.get(select.value);
    chosen.add(metric.name);
    showPicks();
    showExperiments();
    showReports();
  });

  const pick = (column) => {
    const box = make("input", { type: "checkbox" });
    box.checked = chosen.has(column.name);
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(column.name);
      else chosen.delete(column.name);
      showReports();
    });
    return make("label", {}, box, ` ${column.name}`);
  };
  const showPicks = () => {
    const rest = ["data", "seed", "seconds", "id"].map((name) => columns.get(name)).filter((column) => column.kind === "field");
    picker.replaceChildren(...[["Metrics", metrics], ["Parameters", params], ["Other", rest]].filter(([, list]) => list.length).map(
      ([title, list]) => make("fieldset", {}, make("legend", {}, title), ...list.map(pick))));
  };

  showPicks();
  document.getElementById("tools").replaceChildren(
    make("div", { class: "row" }, make("label", { for: "search" }, "Search"), search,
      ...(metric ? [make("label", { for: "metric" }, "Metric"), select] : [])),
    make("details", {}, make("summary", {}, "Columns"), picker), state);
  document.getElementById("shown").replaceChildren(experiments, reports, bar);
  filter();
};
// A browser too old for this keeps the plain table.
if (document.getElementById("tools") && window.DecompressionStream && [].toSorted) unpacked().then(start);
