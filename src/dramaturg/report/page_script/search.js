// The Search view: words, speaker, addressee and chapter. Each result links to its place.

const RESULTS_SHOWN = 80; // at first

function showSearch(app, element) {
  const { known } = app;
  const asked = readQuery(app);
  const results = h("div", { class: "results" });
  const choice = (name, words, chosen) => h("label", {}, h("span", {}, words), h("select", { name },
    h("option", { value: "" }, "anyone"), h("option", { value: "nobody", selected: chosen === "nobody" }, "unknown"),
    known.cast.slice(0, 400).map((person) => h("option", { value: person.token, selected: chosen === person }, person.short))));
  const example = known.cast.slice(0, 2).map((person) => person.short).join(" to ");
  const chapters = app.story.chapters.map((_, n) => n).filter((n) => app.story.chapters[n].start < known.limit);
  const form = h("form", { role: "search", class: "question", onsubmit: (event) => { event.preventDefault(); submitSearch(app, form); } },
    h("label", { class: "words" }, h("span", {}, "Words"), h("input", { type: "search", name: "words", value: asked.words, autocomplete: "off", spellcheck: "false", placeholder: known.cast.length > 1 ? `words, or: ${example}` : "words" })),
    chapters.length > 1 && h("label", {}, h("span", {}, "In"), h("select", { name: "chapter" }, h("option", { value: "" }, known.whole ? "the whole story" : "the story so far"),
      chapters.map((n) => h("option", { value: n + 1, selected: n === asked.chapter }, chapterTitle(app.story, n))))),
    choice("by", "Said by", asked.by), choice("to", "Said to", asked.to),
    h("label", { class: "tick" }, h("input", { type: "checkbox", name: "both", value: "yes", checked: asked.both }), " in both directions"),
    h("button", { type: "submit" }, "Search"));
  for (const select of form.querySelectorAll("select")) select.addEventListener("change", () => submitSearch(app, form));
  form.querySelector("[name=both]").addEventListener("change", () => submitSearch(app, form));
  replace(element, h("h2", { tabindex: "-1" }, "Search"), form, results);
  if (asked.words || asked.by || asked.to) showResults(app, results, asked, RESULTS_SHOWN);
  else replace(results, h("p", { class: "quiet" }, `Search the whole text, or choose a speaker to search only what they say.${known.cast.length > 1 ? ` Type “${example}” to find what one says to the other.` : ""}`));
}

function readQuery(app) {
  const { parameters } = app.route;
  const person = (token) => (token === "nobody" ? "nobody" : personCalled(app.known, token));
  return {
    words: parameters.get("words") ?? "",
    by: person(parameters.get("by")),
    to: person(parameters.get("to")),
    both: parameters.get("both") === "yes",
    chapter: chosenChapter(app, parameters.get("chapter")),
  };
}

function submitSearch(app, form) {
  const fields = Object.fromEntries(new FormData(form));
  Object.assign(fields, parsePairQuery(app.known, fields.words.slice(0, 200)));
  app.focusAfter(document.activeElement?.name ? `[name=${document.activeElement.name}]` : "[name=words]");
  app.follow(address(app.known, "search", fields));
}

/** The fields for `Elizabeth to Darcy`, `what Elizabeth says to Darcy`, `Elizabeth to Darcy: pride` or `what Elizabeth says`. */
function parsePairQuery(known, words) {
  const [, asked, rest] = /^\s*(?:what\s+)?([^:]+?)\s*(?::\s*(.*))?$/i.exec(words) ?? [];
  const [, by, to] = /^(.+?)\s+(?:says?\s+|said\s+)?to\s+(.+)$/i.exec(asked ?? "") ?? /^(.+?)\s+(?:says?|said)$/i.exec(asked ?? "") ?? [];
  const [speaker, other] = [by, to].map((name) => name && personNamed(known, name));
  if (!speaker || (to && !other)) return {};
  return { words: rest ?? "", by: speaker.token, ...(other ? { to: other.token } : {}) };
}

/** The first person with this name, or with a name that starts or ends with it; null if there is none. */
function personNamed(known, name) {
  const wanted = name.trim().toLowerCase();
  if (!wanted) return null;
  const tests = [(candidate) => candidate === wanted, (candidate) => candidate.startsWith(`${wanted} `) || candidate.endsWith(` ${wanted}`)];
  for (const test of tests) {
    const found = known.cast.filter((person) => [person.name, ...person.forms("name").keys()].some((candidate) => test(candidate.toLowerCase())));
    if (found.length) return found[0];
  }
  return null;
}

function showResults(app, element, asked, limit) {
  const found = findAll(app, asked);
  const criteria = [asked.words && `“${clip(asked.words, 60)}”`, asked.by && `said by ${called(asked.by)}`, asked.to && `to ${called(asked.to)}`, asked.chapter !== null && `in ${chapterTitle(app.story, asked.chapter)}`];
  replace(element,
    h("p", { class: "quiet", role: "status" }, `${found.more ? "More than " : ""}${counted(found.length, "result")}: ${criteria.filter(Boolean).join(", ")}${asked.both && asked.by && asked.to ? ", in both directions" : ""}`),
    placeList(app, found.slice(0, limit)),
    found.length > limit && h("button", { type: "button", class: "more", onclick: () => showResults(app, element, asked, limit + 5 * RESULTS_SHOWN) }, `Show ${counted(found.length - limit, "more", "more")}`));
}

function called(person) {
  return person === "nobody" ? "an unknown speaker" : person.name;
}

const MAX_RESULTS = 5000;

function findAll(app, { words, by, to, both, chapter }) {
  const { known, story } = app;
  const pattern = words.trim() ? patternOf(words.trim()) : null;
  const range = chapter === null ? { start: 0, end: known.limit } : story.chapters[chapter];
  const end = Math.min(range.end, known.limit);
  if (!by && !to) return matches(story.text, range.start, end, pattern);
  const found = [];
  for (const utterance of known.utterances) {
    if (utterance.first.start < range.start || utterance.first.start >= end) continue;
    if (!(says(known, utterance, by, to) || (both && says(known, utterance, to, by)))) continue;
    if (!pattern) {
      found.push(utteranceSpan(known, utterance, true));
      continue;
    }
    for (const part of known.parts(utterance)) {
      for (const span of matches(story.text, part.start, part.end, pattern)) found.push({ ...span, speaker: known.speaker(utterance.first), quotation: part });
    }
  }
  return found;
}

function says(known, utterance, by, to) {
  const speaker = known.speaker(utterance.first);
  const others = known.addressees(utterance.first);
  const fits = (wanted, people) => !wanted || (wanted === "nobody" ? people.length === 0 : people.includes(wanted));
  return fits(by, speaker ? [speaker] : []) && fits(to, others);
}

/** A pattern for words that ignores case, the amount of white space, and straight or curly quotes. */
function patternOf(words) {
  const escaped = words.slice(0, 200).replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return new RegExp(escaped.replace(/\s+/g, "\\s{1,9}").replace(/['’‘]/g, "['’‘]").replace(/["“”]/g, "[\"“”]"), "giu");
}

function matches(text, start, end, pattern) {
  const found = [];
  pattern.lastIndex = start;
  for (let match = pattern.exec(text); match && match.index + match[0].length <= end; match = pattern.exec(text)) {
    if (found.length === MAX_RESULTS) {
      found.more = true;
      break;
    }
    found.push({ start: match.index, end: match.index + match[0].length });
    if (!match[0].length) pattern.lastIndex += 1;
  }
  return found;
}
