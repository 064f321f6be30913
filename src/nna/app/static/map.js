// The map: what a place is about, who came before and after it, zoom, and narrowing to a part.
// A classic script, in a block of its own: modules don't load where pages are opened as files.
{
const map = document.querySelector(".map");
const svg = map.querySelector("svg");
const form = document.getElementById("narrow");
const idea = document.getElementById("idea");
const places = [...map.querySelectorAll("a")];
const edges = [...map.querySelectorAll(".edge")];
const listed = [...document.querySelectorAll(".listed li")]; // the same in words, on phones
const [wide, high] = [svg.width.baseVal.value, svg.height.baseVal.value];
const HEAD = 24; // pixels that the years take
let [top, tall] = [0, high]; // the part that is drawn
const at = new Map(places.map((place) => {
  const dot = place.querySelector("circle");
  return [place, { x: dot.cx.baseVal.value, y: dot.cy.baseVal.value }];
}));
let scale = 1;

// The browser's own hint comes late and can't be styled: the same words, beside the place.
for (const place of places) {
  const title = place.querySelector("title");
  place.setAttribute("aria-label", title.textContent);
  place.dataset.says = title.textContent;
  title.remove();
}

// All that came before a place, or after it, however far, with the lines between.
function kin(id, [from, to]) {
  const [met, lines, open] = [new Set([id]), new Set(), [id]];
  for (let one = open.pop(); one; one = open.pop()) {
    for (const edge of edges.filter((edge) => edge.dataset[from] === one)) {
      lines.add(edge);
      if (!met.has(edge.dataset[to])) open.push(edge.dataset[to]);
      met.add(edge.dataset[to]);
    }
  }
  return [met, lines];
}

function show(place) {
  const [before, after] = [["to", "from"], ["from", "to"]].map((way) => kin(place.dataset.id, way));
  const near = new Set([...before[0], ...after[0]]);
  for (const edge of edges) edge.classList.toggle("near", before[1].has(edge) || after[1].has(edge));
  for (const other of places) other.classList.toggle("near", near.has(other.dataset.id));
  map.classList.add("chosen");
  idea.textContent = place.dataset.says;
  idea.hidden = false;
  const { x, y } = at.get(place);
  const down = (y - top) * scale;
  const left = Math.min(x * scale, map.scrollLeft + map.clientWidth - idea.offsetWidth - 8);
  const above = down - idea.offsetHeight - 14;
  idea.style.left = `${Math.max(map.scrollLeft, left)}px`;
  idea.style.top = `${above > 0 ? above : down + 16}px`;
}

function hide() {
  map.classList.remove("chosen");
  for (const one of map.querySelectorAll(".near")) one.classList.remove("near");
  idea.hidden = true;
}

// One place is reached by the tab key, the others from it by arrows.
function take(place) {
  for (const other of places) other.tabIndex = other === place ? 0 : -1;
}

function beside(place, key) {
  const from = at.get(place);
  const [across, down] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
  let best, least = Infinity;
  for (const other of places) {
    if (other === place || other.classList.contains("out")) continue;
    const [dx, dy] = [at.get(other).x - from.x, at.get(other).y - from.y];
    const along = dx * across + dy * down;
    const away = Math.abs(dx * down) + Math.abs(dy * across);
    if (along > 0 && along + 3 * away < least) [best, least] = [other, along + 3 * away];
  }
  return best;
}

for (const place of places) {
  for (const event of ["mouseenter", "focus"]) place.addEventListener(event, () => show(place));
  for (const event of ["mouseleave", "blur"]) place.addEventListener(event, hide);
  place.addEventListener("focus", () => take(place));
}

map.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const place = event.target.closest("a");
  if (event.key.startsWith("Arrow") && place) {
    const next = beside(place, event.key);
    next?.focus({ preventScroll: true });
    next?.querySelector("text").scrollIntoView({ block: "nearest", inline: "nearest" });
  } else if (event.key === "+" || event.key === "=") zoom(1.25);
  else if (event.key === "-") zoom(0.8);
  else if (event.key === "0") zoom(1 / scale);
  else if (event.key === "Escape") hide();
  else return;
  event.preventDefault();
});

function zoom(by, x = map.clientWidth / 2, y = map.clientHeight / 2) {
  const next = Math.min(4, Math.max(0.4, scale * by));
  const grown = next / scale;
  scale = next;
  svg.setAttribute("width", wide * scale);
  svg.setAttribute("height", tall * scale);
  map.classList.toggle("zoomed", scale > 1);
  map.scrollLeft = (map.scrollLeft + x) * grown - x;
  map.scrollTop = (map.scrollTop + y) * grown - y;
  hide();
  stay();
}

map.addEventListener("wheel", (event) => {
  if (!event.ctrlKey) return;
  event.preventDefault();
  const box = map.getBoundingClientRect();
  zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1, event.clientX - box.left, event.clientY - box.top);
}, { passive: false });
for (const button of form.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => zoom(button.dataset.zoom === "in" ? 1.25 : 0.8));
}

// The years stay above and the families on the left, however far the map is scrolled.
function stay() {
  const box = map.getBoundingClientRect();
  const bar = document.querySelector("header").getBoundingClientRect().bottom;
  const down = Math.max(map.scrollTop, Math.min(bar - box.top, box.height - 60)) / scale;
  for (const year of svg.querySelectorAll("text.year")) year.setAttribute("y", top + 16 + Math.max(0, down));
  for (const family of svg.querySelectorAll("text.family")) family.setAttribute("x", 8 + map.scrollLeft / scale);
}
svg.append(...svg.querySelectorAll("text.family, text.year")); // above what they pass over
map.addEventListener("scroll", stay, { passive: true });
window.addEventListener("scroll", stay, { passive: true });

// One family alone: only its lane is drawn, below the years.
function lane(family) {
  const own = family && svg.querySelector(`rect[data-family="${family}"]`);
  [top, tall] = own ? [own.y.baseVal.value - HEAD, own.height.baseVal.value + HEAD] : [0, high];
  svg.setAttribute("viewBox", `0 ${top} ${wide} ${tall}`);
  for (const other of svg.querySelectorAll("rect, .family")) other.classList.toggle("out", Boolean(own) && other.dataset.family !== family);
  zoom(1);
}

function narrow() {
  const wanted = Object.fromEntries(new FormData(form));
  const [first, last] = [Number(wanted.from) || -Infinity, Number(wanted.to) || Infinity];
  const kept = new Set();
  for (const place of places) {
    const { family, task, takes, year } = place.dataset;
    const fits = (!wanted.family || family === wanted.family)
      && (!wanted.task || task.split(" ").includes(wanted.task))
      && (!wanted.takes || takes.split(" ").includes(wanted.takes))
      && first <= Number(year) && Number(year) <= last;
    place.classList.toggle("out", !fits);
    if (fits) kept.add(place.dataset.id);
  }
  for (const one of listed) one.hidden = !kept.has(one.dataset.id);
  for (const part of document.querySelectorAll(".listed section")) part.hidden = !part.querySelector("li:not([hidden])");
  for (const edge of edges) edge.classList.toggle("out", !(kept.has(edge.dataset.from) && kept.has(edge.dataset.to)));
  lane(wanted.family);
  document.getElementById("shown").textContent = `${kept.size} of ${places.length}`;
  take(places.find((place) => kept.has(place.dataset.id)));
  const said = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
  if (location.protocol !== "file:") history.replaceState(null, "", said.size ? `?${said}` : location.pathname);
}

for (const [name, value] of new URLSearchParams(location.search)) {
  if (form.elements[name]) form.elements[name].value = value;
}
form.hidden = false;
form.addEventListener("input", narrow);
form.addEventListener("reset", () => setTimeout(narrow));
form.addEventListener("submit", (event) => event.preventDefault());
narrow();
}
