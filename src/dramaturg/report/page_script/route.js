// What the page shows, kept in its address: #text/1234, #people/ann?upto=5678.
//
// text/1234   a place        text/q12   an open quotation     text/m1234   the mention at a place: who is this?
// people/ann  a person; people/~1234 is the person first mentioned at 1234, an address without spoilers
// upto=5678   the spoiler limit: nothing after this place is shown

const VIEWS = ["text", "people", "connections", "search", "uncertain", "continuity", "corrections"];
const OLD_NAMES = { company: "connections" }; // so that older bookmarks still work, as with the parameter `whom`, now `to`

function parseAddress(hash) {
  const [path, query = ""] = hash.replace(/^#/, "").split("?", 2);
  const [name, ...rest] = path.split("/").map(decoded);
  const view = OLD_NAMES[name] ?? name;
  const parameters = new URLSearchParams(query);
  const upto = /^\d{1,9}$/.test(parameters.get("upto") ?? "") ? Number(parameters.get("upto")) : null;
  parameters.delete("upto");
  if (parameters.has("whom") && !parameters.has("to")) parameters.set("to", parameters.get("whom"));
  parameters.delete("whom");
  return { view: VIEWS.includes(view) ? view : "text", name: VIEWS.includes(view) ? rest.join("/") : "", parameters, upto };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of `path` in the page, with the current spoiler limit. */
function address(known, path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  if (!known.whole) query.set("upto", known.story.points(known.limit));
  const search = query.toString();
  return `#${path.split("/").map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

function personAddress(known, person) {
  return address(known, `people/${person.token}`);
}

function placeAddress(known, start) {
  return address(known, `text/${known.story.points(start)}`);
}

/** The person with this token in an address; null for someone who has not appeared yet. */
function personCalled(known, token) {
  if (!token) return null;
  if (token.startsWith("~")) {
    const first = known.story.units(Number(token.slice(1)));
    const mention = lowerBound(known.story.mentions.starts, first);
    for (let n = mention; n < known.story.mentions.length && known.story.mentions.starts[n] === first; n++) {
      const index = known.story.mentions.person[n];
      if (known.story.mentionsOf[index]?.[0] === n && known.people[index]) return known.people[index];
    }
    return null;
  }
  const person = known.story.person.get(token);
  return person ? known.people[known.story.currentIndex?.(person.index) ?? person.index] : null;
}
