// Where the reader is, kept in the page's own address: #text/1234, #people/ann?upto=5678.
//
// text/1234   a place        text/q12   a quotation opened     text/m1234   the mention at a place: who is this?
// people/ann  a person; ~1234 is the person first mentioned at 1234, which tells nothing that is not known there
// upto=5678   nothing behind this place is shown

const VIEWS = ["text", "people", "company", "search", "uncertain", "corrections"];

function parseAddress(hash) {
  const [path, query = ""] = hash.replace(/^#/, "").split("?", 2);
  const [view, ...rest] = path.split("/").map(decoded);
  const parameters = new URLSearchParams(query);
  const upto = /^\d{1,9}$/.test(parameters.get("upto") ?? "") ? Number(parameters.get("upto")) : null;
  parameters.delete("upto");
  return { view: VIEWS.includes(view) ? view : "text", name: VIEWS.includes(view) ? rest.join("/") : "", parameters, upto };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of something, the place that is set kept. */
function address(known, path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  if (!known.whole) query.set("upto", known.story.points(known.place));
  const said = query.toString();
  return `#${path.split("/").map(encodeURIComponent).join("/")}${said ? `?${said}` : ""}`;
}

function personAddress(known, person) {
  return address(known, `people/${person.token}`);
}

function placeAddress(known, start) {
  return address(known, `text/${known.story.points(start)}`);
}

/** The person that a part of an address names, where this one is known. */
function personCalled(known, token) {
  if (!token) return null;
  if (token.startsWith("~")) {
    const first = known.story.units(Number(token.slice(1)));
    const mention = lowerBound(known.story.mentions.starts, first);
    for (let n = mention; n < known.story.mentions.length && known.story.mentions.starts[n] === first; n++) {
      const who = known.story.mentions.who[n];
      if (known.story.mentionsOf[who]?.[0] === n && known.people[who]) return known.people[who];
    }
    return null;
  }
  const person = known.story.person.get(token);
  return person ? known.people[known.story.now?.(person.index) ?? person.index] : null;
}
