// Tables sort by a click on a head, back to their own order on the third; long ones have a field that filters their rows
// and those of the table that goes on. What a row unfolds to stays below it. A table that scrolls is in reach of the keyboard.
(() => {
  const valued = (cell) => {
    const text = cell.dataset.v || cell.textContent.replace(/[\s,%]/g, "").replace(/−/g, "-");
    return text === "" ? NaN : Number(text);
  };
  const sorted = (rows, at, down) => {
    const keyed = rows.map((row) => ({ row, n: valued(row.cells[at]), t: row.cells[at].textContent.trim() }));
    const numeric = keyed.some((item) => !isNaN(item.n)) && keyed.every((item) => !isNaN(item.n) || item.t.startsWith("–"));
    const order = numeric ? (a, b) => a.n - b.n : (a, b) => a.t.localeCompare(b.t, undefined, { numeric: true });
    // What is not available stays last in both directions.
    const missing = (item) => numeric && isNaN(item.n);
    return keyed.sort((a, b) => missing(a) - missing(b) || (missing(a) ? 0 : down ? order(b, a) : order(a, b))).map((item) => item.row);
  };
  for (const table of all(".tab > table[id]")) {
    const body = table.tBodies[0];
    const own = [...body.rows].filter((row) => !row.matches(".more"));
    if (own.length < 3 || !table.tHead) continue;
    const heads = [...table.tHead.rows[0].cells];
    const more = new Map(own.map((row) => [row, row.nextElementSibling]).filter(([, next]) => next && next.matches(".more")));
    heads.forEach((head, at) => {
      if (head.tagName !== "TH" || head.matches(".g, .b") || own.some((row) => !row.cells[at])) return;
      const sort = element("button", { type: "button", class: "sort" }, ...head.childNodes);
      head.append(sort);
      on(sort, "click", () => {
        const now = head.getAttribute("aria-sort");
        const first = head.classList.contains("n") ? "descending" : "ascending";
        const next = !now ? first : now === first ? (first === "ascending" ? "descending" : "ascending") : "";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (next) put(head, { "aria-sort": next });
        body.append(...(next ? sorted(own, at, next === "descending") : own).flatMap((row) => more.has(row) ? [row, more.get(row)] : [row]));
      });
    });
  }
  for (const table of all(".tab > table[id]:not([id$=-more])")) {
    const rest = byId(`${table.id}-more`);
    const rows = [table, rest].flatMap((part) => part ? [...part.tBodies[0].rows] : []);
    if (rows.filter((row) => !row.matches(".more")).length < 25) continue;
    const field = element("input", { type: "search", class: "filter", placeholder: "Filter rows", "aria-label": "Filter the rows of the table" });
    table.parentElement.before(field);
    on(field, "input", () => {
      const wanted = field.value.trim().toLowerCase();
      let kept = true;
      for (const row of rows) {
        if (!row.matches(".more")) kept = row.textContent.toLowerCase().includes(wanted);
        row.hidden = !kept;
      }
      const fold = rest && rest.closest("details");
      if (fold && wanted) fold.open = true;
    });
  }
  const reach = () => {
    for (const box of all(".tab:not(.wide)")) {
      const name = box.querySelector("caption") || box.closest("details")?.querySelector("summary");
      if (box.scrollWidth <= box.clientWidth || !name) continue;
      put(box, { tabindex: 0, role: "region", "aria-label": name.textContent.trim() });
    }
  };
  on(window, "resize", reach);
  on(window, "toggle", reach, true);
  reach();
})();
