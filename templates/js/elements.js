// What all scripts share: elements made and found, numbers as the report writes them, and the voice of the page.
const { min, max, abs, floor, ceil, log10, hypot } = Math;
const between = (low, value, high) => min(max(value, low), high);
const away = (node, is) => node?.classList.toggle("away", is);
const brief = (value, digits = 4) => {
  if (typeof value !== "number") return String(value ?? "–");
  if (Number.isInteger(value) && abs(value) < 1e15) return value.toLocaleString("en").replace("-", "−");
  const near = Number(value.toPrecision(digits));
  const size = abs(near);
  return (size >= 1e-4 && size < 1e9 ? String(near) : near.toExponential()).replaceAll("-", "−");
};

const put = (node, attributes) => {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};
const number = (node, name) => Number(node.getAttribute(name));
const all = (selector, node = document) => [...node?.querySelectorAll(selector) || []];
const on = (node, type, act, options) => node.addEventListener(type, act, options);
const byId = (id) => document.getElementById(id);
const element = (name, attributes = {}, ...inside) => {
  const made = put(document.createElement(name), attributes);
  made.append(...inside);
  return made;
};
const button = (text, pressed, name = text) => {
  const made = element("button", { type: "button", ...(name === text ? {} : { "aria-label": name }) }, text);
  on(made, "click", pressed);
  return made;
};
const NAMESPACE = "http://www.w3.org/2000/svg";
const mark = (name, attributes, parent) => {
  const made = put(document.createElementNS(NAMESPACE, name), attributes);
  parent.append(made);
  return made;
};

// One region for the page says what the keys have reached.
let region;
const say = (text) => {
  region ??= document.body.appendChild(element("div", { role: "status", class: "vh" }));
  region.textContent = text;
};
