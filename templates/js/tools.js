// What a figure offers below it: its series, zoom, scale and smoothing of a course, full size, and downloads.
const tools = (node, name) => {
  const fold = element("details", { class: "tools" }, element("summary", {}, "Explore"));
  fold.firstChild.append(element("span", { class: "vh" }, ` ${name}`));
  if (node.parentElement.matches(".shown")) node.after(fold);
  else node.append(fold);
  on(fold, "toggle", async () => {
    if (fold.childElementCount > 1 || !fold.open) return;
    const list = element("div");
    fold.append(list);
    try {
      const figure = await figureOf(node);
      if (figure) list.append(...rows(figure, name));
    } catch { /* The drawing stays as it is. */ }
    list.append(element("p", {}, button("Full size", () => full(node, name)), ...saves(node)));
  });
};

const rows = (figure, name) => {
  const found = [];
  const unique = new Map();
  for (const panel of figure.panels) for (const { series } of panel.tracks) {
    if (series) unique.set(series.label, [...unique.get(series.label) || [], [panel, series]]);
  }
  if (unique.size > 1 && unique.size <= 40) found.push(element("p", {}, ...[...unique].map(([label, parts]) => toggle(figure, label, parts))));
  const course = figure.panels.filter((panel) => panel.course);
  if (course.length) found.push(ofCourse(figure, course));
  if (figure.panels.some((panel) => panel.zooms)) found.push(zooms(figure, name));
  return found;
};

const toggle = (figure, label, parts) => {
  const made = button("", () => {
    const hides = made.getAttribute("aria-pressed") === "true";
    put(made, { "aria-pressed": !hides });
    made.lastChild.textContent = hides ? " (hidden)" : "";
    for (const [panel, series] of parts) panel.hidden[hides ? "add" : "delete"](series.id);
    figure.clear();
    figure.draw();
  });
  const patch = mark("svg", { width: 10, height: 10, "aria-hidden": "true", class: "k" }, made);
  mark("rect", { width: 10, height: 10, class: parts[0][1].class.replace("s", "f") }, patch);
  made.append(` ${label}`, element("span"));
  put(made, { "aria-pressed": true });
  return made;
};

const ofCourse = (figure, panels) => {
  const other = panels[0].axes.y.scale === "log" ? "Linear scale" : "Log scale";
  const drawn = () => { figure.clear(); figure.draw(panels); };
  const log = button(other, () => {
    const turned = log.getAttribute("aria-pressed") !== "true";
    put(log, { "aria-pressed": turned });
    panels.forEach((panel) => { panel.other = turned; });
    drawn();
  });
  put(log, { "aria-pressed": false });
  const slider = element("input", { type: "range", min: 0, max: 0.98, step: 0.02, value: 0 });
  const told = element("output", {}, "0");
  on(slider, "input", () => {
    told.textContent = slider.value;
    panels.forEach((panel) => { panel.smooth = Number(slider.value); });
    drawn();
  });
  const nudge = (by) => () => {
    slider.value = Number(slider.value) + by;
    slider.dispatchEvent(new Event("input"));
  };
  return element("p", {}, log, element("label", {}, "Smoothing ", slider), button("−", nudge(-0.1), "Less smoothing"), button("+", nudge(0.1), "More smoothing"), told);
};

const zooms = (figure) => {
  const by = (x, y) => () => figure.pan(x * figure.panel.w / 4, y * figure.panel.h / 4);
  return element("p", {}, button("+", () => figure.zoom(1.5), "Zoom in"), button("−", () => figure.zoom(1 / 1.5), "Zoom out"), button("←", by(1, 0), "Move left"), button("→", by(-1, 0), "Move right"), button("↑", by(0, 1), "Move up"), button("↓", by(0, -1), "Move down"), button("Reset zoom", () => figure.zoom(0)));
};

// The figure in the whole window; it goes back to its place when that is closed.
let dialog, place;
const full = (node, name) => {
  if (place) return dialog.close();
  const moved = node.closest(".shown") || node;
  if (!dialog) {
    dialog = document.body.appendChild(element("dialog", { class: "full" }));
    on(dialog, "close", () => {
      const moved = dialog.lastChild;
      place.replaceWith(moved);
      place = null;
      moved.querySelector(".tools button:not([aria-pressed])")?.focus();
    });
  }
  place = document.createComment("");
  moved.replaceWith(place);
  put(dialog, { "aria-label": name });
  dialog.replaceChildren(button("Close", () => dialog.close()), moved);
  dialog.showModal();
};

// Downloads: the drawing in light colours with its face, and the data.
const saves = (node) => {
  const stem = node.id;
  const made = [button("SVG", () => save(`${stem}.svg`, new Blob([alone(node)], { type: "image/svg+xml" }))), button("PNG", () => picture(node, stem))];
  return node.parentElement.querySelector(".data") ? [...made, button("CSV", () => table(node, stem))] : made;
};

const save = (name, blob) => {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};

const alone = (node) => {
  const copy = node.querySelector(".drawing svg").cloneNode(true);
  all(".away, .spot", copy).forEach((part) => part.remove());
  all("[class]", copy).forEach((part) => part.removeAttribute("class"));
  put(copy, { color: "#1b1c1e" });
  const faces = [...document.styleSheets[0].cssRules].filter((rule) => rule.cssText.startsWith("@font-face") && /Report Sans/.test(rule.cssText));
  const style = faces.map((rule) => rule.cssText).join("");
  return new XMLSerializer().serializeToString(copy).replace(/>/, () => `><style>${style}</style>`);
};

const picture = (node, stem) => {
  const image = new Image();
  on(image, "load", () => {
    const { width, height } = node.querySelector(".drawing svg").viewBox.baseVal;
    const canvas = element("canvas", { width: Math.round(width * 4), height: Math.round(height * 4) });
    const paint = canvas.getContext("2d");
    paint.fillStyle = "#fff";
    paint.fillRect(0, 0, canvas.width, canvas.height);
    paint.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(`${stem}.png`, blob));
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(alone(node))}`;
};

const table = async (node, stem) => {
  const { data } = await blockOf(node);
  const names = ordered(node, data);
  const cell = (value) => {
    // A spreadsheet would run what begins like a formula; an apostrophe makes it a text.
    const runs = /^[=+\-@\t\r]/.test(value) && isNaN(value);
    const text = (runs ? "'" : "") + (value ?? "");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = data[names[0]].map((_, row) => names.map((name) => cell(data[name][row])).join(","));
  save(`${stem}.csv`, new Blob([[names.map(cell).join(","), ...lines, ""].join("\r\n")], { type: "text/csv" }));
};
