// Search in the page: every word must occur, begin a word, or resemble one by a typing error or two.
let entries;

async function load(root) {
  // A script and not JSON, so that it also loads where pages are opened as files.
  const module = await import("./index.js");
  return module.default.map(([kind, title, address, id, words]) => ({
    kind, title, address, id,
    named: split(`${title} ${id}`),
    words: split(words),
  }));
}

function split(text) {
  return [...new Set(text.toLowerCase().normalize("NFD").replace(/[^\w]+/g, " ").split(" ").filter(Boolean))];
}

function distance(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const now = [i];
    for (let j = 1; j <= b.length; j++) {
      now[j] = Math.min(now[j - 1] + 1, before[j] + 1, before[j - 1] + (a[i - 1] !== b[j - 1]));
    }
    before = now;
  }
  return before[b.length];
}

function closeness(word, known) {
  let best = 0;
  const most = word.length > 7 ? 2 : word.length > 3 ? 1 : 0;
  for (const other of known) {
    if (other === word) return 1;
    if (other.startsWith(word)) best = Math.max(best, 0.7);
    else if (best < 0.4 && most && distance(word, other, most) <= most) best = 0.4;
  }
  return best;
}

export async function search(root, query, limit) {
  entries ??= load(root);
  const words = split(query);
  if (!words.length) return [];
  const hits = [];
  for (const entry of await entries) {
    let score = entry.kind === "architecture" ? 0.5 : 0;
    for (const word of words) {
      const found = Math.max(8 * closeness(word, entry.named), closeness(word, entry.words));
      if (!found) { score = 0; break; }
      score += found;
    }
    if (score > 0.5) hits.push({ ...entry, score });
  }
  return hits.sort((a, b) => b.score - a.score).slice(0, limit);
}
