// The user's corrections: collected on the page, listed, undone, and written as the file that `dramaturg read` takes
// (docs/corrections.md describes the format).

const LONGEST_ANCHOR = 60;
const AROUND = 24;
const LAST_WORDS = 6; // of long speech that the reading did not find

function makeCorrections(app) {
  const { story } = app;
  const key = `corrections ${story.source.sha256}`;
  const saved = storage.get(key);
  let list = Array.isArray(saved) ? saved.filter((one) => fits(story, one)) : [];

  const store = {
    list: () => list,
    of: (test) => list.filter(test),
    /** Add corrections, each in place of an older one about the same thing. */
    add(...corrections) {
      for (const correction of corrections) {
        list = list.filter((old) => correctionKey(old) !== correctionKey(correction));
        list.push(correction);
      }
      store.changed();
    },
    remove(...corrections) {
      list = list.filter((one) => !corrections.includes(one));
      store.changed();
    },
    changed() {
      store.kept = storage.set(key, list);
      const before = wide;
      wide = JSON.stringify(list.filter(affectsWholeText));
      const quotations = applyCorrections(story, list);
      app.correctionsChanged(before === wide ? quotations : null);
    },
    kept: saved !== null || storage.set(key, list),
    toml: () => toToml(story, list),
  };

  let wide = JSON.stringify(list.filter(affectsWholeText)); // corrections that change more than single quotations
  applyCorrections(story, list);
  return store;
}

/** What a correction is about. Of two corrections with the same key, only the later one counts. */
function correctionKey(one) {
  if (one.kind === "same" || one.kind === "apart") return `same ${[...one.people].sort((a, b) => a - b).join("+")}`;
  if (one.kind === "narrator") return one.kind;
  if (isOfSpan(one)) return `${one.kind} ${one.start}`;
  const kind = one.kind === "not_speech" ? "speaker" : one.kind; // what is not speech has no speaker
  return `${kind} ${one.quotation ?? one.mention ?? one.slip ?? one.person}`;
}

/** Whether a correction is about words that the reading did not find: a name, or speech. */
function isOfSpan(one) {
  return one.kind === "name" || one.kind === "speech";
}

/** Whether a stored correction refers to people, quotations and mentions that this story has. */
function fits(story, one) {
  const person = (index) => index === null || index === undefined || (Number.isInteger(index) && index >= 0 && index < story.people.length);
  return Boolean(one) && typeof one.kind === "string" && person(one.person) && (one.people === undefined || (Array.isArray(one.people) && one.people.every(person))) &&
    (one.kind !== "meant" || story.slips[one.slip] !== undefined) && (one.quotation === undefined || story.quotations[one.quotation] !== undefined) && (one.mention === undefined || one.mention < story.mentions.length) &&
    (!isOfSpan(one) || (Number.isInteger(one.start) && one.start >= 0 && one.start < one.end && one.end <= story.end));
}

/** A correction in words; null where the words would be a spoiler. */
function describeCorrection(known, one) {
  const { story } = known;
  const quotation = one.quotation === undefined ? null : story.quotations[one.quotation];
  if (quotation && quotation.end > known.limit) return null;
  if (one.mention !== undefined && story.mentions.ends[one.mention] > known.limit) return null;
  if (isOfSpan(one) && one.end > known.limit) return null;
  const people = [...(one.people ?? []), ...(one.person === undefined || one.person === null ? [] : [one.person])];
  if (people.some((index) => originalName(known, index) === null)) return null;
  const name = (index) => (index === null ? "unknown" : originalName(known, index));
  const said = quotation && `“${clip(story.text.slice(quotation.start, quotation.end).replace(/^["“”«]+|["“”»]+$/g, ""), 50)}”`;
  switch (one.kind) {
    case "meant": return slipsSoFar(known).includes(story.slips[one.slip]) ? `${slipWords(known, story.slips[one.slip]).replace(/\.$/, "")}: meant so` : null;
    case "speaker": return `${said} is said by ${one.name ?? name(one.person)}`;
    case "addressees": return `${said} is said to ${one.people.map(name).join(" and ") || "no one"}`;
    case "not_speech": return `${said} is not speech`;
    case "same": return `${name(one.people[0])} and ${name(one.people[1])} are the same person`;
    case "apart": return `${name(one.people[0])} and ${name(one.people[1])} are different people`;
    case "not_person": return `${name(one.person)} is not a person`;
    case "narrator": return `${name(one.person)} is the narrator`;
    case "rename": return `${name(one.person)} is renamed ${one.name}`;
    case "pronouns": return `${name(one.person)} has the pronouns ${one.pronouns}`;
    case "mention": return `“${clip(mentionText(story, one.mention), 40)}” (${placeName(story, story.mentions.starts[one.mention])}) refers to ${one.name ?? (one.person === null ? "no one" : name(one.person))}`;
    case "name": return `“${clip(story.text.slice(one.start, one.end), 40)}” (${placeName(story, one.start)}) refers to ${one.name ?? (one.person === null ? "no one" : name(one.person))}`;
    case "speech": return `“${clip(story.text.slice(one.start, one.end).replace(/^["“”«]+|["“”»]+$/g, ""), 50)}” is speech by ${one.name ?? name(one.person)}`;
    default: return null;
  }
}

// The file. It is written as dramaturg/corrections/toml.py writes it; tests/cases/corrections_toml.json holds both to it.

function toToml(story, list) {
  const name = (who) => (story.original ?? story).people[who].name;
  const of = (kind) => list.filter((one) => one.kind === kind);
  const whoIs = (one) => (one.name ? tomlString(one.name) : one.person === null ? "false" : tomlString(name(one.person)));
  const lines = ["dramaturg = 1  # the version of this file's format"];
  for (const one of of("narrator").slice(-1)) lines.push(`narrator = ${tomlString(name(one.person))}`);
  if (of("same").length) lines.push(`same = [${of("same").map((one) => tomlStrings(one.people.map(name))).join(", ")}]`);
  if (of("not_person").length) lines.push(`not_people = ${tomlStrings(of("not_person").map((one) => name(one.person)))}`);

  const people = new Map(); // name to show → what is said of them
  const listed = (called) => {
    if (!people.has(called)) people.set(called, {});
    return people.get(called);
  };
  const shown = (who) => of("rename").find((one) => one.person === who)?.name ?? name(who);
  for (const one of of("apart")) one.people.forEach((who) => listed(shown(who)));
  for (const one of of("rename")) listed(one.name).aliases = [name(one.person)];
  for (const one of of("pronouns")) listed(shown(one.person)).pronouns = one.pronouns;
  for (const one of list) if ((one.kind === "speaker" || one.kind === "mention" || isOfSpan(one)) && one.name) listed(one.name);
  if (people.size) {
    lines.push("", "[people]", ...[...people].map(([called, said]) => personToml(called, said)));
  }
  for (const one of of("mention")) {
    lines.push("", "[[mention]]", ...anchor(story, story.mentions.starts[one.mention], story.mentions.ends[one.mention]), `who = ${whoIs(one)}`);
  }
  for (const one of of("name")) lines.push("", "[[mention]]", ...anchor(story, one.start, one.end), `who = ${whoIs(one)}`);
  for (const one of of("speech")) {
    const last = story.text.slice(one.start, one.end).split(/\s+/).slice(-LAST_WORDS).join(" ");
    lines.push("", "[[quotation]]", ...anchor(story, one.start, one.end), "speech = true");
    if (one.end - one.start > LONGEST_ANCHOR) lines.push(`until = ${tomlString(wholeAt(last))}`); // the anchor is only its beginning
    lines.push(`speaker = ${whoIs(one)}`);
  }
  const about = new Map(); // quotation → its lines
  const inOrder = [...of("speaker"), ...of("addressees"), ...of("not_speech")];
  for (const one of inOrder) {
    if (!about.has(one.quotation)) about.set(one.quotation, []);
    const said = about.get(one.quotation);
    if (one.kind === "speaker") said.push(`speaker = ${one.name ? tomlString(one.name) : one.person === null ? "false" : tomlString(name(one.person))}`);
    if (one.kind === "addressees") said.push(`to = ${tomlStrings(one.people.map(name))}`);
    if (one.kind === "not_speech") said.push("speech = false");
  }
  for (const [n, said] of [...about].sort((a, b) => a[0] - b[0])) {
    lines.push("", "[[quotation]]", ...anchor(story, story.quotations[n].start, story.quotations[n].end), ...said);
  }
  for (const one of of("meant")) {
    const { kind, places } = story.slips[one.slip];
    const { start, end } = places[places.length - 1];
    lines.push("", "[[meant]]", ...anchor(story, start, end), `kind = ${tomlString(kind)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** A person's line below [people]. */
function personToml(name, { aliases, pronouns }) {
  const fields = [aliases && `aliases = ${tomlStrings(aliases)}`, pronouns && `pronouns = ${tomlString(pronouns)}`].filter(Boolean);
  return `${tomlString(name)} = ${fields.length ? `{ ${fields.join(", ")} }` : "{}"}`;
}

/** The lines that tell where a stretch stands: its first words, its place in code points, the words around it. */
function anchor(story, start, end) {
  const { text } = story;
  const space = Math.max(text.lastIndexOf(" ", start + LONGEST_ANCHOR - 1), text.lastIndexOf("\n", start + LONGEST_ANCHOR - 1));
  const until = end - start <= LONGEST_ANCHOR ? end : space > start + LONGEST_ANCHOR / 3 ? space : start + LONGEST_ANCHOR;
  const flat = (from, to) => wholeAt(text.slice(Math.max(0, from), to)).replace(/\s+/g, " ");
  let before = flat(start - AROUND, start).trimStart();
  let after = flat(until, until + AROUND).trimEnd();
  if (start > AROUND) before = before.slice(before.indexOf(" ") + 1) || before;
  if (until + AROUND < text.length && after.includes(" ")) after = after.slice(0, after.lastIndexOf(" ")) || after;
  const lines = [`text = ${tomlString(flat(start, until).trim())}`, `at = ${story.points(start)}`];
  if (before.trim()) lines.push(`before = ${tomlString(before.trim())}`);
  if (after.trim()) lines.push(`after = ${tomlString(after.trim())}`);
  return lines;
}

/** A cut text without half of a letter at either end. */
function wholeAt(text) {
  return whole(/^[\udc00-\udfff]/.test(text) ? text.slice(1) : text);
}

function tomlStrings(values) {
  return `[${values.map(tomlString).join(", ")}]`;
}

function tomlString(said) {
  const escapes = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r" };
  const hidden = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
  const shown = said.replace(hidden, (letter) => escapes[letter] ?? `\\u${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`);
  return `"${shown.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")}"`;
}

function correctionsName(story) {
  const stem = story.source.path.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N}._ -]/gu, "_").slice(0, 80).trim();
  return `${stem && stem !== "-" ? stem : "story"}.cast.toml`;
}

// The Corrections view

function showCorrections(app, element) {
  const { known, story, corrections } = app;
  const list = corrections.list();
  const described = list.map((one) => [one, describeCorrection(known, one)]);
  const shown = described.filter(([, words]) => words);
  const hidden = list.length - shown.length;
  const status = h("p", { role: "status", class: "quiet" });
  const { applied = [], unmatched = [], changed = [] } = story.corrections;
  const hadCorrections = applied.length + unmatched.length > 0;
  const name = correctionsName(story);
  const area = h("textarea", { readonly: true, rows: 12, spellcheck: "false", "aria-label": `Contents of ${name}` });
  // The file contains the names from the whole story.
  const hasSpoilers = list.some((one) => [one.person, ...(one.people ?? [])].some((index) => Number.isInteger(index) && originalName(known, index) !== (story.original ?? story).people[index].name));
  area.value = hidden || hasSpoilers ? "Hidden because it contains spoilers. The downloaded file is complete." : corrections.toml();
  replace(element,
    h("h2", { tabindex: "-1" }, "Corrections"),
    h("p", { class: "quiet" }, "The corrections you make on this page are collected here. Save the file next to the story and read the story again: each correction also improves the lines around it."),
    !list.length && h("p", {}, "No corrections yet. Open a quotation or a person, or review what is ", h("a", { href: address(known, "uncertain") }, "uncertain"), "."),
    shown.length > 0 && h("ol", { class: "corrections" }, shown.map(([one, words]) => h("li", {}, h("span", { dir: "auto" }, words), " ",
      h("button", { type: "button", class: "plain", "aria-label": `Undo: ${words}`, onclick: () => { corrections.remove(one); app.focusHeading(); } }, "Undo")))),
    hidden > 0 && h("p", { class: "quiet" }, `${counted(hidden, "more", "more")} hidden to avoid spoilers.`),
    list.length > 0 && h("div", { class: "file" },
      h("p", {},
        app.room.send && [h("button", { type: "button", class: "main", onclick: () => { app.room.send(corrections.toml()); status.textContent = "Sent. Save them below the page."; } }, "Send to the reading room"), " "],
        h("button", { type: "button", class: app.room.send ? null : "main", onclick: () => download(name, corrections.toml()) }, `Download ${name}`), " ",
        h("button", { type: "button", onclick: () => copy(corrections.toml(), area, status) }, "Copy")),
      hadCorrections && !app.room.send && h("p", {}, "This story was already read with corrections, and this file contains only the new ones. Add them to your file, or pass both: ", h("code", {}, "--corrections OLD --corrections NEW"), "."),
      area, status,
      !corrections.kept && h("p", { class: "quiet" }, app.room.send ? "The browser does not save corrections here. Send them before you leave the page." : "This browser does not save corrections for local files. Download them before you close the page.")),
    hadCorrections && h("section", { class: "block" }, h("h3", {}, "From your file"),
      known.whole
        ? [h("p", { class: "quiet" }, `${counted(applied.length, "correction")} applied, ${unmatched.length} not applied${changed.length ? `; ${counted(changed.length, "other speaker")} changed as a result` : ""}.`),
          correctionRows(applied, "Applied"), correctionRows(unmatched, "Not applied")]
        : h("p", { class: "quiet" }, "Shown only with the whole story, to avoid spoilers.")));
}

function correctionRows(rows, title) {
  if (!rows.length) return null;
  return h("details", { open: title !== "Applied" }, h("summary", {}, `${title} (${rows.length})`), h("ul", {}, rows.slice(0, 500).map((row) => h("li", { dir: "auto" },
    typeof row === "string" ? row : [row.correction ?? JSON.stringify(row), row.why ? `: ${row.why}` : "", row.file ? h("span", { class: "where" }, `${row.file}, line ${row.line}`) : null]))));
}

/** Connect to the reading room where it shows this page in a frame: corrections can then be sent to it. */
function connectToRoom(app) {
  const room = { send: null };
  if (window.parent === window) return room;
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.dramaturg !== "room" || room.send) return;
    room.send = (text) => event.source.postMessage({ dramaturg: "page", corrections: text }, event.origin);
    if (app.route.view === "corrections") app.render();
  });
  window.parent.postMessage({ dramaturg: "page" }, "*"); // tells the parent that the page is ready
  return room;
}

function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/toml" }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

async function copy(text, area, status) {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = "Copied.";
  } catch {
    area.value = text;
    area.focus();
    area.select();
    status.textContent = document.execCommand?.("copy") ? "Copied." : "Press Ctrl+C (⌘C) to copy.";
  }
}

// Forms for corrections, shown next to what they correct

/** The speakers, addressees and candidates around a quotation. */
function peopleNear(known, quotation) {
  const near = [];
  const { quotations } = known.story;
  for (let n = Math.max(0, quotation.index - 6); n < Math.min(quotations.length, quotation.index + 7); n++) {
    if (quotations[n].end > known.limit) break;
    near.push(known.speaker(quotations[n]), ...known.addressees(quotations[n]));
  }
  return [...new Set([...known.alternatives(quotation).map(({ person }) => known.people[person]), ...near.filter(Boolean)])];
}

/** The field at the top of an open quotation that says who speaks. */
function pickSpeaker(app, quotation) {
  const { known, corrections } = app;
  const first = quotation.utterance?.first ?? quotation;
  return h("div", { class: "correct-speaker" }, h("span", { class: "quiet" }, known.speaker(quotation) ? "Not right? Said by" : "Said by"), personPicker(app, {
    label: "Said by", near: peopleNear(known, quotation), without: known.speaker(quotation), others: [["unknown", { person: null }]].slice(known.speaker(quotation) || quotation.by ? 0 : 1),
    pick: (choice) => { corrections.add({ kind: "speaker", quotation: first.index, ...choice }); app.openQuotation(quotation, { focus: true }); },
  }));
}

function correctQuotation(app, quotation) {
  const { known, corrections } = app;
  const first = quotation.utterance?.first ?? quotation;
  const heard = known.addressees(quotation);
  const mine = corrections.of((one) => one.quotation === first.index || one.quotation === quotation.index);
  const done = (correction) => { corrections.add(correction); app.openQuotation(quotation, { focus: true }); };
  const toThem = ({ person }, all) => done({ kind: "addressees", quotation: first.index, people: person === null ? [] : [...new Set([...(all ? heard.map((other) => other.index) : []), person])] });
  return [
    mine.map((one) => h("p", { class: "mine" }, `✓ ${describeCorrection(known, one) ?? ""} `, h("button", { type: "button", class: "plain", onclick: () => { corrections.remove(one); app.openQuotation(quotation, { focus: true }); } }, "Undo"))),
    quotation.speech && h("details", { class: "correct" },
      h("summary", {}, "Correct who is spoken to, or what is speech"),
      h("p", {}, "Said to"), personPicker(app, { label: "Said to", near: peopleNear(known, quotation), others: [["no one", { person: null }]], isNew: false, pick: (choice) => toThem(choice, false) }),
      heard.length > 0 && [h("p", {}, `Said to ${joined(heard.map((other) => other.short)).filter(Boolean).join("")} and`), personPicker(app, { label: "And to", near: peopleNear(known, quotation).filter((other) => !heard.includes(other)), isNew: false, pick: (choice) => toThem(choice, true) })],
      h("p", {}, h("button", { type: "button", onclick: () => done({ kind: "not_speech", quotation: quotation.index }) }, "Not speech"))),
  ];
}

function correctMention(app, n) {
  const { known, corrections } = app;
  const mine = corrections.of((one) => one.mention === n);
  return [
    mine.map((one) => h("p", { class: "mine" }, `✓ ${describeCorrection(known, one) ?? ""} `, h("button", { type: "button", class: "plain", onclick: () => { corrections.remove(one); showMention(app, n); app.side.focus(); } }, "Undo"))),
    h("div", { class: "correct-speaker" }, h("span", { class: "quiet" }, "Not right? Refers to"), personPicker(app, {
      label: "Refers to", near: peopleAround(known, known.story.mentions.starts[n]), without: known.people[known.story.mentions.person[n]] ?? null, others: [["no one", { person: null }]],
      pick: (choice) => { corrections.add({ kind: "mention", mention: n, ...choice }); showMention(app, n); app.side.focus(); },
    })),
  ];
}

/** The people who share a word of a person's name. */
function namesakes(known, person) {
  const words = new Set(person.name.toLowerCase().split(/[^\p{L}]+/u).filter((word) => word.length > 2 && !TITLE.test(word)));
  return known.cast.filter((other) => other !== person && other.name.toLowerCase().split(/[^\p{L}]+/u).some((word) => words.has(word)));
}

function correctPerson(app, person) {
  const { known, story, corrections } = app;
  const name = h("input", { type: "text", "aria-label": "Display name", maxlength: 80 });
  name.value = person.name;
  const pronouns = h("select", { "aria-label": "Pronouns" }, ["she", "he", "they", "it"].map((said) => h("option", { selected: said === person.pronouns }, said)));
  const mine = corrections.of((one) => one.quotation === undefined && one.mention === undefined && [one.person, ...(one.people ?? [])].some((index) => Number.isInteger(index) && (story.currentIndex?.(index) ?? index) === person.index));
  const add = (correction) => { corrections.add(correction); app.focusHeading(); };
  const form = (words, field, button, submit) => h("form", { onsubmit: (event) => { event.preventDefault(); submit(); } }, h("label", {}, `${words} `, field), " ", h("button", { type: "submit" }, button));
  return h("details", { class: "block correct", open: mine.length > 0 }, h("summary", {}, "Correct this person"),
    h("p", {}, "Same person as"),
    personPicker(app, { label: `${person.short} is the same as`, without: person, near: namesakes(known, person), isNew: false, pick: (choice) => add({ kind: "same", people: [person.index, choice.person] }) }),
    form("Name", name, "Rename", () => name.value.trim() && name.value.trim() !== person.name && add({ kind: "rename", person: person.index, name: name.value.trim() })),
    form("Pronouns", pronouns, "Set", () => add({ kind: "pronouns", person: person.index, pronouns: pronouns.value })),
    h("p", {},
      h("button", { type: "button", onclick: () => add({ kind: "narrator", person: person.index }) }, "Is the narrator"), " ",
      h("button", { type: "button", onclick: () => add({ kind: "not_person", person: person.index }) }, "Not a person")),
    mine.map((one) => h("p", { class: "mine" }, `✓ ${describeCorrection(known, one) ?? "a correction about a later part of the story"} `, h("button", { type: "button", class: "plain", onclick: () => { corrections.remove(one); app.focusHeading(); } }, "Undo"))));
}
