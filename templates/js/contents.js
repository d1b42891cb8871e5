// Marks the section being read in the contents.
(() => {
  const links = all(".contents a");
  const sections = links.map((link) => byId(link.hash.slice(1)));
  const end = document.querySelector("main > :last-child > :last-child");
  const mark = (at) => links.forEach((link, i) => i === at ? put(link, { "aria-current": true }) : link.removeAttribute("aria-current"));
  const find = () => {
    let at = 0;
    sections.forEach((section, i) => { if (section && section.getBoundingClientRect().top < innerHeight / 4) at = i; });
    // A short last section never reaches the upper quarter: it is read when its end is seen.
    if (scrollY > 0 && end && end.getBoundingClientRect().bottom <= innerHeight) at = links.length - 1;
    mark(at);
  };
  if (!links.length || !("IntersectionObserver" in window)) return;
  const watch = new IntersectionObserver(find, { rootMargin: "0px 0px -75% 0px" });
  sections.forEach((section) => section && watch.observe(section));
  if (end) new IntersectionObserver(find, { threshold: 1 }).observe(end);
})();
