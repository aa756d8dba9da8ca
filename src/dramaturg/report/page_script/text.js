// The text, set as a book. It is cut into leaves of some paragraphs; a leaf is set when it comes near the window, the
// rest while nobody waits, so that a long novel opens at once.

const LEAF = 12000; // units of text in a leaf
const TURNS = 12; // named beside one paragraph; inside it they are named all
const VERSE_WIDTH = 55; // a paragraph none of whose lines is longer was broken on purpose; files are wrapped at 60 and more
const NOTES = { authors_note: "Author’s note", summary: "Summary", front_matter: "Front matter", back_matter: "Back matter" };
const COLOURS = 10; // .s0 to .s9 of page.css; names stand beside them, so that two may share one
const COLOURED = 40; // everybody further down the cast shares one more

/** `frontispiece`: what stands below the title of the story, or above its text where that has none. */
function makeText(app, element, frontispiece) {
  const { story } = app;
  let known = null;
  let leaves = [];
  let marks = []; // {start, end, kind}: places to be seen
  let near = null;
  let idle = 0;

  /** Set the text anew, up to the place that is known. */
  function show(now) {
    known = now;
    near?.disconnect();
    cancelIdle(idle);
    leaves = cutLeaves(story, known.limit);
    near = new IntersectionObserver(
      (entries) => entries.forEach((entry) => entry.isIntersecting && set(leaves[entry.target.dataset.leaf])),
      { rootMargin: "1500px 0px" },
    );
    leaves.forEach((leaf, n) => {
      const height = `${leaf.height}px`;
      leaf.element = h("section", { class: "leaf", "data-leaf": n, "--height": height });
      leaf.element.style.minHeight = height;
    });
    replace(element, leaves.map((leaf) => leaf.element), ending());
    for (const leaf of leaves) near.observe(leaf.element);
    if (leaves.length) set(leaves[0]);
    idle = whenIdle(() => setRest(0));
  }

  function setRest(n) {
    while (n < leaves.length && leaves[n].set) n++;
    if (n >= leaves.length) {
      performance.mark("all set");
      return;
    }
    set(leaves[n]);
    idle = whenIdle(() => setRest(n + 1));
  }

  function set(leaf) {
    if (!leaf || leaf.set) return;
    leaf.set = true;
    near.unobserve(leaf.element);
    replace(leaf.element, setBlocks(leaf.from, leaf.to));
    leaf.element.style.minHeight = "";
    leaf.element.querySelector(".margin button")?.setAttribute("tabindex", "0");
  }

  function ending() {
    if (known.whole) return h("p", { class: "finis", "aria-label": "The end" }, "❦");
    const next = story.chapters.find((chapter) => chapter.end > known.limit);
    const within = next && next.start < known.limit && story.text.slice(next.start, known.limit).trim();
    return h("div", { class: "ribbon", id: "ribbon" },
      h("p", {}, "You have read up to here. Everything after this is hidden."),
      h("p", {},
        next && next.end < story.end && h("button", { type: "button", onclick: () => app.setLimit(next.end) }, within ? "Continue to the end of this chapter" : "Continue to the end of the next chapter"),
        h("button", { type: "button", onclick: () => app.setLimit(null) }, "Show the whole story")));
  }

  /** The elements of the blocks `from` to `to`, neighbours of one kind of note together. */
  function setBlocks(from, to) {
    const rows = [];
    for (let n = from; n < to; ) {
      const role = story.blocks.role[n];
      if (!(role in NOTES)) {
        rows.push(setBlock(n));
        if (n === 0 && role === "title") rows.push(frontispiece);
        n += 1;
        continue;
      }
      const inside = [];
      for (; n < to && story.blocks.role[n] === role; n++) inside.push(setBlock(n));
      const matter = role === "front_matter" || role === "back_matter";
      rows.push(matter
        ? h("details", { class: "matter" }, h("summary", {}, NOTES[role]), inside)
        : h("aside", { class: "note", "aria-label": NOTES[role] }, h("p", { class: "kind" }, NOTES[role]), inside));
    }
    return rows;
  }

  function setBlock(n) {
    const start = story.blocks.starts[n];
    const end = Math.min(story.blocks.ends[n], known.limit);
    const role = story.blocks.role[n];
    if (role === "title") return h("h2", { class: "title", dir: "auto", "data-block": n }, setRun(...heading(start, end)).nodes);
    if (role === "heading") return h("h3", { dir: "auto", "data-block": n, class: "heading" }, setRun(...heading(start, end)).nodes);
    if (role === "scene_break") return h("p", { class: "break", "data-block": n }, story.text.slice(start, end));
    const { nodes, spoken } = setRun(start, end);
    const lines = story.text.slice(start, Math.min(end, start + 4000)).split("\n");
    const verse = lines.length > 1 && lines.every((line) => line.length <= VERSE_WIDTH);
    const text = h("p", { dir: "auto", class: verse && "verse" }, nodes);
    if (role !== "paragraph") {
      text.dataset.block = n;
      return text;
    }
    const before = n > 0 ? story.blocks.role[n - 1] : "heading";
    const first = before === "heading" || before === "title" ? " opening first" : " opening";
    return h("div", { class: `row${story.blocks.continued[n] ? " continued" : before === "paragraph" ? "" : first}`, "data-block": n }, margin(spoken), text,
      h("button", { class: "here", type: "button", tabindex: "-1", "aria-label": "Hide spoilers after this paragraph", title: "Hide spoilers after this paragraph", "data-here": end }, "¶"));
  }

  /** A heading without the marks that Markdown puts around it. */
  function heading(start, end) {
    if (story.source.format !== "markdown") return [start, end];
    const said = story.text.slice(start, end);
    const before = /^#{1,6}[ \t]*/.exec(said);
    const after = /\n[ \t]*[=-]+$|[ \t]#+$/.exec(said.slice(-200));
    return [start + (before ? before[0].length : 0), end - (after ? after[0].length : 0)];
  }

  /** Who speaks in a paragraph: a button for each turn, which opens the quotation. */
  function margin(spoken) {
    if (!spoken.length) return null;
    const turns = spoken.filter((quotation, n) => n === 0 || !sameVoice(quotation, spoken[n - 1])).slice(0, TURNS);
    return h("div", { class: "margin" }, turns.map((quotation) => {
      const person = known.speaker(quotation);
      const name = person ? person.short : quotation.by ?? "unknown";
      const guess = person && isGuess(quotation);
      const to = known.addressees(quotation).map((other) => other.short).join(", ");
      return h("button", {
        type: "button", tabindex: "-1", class: `who ${colour(person)}${person || quotation.by ? "" : " nobody"}`, "data-q": quotation.index,
        title: person && to ? `to ${to}` : null,
        "aria-label": `${person || quotation.by ? name : "unknown speaker"}${guess ? ", a guess" : ""}${to ? `, to ${to}` : ""}: show why`,
      }, `${name}${guess ? "?" : ""}${quotation.corrected ? " ✓" : ""}`);
    }));
  }

  function sameVoice(one, other) {
    return known.speaker(one) === known.speaker(other) && one.by === other.by && isGuess(one) === isGuess(other);
  }

  /** A stretch of text with all that is laid over it: speech, thoughts, emphasis, mentions, marks. */
  function setRun(start, end) {
    const speech = quotationsBetween(start, end);
    const spoken = speech.filter((quotation) => quotation.within === null && quotation.speech);
    const voice = (quotation) => known.speaker(quotation) ?? quotation.by;
    const several = spoken.some((quotation, n) => n && voice(quotation) !== voice(spoken[n - 1]));
    const layers = { ...layersOf(start, end), speech };
    const cuts = cutsOf(layers, start, end);
    const nodes = [];
    let around = null; // the outermost quotation that is being set
    let into = nodes;
    let last = null;
    const state = sweep(layers);
    for (let n = 0; n + 1 < cuts.length; n++) {
      const [from, to] = [cuts[n], cuts[n + 1]];
      const now = state(from);
      if (now.dropped) continue;
      const outer = now.speech.find((quotation) => quotation.within === null) ?? null;
      if (outer !== around) {
        around = outer;
        into = nodes;
        if (outer) {
          const person = known.speaker(outer);
          if (several && outer.speech && (last === null || voice(last) !== voice(outer))) {
            nodes.push(h("span", { class: `by ${colour(person)}` }, `${person ? person.short : outer.by ?? "unknown"}: `));
          }
          const span = h("span", { class: `said ${colour(person)}${isGuess(outer) ? " guess" : ""}${outer.speech ? "" : " silent"}`, "data-q": outer.index });
          nodes.push(span);
          into = { push: (node) => span.append(node) };
          if (outer.speech) last = outer;
        }
      }
      into.push(setPiece(from, to, now));
    }
    return { nodes, spoken };
  }

  function setPiece(from, to, now) {
    let node = document.createTextNode(story.text.slice(from, to));
    const inner = now.speech.length > 1 ? now.speech[now.speech.length - 1] : null;
    if (inner && inner.speech) node = h("span", { class: `quoted ${colour(known.speaker(inner))}`, "data-q": inner.index }, node);
    if (now.emphasis) node = h("em", {}, node);
    if (now.thought) node = h("i", { class: "thought" }, node);
    for (const mark of now.marks) node = h("mark", { class: mark.kind }, node);
    if (now.mention < 0) return node;
    const person = known.people[story.mentions.who[now.mention]];
    if (!person) return node;
    if (story.mentions.kind[now.mention] !== "name") return h("span", { class: "mention", "data-m": now.mention }, node);
    return h("a", { class: "mention", tabindex: "-1", "data-m": now.mention, href: address(known, `text/m${story.points(story.mentions.starts[now.mention])}`) }, node);
  }

  function quotationsBetween(start, end) {
    const found = [];
    let n = lowerBound(story.quotationStarts, start);
    while (n > 0 && story.quotations[n - 1].end > start) n--; // one that began before, in a run that is cut
    for (; n < story.quotations.length && story.quotations[n].start < end; n++) {
      if (story.quotations[n].end > start) found.push(story.quotations[n]);
    }
    return found;
  }

  function layersOf(start, end) {
    const { mentions, emphasis, thoughts } = story;
    const layers = { mentions: [], emphasis: [], thoughts: [], marks: marks.filter((mark) => mark.start < end && mark.end > start) };
    for (let n = lowerBound(mentions.starts, start); n < mentions.length && mentions.starts[n] < end; n++) {
      if (mentions.ends[n] <= end) layers.mentions.push({ start: mentions.starts[n], end: mentions.ends[n], n });
    }
    for (let n = Math.max(0, lowerBound(emphasis.starts, start) - 1); n < emphasis.length && emphasis.starts[n] - 3 < end; n++) {
      const [from, to, width] = [emphasis.starts[n], emphasis.ends[n], emphasis.marks[n]];
      layers.emphasis.push({ start: from, end: to });
      if (width) layers.emphasis.push({ start: from - width, end: from, dropped: true }, { start: to, end: to + width, dropped: true });
    }
    layers.emphasis.sort((a, b) => a.start - b.start);
    for (let n = Math.max(0, lowerBound(thoughts.starts, start) - 1); n < thoughts.length && thoughts.starts[n] < end; n++) {
      layers.thoughts.push({ start: thoughts.starts[n], end: thoughts.ends[n] });
    }
    return layers;
  }

  return {
    show,
    /** Bring a place into sight; `spans` are marked. Gives the element of its block. */
    goTo(start, spans = [], { centre = true } = {}) {
      this.mark(spans);
      const n = blockAt(story, Math.min(start, known.limit - 1));
      this.reveal(n);
      const found = row(n);
      if (!found) return null;
      for (let box = found.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      const target = found.querySelector("mark") ?? found;
      target.scrollIntoView({ block: centre ? "center" : "start" });
      return found;
    },
    /** Set the leaf of a block and its neighbours. */
    reveal(n) {
      const leaf = leaves.findIndex((one) => one.from <= n && n < one.to);
      for (const beside of [leaf - 1, leaf, leaf + 1]) set(leaves[beside]);
    },
    row,
    /** Mark these spans, and no others. */
    mark(spans) {
      const touched = [...marks, ...spans];
      marks = [...spans].sort((a, b) => a.start - b.start);
      setAnew(touched);
    },
    /** Set the paragraphs under these spans anew, after something about them was put right. */
    refresh(now, spans) {
      known = now;
      setAnew(spans);
    },
    /** Some blocks by themselves, marked. */
    passage(from, to, spans) {
      const kept = marks;
      marks = [...spans].sort((a, b) => a.start - b.start);
      const rows = setBlocks(from, to);
      marks = kept;
      return rows;
    },
    /** Set every leaf, for paper. */
    setAll: () => leaves.forEach(set),
    /** The end of the last paragraph that stands whole above the window's lower edge, or null. */
    lastOnScreen() {
      const rows = rowsOnScreen().filter((row) => row.getBoundingClientRect().bottom <= window.innerHeight);
      return rows.length ? story.blocks.ends[rows[rows.length - 1].dataset.block] : null;
    },
    /** The first block in the window. */
    topBlock: () => Number(rowsOnScreen()[0]?.dataset.block ?? 0),
  };

  function rowsOnScreen() {
    const seen = leaves.filter(({ element: leaf }) => {
      const box = leaf.getBoundingClientRect();
      return box.bottom > 0 && box.top < window.innerHeight;
    });
    return seen.flatMap((leaf) => [...leaf.element.querySelectorAll("[data-block]")]).filter((row) => {
      const box = row.getBoundingClientRect();
      return box.height && box.bottom > 70 && box.top < window.innerHeight;
    });
  }

  function row(n) {
    return element.querySelector(`[data-block="${n}"]`);
  }

  function setAnew(spans) {
    for (const n of blocksUnder(spans)) {
      const old = row(n);
      if (!old) continue;
      const focused = old.contains(document.activeElement) ? document.activeElement.dataset.q : null;
      const tabbable = old.querySelector('.margin button[tabindex="0"]') !== null;
      const fresh = setBlock(n);
      old.replaceWith(fresh);
      const buttons = [...fresh.querySelectorAll(".margin button")];
      if (tabbable) buttons[0]?.setAttribute("tabindex", "0");
      if (focused) (buttons.find((button) => button.dataset.q === focused) ?? buttons[0])?.focus({ preventScroll: true });
    }
  }

  function blocksUnder(spans) {
    const found = new Set();
    for (const { start, end } of spans) {
      for (let n = blockAt(story, start); n < story.blocks.length && story.blocks.starts[n] < end; n++) found.add(n);
    }
    return found;
  }
}

function isGuess(quotation) {
  return quotation.confidence !== null && quotation.confidence < 0.6 && !quotation.corrected;
}

function colour(person) {
  return person && person.index < COLOURED ? `s${person.index % COLOURS}` : "other";
}

/** Runs of blocks: a new one at each chapter, and when one is long enough; notes of one kind stay together. */
function cutLeaves(story, place) {
  const leaves = [];
  const chapters = new Set(story.chapters.map((chapter) => chapter.start));
  const { starts, ends, role, length } = story.blocks;
  let leaf = null;
  for (let n = 0; n < length && starts[n] < place; n++) {
    const sameNote = n > 0 && role[n] in NOTES && role[n] === role[n - 1] && n - (leaf?.from ?? n) < 400;
    if (!leaf || (!sameNote && (starts[n] - starts[leaf.from] > LEAF || chapters.has(starts[n])))) {
      leaf = { from: n, to: n, height: 0, set: false };
      leaves.push(leaf);
    }
    leaf.to = n + 1;
    leaf.height += role[n] === "paragraph" ? 30 * Math.ceil((ends[n] - starts[n]) / 66) : role[n] in NOTES ? 8 : 110;
  }
  return leaves;
}

/** Where a stretch must be cut so that each piece has all its layers from end to end. */
function cutsOf(layers, start, end) {
  const cuts = [start, end];
  for (const spans of Object.values(layers)) {
    for (const span of spans) cuts.push(Math.max(start, Math.min(end, span.start)), Math.max(start, Math.min(end, span.end)));
  }
  cuts.sort((a, b) => a - b);
  return cuts.filter((cut, n) => n === 0 || cut !== cuts[n - 1]);
}

/** A function that tells, for places asked in order, what lies over them. */
function sweep(layers) {
  const walkers = Object.fromEntries(Object.entries(layers).map(([name, spans]) => {
    let next = 0;
    let open = [];
    return [name, (at) => {
      while (next < spans.length && spans[next].start <= at) open.push(spans[next++]);
      open = open.filter((span) => span.end > at);
      return open;
    }];
  }));
  return (at) => {
    const mentions = walkers.mentions(at);
    const emphasis = walkers.emphasis(at);
    return {
      speech: walkers.speech(at),
      thought: walkers.thoughts(at).length > 0,
      marks: walkers.marks(at),
      emphasis: emphasis.some((span) => !span.dropped),
      dropped: emphasis.some((span) => span.dropped),
      mention: mentions.length ? mentions.reduce((a, b) => (b.end - b.start <= a.end - a.start ? b : a)).n : -1,
    };
  };
}

function whenIdle(work) {
  return typeof requestIdleCallback === "function" ? requestIdleCallback(work, { timeout: 2000 }) : setTimeout(work, 60);
}

function cancelIdle(handle) {
  if (typeof cancelIdleCallback === "function") cancelIdleCallback(handle);
  else clearTimeout(handle);
}
