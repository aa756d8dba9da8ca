// The reading room's script: uploads files, shows the progress of reading, and saves corrections.
"use strict";

const SECRET = document.querySelector('meta[name="dramaturg-secret"]').content;
const POLL_MS = 1000; // between two requests for the list of jobs
const REFRESH_MS = 5000; // between two updates of the list of stories while reading goes on
const AWAY_MS = 4000; // between two tries while the server does not answer
const TYPING_MS = 250; // after the last letter of a filter
const TOLD_MS = 15000;
const JOBS_SHOWN = 12;

function send(address, body) {
  return fetch(address, { method: "POST", body, headers: { "X-Dramaturg": SECRET } });
}

async function errorMessage(response) {
  const text = await response.text();
  try { return JSON.parse(text).message || ""; } catch { return text || response.statusText; }
}

// ---- messages

const toldBox = document.getElementById("told");
let telling = null;

/** Say something at the bottom of the window, with a button that undoes it. */
function tell(words, undo) {
  clearTimeout(telling);
  toldBox.replaceChildren(words);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Undo";
    button.addEventListener("click", () => { toldBox.replaceChildren(); undo(); });
    toldBox.append(" ", button);
  }
  telling = setTimeout(() => toldBox.replaceChildren(), TOLD_MS);
}

/** A request that tells the user where the server does not answer. Returns null then. */
async function ask(request) {
  try {
    const response = await request();
    document.body.classList.remove("away");
    return response;
  } catch {
    document.body.classList.add("away");
    tell("The server does not answer. Is `dramaturg serve` still running?");
    return null;
  }
}

// ---- uploads: files can be dropped on every page of the room

const jobs = document.getElementById("jobs");
const LARGEST = Number(document.getElementById("upload")?.dataset.largest ?? Infinity);
const notSent = []; // files that could not be uploaded

async function upload(files) {
  let sent = 0;
  for (const file of files) {
    if (file.size > LARGEST) {
      fail(file, "larger than " + Math.floor(LARGEST / 1048576) + " MB");
      continue;
    }
    const response = await ask(() => send("/uploads?" + new URLSearchParams({ name: file.name }), file));
    if (response === null) fail(file, "not sent");
    else if (!response.ok) fail(file, await errorMessage(response));
    else sent += 1;
    updateJobs();
  }
  if (!jobs && sent) location.href = "/"; // where the progress is
}

function fail(file, message) {
  notSent.unshift({ name: file.name, state: "failed", message });
  if (jobs) updateJobs();
  else tell(file.name + ": " + message);
}

/** The files that were dropped, those in folders too. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const found = [];
  const walk = async (entry) => {
    if (entry.isFile) found.push(await new Promise((done, fail) => entry.file(done, fail)));
    else {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((done, fail) => reader.readEntries(done, fail));
        if (!some.length) return;
        for (const one of some) if (!one.name.startsWith(".")) await walk(one);
      }
    }
  };
  for (const entry of entries) await walk(entry);
  return found;
}

const drop = document.getElementById("drop");
const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    drop.hidden = false;
  });
}
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.hidden = true; });
document.addEventListener("drop", async (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  drop.hidden = true;
  upload(await filesOf(event.dataTransfer));
});

let timer = null;
let busy = false;
let refreshed = Date.now();

async function updateJobs() {
  if (!jobs) return;
  clearTimeout(timer);
  const response = await ask(() => fetch("/jobs"));
  if (response === null) {
    timer = setTimeout(updateJobs, AWAY_MS);
    return;
  }
  const all = await response.json();
  const working = all.some((job) => job.state === "waiting" || job.state === "reading");
  showJobs([...notSent, ...all]);
  if (busy && (!working || Date.now() > refreshed + REFRESH_MS)) refreshStories();
  busy = working;
  if (working) timer = setTimeout(updateJobs, POLL_MS);
}

const STATES = { waiting: "waiting", reading: "reading", done: "read", failed: "could not be read" };

function showJobs(list) {
  const shown = list.slice(0, JOBS_SHOWN).map((job) => {
    const item = document.createElement("li");
    item.className = job.state;
    const name = document.createElement(job.story ? "a" : "span");
    if (job.story) name.href = "/stories/" + job.story;
    name.textContent = job.name;
    const state = document.createElement("span");
    state.className = "state";
    const part = job.state === "reading" && job.part !== null && job.part !== undefined ? Math.floor(100 * job.part) + "%" : "";
    const files = job.state === "reading" && job.listed > 1 ? job.done + " of " + job.listed : part;
    state.textContent = (job.message && job.state !== "reading" ? job.message : STATES[job.state]) + (files ? " " + files : "");
    item.append(name, state);
    if (job.state === "reading") {
      const bar = document.createElement("progress");
      bar.setAttribute("aria-label", job.name);
      if (job.part !== null && job.part !== undefined) bar.value = job.part;
      item.append(bar);
    }
    return item;
  });
  const waiting = list.slice(JOBS_SHOWN).filter((job) => job.state === "waiting").length;
  if (waiting) {
    const more = document.createElement("li");
    more.textContent = waiting + " more waiting";
    shown.push(more);
  }
  jobs.replaceChildren(...shown);
}

async function refreshStories() {
  refreshed = Date.now();
  const response = await ask(() => fetch(location.href));
  if (response === null) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const name of ["table", ".counts", ".page-links", ".empty"]) {
    const current = document.querySelector("main " + name);
    const fetched = fresh.querySelector("main " + name);
    if (current && fetched) current.replaceWith(fetched);
    else if (fetched) document.querySelector("main").append(fetched);
    else if (current) current.remove();
  }
}

// ---- the list of stories

/** Take a story out of the room, and offer to put it back. */
async function remove(button) {
  const name = button.closest("tr").querySelector("a").textContent;
  const response = await ask(() => send("/stories/" + button.dataset.story + "/remove", null));
  if (response === null) return;
  if (!response.ok) { tell(await errorMessage(response)); return; }
  const { token } = await response.json();
  await refreshStories();
  tell("“" + name + "” is removed from the room. Its file stays in its folder.", async () => {
    const undone = await ask(() => send("/removed/" + token, null));
    if (undone && !undone.ok) tell(await errorMessage(undone));
    await refreshStories();
  });
}

if (jobs) {
  const chooser = document.getElementById("files");
  document.getElementById("upload").addEventListener("submit", (event) => event.preventDefault());
  chooser.addEventListener("change", () => { upload([...chooser.files]); chooser.value = ""; });
  document.querySelector("main").addEventListener("click", (event) => {
    const button = event.target.closest("button.remove");
    if (button) remove(button);
  });
  const filter = document.getElementById("filter");
  let typing = null;
  const show = () => {
    const asked = [...new FormData(filter)].filter(([, value]) => value);
    history.replaceState(null, "", "/?" + new URLSearchParams(asked));
    refreshStories();
  };
  filter.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  filter.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(show, TYPING_MS); });
  updateJobs();
}

// ---- corrections

const correct = document.getElementById("correct");

async function save(event) {
  event.preventDefault();
  const status = document.getElementById("status");
  status.textContent = "Reading…";
  const story = correct.dataset.story;
  const response = await send("/stories/" + story + "/corrections", document.getElementById("toml").value);
  if (!response.ok) { status.textContent = await errorMessage(response); return; }
  const { job } = await response.json();
  for (;;) {
    await new Promise((done) => setTimeout(done, POLL_MS));
    const own = (await (await fetch("/jobs")).json()).find((one) => one.id === job);
    if (!own || own.state === "done" || own.state === "failed") {
      status.textContent = own ? own.state + (own.message ? ": " + own.message : "") : "done";
      if (own && own.story) location.href = "/stories/" + own.story;
      return;
    }
  }
}

if (correct) {
  correct.addEventListener("submit", save);
  // The story's page, which has no rights here, may send its corrections; the user still has to save them. It sends all of
  // them each time, so they are merged into the text from before the last time, unless the user has edited it since.
  const area = document.getElementById("toml");
  const frame = document.querySelector("iframe.story").contentWindow;
  const sayHello = () => frame.postMessage({ dramaturg: "room" }, "*"); // the page has an opaque origin
  let [beforeMerge, afterMerge] = [area.value, area.value];
  window.addEventListener("message", async (event) => {
    if (event.source !== frame || !event.data || event.data.dramaturg !== "page") return;
    if (typeof event.data.corrections !== "string") { sayHello(); return; }
    const status = document.getElementById("status");
    const text = area.value === afterMerge ? beforeMerge : area.value;
    const response = await send("/merged", JSON.stringify({ text, more: event.data.corrections }));
    document.querySelector("details.corrections").open = true;
    if (!response.ok) { status.textContent = await errorMessage(response); return; }
    beforeMerge = text;
    area.value = (await response.json()).text;
    afterMerge = area.value; // as the browser normalises it
    status.textContent = "Added from the page, not saved yet.";
    const button = correct.querySelector("button");
    button.focus({ preventScroll: true });
    button.scrollIntoView({ block: "nearest" });
  });
  sayHello();
  document.getElementById("toml-file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) document.getElementById("toml").value = await file.text();
  });
}
