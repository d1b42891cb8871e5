// Starts each part by itself: what fails leaves the page as it was drawn. On paper every figure is as it was printed.
const resets = [];
const starting = (how) => {
  try { how(); } catch { /* The page is whole without it. */ }
};
all("figure").forEach((node) => starting(() => enhance(node)));
starting(threshold);
starting(search);
let restores = [];
on(window, "beforeprint", () => {
  if (dialog?.open) dialog.close();
  restores = resets.map((reset) => reset(true));
  for (const figure of figures.values()) {
    if (!figure) continue;
    const kept = figure.panels.map(({ k, dx, dy, other, smooth, hidden }) => ({ k, dx, dy, other, smooth, hidden }));
    figure.clear();
    figure.panels.forEach((panel) => panel.reset());
    figure.draw();
    restores.push(() => {
      figure.panels.forEach((panel, at) => Object.assign(panel, kept[at]));
      figure.draw();
    });
  }
});
on(window, "afterprint", () => restores.splice(0).forEach((restore) => restore()));
