// The panels of a figure: where a value lies in the drawing, what was drawn from which rows, and the drawing done again
// for another part of the scale, for a logarithmic one, or smoothed. A path goes through its values, so nothing is lost.
const LOG = { to: log10, from: (v) => 10 ** v };
const LINEAR = { to: (v) => v, from: (v) => v };
const steps = (d) => {
  const found = [];
  let command = "", x = 0, y = 0, start = [0, 0];
  const pieces = d.match(/[a-z]|-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?/gi) || [];
  const size = { M: 2, L: 2, H: 1, V: 1, Z: 0 };
  for (let i = 0; i < pieces.length;) {
    if (/[a-z]/i.test(pieces[i])) command = pieces[i++];
    const kind = command.toUpperCase();
    if (!(kind in size)) return null;
    const far = command === kind;
    const [a, b] = pieces.slice(i, i += size[kind]).map(Number);
    if (kind === "Z") [x, y] = start;
    else if (kind === "H") x = far ? a : x + a;
    else if (kind === "V") y = far ? a : y + a;
    else [x, y] = far ? [a, b] : [x + a, y + b];
    if (kind === "M") start = [x, y];
    found.push([kind === "H" || kind === "V" ? "L" : kind, x, y]);
    if (kind === "M") command = far ? "L" : "l";
  }
  return found;
};
const written = (path) => path.map(([kind, x, y]) => kind === "Z" ? "z" : `${kind}${x.toFixed(2)} ${y.toFixed(2)}`).join("");

class Panel {
  constructor(axes, figure) {
    this.axes = axes;
    this.figure = figure;
    [this.x0, this.y0, this.w, this.h] = axes.box;
    this.x1 = this.x0 + this.w;
    this.y1 = this.y0 + this.h;
    this.plot = figure.part(axes.parts?.plot);
    this.frame = figure.part(axes.parts?.frame);
    this.names = { x: axes.x.names, y: axes.y.names };
    const last = axes.cells?.values.at(-1);
    this.count = { x: last?.length || this.names.x?.length, y: last ? axes.cells.values.length : this.names.y?.length };
    this.zooms = !!this.plot && !this.names.x && !this.names.y;
    this.paths = all("path", this.plot).map((node) => ({ node, d: node.getAttribute("d"), path: steps(node.getAttribute("d")) }));
    this.tracks = [...axes.series.map((series) => this.track(series)).filter((track) => track.points.length), ...this.cells()];
    this.tracks.forEach((track) => this.fill(track));
    const epochs = /^(epoch|step)$/.test(axes.x.label) && axes.y.scale !== "category";
    this.course = epochs && axes.series.length > 0 && axes.series.every((series) => series.kind === "line");
    this.reset();
  }

  reset() {
    Object.assign(this, { k: 1, dx: 0, dy: 0, other: false, smooth: 0, hidden: new Set() });
  }

  // A drawn line leaves out points that lie on a straight line; on another scale they do not.
  fill({ series, points }) {
    const [line] = all("path", series?.kind === "line" && points[0].told === undefined ? this.figure.part(series.id) : null);
    const drawn = this.paths.find(({ node }) => node === line);
    const known = ([step, x, y], at) => (step === "L" || !at) && points.some((point) => abs(point.x - x) + abs(point.y - y) < 0.2);
    if (drawn?.path?.every(known)) drawn.path = points.map(({ x, y }, at) => [at ? "L" : "M", x, y]);
  }

  // The scale of an axis in the drawing, and its inverse, before any zoom.
  scale(name) {
    const axis = this.axes[name];
    const log = axis.scale === "log";
    const way = log ? LOG : LINEAR;
    const [low, high] = axis.limits.map(way.to);
    const span = name === "x" ? this.w : -this.h;
    const from = name === "x" ? this.x0 : this.y1;
    const value = (p) => way.from(low + (p - from) / span * (high - low));
    // What is read off the drawing is no more exact than the drawing.
    const digits = between(0, 3 - floor(log10(abs(high - low) || 1)), 15);
    return { at: (v) => from + (way.to(v) - low) / (high - low) * span, value, near: (p) => log ? Number(value(p).toPrecision(3)) : Number(value(p).toFixed(digits)) + 0 };
  }

  // Where a place of the drawing lies now: on the other scale, if that is chosen, then zoomed.
  placed(x, y) {
    let down = y;
    if (this.other) {
      const [low, high] = this.limits;
      const value = this.way.to(this.scale("y").value(y));
      const part = isFinite(value) ? (value - low) / (high - low) : -1;
      down = this.y1 * (1 - between(-1, part, 2));
    }
    return [this.x0 + (x - this.x0) * this.k + this.dx, this.y0 + (down - this.y0) * this.k + this.dy];
  }

  get way() {
    return (this.axes.y.scale === "log") !== this.other ? LOG : LINEAR;
  }

  // The limits of the other scale, in its own steps.
  get limits() {
    const scale = this.scale("y");
    const values = this.tracks.flatMap((track) => track.points.map((point) => scale.value(point.y))).map(this.way.to).filter(isFinite);
    const low = min(...values), high = max(...values);
    const room = (high - low) * 0.04 || 0.5;
    return [low - room, high + room];
  }

  track(series) {
    const { x, y, to, where, kind, label, values } = series;
    const data = this.figure.data;
    const own = { series, label, points: [] };
    const across = this.scale("x"), down = this.scale("y");
    if (x || y) {
      const rows = (data[x || y] || []).map((_, row) => row).filter((row) => !where || data[where[0]][row] === where[1]);
      rows.forEach((row, at) => {
        const a = x ? (to ? (data[x][row] + data[to][row]) / 2 : data[x][row]) : at;
        const b = y ? data[y][row] : at;
        if (typeof a === "number" && typeof b === "number") own.points.push({ x: across.at(a), y: down.at(b), row });
      });
    } else if (values) {
      const [edges, heights] = values;
      own.points = heights.map((height, at) => ({ x: across.at((edges[at] + edges[at + 1]) / 2), y: down.at(height), told: [["from", edges[at]], ["to", edges[at + 1]], [label, height]] }));
    } else if (kind === "line" || kind === "points") {
      const drawn = all("path", this.figure.part(series.id)).flatMap((node) => steps(node.getAttribute("d")) || []);
      drawn.forEach(([step, a, b], at) => {
        const before = drawn[at - 1];
        if (step === "Z" || before && before[1] === a && before[2] === b) return;
        own.points.push({ x: a, y: b, told: [[this.axes.x.label || "x", across.near(a)], [label, down.near(b)]] });
      });
      if (this.names.y) own.points.forEach((point) => { point.told[1] = [point.told[1][0], this.names.y[Math.round(down.value(point.y))]]; });
    }
    own.points = own.points.filter((point) => isFinite(point.x) && isFinite(point.y));
    if (kind === "line" || kind === "bars") own.points.sort((a, b) => a.x - b.x);
    return own;
  }

  // Cells and rows that stand at categories, found by their names.
  cells() {
    if (this.axes.cells) return this.given(this.axes.cells);
    const words = Object.entries(this.figure.data).filter(([, column]) => column.some((value) => typeof value === "string"));
    const among = (axis, not) => {
      const fits = words.filter(([name, column]) => name !== not && column.filter((value) => this.names[axis].includes(value)).length * 2 > column.length);
      return (fits.find(([name]) => name === this.axes[axis].label) || fits[0])?.[0];
    };
    const { x, y } = this.names;
    if (this.axes.series.length && !(x && y)) return this.named(y ? among("y") : x && among("x"));
    const down = y && among("y"), across = x && among("x", down);
    if (y && !down || x && !across || !x && !y) return [];
    const scales = { x: this.scale("x"), y: this.scale("y") };
    const tracks = new Map();
    (this.figure.data[down || across] || []).forEach((_, row) => {
      const at = (axis, name) => name ? scales[axis].at(this.names[axis].indexOf(String(this.figure.data[name][row]))) : axis === "x" ? this.x0 : this.y1;
      const point = { x: at("x", across), y: at("y", down), row, cell: true };
      if (!this.inside(point.x, point.y)) return;
      const key = across && down ? point.y : 0;
      if (!tracks.has(key)) tracks.set(key, { label: "", points: [] });
      tracks.get(key).points.push(point);
    });
    return [...tracks.entries()].sort((a, b) => a[0] - b[0]).map(([, track]) => ({ ...track, points: track.points.sort((a, b) => a.x - b.x || a.y - b.y) }));
  }

  // Cells whose numbers came with the drawing: a series a row.
  given({ values, label, x, y }) {
    const across = this.scale("x"), down = this.scale("y"), { axes } = this;
    return values.map((row, at) => ({ label: "", points: row.flatMap((value, column) => value === null ? [] : {
      x: across.at(column), y: down.at(at), cell: true,
      told: [[axes.y.label || "row", y[at] ?? at + 1], [axes.x.label || "column", x[column] ?? column + 1], [label, value]],
    }) })).filter((track) => track.points.length);
  }

  // Series along categories keep their points; where none was found, each category is one.
  named(column) {
    const axis = this.names.y ? "y" : "x";
    if (!column || this.axes.series.some((series) => series.x || series.y)) return [];
    const scale = this.scale(axis);
    const points = this.figure.data[column].map((name, row) => {
      const place = scale.at(this.names[axis].indexOf(String(name)));
      return { x: this.x0, y: this.y1, [axis]: place, row, cell: true };
    });
    return [{ label: "", points }];
  }

  // What is known of a point: its row, or the values read off the drawing.
  told(track, point) {
    if (point.told) return point.told;
    const other = this.axes.series.filter((series) => series !== track.series && this.hidden.has(series.id)).map((series) => series.y);
    return this.figure.columns.filter((name) => !other.includes(name)).slice(0, 9).map((name) => [name, this.figure.data[name][point.row]]);
  }

  seen() {
    return this.tracks.filter((track) => !track.series || !this.hidden.has(track.series.id));
  }

  inside(x, y) {
    return x >= this.x0 - 2 && x <= this.x1 + 2 && y >= this.y0 - 2 && y <= this.y1 + 2;
  }

  // The drawing as it now is to be.
  draw() {
    const changed = this.k !== 1 || this.other;
    if (this.plot) put(this.plot, { "clip-path": changed ? `url(#${this.clip()})` : "none" });
    for (const { node, d, path } of this.paths) {
      put(node, { d: changed && path ? written(path.map(([kind, x, y]) => [kind, ...this.placed(x, y)])) : d });
      if (!path) this.move(node, changed);
    }
    for (const node of all("image, text, use", this.plot)) this.move(node, changed);
    for (const track of this.tracks) if (track.series) this.overlay(track);
    this.ends(changed);
    this.scales(changed);
    this.figure.marks.forEach((drawn) => drawn(this));
  }

  move(node, changed) {
    node.own ??= node.getAttribute("transform") || "";
    const stays = !changed || node.localName === "text";
    away(node, changed && (node.localName === "text" ? this.k > 1 : this.other));
    const matrix = `translate(${this.x0 + this.dx} ${this.y0 + this.dy}) scale(${this.k}) translate(${-this.x0} ${-this.y0})`;
    put(node, { transform: stays ? node.own : `${matrix} ${node.own}` });
  }

  clip() {
    const id = `${this.axes.parts.plot}-clip`;
    if (!this.clipped) {
      this.clipped = mark("clipPath", { id }, this.figure.svg);
      mark("rect", { x: this.x0, y: this.y0, width: this.w, height: this.h }, this.clipped);
    }
    return id;
  }

  // A line smoothed by an exponential mean, over what was measured.
  overlay(track) {
    const group = this.figure.part(track.series.id);
    if (!group) return;
    away(group, this.hidden.has(track.series.id));
    track.over?.remove();
    track.over = null;
    const line = group.querySelector("path");
    if (track.series.kind !== "line" || !line) return;
    put(line, { opacity: this.smooth ? 0.3 : 1 });
    if (!this.smooth) return;
    const scale = this.scale("y");
    let mean = 0, weight = 0;
    const course = track.points.map((point, at) => {
      mean = this.smooth * mean + (1 - this.smooth) * scale.value(point.y);
      weight = this.smooth * weight + 1 - this.smooth;
      return [at ? "L" : "M", ...this.placed(point.x, scale.at(mean / weight))];
    });
    track.over = put(line.cloneNode(), { d: written(course), opacity: 1 });
    group.append(track.over);
  }

  // Labels at the ends of lines go with them.
  ends(changed) {
    const texts = all(":scope > text", this.figure.svg).filter((node) => abs(number(node, "x") - this.x1 - 5) < 0.1);
    for (const track of this.tracks) {
      const node = track.series && texts.find((text) => text.textContent === track.series.label);
      if (!node) continue;
      node.own ??= node.getAttribute("y");
      const last = track.points.at(-1);
      const y = this.placed(last.x, last.y)[1] + 2.9;
      put(node, { y: changed ? between(this.y0 + 3, y, this.y1 + 3) : node.own });
      away(node, this.hidden.has(track.series.id));
    }
  }

  // Spines, ticks and labels for what is now seen; words stay at what they name.
  scales(changed) {
    this.fresh?.remove();
    this.fresh = null;
    away(this.frame, changed);
    if (!changed || !this.frame) return;
    const own = all("text", this.frame);
    const bottom = this.y1;
    this.fresh = mark("g", {}, this.figure.svg);
    let d = `M${this.x0} ${this.y0}V${bottom}H${this.x1}`;
    const write = (text, x, y, anchor) => { mark("text", { x, y, "text-anchor": anchor }, this.fresh).textContent = text; };
    for (const [place, text] of this.ticks("x", own.filter((node) => number(node, "y") > bottom))) {
      d += `M${place} ${bottom}v3`;
      write(text, place, bottom + 12.5, "middle");
    }
    for (const [place, text] of this.ticks("y", own.filter((node) => number(node, "x") < this.x0))) {
      d += `M${this.x0} ${place}h-3`;
      write(text, this.x0 - 5.5, place + 2.9, "end");
    }
    mark("path", { d, fill: "none", stroke: "currentColor", "stroke-width": 0.6 }, this.fresh);
  }

  ticks(name, labels) {
    if (!labels.length) return [];
    const across = name === "x";
    const from = across ? this.x0 : this.y0, size = across ? this.w : this.h;
    const inside = ([place]) => place >= from - 0.5 && place <= from + size + 0.5;
    if ((all("image", this.plot).length || labels.some((node) => !/^[-−]?[\d.,]+(e[-+−]?\d+)?$/.test(node.textContent))) && this.axes[name].scale !== "log") {
      return labels.map((node) => {
        const place = across ? this.placed(number(node, "x"), 0)[0] : this.placed(0, number(node, "y") - 2.9)[1];
        return [place, node.textContent];
      }).filter(inside);
    }
    const scale = this.scale(name);
    const log = across ? this.axes.x.scale === "log" : this.way === LOG;
    const shift = across ? this.dx : this.dy;
    const value = (place) => {
      const plain = from + (place - from - shift) / this.k;
      if (across || !this.other) return scale.value(plain);
      const [low, high] = this.limits;
      return this.way.from(low + (1 - (plain - this.y0) / this.h) * (high - low));
    };
    const at = (v) => this.placed(scale.at(v), scale.at(v))[across ? 0 : 1];
    const [low, high] = [value(from), value(from + size)].sort((a, b) => a - b);
    return round(low, high, log).map((v) => [at(v), brief(v)]).filter(inside);
  }
}

// Round numbers between two, about five; of many decades powers of ten.
const round = (low, high, log) => {
  if (log && high / low > 8) {
    const first = ceil(log10(low) - 1e-9), last = floor(log10(high) + 1e-9);
    const every = ceil((last - first + 1) / 6);
    const found = [];
    for (let power = first; power <= last; power += every) found.push(Number(`1e${power}`));
    if (found.length > 2) return found;
    return found.flatMap((v) => [v / 5, v / 2, v, 2 * v, 5 * v]).filter((v, at, all) => v >= low && v <= high && all.indexOf(v) === at);
  }
  const rough = (high - low) / 5, ten = 10 ** floor(log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * ten).find((n) => n >= rough);
  const found = [];
  for (let n = ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) found.push(Number((n * step).toPrecision(12)));
  return found;
};
