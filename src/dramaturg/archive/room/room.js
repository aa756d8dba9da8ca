// The reading room's few moving parts: sending files, telling how far reading is, saving corrections.
"use strict";

const SECRET = document.querySelector('meta[name="dramaturg-secret"]').content;
const EVERY = 1000; // milliseconds between two looks at what is being read
const FRESH = 15000; // milliseconds after which the list of stories shows what was read meanwhile

function send(address, body) {
  return fetch(address, { method: "POST", body, headers: { "X-Dramaturg": SECRET } });
}

async function told(response) {
  const text = await response.text();
  try { return JSON.parse(text).message || ""; } catch { return text || response.statusText; }
}

// ---- uploads

const jobs = document.getElementById("jobs");
const local = []; // what could not even be sent

async function upload(files) {
  const largest = Number(document.getElementById("upload").dataset.largest);
  for (const file of files) {
    if (file.size > largest) {
      local.unshift({ name: file.name, state: "failed", message: "larger than " + Math.floor(largest / 1048576) + " MB" });
      look();
      continue;
    }
    try {
      const response = await send("/uploads?" + new URLSearchParams({ name: file.name }), file);
      if (!response.ok) local.unshift({ name: file.name, state: "failed", message: await told(response) });
    } catch (error) {
      local.unshift({ name: file.name, state: "failed", message: String(error) });
    }
    look();
  }
}

let timer = null;
let busy = false;
let refreshed = Date.now();

async function look() {
  clearTimeout(timer);
  const all = await (await fetch("/jobs")).json();
  const working = all.some((job) => job.state === "waiting" || job.state === "reading");
  show([...local, ...all].slice(0, 12));
  if (busy && (!working || Date.now() > refreshed + FRESH)) refresh();
  busy = working;
  if (working) timer = setTimeout(look, EVERY);
}

function show(list) {
  jobs.replaceChildren(...list.map((job) => {
    const item = document.createElement("li");
    item.className = job.state;
    if (job.story) {
      const link = document.createElement("a");
      link.href = "/stories/" + job.story;
      link.textContent = job.name;
      item.append(link);
    } else {
      item.append(job.name);
    }
    item.append(": " + job.state + (job.message ? " (" + job.message + ")" : "") + " ");
    if (job.state === "reading" && job.listed > 1) {
      const bar = document.createElement("progress");
      bar.max = job.listed;
      bar.value = job.done;
      item.append(bar, " " + job.done + " of " + job.listed);
    }
    return item;
  }));
}

async function refresh() {
  refreshed = Date.now();
  const text = await (await fetch(location.href)).text();
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const name of ["table", ".counts", ".turn", ".empty"]) {
    const now = document.querySelector("main " + name);
    const then = fresh.querySelector("main " + name);
    if (now && then) now.replaceWith(then);
    else if (then) document.querySelector("main").append(then);
    else if (now) now.remove();
  }
}

if (jobs) {
  const chooser = document.getElementById("files");
  document.getElementById("upload").addEventListener("submit", (event) => event.preventDefault());
  chooser.addEventListener("change", () => { upload([...chooser.files]); chooser.value = ""; });
  for (const name of ["dragover", "dragenter"]) {
    document.addEventListener(name, (event) => { event.preventDefault(); document.body.classList.add("over"); });
  }
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("over");
    upload([...event.dataTransfer.files]);
  });
  look();
}

// ---- corrections

const correct = document.getElementById("correct");

async function save(event) {
  event.preventDefault();
  const said = document.getElementById("said");
  said.textContent = "reading …";
  const story = correct.dataset.story;
  const response = await send("/stories/" + story + "/corrections", document.getElementById("toml").value);
  if (!response.ok) { said.textContent = await told(response); return; }
  const { job } = await response.json();
  for (;;) {
    await new Promise((done) => setTimeout(done, EVERY));
    const mine = (await (await fetch("/jobs")).json()).find((one) => one.id === job);
    if (!mine || mine.state === "done" || mine.state === "failed") {
      said.textContent = mine ? mine.state + (mine.message ? ": " + mine.message : "") : "done";
      if (mine && mine.story) location.href = "/stories/" + mine.story;
      return;
    }
  }
}

if (correct) {
  correct.addEventListener("submit", save);
  // The story's page, which has no rights here, may hand over what was clicked in it; a person still has to save it.
  // It may do so many times, each time everything: so it goes to what stood there before, unless that was changed by hand.
  const area = document.getElementById("toml");
  const frame = document.querySelector("iframe.story").contentWindow;
  const greet = () => frame.postMessage({ dramaturg: "room" }, "*"); // the page's origin is its own, and has no name
  let [before, after] = [area.value, area.value];
  window.addEventListener("message", async (event) => {
    if (event.source !== frame || !event.data || event.data.dramaturg !== "page") return;
    if (typeof event.data.corrections !== "string") { greet(); return; }
    const said = document.getElementById("said");
    const text = area.value === after ? before : area.value;
    const response = await send("/merged", JSON.stringify({ text, more: event.data.corrections }));
    document.querySelector("details.corrections").open = true;
    if (!response.ok) { said.textContent = await told(response); return; }
    before = text;
    area.value = (await response.json()).text;
    after = area.value; // as the browser keeps it
    said.textContent = "from the page; not saved yet";
    const button = correct.querySelector("button");
    button.focus({ preventScroll: true });
    button.scrollIntoView({ block: "nearest" });
  });
  greet();
  document.getElementById("toml-file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) document.getElementById("toml").value = await file.text();
  });
}
