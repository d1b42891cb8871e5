// Tables sort by a click on a head, back to their own order on the third; a table that scrolls can be reached by keyboard.
(() => {
  const number = (cell) => {
    const text = cell.dataset.v || cell.textContent.replace(/[\s,%]/g, "").replace(/−/g, "-");
    return text === "" ? NaN : Number(text);
  };
  const sorted = (rows, at, down) => {
    const keyed = rows.map((row) => ({ row, n: number(row.cells[at]), t: row.cells[at].textContent.trim() }));
    const numeric = keyed.some((item) => !isNaN(item.n)) && keyed.every((item) => !isNaN(item.n) || item.t.startsWith("–"));
    const order = numeric ? (a, b) => a.n - b.n : (a, b) => a.t.localeCompare(b.t, undefined, { numeric: true });
    // What is not available stays last in both directions.
    const missing = (item) => numeric && isNaN(item.n);
    return keyed.sort((a, b) => missing(a) - missing(b) || (missing(a) ? 0 : down ? order(b, a) : order(a, b))).map((item) => item.row);
  };
  for (const table of document.querySelectorAll(".tab > table[id]")) {
    const body = table.tBodies[0];
    const own = [...body.rows];
    if (own.length < 3 || !table.tHead) continue;
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => {
      if (head.tagName !== "TH" || head.matches(".g, .b") || own.some((row) => !row.cells[at])) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        const first = head.classList.contains("n") ? "descending" : "ascending";
        const next = !now ? first : now === first ? (first === "ascending" ? "descending" : "ascending") : "";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (next) head.setAttribute("aria-sort", next);
        body.append(...(next ? sorted(own, at, next === "descending") : own));
      });
    });
  }
  const reach = () => {
    for (const box of document.querySelectorAll(".tab:not(.wide)")) {
      const name = box.querySelector("caption") || box.closest("details")?.querySelector("summary");
      if (box.scrollWidth <= box.clientWidth || !name) continue;
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", name.textContent.trim());
    }
  };
  addEventListener("resize", reach);
  addEventListener("toggle", reach, true);
  reach();
})();
