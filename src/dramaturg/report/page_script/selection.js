// Words that are selected in the text: who says them, or who they refer to. Type the first letters of a name, and press Enter.

const MAX_SELECTED = 4000; // units of text; a longer selection is for copying
const NAME_WORDS = 5; // at most, in words that may refer to someone
const MOST_OF_IT = 0.6; // of a quotation: a selection of more than that means the quotation, not a name in it

/** `element`: the box to show next to the selection. */
function makeSelectionBox(app, element, book) {
  const { story } = app;
  let timer = 0;
  let isPressed = false;
  let span = null;

  /** Look at the selection, and show the box if something can be said about it. */
  function look() {
    const selection = getSelection();
    if (element.contains(document.activeElement)) return;
    const inBook = !selection.isCollapsed && selection.rangeCount > 0 && book.contains(selection.anchorNode) && book.contains(selection.focusNode);
    const range = inBook ? selection.getRangeAt(0) : null;
    const selected = range && selectedSpan(story, range);
    if (!selected) return close();
    if (span && selected.start === span.start && selected.end === span.end) return;
    span = selected;
    const ways = waysToCorrect(app.known, span);
    if (!ways.length) return close();
    show(ways, ways[0]);
    place(range.getBoundingClientRect());
    highlight(range.cloneRange());
  }

  function show(ways, way) {
    const words = clip(story.text.slice(span.start, span.end), 40);
    replace(element,
      h("p", { class: "selected-head" }, h("span", { id: "selected-title", dir: "auto" }, way.says(words)),
        h("button", { type: "button", class: "close", "aria-label": "Close", onclick: close }, "×")),
      personPicker(app, {
        label: way.label, near: way.near, others: way.others,
        pick: (choice) => {
          const made = way.make(choice);
          close();
          getSelection().removeAllRanges();
          app.corrections.add(...made);
          app.tell(made.length > 1 ? `${made.length} lines corrected` : describeCorrection(app.known, made[0]) ?? "Corrected", () => app.corrections.remove(...made));
        },
      }),
      ways.length > 1 && h("p", { class: "quiet" }, "Or: ", joined(ways.filter((other) => other !== way).map((other) =>
        h("button", { type: "button", class: "plain", onclick: () => { show(ways, other); field()?.focus(); } }, other.label)), ", ")));
    element.hidden = false;
  }

  /** Below the selected words, or above them where there is no room. On a phone the style puts it at the bottom. */
  function place(box) {
    const wide = element.offsetWidth;
    const below = box.bottom + element.offsetHeight + 16 < window.innerHeight;
    element.style.left = `${Math.max(8, Math.min(window.innerWidth - wide - 8, box.left)) + window.scrollX}px`;
    element.style.top = `${(below ? box.bottom + 8 : Math.max(60, box.top - element.offsetHeight - 8)) + window.scrollY}px`;
  }

  /** The words stay marked while a name is typed, where the browser can do that. */
  function highlight(range) {
    if (window.Highlight) CSS.highlights.set("selected", new Highlight(range));
  }

  function close() {
    if (element.hidden) return;
    element.hidden = true;
    replace(element);
    span = null;
    if (window.Highlight) CSS.highlights.delete("selected");
  }

  const field = () => element.querySelector("input");
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    if (!isPressed) timer = setTimeout(look, 200);
  });
  document.addEventListener("pointerdown", (event) => {
    isPressed = !element.contains(event.target);
    if (isPressed && element.contains(document.activeElement)) document.activeElement.blur();
  });
  for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, () => { isPressed = false; clearTimeout(timer); timer = setTimeout(look, 50); });
  return {
    close,
    isOpen: () => !element.hidden,
    /** Begin to type: the letter of this key press goes to the field. */
    type: () => field()?.focus(),
  };
}

/** The place of the selected words in the story; null for nothing, or too much. Each text node knows its own place. */
function selectedSpan(story, range) {
  const top = range.commonAncestorContainer;
  const nodes = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
  let start = null;
  let end = null;
  for (let node = top.nodeType === Node.TEXT_NODE ? top : nodes.nextNode(); node; node = nodes.nextNode()) {
    if (node.place === undefined || !range.intersectsNode(node)) continue;
    const from = node.place + (node === range.startContainer ? range.startOffset : 0);
    const to = node.place + (node === range.endContainer ? range.endOffset : node.length);
    if (to <= from) continue;
    start ??= from;
    end = to;
    if (end - start > MAX_SELECTED) return null;
  }
  if (start === null) return null;
  const words = story.text.slice(start, end);
  start += words.length - words.trimStart().length;
  end -= words.length - words.trimEnd().length;
  return end > start ? { start, end } : null;
}

/** What can be said about selected words, the most probable first: {says, label, near, others, make(choice) → corrections}. */
function waysToCorrect(known, span) {
  const { story } = known;
  const speech = story.quotations.filter((one) => one.within === null && one.speech && one.start < span.end && one.end > span.start && one.end <= known.limit);
  const oneBlock = blockAt(story, span.start) === blockAt(story, span.end - 1);
  const words = trimmed(story, span);
  const isShort = oneBlock && words.end > words.start && story.text.slice(words.start, words.end).split(/\s+/).length <= NAME_WORDS;
  const utterances = [...new Set(speech.map((one) => one.utterance?.first ?? one))];
  const near = speech.length ? [...new Set(utterances.flatMap((one) => peopleNear(known, one)))] : peopleAround(known, span.start);
  const says = speech.length > 0 && {
    says: (shown) => `Who says “${shown.replace(/^["“”]+|["“”]+$/g, "")}”?`, label: "Said by", near, others: [["unknown", { person: null }]],
    make: (choice) => utterances.map((one) => ({ kind: "speaker", quotation: one.index, ...choice })),
  };
  const mention = isShort ? mentionAt(story, words) : -1;
  const refers = isShort && {
    says: (shown) => `Who is “${shown}”?`, label: "Refers to", near: peopleAround(known, span.start), others: [["no one", { person: null }]],
    make: (choice) => [mention >= 0 ? { kind: "mention", mention, ...choice } : { kind: "name", ...words, ...choice }],
  };
  const missed = !speech.length && oneBlock && {
    says: (shown) => `Who says “${shown.replace(/^["“”]+|["“”]+$/g, "")}”?`, label: "Speech by", near, others: [["unknown", { person: null }]],
    make: (choice) => [{ kind: "speech", ...span, ...choice }],
  };
  const meansSpeech = speech.some((one) => Math.min(one.end, span.end) - Math.max(one.start, span.start) > MOST_OF_IT * (one.end - one.start));
  const isName = mention >= 0 || (isShort && /^\p{Lu}/u.test(story.text.slice(words.start, words.end)));
  const ways = meansSpeech || !isName ? [says, missed, refers] : [refers, says, missed];
  return ways.filter(Boolean);
}

/** The span without punctuation at its ends. */
function trimmed(story, { start, end }) {
  const words = story.text.slice(start, end);
  const before = /^[^\p{L}\p{N}]*/u.exec(words)[0].length;
  const after = /(?:[’']s)?[^\p{L}\p{N}]*$/u.exec(words)[0].length;
  return { start: start + before, end: Math.max(start + before, end - after) };
}

/** The mention that the words are, or -1. */
function mentionAt(story, { start, end }) {
  const { mentions } = story;
  for (let n = lowerBound(mentions.starts, start - 40); n < mentions.length && mentions.starts[n] < end; n++) {
    const shared = Math.min(mentions.ends[n], end) - Math.max(mentions.starts[n], start);
    if (mentions.person[n] >= 0 && shared > MOST_OF_IT * Math.max(end - start, mentions.ends[n] - mentions.starts[n])) return n;
  }
  return -1;
}

/** The people mentioned just before and after a place, the nearest first. */
function peopleAround(known, start) {
  const { mentions } = known.story;
  const at = lowerBound(mentions.starts, start);
  const found = new Set();
  for (let step = 0; step < 40 && found.size < NEAR_SHOWN; step++) {
    for (const n of [at - 1 - step, at + step]) {
      const person = n >= 0 && n < mentions.length && mentions.ends[n] <= known.limit ? known.people[mentions.person[n]] : null;
      if (person) found.add(person);
    }
  }
  return [...found];
}
