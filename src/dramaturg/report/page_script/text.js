// The Text view. The text is split into chunks of several paragraphs; a chunk is rendered when it comes near the window,
// the rest when the browser is idle, so that a long novel opens at once.

const CHUNK_LENGTH = 12000; // units of text
const VERSE_WIDTH = 55; // characters: shorter lines are broken on purpose, since files are wrapped at 60 or more
const NOTES = { authors_note: "Author’s note", summary: "Summary", front_matter: "Front matter", back_matter: "Back matter" };
const COLOURS = 12; // .s0 to .s11 in page.css: the twelve most prominent differ; characters may share a colour, since their names are shown as well
const COLOURED_CHARACTERS = 40; // all others share one more colour

/** `titlePage`: the element to show below the story's title, or above its text if it has none. */
function makeTextView(app, element, titlePage) {
  const { story } = app;
  let known = null;
  let chunks = [];
  let marks = []; // {start, end, kind}: marked spans
  let near = null;
  let idle = 0;

  /** Render the text up to the spoiler limit. */
  function show(now) {
    known = now;
    near?.disconnect();
    cancelIdle(idle);
    chunks = splitIntoChunks(story, known.limit);
    near = new IntersectionObserver(
      (entries) => entries.forEach((entry) => entry.isIntersecting && renderChunk(chunks[entry.target.dataset.chunk])),
      { rootMargin: "1500px 0px" },
    );
    chunks.forEach((chunk, n) => {
      const height = `${chunk.height}px`;
      chunk.element = h("section", { class: "chunk", "data-chunk": n, "--height": height });
      chunk.element.style.minHeight = height;
    });
    replace(element, chunks.map((chunk) => chunk.element), ending());
    for (const chunk of chunks) near.observe(chunk.element);
    if (chunks.length) renderChunk(chunks[0]);
    idle = whenIdle(() => renderRemaining(0));
  }

  function renderRemaining(n) {
    while (n < chunks.length && chunks[n].rendered) n++;
    if (n >= chunks.length) {
      performance.mark("all set");
      return;
    }
    renderChunk(chunks[n]);
    idle = whenIdle(() => renderRemaining(n + 1));
  }

  function renderChunk(chunk) {
    if (!chunk || chunk.rendered) return;
    chunk.rendered = true;
    near.unobserve(chunk.element);
    replace(chunk.element, renderBlocks(chunk.from, chunk.to));
    chunk.element.style.minHeight = "";
    chunk.element.querySelector(".who")?.setAttribute("tabindex", "0");
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

  /** The elements of the blocks `from` to `to`; consecutive notes of one kind are grouped. */
  function renderBlocks(from, to) {
    const rows = [];
    for (let n = from; n < to; ) {
      const role = story.blocks.role[n];
      if (!(role in NOTES)) {
        rows.push(renderBlock(n));
        if (n === 0 && role === "title") rows.push(titlePage);
        n += 1;
        continue;
      }
      const inside = [];
      for (; n < to && story.blocks.role[n] === role; n++) inside.push(renderBlock(n));
      const matter = role === "front_matter" || role === "back_matter";
      if (matter && !inside.some((block) => /[\p{L}\p{N}]/u.test(block.textContent))) {
        for (const ornament of inside) ornament.className = "break"; // a line of asterisks by itself is nothing to unfold
        rows.push(...inside);
      } else rows.push(matter
        ? h("details", { class: "matter" }, h("summary", {}, NOTES[role]), inside)
        : h("aside", { class: "note", "aria-label": NOTES[role] }, h("p", { class: "kind" }, NOTES[role]), inside));
    }
    return rows;
  }

  function renderBlock(n) {
    const start = story.blocks.starts[n];
    const end = Math.min(story.blocks.ends[n], known.limit);
    const role = story.blocks.role[n];
    if (role === "title") return h("h2", { class: "title", dir: "auto", "data-block": n }, renderText(...headingSpan(start, end)).nodes);
    if (role === "heading") return h("h3", { dir: "auto", "data-block": n, class: "heading" }, renderText(...headingSpan(start, end)).nodes);
    if (role === "scene_break") return h("p", { class: "break", "data-block": n }, story.text.slice(start, end));
    const { nodes, spoken, several } = renderText(start, end);
    const lines = story.text.slice(start, Math.min(end, start + 4000)).split("\n");
    const verse = lines.length > 1 && lines.every((line) => line.length <= VERSE_WIDTH);
    const text = h("p", { dir: "auto", class: verse && "verse" }, nodes);
    if (role !== "paragraph") {
      text.dataset.block = n;
      return text;
    }
    const before = n > 0 ? story.blocks.role[n - 1] : "heading";
    const first = before === "heading" || before === "title" ? " opening first" : " opening";
    return h("div", { class: `row${story.blocks.continued[n] ? " continued" : before === "paragraph" ? "" : first}`, "data-block": n }, several ? null : margin(spoken), text,
      h("button", { class: "here", type: "button", tabindex: "-1", "aria-label": "Hide spoilers after this paragraph", title: "Hide spoilers after this paragraph", "data-here": end }, "¶"));
  }

  /** The span of a heading without its Markdown marks. */
  function headingSpan(start, end) {
    if (story.source.format !== "markdown") return [start, end];
    const text = story.text.slice(start, end);
    const before = /^#{1,6}[ \t]*/.exec(text);
    const after = /\n[ \t]*[=-]+$|[ \t]#+$/.exec(text.slice(-200));
    return [start + (before ? before[0].length : 0), end - (after ? after[0].length : 0)];
  }

  /** The speaker of a paragraph, a button that opens the quotation, and who it is said to. */
  function margin(spoken) {
    if (!spoken.length) return null;
    const heard = known.addressees(spoken[0]);
    return h("div", { class: "margin" }, h("div", { class: "turn" }, speakerButton(spoken, heard),
      heard.length > 0 && h("span", { class: "to", title: `to ${heard.map((other) => other.short).join(", ")}`, "aria-hidden": "true" }, `→ ${heard.map((other) => briefName(known, other)).join(", ")}`)));
  }

  /** The button with a speaker's name, for quotations of one speaker. `inText`: before the quotation itself. */
  function speakerButton(spoken, heard, inText = false) {
    const [quotation] = spoken;
    const person = known.speaker(quotation);
    const name = person ? person.short : quotation.by ?? "unknown";
    const guess = person && spoken.some(isGuess);
    const to = heard.map((other) => other.short).join(", ");
    return h("button", {
      type: "button", tabindex: "-1", class: `who ${colour(person)}${person || quotation.by ? "" : " nobody"}${inText ? " by" : ""}`, "data-q": quotation.index,
      title: inText && to ? `to ${to}` : null,
      "aria-label": `${person || quotation.by ? name : "unknown speaker"}${guess ? ", a guess" : ""}${to ? `, to ${to}` : ""}: show why`,
    }, `${name}${guess ? "?" : ""}${spoken.some((one) => one.corrected) ? " ✓" : ""}${inText ? ":" : ""}`);
  }

  /** Text with its annotations: speech, thoughts, emphasis, mentions, marks. */
  function renderText(start, end) {
    const speech = quotationsBetween(start, end);
    const spoken = speech.filter((quotation) => quotation.within === null && quotation.speech);
    const voice = (quotation) => known.speaker(quotation) ?? quotation.by;
    const several = spoken.some((quotation, n) => n && voice(quotation) !== voice(spoken[n - 1]));
    const layers = { ...layersOf(start, end), speech };
    const cuts = cutPoints(layers, start, end);
    const nodes = [];
    let around = null; // the outermost quotation that is being rendered
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
            nodes.push(speakerButton([outer], known.addressees(outer), true), " ");
          }
          const span = h("span", { class: `said ${colour(person)}${isGuess(outer) ? " guess" : ""}${outer.speech ? "" : " silent"}`, "data-q": outer.index });
          nodes.push(span);
          into = { push: (node) => span.append(node) };
          if (outer.speech) last = outer;
        }
      }
      into.push(renderPiece(from, to, now));
    }
    return { nodes, spoken, several };
  }

  function renderPiece(from, to, now) {
    let node = document.createTextNode(story.text.slice(from, to));
    node.place = from; // so that a selection can be found in the story
    const inner = now.speech.length > 1 ? now.speech[now.speech.length - 1] : null;
    if (inner && inner.speech) node = h("span", { class: `quoted ${colour(known.speaker(inner))}`, "data-q": inner.index }, node);
    if (now.emphasis) node = h("em", {}, node);
    if (now.thought) node = h("i", { class: "thought" }, node);
    for (const mark of now.marks) node = h("mark", { class: mark.kind }, node);
    if (now.mention < 0) return node;
    const person = known.people[story.mentions.person[now.mention]];
    if (!person) return node;
    if (story.mentions.kind[now.mention] !== "name") return h("span", { class: "mention", "data-m": now.mention }, node);
    return h("a", { class: "mention", tabindex: "-1", "data-m": now.mention, href: address(known, `text/m${story.points(story.mentions.starts[now.mention])}`) }, node);
  }

  function quotationsBetween(start, end) {
    const found = [];
    let n = lowerBound(story.quotationStarts, start);
    while (n > 0 && story.quotations[n - 1].end > start) n--; // a quotation that starts before `start`
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
    /** Scroll to a place and mark `spans`. Returns the element of its block. */
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
    /** Render the chunk of a block and its neighbours. */
    reveal(n) {
      const index = chunks.findIndex((chunk) => chunk.from <= n && n < chunk.to);
      for (const neighbour of [index - 1, index, index + 1]) renderChunk(chunks[neighbour]);
    },
    row,
    /** Mark these spans, and no others. */
    mark(spans) {
      const touched = [...marks, ...spans];
      marks = [...spans].sort((a, b) => a.start - b.start);
      rerender(touched);
    },
    /** Render the paragraphs of these spans again after a correction. */
    refresh(now, spans) {
      known = now;
      rerender(spans);
    },
    /** The elements of some blocks, with marks, to show elsewhere. */
    passage(from, to, spans) {
      const kept = marks;
      marks = [...spans].sort((a, b) => a.start - b.start);
      const rows = renderBlocks(from, to);
      marks = kept;
      return rows;
    },
    /** Render every chunk, for printing. */
    renderAll: () => chunks.forEach(renderChunk),
    /** The end of the last paragraph that is completely on screen, or null. */
    lastOnScreen() {
      const rows = rowsOnScreen().filter((row) => row.getBoundingClientRect().bottom <= window.innerHeight);
      return rows.length ? story.blocks.ends[rows[rows.length - 1].dataset.block] : null;
    },
    /** The first block on screen. */
    topBlock: () => Number(rowsOnScreen()[0]?.dataset.block ?? 0),
  };

  function rowsOnScreen() {
    const seen = chunks.filter(({ element: chunk }) => {
      const box = chunk.getBoundingClientRect();
      return box.bottom > 0 && box.top < window.innerHeight;
    });
    return seen.flatMap((chunk) => [...chunk.element.querySelectorAll("[data-block]")]).filter((row) => {
      const box = row.getBoundingClientRect();
      return box.height && box.bottom > 70 && box.top < window.innerHeight;
    });
  }

  function row(n) {
    return element.querySelector(`[data-block="${n}"]`);
  }

  function rerender(spans) {
    for (const n of blocksUnder(spans)) {
      const old = row(n);
      if (!old) continue;
      const focused = old.contains(document.activeElement) ? document.activeElement.dataset.q : null;
      const tabbable = old.querySelector('.who[tabindex="0"]') !== null;
      const fresh = renderBlock(n);
      old.replaceWith(fresh);
      const buttons = [...fresh.querySelectorAll(".who")];
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
  return person && person.index < COLOURED_CHARACTERS ? `s${person.index % COLOURS}` : "other";
}

/** Split the blocks into chunks: a new one at each chapter, and when one is long enough; notes of one kind stay together. */
function splitIntoChunks(story, limit) {
  const chunks = [];
  const chapters = new Set(story.chapters.map((chapter) => chapter.start));
  const { starts, ends, role, length } = story.blocks;
  let chunk = null;
  for (let n = 0; n < length && starts[n] < limit; n++) {
    const sameNote = n > 0 && role[n] in NOTES && role[n] === role[n - 1] && n - (chunk?.from ?? n) < 400;
    if (!chunk || (!sameNote && (starts[n] - starts[chunk.from] > CHUNK_LENGTH || chapters.has(starts[n])))) {
      chunk = { from: n, to: n, height: 0, rendered: false };
      chunks.push(chunk);
    }
    chunk.to = n + 1;
    chunk.height += role[n] === "paragraph" ? 30 * Math.ceil((ends[n] - starts[n]) / 66) : role[n] in NOTES ? 8 : 110;
  }
  return chunks;
}

/** Where to cut a span so that each annotation covers whole pieces. */
function cutPoints(layers, start, end) {
  const cuts = [start, end];
  for (const spans of Object.values(layers)) {
    for (const span of spans) cuts.push(Math.max(start, Math.min(end, span.start)), Math.max(start, Math.min(end, span.end)));
  }
  cuts.sort((a, b) => a - b);
  return cuts.filter((cut, n) => n === 0 || cut !== cuts[n - 1]);
}

/** A function from places, in increasing order, to the annotations at them. */
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
