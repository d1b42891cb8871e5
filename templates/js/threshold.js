// Another threshold for two classes: one slider moves the counts, what follows from them, and the marks on the figures.
const curveOf = (evidence) => {
  const { y_score: scores, y_true: actual, y_pred: said } = evidence.predictions?.test || {};
  const { threshold, costs } = evidence.decision || {};
  if (!scores?.length || threshold === undefined) return null;
  const order = scores.map((row, at) => [row[1], actual[at], said[at]]).sort((a, b) => a[0] - b[0]);
  // Where decisions are not a cut of these scores (one a fold, say), the slider would contradict what is printed.
  if (order.some(([score, , decided]) => (score >= threshold) !== (decided === 1))) return null;
  const below = [0];
  for (const [, truth] of order) below.push(below.at(-1) + truth);
  const positives = below.at(-1), rows = order.length;
  const at = (cut) => {
    let low = 0, high = rows;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order[middle][0] < cut) low = middle + 1;
      else high = middle;
    }
    const fn = below[low], tn = low - fn, tp = positives - fn;
    const fp = rows - low - tp;
    return { cut, tp, fp, fn, tn, recall: tp / positives, precision: tp / (tp + fp), specificity: tn / (tn + fp), f1: 2 * tp / (2 * tp + fp + fn), accuracy: (tp + tn) / rows, ...(costs ? { cost: (costs[0] * fp + costs[1] * fn) / rows } : {}) };
  };
  return { at, threshold, costs, labels: evidence.labels };
};

const SHOWN = { accuracy: "Accuracy", precision: "Precision", recall: "Recall", specificity: "Specificity", f1: "F1", cost: "Cost per row" };
const LINES = { "figure-threshold-scan": ({ cut }) => [cut], "figure-score-distribution": ({ cut }) => [cut], "figure-roc": ({ recall, specificity }) => [1 - specificity, recall], "figure-precision-recall": ({ recall, precision }) => [recall, precision] };

const threshold = () => {
  const places = Object.keys(LINES).map(byId).filter(Boolean);
  const scan = byId("figure-threshold-scan");
  const section = places[0]?.closest("section");
  if (!scan || !section) return;
  const first = [...section.children].find((child) => places.some((place) => child.contains(place)));
  const fold = element("details", { class: "tools threshold" }, element("summary", {}, "Try another threshold"));
  first.before(fold);
  on(fold, "toggle", async () => {
    if (!fold.open || fold.childElementCount > 1) return;
    const box = fold.appendChild(element("div"));
    try {
      const curve = curveOf((await carried()).evidence);
      if (curve) await slide(curve, box, places);
      else box.append("The report carries no scores from which these decisions were cut.");
    } catch { /* The figures stay as they are. */ }
  });
};

const slide = async (curve, box, places) => {
  const shown = await Promise.all(places.map(figureOf));
  const matrix = byId("figure-confusion-matrix");
  const cells = matrix && await figureOf(matrix);
  let now = curve.at(curve.threshold);
  const printed = now;
  const slider = element("input", { type: "range", min: 0, max: 1, step: "any", "aria-label": `Threshold on the score for ${curve.labels[1]}` });
  const told = element("output");
  const list = element("dl", { class: "keys" });
  const names = curve.labels;
  const counts = [["tp", `${names[1]}, found`], ["fn", `${names[1]}, missed`], ["fp", `${names[0]}, false alarms`], ["tn", `${names[0]}, right`]];
  const move = (cut, aloud) => {
    now = curve.at(between(0, cut, 1));
    slider.value = now.cut;
    told.textContent = `${brief(now.cut)}${now.cut === printed.cut ? ", as printed" : `; printed ${brief(printed.cut)}`}`;
    const items = [...Object.entries(SHOWN).filter(([key]) => key in now), ...counts];
    list.replaceChildren(...items.map(([key, label]) => element("div", {}, element("dt", {}, label), element("dd", {}, isNaN(now[key]) ? "–" : key in SHOWN ? now[key].toFixed(3) : brief(now[key])))));
    const spoken = `${brief(now.cut)}: precision ${brief(now.precision, 3)}, recall ${brief(now.recall, 3)}`;
    put(slider, { "aria-valuetext": spoken });
    shown.forEach((figure) => figure?.draw());
    if (cells) recount(cells, now);
    if (aloud) say(spoken);
  };
  shown.forEach((figure, at) => figure?.marks.push((panel) => signed(panel, LINES[places[at].id](now))));
  on(slider, "input", () => move(Number(slider.value)));
  const nudge = (by) => () => move(Math.round((now.cut + by) * 1000) / 1000, true);
  box.append(element("p", {}, slider, button("−", nudge(-0.01), "Lower threshold"), button("+", nudge(0.01), "Higher threshold"), button("Reset", () => move(printed.cut, true)), told), list);
  resets.push((paper) => {
    const kept = now;
    if (paper) move(printed.cut);
    return () => move(kept.cut);
  });
  move(printed.cut);
};

// The mark of the threshold: a point on a curve, a line across a scale.
const signed = (panel, [x, y]) => {
  panel.sign?.remove();
  panel.sign = null;
  const [a, b] = panel.placed(panel.scale("x").at(x), y === undefined ? panel.y0 : panel.scale("y").at(y));
  if (!isFinite(a) || !isFinite(b) || a < panel.x0 - 1 || a > panel.x0 + panel.w + 1) return;
  panel.sign = y === undefined ? mark("path", { d: `M${a} ${panel.y0}v${panel.h}`, class: "sign" }, panel.figure.svg) : mark("circle", { cx: a, cy: b, r: 4, class: "sign" }, panel.figure.svg);
};

const recount = (figure, now) => {
  const [panel] = figure.panels;
  const table = [[now.tn, now.fp], [now.fn, now.tp]];
  panel.sign?.remove();
  panel.sign = mark("g", {}, figure.svg);
  away(panel.plot, true);
  panel.plot.after(panel.sign);
  const texts = all(":scope > text", figure.svg);
  for (const [row, counted] of table.entries()) for (const [column, count] of counted.entries()) {
    const x = panel.scale("x").at(column), y = panel.scale("y").at(row);
    const share = count / max(counted[0] + counted[1], 1);
    mark("rect", { x: x - panel.w / 4, y: y - panel.h / 4, width: panel.w / 2, height: panel.h / 2, class: "f1", "fill-opacity": share }, panel.sign);
    const text = texts.find((node) => hypot(number(node, "x") - x, number(node, "y") - y) < 6 && !node.hasAttribute("transform"));
    if (!text) continue;
    text.textContent = count.toLocaleString("en");
    put(text, share > 0.7 ? { class: "paper-f", fill: "#fdfdfb" } : { class: "", fill: "currentColor" });
  }
};
