// What moves in the atlas: search, sorting, filtering. Every page reads without it.
// A classic script, in a block of its own: modules don't load where pages are opened as files.
{
const root = document.querySelector("script[data-root]").dataset.root;

function sortable(table) {
  const body = table.tBodies[0];
  for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement("button");
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
      const order = new Intl.Collator("en", { numeric: true });
      const rows = [...body.rows].sort((a, b) => order.compare(value(a), value(b)));
      body.append(...(down ? rows.reverse() : rows));
    });
  }
}

// A line of code that a link leads to is shown, whatever it is folded in.
function unfold() {
  const goal = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = goal?.closest("details:not([open])");
  if (!folded) return;
  folded.open = true;
  goal.scrollIntoView();
}
window.addEventListener("hashchange", unfold);
unfold();

// Shows what holds all the words, and belongs to the choice beside the field, where there is one.
function filter(input) {
  const only = input.closest(".controls")?.querySelector("select[data-only]");
  const parts = document.querySelectorAll(input.dataset.filter);
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const part of parts) {
      const text = part.textContent.toLowerCase();
      const chosen = !only?.value || part.dataset.only === only.value;
      part.hidden = !chosen || !words.every((word) => text.includes(word));
    }
    for (const group of document.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector(`${input.dataset.filter}:not([hidden])`);
    }
  };
  input.addEventListener("input", apply);
  only?.addEventListener("change", apply);
}

function entry(hit) {
  const link = document.createElement("a");
  link.href = root + hit.address;
  const kind = document.createElement("span");
  kind.className = "small";
  kind.textContent = " " + hit.kind;
  link.append(hit.title, kind);
  return link;
}

async function whole(query, results) {
  const show = async () => {
    const { hits, readAs } = await Search(query.value, 60);
    results.replaceChildren(...hits.map(entry));
    if (readAs.size) results.prepend(`Read as ${[...readAs.values()].join(", ")}. `);
    if (query.value && !hits.length) results.textContent = "Nothing found.";
  };
  query.value = new URLSearchParams(location.search).get("q") ?? "";
  query.addEventListener("input", show);
  if (!results.childElementCount) await show();
}

function atOnce(form) {
  const query = form.querySelector("input");
  const found = form.querySelector("#found");
  let chosen = -1;
  const open = (on) => {
    found.hidden = !on;
    query.setAttribute("aria-expanded", String(on));
    query.removeAttribute("aria-activedescendant");
  };
  query.setAttribute("role", "combobox");
  query.setAttribute("aria-autocomplete", "list");
  open(false);
  const choose = (place) => {
    const links = [...found.children];
    chosen = links.length ? (place + links.length) % links.length : -1;
    links.forEach((link, i) => link.setAttribute("aria-selected", i === chosen));
    links[chosen]?.scrollIntoView({ block: "nearest" });
    if (links[chosen]) query.setAttribute("aria-activedescendant", links[chosen].id);
  };
  query.addEventListener("input", async () => {
    const { hits } = await Search(query.value, 8);
    found.replaceChildren(...hits.map(entry));
    [...found.children].forEach((link, i) => {
      link.id = `found-${i}`;
      link.setAttribute("role", "option");
      link.setAttribute("aria-selected", "false");
    });
    open(hits.length > 0);
    chosen = -1;
  });
  query.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Escape") open(false);
    else if (event.key === "Enter" && chosen >= 0) location.href = found.children[chosen].href;
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (event.key !== "/" || typing) return;
    event.preventDefault();
    query.focus();
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) open(false);
  });
}

document.querySelectorAll("table.sortable").forEach(sortable);
document.querySelectorAll("input[data-filter]").forEach(filter);
atOnce(document.querySelector("form.search"));
// On a narrow screen the menu is a strip: show where one is.
const here = document.querySelector("header [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 60;
const results = document.querySelector("#results");
if (results) whole(document.querySelector("#query"), results);

// A formula's LaTeX, to be taken along.
for (const frame of document.querySelectorAll(".display")) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "copy", textContent: "LaTeX" });
  button.setAttribute("aria-label", "Copy the formula as LaTeX");
  button.addEventListener("click", async () => {
    const { tex } = frame.dataset;
    try {
      await navigator.clipboard.writeText(tex);
      button.textContent = "Copied";
    } catch { // not over plain HTTP from another machine: shown, to be marked by hand
      button.replaceWith(Object.assign(document.createElement("code"), { textContent: tex }));
    }
    setTimeout(() => { button.textContent = "LaTeX"; }, 1500);
  });
  frame.after(button);
}

// Each heading that can be linked to has a link to itself; its mark is no text.
for (const heading of document.querySelectorAll("main :is(h2, h3)[id], main .claim[id] > h3")) {
  const id = heading.id || heading.parentElement.id;
  const link = Object.assign(document.createElement("a"), { className: "anchor", href: `#${id}` });
  link.setAttribute("aria-label", `Link to: ${heading.textContent.trim()}`);
  heading.append(link);
}

// The page's own address, with all that was chosen on it.
for (const button of document.querySelectorAll("[data-copy-link]")) {
  button.addEventListener("click", async () => {
    const said = button.nextElementSibling;
    try {
      await navigator.clipboard.writeText(location.href);
      said.textContent = "Copied.";
    } catch { // not allowed here: shown, to be marked by hand
      said.replaceChildren(Object.assign(document.createElement("code"), { textContent: location.href }));
    }
  });
}

// What isn't finished is read again until it is: a run, a measurement.
async function fresh(address, id) {
  const answer = await fetch(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.getElementById(id);
}

async function follow(part, address) {
  while (part.matches("[data-live]")) {
    await new Promise((go) => setTimeout(go, 1000));
    const next = await fresh(address, part.id);
    if (!next) return;
    part.replaceWith(next);
    part = next;
  }
}

for (const live of document.querySelectorAll("[data-live]")) follow(live, location.href);

// A training set going from a card shows its curves there.
for (const form of document.querySelectorAll("form[data-begin]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [button, said] = [form.querySelector("button"), form.nextElementSibling];
    button.disabled = true;
    said.textContent = "Starting …";
    const answer = await fetch(form.action, { method: "POST" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById("progress");
    if (part) {
      const link = Object.assign(document.createElement("a"), { href: answer.url, textContent: part.querySelector("h1").textContent });
      said.replaceChildren("Training: ", link);
      said.nextElementSibling.replaceChildren(part);
      await follow(part, answer.url);
      said.replaceChildren("Done: ", link);
    } else said.textContent = page.querySelector("#content p").textContent;
    button.disabled = false;
  });
}
}
