// Opens the folds around a link's target, and all of them on paper.
(() => {
  const reveal = () => {
    let at = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    if (!at) return;
    const target = at;
    const line = at.matches(".more") && at.previousElementSibling.querySelector(".line");
    let opened = line && !line.open;
    if (opened) line.open = true;
    for (; at; at = at.parentElement) if (at.tagName === "DETAILS" && !at.open) opened = at.open = true;
    if (opened) target.scrollIntoView();
  };
  on(window, "hashchange", reveal);
  reveal();
  let closed = [];
  on(window, "beforeprint", () => {
    closed = all("details.fold:not([open])");
    closed.forEach((fold) => { fold.open = true; });
  });
  on(window, "afterprint", () => closed.forEach((fold) => { fold.open = false; }));
})();
