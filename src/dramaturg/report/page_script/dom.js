// Helpers: creating elements, formatting values, storage. The story's words are only ever inserted as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `h("p", {class: "quiet", onclick: f}, "some ", h("em", {}, "words"))`. Empty children are left out. */
function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for SVG elements. */
function draw(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

/** Replace the children of an element. */
function replace(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
}

/** `1 line`, `2,310 lines`. */
function counted(n, one, many = `${one}s`) {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** A probability as a percentage; 0% and 100% only where it is exactly 0 or 1. */
function percent(chance) {
  const whole = Math.round(chance * 100);
  return `${chance === 0 || chance === 1 ? whole : Math.min(99, Math.max(1, whole))}%`;
}

/** Text on one line, shortened at a word to at most `length` characters. */
function clip(text, length) {
  const line = text.slice(0, length * 4).replace(/\s+/g, " ").trim();
  if (line.length <= length) return line;
  const cut = line.slice(0, length - 1);
  const space = cut.lastIndexOf(" ");
  return `${(space > length / 2 ? cut.slice(0, space) : whole(cut)).replace(/[ ,;:]+$/, "")}…`;
}

/** Text without half of a surrogate pair at its end. */
function whole(text) {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}

/** The first index in a sorted array whose value is at least `wanted`. */
function lowerBound(values, wanted) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How often each key occurs: a Map, the most frequent first. */
function tally(keys) {
  const counts = new Map();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return new Map([...counts].sort((a, b) => b[1] - a[1]));
}

/** localStorage; a browser may forbid it for local files. `get` then returns null and `set` false. */
const storage = {
  get(name) {
    try {
      return JSON.parse(localStorage.getItem(`dramaturg ${name}`));
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(`dramaturg ${name}`, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
};
