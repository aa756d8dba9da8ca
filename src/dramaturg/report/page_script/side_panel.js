// The side panel: an open quotation, a short summary of a person, or the places behind a number.

const PLACES_SHOWN = 60; // at first

function makeSidePanel(app, element) {
  let opener = null;

  function open(title, ...content) {
    if (element.hidden) opener = document.activeElement;
    replace(element,
      h("div", { class: "side-head" }, h("h2", { tabindex: "-1", id: "side-title" }, title),
        h("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => app.closeSide() }, "×")),
      content);
    element.hidden = false;
    element.scrollTop = 0;
    document.body.classList.add("with-side");
  }

  return {
    element, open,
    /** Close the panel, and return the focus. */
    close() {
      if (element.hidden) return;
      const inside = element.contains(document.activeElement);
      element.hidden = true;
      replace(element);
      document.body.classList.remove("with-side");
      if (inside && opener?.isConnected) opener.focus({ preventScroll: true });
      opener = null;
    },
    focus: () => element.querySelector("h2")?.focus({ preventScroll: true }),
    isOpen: () => !element.hidden,
  };
}

/** A number that opens the list of places that it counts. */
function count(app, n, title, places, label = null) {
  if (!n) return h("span", { class: "count none" }, "0");
  return h("button", {
    type: "button", class: "count", "aria-label": `${label ?? title}: ${n.toLocaleString("en")}, show the places`,
    onclick: () => { showPlaces(app, title, places()); app.side.focus(); },
  }, n.toLocaleString("en"));
}

/** List places in the panel, each with the text around it. */
function showPlaces(app, title, spans, shown = PLACES_SHOWN) {
  app.side.open(title,
    h("p", { class: "quiet" }, counted(spans.length, "place")),
    placeList(app, spans.slice(0, shown)),
    spans.length > shown && h("button", { type: "button", class: "more", onclick: () => showPlaces(app, title, spans, shown + 5 * PLACES_SHOWN) }, `Show ${counted(spans.length - shown, "more", "more")}`));
}

function placeList(app, spans) {
  return h("ol", { class: "places" }, spans.map((span) => h("li", {},
    h("a", { href: span.href ?? placeAddress(app.known, span.start), onclick: (event) => { event.preventDefault(); app.goTo(span); } },
      span.speaker !== undefined && h("span", { class: `by ${colour(span.speaker)}` }, `${span.speaker ? span.speaker.short : "unknown"}: `),
      snippet(app.known, span)),
    h("span", { class: "where" }, placeName(app.story, span.start)))));
}

/** The text around a place, shortened at words and at the end of the paragraph, with the place marked. */
function snippet(known, { start, end, plain }, before = 50, after = 110) {
  const { text } = known.story;
  const stop = Math.min(end, known.limit);
  let left = text.slice(Math.max(0, start - before), start);
  let right = text.slice(Math.min(stop, start + 220), Math.min(known.limit, Math.min(stop, start + 220) + after));
  const cutLeft = left.length === before && !left.includes("\n\n");
  left = left.slice(left.lastIndexOf("\n\n") < 0 ? 0 : left.lastIndexOf("\n\n") + 2);
  if (cutLeft) left = `…${left.slice(left.indexOf(" ") + 1)}`;
  const paragraphEnd = right.indexOf("\n\n");
  if (paragraphEnd >= 0) right = right.slice(0, paragraphEnd);
  else if (right.length === after) right = `${right.slice(0, Math.max(0, right.lastIndexOf(" ")))}…`;
  const middle = whole(text.slice(start, Math.min(stop, start + 220)));
  const flat = (words) => words.replace(/\s+/g, " ");
  if (plain) return [h("span", { class: "quiet" }, flat(left)), flat(middle), h("span", { class: "quiet" }, flat(right))];
  return [flat(left), h("mark", {}, flat(middle)), flat(right)];
}

function mentionSpan(story, n) {
  return { start: story.mentions.starts[n], end: story.mentions.ends[n] };
}

function utteranceSpan(known, utterance, withSpeaker = false) {
  const { start, end } = utterance.first;
  const span = { start, end, plain: true, href: address(known, `text/${utterance.first.id}`), quotation: utterance.first };
  return withSpeaker ? { ...span, speaker: known.speaker(utterance.first) } : span;
}

function personLink(known, person, words = person.name) {
  return h("a", { href: personAddress(known, person), class: `person ${colour(person)}`, dir: "auto" }, words);
}

function joined(nodes, last = " and ") {
  return nodes.flatMap((node, n) => [n === 0 ? null : n === nodes.length - 1 ? last : ", ", node]);
}

/** Open a quotation: its speaker and addressees, the certainty, and the reason. */
function showQuotation(app, quotation) {
  const { known } = app;
  const speaker = known.speaker(quotation);
  const parts = known.parts(quotation.utterance ?? { parts: [quotation] });
  const evidence = known.evidence(quotation);
  const others = known.alternatives(quotation);
  const chance = quotation.corrected ? null : quotation.confidence;
  app.side.open(
    !quotation.speech ? "Not speech" : speaker ? [personLink(known, speaker), " says"] : quotation.by ? `${quotation.by} says` : "Unknown speaker",
    h("blockquote", { class: `opened ${colour(speaker)}`, dir: "auto" }, parts.map((part, n) => [n ? " … " : null, clip(known.story.text.slice(part.start, part.end), 420)])),
    quotation.speech && pickSpeaker(app, quotation),
    quotation.speech && h("dl", { class: "facts" },
      h("dt", {}, "Said to"),
      h("dd", {}, known.addressees(quotation).length ? joined(known.addressees(quotation).map((other) => personLink(known, other))) : "unknown"),
      h("dt", {}, "Certainty"),
      h("dd", { class: "certainty" }, quotation.corrected ? "corrected by you" : speaker ? [h("strong", {}, certainty(chance)), chance === null ? null : ` (${percent(chance)})`] : "no speaker found"),
      h("dt", {}, "Why"),
      h("dd", { class: "why" }, `${sentence(reason(known, quotation))} `,
        isElsewhere(known, quotation, evidence) && h("button", { type: "button", class: "plain", onclick: () => app.text.goTo(evidence.start, quotationMarks(known, quotation)) }, "Show in text")),
      others.length > 0 && [h("dt", {}, "Alternatives"), h("dd", { class: "alternatives" }, joined(others.map(({ person, confidence }) => [personLink(known, known.people[person]), ` (${percent(confidence)})`]), " or "))],
      h("dt", {}, "Where"),
      h("dd", {}, placeName(known.story, quotation.start))),
    correctQuotation(app, quotation),
    h("div", { class: "steps" },
      stepButton(app, quotation, -1, "← Previous"), stepButton(app, quotation, 1, "Next →"),
      h("button", { type: "button", class: "plain", onclick: () => app.setLimit(endOfBlock(known.story, quotation.end)) }, "Hide spoilers after this")));
}

function sentence(words) {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function endOfBlock(story, place) {
  return story.blocks.ends[blockAt(story, Math.max(0, place - 1))] ?? place;
}

/** What to mark in the text for an open quotation: its parts and its evidence. */
function quotationMarks(known, quotation) {
  const parts = known.parts(quotation.utterance ?? { parts: [quotation] });
  const evidence = known.evidence(quotation);
  const marks = parts.map(({ start, end }) => ({ start, end, kind: "open" }));
  if (isElsewhere(known, quotation, evidence)) marks.push({ start: evidence.start, end: evidence.end, kind: "evidence" });
  return marks;
}

/** Whether the evidence is outside the quotation, which is already marked. */
function isElsewhere(known, quotation, evidence) {
  if (!evidence) return false;
  const parts = known.parts(quotation.utterance ?? { parts: [quotation] });
  return !parts.some(({ start, end }) => start <= evidence.start && evidence.end <= end && evidence.end - evidence.start > 0.9 * (end - start));
}

function stepButton(app, quotation, step, words) {
  const next = neighbour(app.known, quotation, step);
  return h("button", { type: "button", class: "plain", disabled: !next, onclick: () => app.openQuotation(next) }, words);
}

/** The next or previous quotation before the spoiler limit, without quotations inside others. */
function neighbour(known, quotation, step) {
  const { quotations } = known.story;
  for (let n = quotation.index + step; n >= 0 && n < quotations.length; n += step) {
    if (quotations[n].end > known.limit) return null;
    if (quotations[n].within === null) return quotations[n];
  }
  return null;
}

/** Open a mention: a short summary of the person it refers to. */
function showMention(app, n) {
  const { known, story } = app;
  const person = known.people[story.mentions.person[n]];
  if (!person) {
    const [mine] = app.corrections.of((one) => one.mention === n);
    if (mine) app.side.open(mine.name ?? "Refers to no one", correctMention(app, n));
    return;
  }
  const text = mentionText(story, n);
  const kinds = { name: "another name for", noun: "a description of", pronoun: "a pronoun for" };
  app.side.open(personLink(known, person),
    h("p", {}, text === person.name ? `“${text}” is their name.` : [`“${clip(text, 80)}” is ${kinds[story.mentions.kind[n]]} `, person.name, "."]),
    h("p", { class: "who-they-are" }, whoTheyAre(app, person)),
    h("dl", { class: "facts" },
      h("dt", {}, "So far"),
      h("dd", {}, counted(lowerBound(person.mentions, n) + 1, "mention"), ", first at ",
        h("a", { href: placeAddress(known, person.first) }, placeName(story, person.first))),
      h("dt", {}, "Says"),
      h("dd", {}, linesCount(app, person), ` ${person.says.length === 1 ? "line" : "lines"}`)),
    h("p", {}, h("a", { href: personAddress(known, person) }, `More about ${person.short}`)),
    correctMention(app, n));
}

function about(known, person) {
  const facts = [person.pronouns, person.narrator && "narrator", person.group && "group", !person.named && (known.whole ? "unnamed" : "unnamed so far")];
  return facts.filter(Boolean).join(" · ");
}
