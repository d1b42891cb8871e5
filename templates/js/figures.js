// A figure that answers: values under the pointer and by arrow keys, spoken through the page's one region.
const figures = new Map();
class Figure {
  constructor(node, block) {
    this.node = node;
    this.box = node.querySelector(".drawing");
    this.svg = this.box.querySelector("svg");
    this.data = block.data;
    this.columns = ordered(node, block.data);
    this.marks = [];
    this.panels = block.axes.map((axes) => new Panel(axes, this));
    this.panel = this.panels[0];
  }

  part(id) {
    return id ? this.svg.querySelector(`[id="${CSS.escape(id)}"]`) : null;
  }

  // Where the pointer is, in the drawing's units.
  place(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [at.x, at.y];
  }

  point(event) {
    const [x, y] = this.place(event);
    const panel = this.panels.find((one) => one.inside(x, y));
    if (!panel) return this.clear();
    this.panel = panel;
    let best = null, least = 40 ** 2;
    for (const track of panel.seen()) {
      const wide = ["line", "bars"].includes(track.series?.kind);
      for (const point of track.points) {
        const [a, b] = panel.placed(point.x, point.y);
        const away = point.cell || track.series?.kind === "rows" ? reach(panel, x - a, y - b) : (a - x) ** 2 + (wide ? 0.04 : 1) * (b - y) ** 2;
        if (away < least && (point.cell || panel.inside(a, b))) [best, least] = [{ panel, track, point }, away];
      }
    }
    return best ? this.show(best) : this.clear();
  }

  show(now, aloud) {
    this.now = now;
    const { panel, track, point } = now;
    const [x, y] = panel.placed(point.x, point.y);
    this.spot ??= mark("circle", { r: 3.5, class: "spot" }, this.svg);
    this.svg.append(this.spot);
    put(this.spot, { cx: x, cy: y });
    const told = panel.told(track, point);
    const title = panel.axes.title || (track.label && this.panels.length > 1 ? track.label : "");
    this.tip ??= this.box.appendChild(element("div", { class: "tip", "aria-hidden": "true" }));
    this.tip.replaceChildren(...(title ? [element("b", {}, title)] : []), ...told.map(([name, value]) => {
      const line = element("div", {}, element("span", {}, name), " ", element("span", {}, brief(value)));
      if (name === track.series?.y || name === track.label) line.className = "own";
      return line;
    }));
    const scale = this.svg.getBoundingClientRect().width / this.svg.viewBox.baseVal.width;
    const room = this.box.clientWidth, left = x * scale, wide = this.tip.offsetWidth;
    this.tip.style.left = `${max(0, left + 12 + wide < room ? left + 12 : left - 12 - wide)}px`;
    this.tip.style.top = `${max(0, y * scale - this.tip.offsetHeight / 2)}px`;
    const named = told.map(([name, value]) => `${name} ${brief(value)}`).join(", ");
    if (aloud) say(track.label ? `${track.label}: ${named}` : named);
  }

  clear() {
    this.spot?.remove();
    this.tip?.remove();
    this.spot = this.tip = this.now = null;
  }

  // Left and right along a series, up and down to the next one.
  step(along, across) {
    const all = this.panels.flatMap((panel) => panel.seen().map((track) => ({ panel, track })));
    if (!all.length) return say("No single values can be read in this figure; the table under it has them.");
    let at = this.now ? all.findIndex((one) => one.track === this.now.track) : -1;
    if (at < 0) return this.show({ ...all[0], point: all[0].track.points[0] }, true);
    let place = this.now.track.points.indexOf(this.now.point);
    const alone = all.length === 1;
    place = between(0, place + along + (alone ? across : 0), this.now.track.points.length - 1);
    let point = this.now.track.points[place];
    if (across && !alone) {
      at = (at + across + all.length) % all.length;
      point = all[at].track.points.reduce((best, one) => abs(one.x - point.x) < abs(best.x - point.x) ? one : best);
    }
    this.panel = all[at].panel;
    return this.show({ ...all[at], point }, true);
  }

  zoom(factor, x, y) {
    const panel = this.panel;
    if (!panel?.zooms) return;
    const to = between(1, panel.k * factor, 50);
    const own = this.now ? panel.placed(this.now.point.x, this.now.point.y) : [panel.x0 + panel.w / 2, panel.y0 + panel.h / 2];
    const across = (x ?? own[0]) - panel.x0, down = (y ?? own[1]) - panel.y0, by = to / panel.k;
    this.move(by, across - (across - panel.dx) * by, down - (down - panel.dy) * by);
  }

  pan(x, y) {
    if (this.panel) this.move(1, this.panel.dx + x, this.panel.dy + y);
  }

  move(by, dx, dy) {
    const panel = this.panel;
    panel.k *= by;
    panel.dx = between(panel.w * (1 - panel.k), dx, 0);
    panel.dy = between(panel.h * (1 - panel.k), dy, 0);
    this.draw([panel]);
  }

  draw(panels = this.panels) {
    panels.forEach((panel) => panel.draw());
    if (this.now) this.panels.includes(this.now.panel) && this.show(this.now);
    this.box.classList.toggle("zoomed", this.panels.some((panel) => panel.k > 1));
  }

  key(event) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Home: [-1e6, 0], End: [1e6, 0] };
    const zooms = { "+": 1.5, "=": 1.5, "-": 1 / 1.5, 0: 0 };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in arrows) {
      const [along, across] = arrows[event.key];
      if (event.shiftKey && this.panel) this.pan(-along * this.panel.w / 8, -across * this.panel.h / 8);
      else this.step(along, across);
    } else if (event.key in zooms) this.zoom(zooms[event.key]);
    else if (event.key === "Escape" && this.now) this.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

// Bars and cells are reached anywhere along them.
const reach = ({ count, w, h, k }, across, down) => {
  const near = (size, many, away) => many && abs(away) > size * k / many / 2 ? 1e9 : 0;
  return near(w, count.x, across) + near(h, count.y, down);
};

// Columns in the order of the table: an object puts names that are numbers first.
const ordered = (node, data) => {
  const heads = all(".data thead th", node.closest(".shown")).map((head) => head.textContent);
  return Object.keys(data).sort((a, b) => heads.indexOf(a) - heads.indexOf(b));
};

const blockOf = async (node) => (await carried()).figures.get(node.dataset.of || node.id);

// The figure of an element, once it is read; null where the page carries no data of it.
const figureOf = async (node) => {
  if (!figures.has(node)) {
    const block = await blockOf(node);
    if (!figures.has(node)) figures.set(node, block ? new Figure(node, block) : null);
  }
  return figures.get(node);
};

const enhance = (node) => {
  const box = node.querySelector(".drawing");
  const name = node.querySelector("figcaption b").textContent.trim();
  box.tabIndex = 0;
  put(box, { role: "application", "aria-label": `${name} Arrow keys read the values.` });
  let drag = null;
  const act = (how) => (event) => { figureOf(node).then((figure) => figure && how(figure, event)).catch(() => {}); };
  on(box, "pointermove", act((figure, event) => {
    if (!drag) return figure.point(event);
    const scale = figure.svg.getScreenCTM().a;
    figure.pan((event.clientX - drag[0]) / scale, (event.clientY - drag[1]) / scale);
    drag = [event.clientX, event.clientY];
  }));
  on(box, "pointerdown", act((figure, event) => {
    figure.point(event);
    if (figure.panel?.k > 1 && event.button === 0) drag = [event.clientX, event.clientY];
  }));
  on(window, "pointerup", () => { drag = null; });
  on(box, "pointerleave", (event) => { if (event.pointerType === "mouse") act((figure) => figure.clear())(event); });
  on(box, "dblclick", act((figure, event) => figure.zoom(figure.panel?.k > 1 ? 0 : 2, ...figure.place(event))));
  on(box, "wheel", (event) => {
    const figure = figures.get(node);
    if (!figure || !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    figure.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, ...figure.place(event));
  }, { passive: false });
  on(box, "keydown", (event) => {
    if (figures.get(node)) figures.get(node).key(event);
    else if (/^(Arrow|Home|End|[-+=0]$)/.test(event.key)) {
      event.preventDefault();
      act((figure) => figure.key(event))(event);
    }
  });
  on(box, "blur", () => figures.get(node)?.clear());
  tools(node, name);
};
