// Search within the report: every place is marked, Enter goes to the next, and what is folded there opens.
const search = () => {
  const contents = document.querySelector(".contents");
  if (!contents) return;
  const field = element("input", { type: "search", class: "search", placeholder: "Search", "aria-label": "Search within the report" });
  const told = element("output");
  const go = element("p", { class: "tools" }, button("↑", () => next(-1), "Previous place"), button("↓", () => next(1), "Next place"), told);
  let places = [], at = -1, wait = 0;
  const highlight = (name, ranges) => {
    if (window.Highlight && CSS.highlights) CSS.highlights.set(name, new Highlight(...ranges));
  };
  const find = () => {
    const wanted = field.value.trim().toLowerCase();
    places = [];
    at = -1;
    const walker = document.createTreeWalker(byId("main"), NodeFilter.SHOW_TEXT);
    while (wanted.length > 1 && walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement.closest(".tools, .tip, .vh, [hidden]")) continue;
      const text = node.data.toLowerCase();
      if (text.length !== node.data.length) continue;
      for (let from = text.indexOf(wanted); from >= 0; from = text.indexOf(wanted, from + wanted.length)) {
        const range = document.createRange();
        range.setStart(node, from);
        range.setEnd(node, from + wanted.length);
        places.push(range);
      }
    }
    highlight("found", places);
    highlight("here", []);
    go.hidden = wanted.length < 2;
    told.textContent = places.length === 1 ? "1 place" : `${brief(places.length)} places`;
  };
  const next = (by) => {
    if (!places.length) return;
    at = (at + by + places.length + (at < 0 && by < 0 ? 1 : 0)) % places.length;
    const parent = places[at].startContainer.parentElement;
    for (let box = parent; box; box = box.parentElement) {
      if (box.tagName === "DETAILS") box.open = true;
      const line = box.matches(".more") && box.previousElementSibling?.querySelector(".line");
      if (line) line.open = true;
    }
    highlight("here", [places[at]]);
    parent.scrollIntoView({ block: "center" });
    told.textContent = `${at + 1} of ${places.length}`;
    say(`${told.textContent}: ${parent.textContent.trim().slice(0, 120)}`);
  };
  on(field, "input", () => {
    clearTimeout(wait);
    wait = setTimeout(find, 120);
  });
  on(field, "keydown", (event) => {
    if (event.key === "Escape") field.value = "";
    if (event.key === "Enter" || event.key === "Escape") {
      clearTimeout(wait);
      if (event.key === "Escape" || at < 0) find();
      if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
      event.preventDefault();
    }
  });
  go.hidden = true;
  contents.querySelector("ol").before(field, go);
};
