// The chart of scenes and the characters in them, after Randall Munroe's "Movie Narrative Charts" (xkcd 657).
// Each character is a line; the lines of those who share a scene run close together.

const CHARACTERS_SHOWN = 12; // at first
const MIN_SCENES = 6; // a story with fewer is cut into equal parts instead
const MAX_SCENES = 220;
const SCENE_WIDTH = 40; // pixels
const MIN_SCENES_BETWEEN_NAMES = 8; // on the same line
const MAX_NAME_LENGTH = 16; // characters
const GAP_WITHIN_SCENE = 15; // pixels between two lines in one scene
const GAP_OUTSIDE_SCENE = 26; // pixels between other lines

function showScenes(app, element) {
  const { known } = app;
  const scenes = cached(known, "scenes", () => scenesOf(known));
  const limit = Number(element.dataset.people) || CHARACTERS_SHOWN;
  const counts = tally(scenes.flatMap((scene) => scene.people));
  const chosen = known.cast.filter((person) => counts.has(person)).sort((a, b) => counts.get(b) - counts.get(a) || b.mentions.length - a.mentions.length).slice(0, limit);
  const shown = scenes.map((scene) => ({ ...scene, people: scene.people.filter((person) => chosen.includes(person)) })).filter((scene) => scene.people.length);
  if (!shown.length) {
    replace(element, h("p", { class: "quiet" }, "No one appears yet."));
    return;
  }
  replace(element,
    h("p", { class: "controls" }, h("label", {}, "Show ", h("select", { onchange: (event) => { element.dataset.people = event.target.value; showScenes(app, element); element.querySelector("select").focus(); } },
      [6, 12, 20, 30].map((n) => h("option", { value: n, selected: n === limit }, `${n} main characters`))))),
    scrolled(h("div", { class: "scroll chart", tabindex: "0", role: "region", "aria-label": "Chart of scenes; scrolls sideways" }, drawChart(app, shown, chosen, chartRoom()))),
    h("p", { class: "quiet" }, "Each line is a character. A bar joins the characters who share a scene; select it to open the scene."),
    h("details", {}, h("summary", {}, "Show as a list"), h("ol", { class: "scenes" }, shown.map((scene) => h("li", {},
      h("a", { href: placeAddress(known, scene.start) }, scene.title), ": ", joined(scene.people.map((person) => personLink(known, person))))))));
}

const CHART_SURROUNDINGS = 330; // pixels of a phone's window above and below the chart
const MAX_STRETCH = 2.4;

/** The height that the chart may use: on a phone, held upright, the rest of the window. */
function chartRoom() {
  return window.innerWidth < 900 && window.innerHeight > window.innerWidth ? window.innerHeight - CHART_SURROUNDINGS : 0;
}

/** A box that scrolls sideways, with a button at each end where there is more to see. */
function scrolled(box) {
  const turn = (by) => box.scrollBy({ left: by * box.clientWidth * 0.8, behavior: "smooth" });
  const earlier = h("button", { type: "button", class: "more-left", tabindex: "-1", "aria-hidden": "true", hidden: true, onclick: () => turn(-1) }, "←");
  const later = h("button", { type: "button", class: "more-right", tabindex: "-1", "aria-hidden": "true", hidden: true, onclick: () => turn(1) }, "More scenes →");
  const update = () => {
    earlier.hidden = box.scrollLeft < 8;
    later.hidden = box.scrollLeft + box.clientWidth > box.scrollWidth - 8;
  };
  box.addEventListener("scroll", update, { passive: true });
  new ResizeObserver(update).observe(box);
  return h("div", { class: "scrolled" }, box, earlier, later);
}

/** The scenes so far, between scene breaks or of equal length, each with the characters in it. */
function scenesOf(known) {
  const { story } = known;
  let cuts = sceneCuts(story, known.limit, true);
  if (cuts.length > MAX_SCENES) cuts = sceneCuts(story, known.limit, false);
  if (cuts.length > MAX_SCENES) cuts = cuts.filter((_, n) => n % Math.ceil(cuts.length / MAX_SCENES) === 0);
  if (cuts.length < MIN_SCENES) cuts = equalParts(story, known.limit, cuts);
  const scenes = cuts.map((start, n) => ({ start, end: cuts[n + 1] ?? known.limit, present: new Map(), title: sceneTitle(story, cuts, n) }));
  const note = (at, person, weight) => {
    const n = lowerBound(cuts, at + 1) - 1;
    if (n >= 0 && person) scenes[n].present.set(person, (scenes[n].present.get(person) ?? 0) + weight);
  };
  for (const person of known.cast) {
    for (const n of person.mentions) if (story.mentions.quotation[n] < 0) note(story.mentions.starts[n], person, 1);
    for (const utterance of person.says) note(utterance.first.start, person, 2);
  }
  for (const scene of scenes) {
    const enough = scene.end - scene.start > 1500 ? 2 : 1; // a single mention in a long scene does not mean that the character is there
    scene.people = [...scene.present].filter(([, weight]) => weight >= enough).map(([person]) => person);
  }
  return scenes;
}

function sceneCuts(story, limit, breaks) {
  const cuts = new Set(story.chapters.map((chapter) => chapter.start));
  const { blocks } = story;
  for (let n = 0; breaks && n + 1 < blocks.length; n++) if (blocks.role[n] === "scene_break") cuts.add(blocks.starts[n + 1]);
  if (![...cuts].some((cut) => cut === 0)) cuts.add(0);
  return [...cuts].filter((cut) => cut < limit).sort((a, b) => a - b);
}

function equalParts(story, limit, cuts) {
  const wanted = 12;
  const found = new Set(cuts);
  for (let n = 1; n < wanted; n++) {
    const block = blockAt(story, Math.floor((limit * n) / wanted)) + 1;
    if (block < story.blocks.length && story.blocks.starts[block] < limit) found.add(story.blocks.starts[block]);
  }
  return [...found].sort((a, b) => a - b);
}

function sceneTitle(story, cuts, n) {
  const chapter = chapterAt(story, cuts[n]);
  if (chapter < 0 || story.chapters.length < 2) return `Part ${n + 1}`;
  const first = lowerBound(cuts, story.chapters[chapter].start);
  const single = cuts[n + 1] === undefined || cuts[n + 1] >= story.chapters[chapter].end;
  return first === n && single ? chapterTitle(story, chapter) : `${chapterTitle(story, chapter)}, scene ${n - first + 1}`;
}

/** `room`: the height in pixels that the lines are spread over if they need less. */
function drawChart(app, scenes, people, room) {
  const { known, story } = app;
  const orders = orderScenes(scenes, people);
  const heights = lineHeights(scenes, orders, people);
  const all = [...heights.values()].flatMap((own) => [...own.values()]);
  const top = Math.min(...all);
  const reach = Math.max(1, Math.max(...all) - top);
  const stretch = Math.max(1, Math.min(MAX_STRETCH, (room - 84) / reach));
  const height = reach * stretch + 84;
  const left = 24;
  const y = (person, n) => (heights.get(person).get(n) - top) * stretch + 48;
  const columns = sceneColumns(scenes, people, y, left + 110);
  const x = (n) => columns[n];
  const width = x(scenes.length - 1) + 130;
  const path = d3.line().curve(d3.curveBumpX);
  const names = chartNames(scenes, people, heights, x, y);
  const lines = people.map((person) => {
    const at = [...heights.get(person).keys()].sort((a, b) => a - b);
    const present = (n) => scenes[n].people.includes(person);
    const pieces = [];
    for (let k = 0; k + 1 < at.length; k++) {
      const [a, b] = [at[k], at[k + 1]];
      pieces.push(draw("path", { class: present(a) && present(b) ? "there" : "away", d: path([[x(a) + 4, y(person, a)], [x(b) - 4, y(person, b)]]) }));
    }
    return draw("g", { class: `line ${colour(person)}` }, pieces);
  });
  const labels = names.map(({ person, x, y, anchor, again }) => draw("g", { class: `line ${colour(person)}` },
    draw("text", { class: again ? "again" : null, x, y, "text-anchor": anchor }, clip(person.short, MAX_NAME_LENGTH))));
  const bars = scenes.map((scene, n) => {
    const ys = scene.people.map((person) => y(person, n));
    const [from, to] = [Math.min(...ys), Math.max(...ys)];
    const label = `${scene.title}: ${scene.people.map((person) => person.name).join(", ")}`;
    return draw("a", { href: placeAddress(known, scene.start), "aria-label": label },
      draw("rect", { class: "reach", x: x(n) - SCENE_WIDTH / 2 + 2, y: from - 12, width: SCENE_WIDTH - 4, height: to - from + 24 }),
      draw("rect", { class: "scene", x: x(n) - 5, y: from - 7, width: 10, height: to - from + 14, rx: 5 }),
      scene.people.map((person) => draw("circle", { class: colour(person), cx: x(n), cy: y(person, n), r: 3 })),
      draw("title", {}, label));
  });
  const chapters = story.chapters.length > 1 && scenes.map((scene, n) => {
    const chapter = chapterAt(story, scene.start);
    const fresh = chapter >= 0 && (n === 0 || chapterAt(story, scenes[n - 1].start) !== chapter);
    return fresh && draw("text", { class: "axis", x: x(n), y: 18, "text-anchor": "middle" }, chapter + 1);
  });
  return draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": `${counted(scenes.length, "scene")}, ${counted(people.length, "person", "people")}` },
    story.chapters.length > 1 && draw("text", { class: "axis", x: left + 74, y: 18, "text-anchor": "end" }, "chapter"), chapters || null, lines, bars, labels);
}

/**
 * Where to write names: before each line, after each long one, and again where a character returns or continues, if
 * that covers neither a scene nor another name. `x`, `y`: functions to the coordinates of the lines.
 */
function chartNames(scenes, people, heights, x, y) {
  const taken = scenes.map((scene, n) => {
    const ys = scene.people.map((person) => y(person, n));
    return { left: x(n) - 7, right: x(n) + 7, top: Math.min(...ys) - 9, bottom: Math.max(...ys) + 9 };
  });
  const covers = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const names = [];
  const put = (person, x, y, anchor, again, needed) => {
    const wide = 7.2 * clip(person.short, MAX_NAME_LENGTH).length;
    const box = { left: anchor === "end" ? x - wide : x, right: anchor === "end" ? x : x + wide, top: y - 11, bottom: y + 3 };
    if (!needed && (box.left < 0 || taken.some((other) => covers(box, other)))) return false;
    taken.push(box);
    names.push({ person, x, y, anchor, again });
    return true;
  };
  const own = new Map(people.map((person) => [person, [...heights.get(person).keys()].sort((a, b) => a - b)]));
  for (const [person, at] of own) {
    const last = at[at.length - 1];
    put(person, x(at[0]) - 12, y(person, at[0]) + 4, "end", false, true);
    if (at.length > 6) put(person, x(last) + 12, y(person, last) + 4, "start", false, true);
  }
  for (const [person, at] of own) {
    let named = at[0];
    for (const n of at.slice(1, -1)) {
      if (n - named < MIN_SCENES_BETWEEN_NAMES || !scenes[n].people.includes(person)) continue;
      const back = !scenes[n - 1].people.includes(person);
      const level = Math.abs(y(person, n + 1) - y(person, n)) < 6;
      if ((back && put(person, x(n) - 12, y(person, n) + 4, "end", true, false)) || (level && put(person, x(n) + 8, y(person, n) - 11, "start", true, false))) named = n;
    }
  }
  return names;
}

/** The x coordinate of each scene, with more space where a new name needs it. */
function sceneColumns(scenes, people, y, first) {
  const columns = [first];
  for (let n = 1; n < scenes.length; n++) {
    const before = scenes[n - 1].people.map((person) => y(person, n - 1));
    const fresh = scenes[n].people.filter((person) => !scenes.slice(0, n).some((scene) => scene.people.includes(person)));
    const hidden = fresh.filter((person) => y(person, n) > Math.min(...before) - 16 && y(person, n) < Math.max(...before) + 16);
    const longest = Math.max(0, ...hidden.map((person) => clip(person.short, MAX_NAME_LENGTH).length));
    columns.push(columns[n - 1] + (longest ? Math.max(SCENE_WIDTH, 30 + 7.4 * longest) : SCENE_WIDTH));
  }
  return columns;
}

/**
 * The order of the lines in each scene, from top to bottom. The characters in a scene are next to each other, at their
 * mean position before; all others keep their order. Sweeps forwards and backwards, so that early scenes fit later ones.
 */
function orderScenes(scenes, people) {
  const reach = new Map(people.map((person) => {
    const there = scenes.map((scene, n) => (scene.people.includes(person) ? n : -1)).filter((n) => n >= 0);
    return [person, [there[0], there[there.length - 1]]];
  }));
  const active = (n) => people.filter((person) => reach.get(person)[0] <= n && n <= reach.get(person)[1]);
  let before = [...people].sort((a, b) => reach.get(a)[0] - reach.get(b)[0]);
  let orders = [];
  for (const backward of [false, true, false, true, false]) {
    const next = [];
    const numbers = scenes.map((_, n) => n);
    for (const n of backward ? numbers.reverse() : numbers) {
      const rank = (person) => before.indexOf(person);
      const order = groupPresent(active(n).sort((a, b) => rank(a) - rank(b)), scenes[n].people);
      next[n] = order;
      before = mergeOrder(before, order);
    }
    orders = next;
  }
  return orders;
}

/** The order with those present next to each other, at their mean position. */
function groupPresent(order, present) {
  const inside = order.filter((person) => present.includes(person));
  if (!inside.length) return order;
  const ranks = inside.map((person) => order.indexOf(person));
  const centre = ranks.reduce((a, b) => a + b, 0) / ranks.length;
  const above = order.filter((person, n) => !present.includes(person) && n < centre);
  const below = order.filter((person, n) => !present.includes(person) && n >= centre);
  return [...above, ...inside, ...below];
}

/** `before` with the people of `order` rearranged among their own positions; the others stay. */
function mergeOrder(before, order) {
  const inside = new Set(order);
  let next = 0;
  return before.map((person) => (inside.has(person) ? order[next++] : person));
}

/** The y coordinates, as straight as the order and gaps of the lines allow: from person to scene to y. */
function lineHeights(scenes, orders, people) {
  const heights = new Map(people.map((person) => [person, new Map()]));
  const gap = (n, a, b) => (scenes[n].people.includes(a) && scenes[n].people.includes(b) ? GAP_WITHIN_SCENE : GAP_OUTSIDE_SCENE);
  orders.forEach((order, n) => {
    let at = 0;
    order.forEach((person, k) => {
      if (k) at += gap(n, order[k - 1], person);
      heights.get(person).set(n, at);
    });
  });
  for (let round = 0; round < 24; round++) {
    const numbers = orders.map((_, n) => n);
    for (const n of round % 2 ? numbers.reverse() : numbers) {
      const order = orders[n];
      const wanted = order.map((person) => {
        const own = heights.get(person);
        const neighbours = [own.get(n - 1), own.get(n + 1)].filter((v) => v !== undefined);
        return neighbours.length ? neighbours.reduce((a, b) => a + b, 0) / neighbours.length : own.get(n);
      });
      const offsets = [0];
      for (let k = 1; k < order.length; k++) offsets.push(offsets[k - 1] + gap(n, order[k - 1], order[k]));
      const placed = isotonic(wanted.map((v, k) => v - offsets[k]));
      order.forEach((person, k) => heights.get(person).set(n, placed[k] + offsets[k]));
    }
  }
  return heights;
}

/** Isotonic regression: the nearest non-decreasing values (pool adjacent violators). */
function isotonic(values) {
  const pools = [];
  for (const value of values) {
    let pool = { sum: value, n: 1 };
    while (pools.length && pools[pools.length - 1].sum / pools[pools.length - 1].n > pool.sum / pool.n) {
      const last = pools.pop();
      pool = { sum: pool.sum + last.sum, n: pool.n + last.n };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ sum, n }) => Array(n).fill(sum / n));
}
