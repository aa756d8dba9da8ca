// The Connections view: who talks to each other, as a network and as a matrix. Its third tab, the chart of scenes, is in scenes.js.

const TABS = { network: "Network", matrix: "Matrix", scenes: "Scenes" };

function showConnections(app, element, name) {
  const { known } = app;
  const tab = name in TABS ? name : "network";
  const parameters = app.route.parameters;
  const chapter = chosenChapter(app, parameters.get("chapter"));
  const body = h("div", { class: "connections" });
  replace(element,
    h("h2", { tabindex: "-1" }, "Connections"),
    h("nav", { class: "tabs", "aria-label": "Connection views" }, Object.entries(TABS).map(([id, words]) =>
      h("a", { href: address(known, `connections/${id}`, { chapter: id === "scenes" ? null : parameters.get("chapter") }), "aria-current": id === tab ? "page" : null }, words))),
    body);
  if (tab === "scenes") showScenes(app, body);
  else if (tab === "matrix") showMatrix(app, body, chapter);
  else showNetwork(app, body, chapter);
}

function chosenChapter(app, value) {
  const n = Number(value) - 1;
  const chapter = app.story.chapters[n];
  return chapter && chapter.start < app.known.limit ? n : null;
}

function chapterSelect(app, tab, chosen) {
  const { story, known } = app;
  const chapters = story.chapters.map((chapter, n) => [chapter, n]).filter(([chapter]) => chapter.start < known.limit);
  if (chapters.length < 2) return null;
  return h("label", {}, "In ", h("select", {
    onchange: (event) => { app.focusAfter("select"); app.follow(address(known, `connections/${tab}`, { chapter: event.target.value })); },
  },
    h("option", { value: "" }, known.whole ? "the whole story" : "the story so far"),
    chapters.map(([, n]) => h("option", { value: n + 1, selected: n === chosen }, chapterTitle(story, n)))));
}

/** What each speaker says to each addressee: a Map from "speaker addressee" (their indices) to their utterances. */
function exchanges(known, chapter) {
  return cached(known, `exchanges ${chapter}`, () => {
    const within = chapter === null ? null : known.story.chapters[chapter];
    const pairs = new Map();
    for (const utterance of known.utterances) {
      if (within && (utterance.first.start < within.start || utterance.first.start >= within.end)) continue;
      const speaker = known.speaker(utterance.first);
      if (!speaker) continue;
      for (const other of known.addressees(utterance.first)) {
        if (other === speaker) continue;
        const key = `${speaker.index} ${other.index}`;
        if (!pairs.has(key)) pairs.set(key, { from: speaker, to: other, utterances: [] });
        pairs.get(key).utterances.push(utterance);
      }
    }
    return pairs;
  });
}

/** The same without direction: the number of lines that each pair exchanges, the most first. */
function bonds(known, chapter) {
  const found = new Map();
  for (const { from, to, utterances } of exchanges(known, chapter).values()) {
    const [a, b] = from.index < to.index ? [from, to] : [to, from];
    const key = `${a.index} ${b.index}`;
    if (!found.has(key)) found.set(key, { a, b, n: 0 });
    found.get(key).n += utterances.length;
  }
  return [...found.values()].sort((x, y) => y.n - x.n);
}

const MAX_CONNECTIONS = 12; // drawn at first, the strongest; more are hard to tell apart
const STEP = 14; // units of the drawing that an arrow key moves a person

const MOST_CONNECTIONS = 150;

function showNetwork(app, element, chapter) {
  const { known } = app;
  const all = bonds(known, chapter);
  const levels = [...new Set(all.map((bond) => bond.n))].sort((a, b) => a - b); // each step of the slider removes some
  const at = all.length > MAX_CONNECTIONS ? all[MAX_CONNECTIONS - 1].n : 1;
  const asked = Number(app.route.parameters.get("least"));
  const level = Math.max(0, Math.min(levels.length - 1, lowerBound(levels, asked >= 1 ? asked : at)));
  const isFirst = !(asked >= 1) && all.length > MAX_CONNECTIONS;
  const figure = h("figure", { class: "network" });
  const output = h("output", {});
  const slider = h("input", {
    type: "range", min: 0, max: Math.max(0, levels.length - 1), value: level, "aria-label": "Minimum number of lines exchanged",
    oninput: () => show(levels[slider.value]),
    onchange: () => {
      app.focusAfter("input[type=range]");
      app.follow(address(known, "connections/network", { chapter: chapter === null ? null : chapter + 1, least: levels[slider.value] }));
    },
  });
  const part = h("p", { class: "quiet" });
  const show = (least, most = MOST_CONNECTIONS) => {
    output.textContent = counted(least, "line");
    slider.setAttribute("aria-valuetext", output.textContent);
    const shown = all.filter((bond) => bond.n >= least).slice(0, most);
    replace(part, shown.length < all.length && [`The ${shown.length.toLocaleString("en")} strongest of ${counted(all.length, "connection")}. `,
      h("a", { href: address(known, "connections/network", { chapter: chapter === null ? null : chapter + 1, least: 1 }) }, "Show all")]);
    drawNetwork(app, figure, shown, chapter);
  };
  replace(element,
    h("p", { class: "controls" }, chapterSelect(app, "network", chapter), levels.length > 1 && h("label", {}, "Show pairs with at least ", output, slider)),
    part,
    figure,
    bondList(app, all, chapter));
  show(levels[level] ?? 1, isFirst ? MAX_CONNECTIONS : MOST_CONNECTIONS);
}

function drawNetwork(app, figure, shown, chapter) {
  const { known } = app;
  if (!shown.length) {
    replace(figure, h("p", { class: "quiet" }, "No conversations here."));
    return;
  }
  const people = [...new Set(shown.flatMap(({ a, b }) => [a, b]))];
  const lines = new Map(people.map((person) => [person, 0]));
  for (const { a, b, n } of shown) {
    lines.set(a, lines.get(a) + n);
    lines.set(b, lines.get(b) + n);
  }
  const most = Math.max(...lines.values());
  const radius = (person) => 5 + 13 * Math.sqrt(lines.get(person) / most);
  const narrow = figure.clientWidth > 0 && figure.clientWidth < 560;
  const few = people.length < 5;
  const [width, height] = narrow ? [420, few ? 300 : 520] : [860, few ? 320 : 560];
  const places = layNetwork(people, shown, radius, width, height);
  const strongest = shown[0].n;
  replace(figure,
    draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": `Network: ${counted(people.length, "person", "people")}, ${counted(shown.length, "connection")}` },
      draw("g", { class: "bonds" }, shown.map(({ a, b, n }) => draw("a", {
        href: pairAddress(known, a, b, chapter), "aria-label": `${a.name} and ${b.name}: ${counted(n, "line")}`,
      },
        draw("line", { class: "reach", x1: places.get(a).x, y1: places.get(a).y, x2: places.get(b).x, y2: places.get(b).y }),
        draw("line", { x1: places.get(a).x, y1: places.get(a).y, x2: places.get(b).x, y2: places.get(b).y, "stroke-width": (1 + 8 * Math.sqrt(n / strongest)).toFixed(2) }),
        draw("title", {}, `${a.name} and ${b.name}: ${counted(n, "line")}`)))),
      draw("g", { class: "people" }, people.map((person) => draw("a", { href: personAddress(known, person), draggable: "false", "aria-label": `${person.name}: ${counted(lines.get(person), "line")} exchanged` },
        draw("circle", { class: colour(person), cx: places.get(person).x, cy: places.get(person).y, r: radius(person) }),
        draw("text", { x: places.get(person).x, y: places.get(person).y + radius(person) + 14, "text-anchor": "middle" }, clip(person.short, narrow ? 14 : 20)))))),
    h("figcaption", { class: "quiet" }, "The thicker the connection, the more lines the two exchange. Select a person to open their page, or a connection to see what the two say to each other. Drag people to where you want them, or move them with the arrow keys."));
  const svg = figure.querySelector("svg");
  const bonds = [...svg.querySelectorAll(".bonds a")].map((element, n) => ({ element, bond: shown[n] }));
  [...svg.querySelectorAll(".people a")].forEach((element, n) => letMove(svg, element, people[n], places, bonds, radius(people[n]), width, height));
}

/** Let a person be dragged, or moved with the arrow keys while focused; their connections follow. A click still opens their page. */
function letMove(svg, element, person, places, bonds, r, width, height) {
  let from = null; // where the pointer went down, and the person was then
  let isDragged = false;
  const move = (x, y) => {
    const place = { x: Math.max(r, Math.min(width - r, x)), y: Math.max(r, Math.min(height - r - 20, y)) };
    places.set(person, place);
    const [circle, text] = element.children;
    fill(circle, { cx: place.x, cy: place.y }, []);
    fill(text, { x: place.x, y: place.y + r + 14 }, []);
    for (const { element: line, bond } of bonds) {
      if (bond.a !== person && bond.b !== person) continue;
      const [a, b] = [places.get(bond.a), places.get(bond.b)];
      for (const one of line.querySelectorAll("line")) fill(one, { x1: a.x, y1: a.y, x2: b.x, y2: b.y }, []);
    }
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = { x: event.clientX, y: event.clientY, place: places.get(person) };
    isDragged = false;
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (!from) return;
    const scale = 1 / svg.getScreenCTM().a; // the drawing may be limited by its height
    const [across, down] = [event.clientX - from.x, event.clientY - from.y];
    if (!isDragged && Math.hypot(across, down) < 4) return;
    isDragged = true;
    move(from.place.x + across * scale, from.place.y + down * scale);
  });
  for (const kind of ["pointerup", "pointercancel"]) element.addEventListener(kind, () => { from = null; });
  element.addEventListener("click", (event) => {
    if (isDragged) event.preventDefault();
    isDragged = false;
  });
  element.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const { x, y } = places.get(person);
    move(x + way[0] * STEP, y + way[1] * STEP);
  });
}

/** Where to draw each person: d3-force, run to the end. The same people give the same picture. */
function layNetwork(people, shown, radius, width, height) {
  const nodes = people.map((person) => ({ person }));
  const node = new Map(nodes.map((one) => [one.person, one]));
  const links = shown.map(({ a, b, n }) => ({ source: node.get(a), target: node.get(b), n }));
  const strongest = shown[0].n;
  d3.forceSimulation(nodes)
    .force("link", d3.forceLink(links).distance((link) => 150 - 70 * Math.sqrt(link.n / strongest)).strength((link) => 0.15 + 0.5 * Math.sqrt(link.n / strongest)))
    .force("charge", d3.forceManyBody().strength(-620))
    .force("x", d3.forceX(0).strength(0.055 * (height / width)))
    .force("y", d3.forceY(0).strength(0.055 * (width / height)))
    .force("apart", d3.forceCollide((one) => Math.max(radius(one.person) + 14, 3.1 * Math.min(14, one.person.short.length))))
    .stop()
    .tick(320);
  return separate(fitToFrame(nodes, width, height), radius, width, height);
}

function fitToFrame(nodes, width, height) {
  const [left, right] = [Math.min(...nodes.map((n) => n.x)), Math.max(...nodes.map((n) => n.x))];
  const [top, bottom] = [Math.min(...nodes.map((n) => n.y)), Math.max(...nodes.map((n) => n.y))];
  // Scale each axis on its own, so that one distant person does not squeeze the rest together, but limit the distortion.
  const [wide, high] = [(width - 130) / Math.max(1, right - left), (height - 90) / Math.max(1, bottom - top)];
  const least = Math.min(wide, high);
  const [across, down] = [Math.min(wide, 1.8 * least, 1.6), Math.min(high, 1.8 * least, 1.6)];
  return new Map(nodes.map(({ person, x, y }) => [person, {
    x: width / 2 + (x - (left + right) / 2) * across,
    y: height / 2 - 8 + (y - (top + bottom) / 2) * down,
  }]));
}

/** Push circles and their labels apart until none overlap, or there is no more room. */
function separate(places, radius, width, height) {
  const boxes = [...places].map(([person, place]) => ({ place, half: Math.max(radius(person), 3.9 * Math.min(20, person.short.length)) + 4, up: radius(person) + 2, down: radius(person) + 22 }));
  for (let round = 0; round < 80; round++) {
    for (let i = 0; i < boxes.length; i++) {
      for (let j = i + 1; j < boxes.length; j++) {
        const [a, b] = boxes[i].place.y <= boxes[j].place.y ? [boxes[i], boxes[j]] : [boxes[j], boxes[i]];
        const across = a.half + b.half - Math.abs(a.place.x - b.place.x);
        const down = a.down + b.up - (b.place.y - a.place.y);
        if (across <= 0 || down <= 0) continue;
        if (down <= across) {
          a.place.y -= down / 2;
          b.place.y += down / 2;
        } else {
          const way = a.place.x <= b.place.x ? 1 : -1;
          a.place.x -= (way * across) / 2;
          b.place.x += (way * across) / 2;
        }
      }
    }
    for (const { place, half, up, down } of boxes) {
      place.x = Math.max(half, Math.min(width - half, place.x));
      place.y = Math.max(up, Math.min(height - down, place.y));
    }
  }
  for (const { place } of boxes) Object.assign(place, { x: Math.round(place.x), y: Math.round(place.y) });
  return places;
}

function pairAddress(known, a, b, chapter) {
  return address(known, "search", { by: a.token, to: b.token, both: "yes", chapter: chapter === null ? null : chapter + 1 });
}

function bondList(app, all, chapter) {
  if (!all.length) return null;
  return h("details", {}, h("summary", {}, "Show as a list"), h("ul", { class: "tally" }, all.slice(0, 200).map(({ a, b, n }) => h("li", {},
    personLink(app.known, a), " and ", personLink(app.known, b), " ",
    h("a", { class: "count", href: pairAddress(app.known, a, b, chapter), "aria-label": `${a.name} and ${b.name}: ${counted(n, "line")}` }, n.toLocaleString("en"))))));
}

const MATRIX_PEOPLE = 14; // shown at first
const MAX_MATRIX_PEOPLE = 60;

function showMatrix(app, element, chapter) {
  const { known } = app;
  const pairs = exchanges(known, chapter);
  const weight = new Map();
  for (const { from, to, utterances } of pairs.values()) {
    for (const person of [from, to]) weight.set(person, (weight.get(person) ?? 0) + utterances.length);
  }
  const ordered = [...weight].sort((x, y) => y[1] - x[1]).map(([person]) => person);
  const limit = element.dataset.all === "yes" ? MAX_MATRIX_PEOPLE : MATRIX_PEOPLE;
  const people = ordered.slice(0, limit);
  const most = Math.max(1, ...[...pairs.values()].map((pair) => pair.utterances.length));
  const cell = (from, to) => {
    const n = pairs.get(`${from.index} ${to.index}`)?.utterances.length ?? 0;
    if (!n) return h("td", { class: from === to ? "self" : "none" }, h("span", { class: "hidden" }, "0"));
    return h("td", { "--part": Math.sqrt(n / most) }, h("a", {
      class: "count", href: address(known, "search", { by: from.token, to: to.token, chapter: chapter === null ? null : chapter + 1 }),
      "aria-label": `${from.name} to ${to.name}: ${counted(n, "line")}`,
    }, n.toLocaleString("en")));
  };
  replace(element,
    h("p", { class: "controls" }, chapterSelect(app, "matrix", chapter)),
    people.length > 0 && h("p", { class: "quiet", id: "matrix-caption" }, "Rows: who speaks. Columns: who is spoken to. Select a number to see the lines."),
    people.length
      ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of speakers and listeners" }, h("table", { class: "matrix", "aria-describedby": "matrix-caption" },
        h("thead", {}, h("tr", {}, h("td", {}), people.map((person) => h("th", { scope: "col" }, h("span", { class: colour(person) }, person.short))))),
        h("tbody", {}, people.map((from) => h("tr", {}, h("th", { scope: "row" }, personLink(known, from, from.short)), people.map((to) => cell(from, to)))))))
      : h("p", { class: "quiet" }, "No conversations here."),
    ordered.length > limit && limit === MATRIX_PEOPLE && h("button", { type: "button", onclick: () => { element.dataset.all = "yes"; showMatrix(app, element, chapter); } }, `Show ${counted(Math.min(MAX_MATRIX_PEOPLE, ordered.length) - limit, "more", "more")}`));
}
