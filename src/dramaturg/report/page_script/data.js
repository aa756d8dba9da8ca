// The data in the page (page_data.py) → the story that the rest of the script uses.
//
// Places in the data count code points; JavaScript strings count UTF-16 code units. All places are converted here, once.
// Everywhere else a place is a number of units, except in addresses (#text/1234) and the corrections file.

function readStory() {
  const element = document.getElementById("reading");
  const data = JSON.parse(element.textContent);
  element.remove();
  const { text } = data;
  const astral = astralPlaces(text);
  const units = (point) => point + lowerBound(astral.points, point);
  const points = (unit) => unit - lowerBound(astral.units, unit);

  const spans = ([distances, lengths]) => {
    const starts = new Int32Array(distances.length);
    const ends = new Int32Array(distances.length);
    let at = 0;
    for (let n = 0; n < distances.length; n++) {
      at += distances[n];
      starts[n] = astral.points.length ? units(at) : at;
      ends[n] = astral.points.length ? units(at + lengths[n]) : at + lengths[n];
    }
    return { starts, ends, length: distances.length };
  };

  const kinds = data.mention_kinds.length;
  const mentions = spans(data.mentions);
  mentions.person = Int32Array.from(data.mentions[2], (code) => Math.floor(code / kinds));
  mentions.kind = data.mentions[2].map((code) => data.mention_kinds[code % kinds]);

  const blocks = splitLongBlocks(spans(data.blocks), data.blocks[2].map((role) => data.roles[role]), text);

  const chapters = spans(data.chapters);
  const people = data.people.map(([id, name, named, group, aliases, pronouns, narrator], index) => ({
    index, id, name, named, group, aliases, pronouns, narrator,
  }));
  const events = spans(data.events);
  const facts = spans(data.facts);
  const addresses = spans(data.addresses);
  const quotations = readQuotations(data, spans(data.quotations), units, points);

  return {
    text, units, points, blocks, mentions, people, quotations,
    end: text.length,
    source: data.source,
    title: data.title,
    version: data.version,
    warnings: data.warnings,
    emphasis: withMarks(text, spans(data.emphasis)),
    thoughts: spans(data.thoughts),
    chapters: Array.from(chapters.starts, (start, n) => ({ start, end: chapters.ends[n], title: data.chapters[2][n] })),
    events: Array.from(events.starts, (start, n) => ({
      start, end: events.ends[n], agents: data.events[2][n], patients: data.events[3][n],
    })),
    facts: data.facts[2].map(([kind, value, person, of, saidBy], n) => ({
      start: facts.starts[n], end: facts.ends[n], kind, value, person, of: of < 0 ? null : of, saidBy: saidBy < 0 ? null : saidBy,
    })),
    slips: data.slips.map(([kind, person, says, places], index) => ({
      index, kind, person: person < 0 ? null : person, says, places: places.map(([start, end]) => ({ start: units(start), end: units(end) })),
    })),
    addresses: data.addresses[2].map(([speaker, addressee, kind], n) => ({
      start: addresses.starts[n], end: addresses.ends[n], speaker, addressee, kind: data.address_kinds[kind],
    })),
    utterances: utterancesOf(quotations),
    queue: data.uncertain.map(([kind, start, end, quotations, index, chance, choices, isWorthAsking]) => ({
      kind,
      isWorthAsking: isWorthAsking === 1,
      start: units(start),
      end: units(end),
      quotations,
      person: index < 0 ? null : index,
      confidence: chance < 0 ? null : chance / 1000,
      choices: choices.map(([other, likely]) => ({ person: other, confidence: likely < 0 ? null : likely / 1000 })),
    })),
    corrections: data.corrections,
    person: new Map(people.map((person) => [person.id, person])),
    quotation: new Map(quotations.map((quotation) => [quotation.id, quotation])),
    quotationStarts: Int32Array.from(quotations, (quotation) => quotation.start),
    lineStarts: ["text", "plain", "markdown"].includes(data.source.format) ? newlines(text) : null,
  };
}

const MAX_BLOCK_LENGTH = 20000; // units; a longer one (a whole book on one line) is split

/** Blocks, the long ones split; `continued`: whether a block continues the one before. */
function splitLongBlocks(spans, roles, text) {
  const cut = { starts: [], ends: [], role: [], continued: [] };
  for (let n = 0; n < spans.length; n++) {
    let start = spans.starts[n];
    while (start < spans.ends[n]) {
      let end = spans.ends[n];
      if (end - start > MAX_BLOCK_LENGTH) {
        const space = text.lastIndexOf(" ", start + MAX_BLOCK_LENGTH);
        end = space > start ? space + 1 : start + MAX_BLOCK_LENGTH + (/[\udc00-\udfff]/.test(text.charAt(start + MAX_BLOCK_LENGTH)) ? 1 : 0);
      }
      cut.starts.push(start);
      cut.ends.push(end);
      cut.role.push(roles[n]);
      cut.continued.push(start > spans.starts[n]);
      start = end;
    }
  }
  return { starts: Int32Array.from(cut.starts), ends: Int32Array.from(cut.ends), role: cut.role, continued: cut.continued, length: cut.starts.length };
}

/** The places of characters that are two units long: in code points, and in units just after them. */
function astralPlaces(text) {
  const points = [];
  const units = [];
  for (let at = 0; at < text.length; at++) {
    const high = text.charCodeAt(at);
    if (high < 0xd800 || high > 0xdbff) continue;
    const low = text.charCodeAt(at + 1);
    if (!(low >= 0xdc00 && low <= 0xdfff)) continue;
    points.push(at - points.length);
    at += 1;
    units.push(at);
  }
  return { points, units };
}

function readQuotations(data, spans, units, points) {
  const [, , groups, within, speakers, addressees, chances, evidence, alternatives] = data.quotations;
  const list = [];
  for (let n = 0; n < spans.length; n++) {
    const start = spans.starts[n];
    const reason = evidence[n];
    const from = reason ? points(start) + reason[1] : 0;
    list.push({
      index: n,
      id: data.quotation_ids ? data.quotation_ids[n] : `q${n + 1}`,
      start,
      end: spans.ends[n],
      group: n - groups[n],
      within: within[n] ?? null,
      speaker: speakers[n] < 0 ? null : speakers[n],
      addressees: addressees[n],
      confidence: chances[n] < 0 ? null : chances[n] / 1000,
      evidence: reason ? { kind: data.evidence_kinds[reason[0]], start: units(from), end: units(from + reason[2]) } : null,
      alternatives: (alternatives[n] ?? []).map(([person, chance]) => ({ person, confidence: chance / 1000 })),
      speech: true,
      corrected: false,
      by: null, // a speaker who is not in the cast, named by the user
    });
  }
  return list;
}

/** Quotations grouped into utterances. Speech quoted inside speech belongs to the utterance around it. */
function utterancesOf(quotations) {
  const groups = new Map();
  for (const quotation of quotations) {
    if (quotation.within !== null) continue;
    if (!groups.has(quotation.group)) groups.set(quotation.group, []);
    groups.get(quotation.group).push(quotation);
  }
  return [...groups.values()].map((parts, index) => {
    const utterance = { index, parts, first: parts[0] };
    for (const part of parts) part.utterance = utterance;
    return utterance;
  });
}

/** Emphasis with the width of the plain-text marks around it (`*`, `__`), which are not shown. */
function withMarks(text, spans) {
  const marks = new Int32Array(spans.length);
  for (let n = 0; n < spans.length; n++) {
    const before = /(\*+|_+)$/.exec(text.slice(Math.max(0, spans.starts[n] - 3), spans.starts[n]));
    const after = /^(\*+|_+)/.exec(text.slice(spans.ends[n], spans.ends[n] + 3));
    if (before && after && before[0][0] === after[0][0]) marks[n] = Math.min(before[0].length, after[0].length);
  }
  return { ...spans, marks };
}

function newlines(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
