// What `nna.atlas.search` does, step by step, for pages that no server stands behind. A classic
// script, and an index that is one as well: both load where pages are opened as files.
const Search = (() => {
  const script = document.currentScript;
  let made;

  function load() {
    return new Promise((done, failed) => {
      const index = document.createElement("script");
      index.src = new URL("index.js", script.src).href;
      index.onload = () => done(prepare(window.nnaIndex));
      index.onerror = failed;
      document.head.append(index);
    });
  }

  const tally = (words) => {
    const counts = new Map();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return counts;
  };
  const unique = (words) => [...new Set(words)];
  const before = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const plain = (text) => text.replaceAll("_", " ").normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase();
  const same = (a, b) => a.length === b.length && a.every((word, i) => word === b[i]);

  function prepare({ rules, documents, synonyms }) {
    const spelt = (word) => {
      for (const [british, both] of rules.spellings) word = word.replaceAll(british, both);
      return word.replace(new RegExp(rules.ends), "$1iz$2");
    };
    const split = (text) => (plain(text).match(new RegExp(rules.word, "g")) ?? []).map(spelt);
    const indexed = (text) => [
      ...split(text),
      ...(plain(text).match(new RegExp(rules.hyphened, "g")) ?? []).map((word) => spelt(word.replaceAll("-", ""))),
    ];
    const seen = new Map();
    const named = new Set();
    const entries = documents.map(([kind, id, address, title, mark, also, fields]) => {
      const counts = Object.entries(fields).map(([label, text]) => [label, tally(indexed(text))]);
      for (const [, words] of counts) for (const [word, n] of words) seen.set(word, (seen.get(word) ?? 0) + n);
      for (const name of [id, ...also, fields.name ?? ""]) for (const word of split(name)) named.add(word);
      return { kind, id, address, title: mark + title, counts, names: [id, title, ...also].map(split) };
    });
    return { rules, split, entries, seen, named, synonyms, known: [...seen.keys()].sort() };
  }

  function swapped(a, b) {
    if (a.length !== b.length) return false;
    return [...a].some((_, i) => i + 1 < a.length && a.slice(0, i) + a[i + 1] + a[i] + a.slice(i + 2) === b);
  }

  function distance(a, b) {
    if (a.length < 6) return swapped(a, b) ? 1 : 9;
    if (Math.abs(a.length - b.length) > 2) return 9;
    const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      const last = rows[i - 1];
      for (let j = 1; j <= b.length; j++) {
        let least = Math.min(last[j], row[j - 1], last[j - 1] - (a[i - 1] === b[j - 1])) + 1;
        if (i > 1 && j > 1 && a[i - 2] === b[j - 1] && a[i - 1] === b[j - 2]) least = Math.min(least, rows[i - 2][j - 2] + 1);
        row.push(least);
      }
      rows.push(row);
    }
    return rows[a.length][b.length];
  }

  function right({ known, seen, named }, word) {
    if (word.length < 4 || known.some((other) => other.startsWith(word))) return null;
    const most = word.length < 8 ? 1 : 2;
    let best = null;
    for (const other of known) {
      const far = distance(word, other);
      if (far > most) continue;
      const rank = [far, !named.has(other), -seen.get(other), other];
      if (best === null || compare(rank, best) < 0) best = rank;
    }
    return best && best[3];
  }

  function compare(a, b) {
    for (const [i, one] of a.entries()) if (one !== b[i]) return before(one, b[i]);
    return 0;
  }

  function otherwise(asked, synonyms) {
    const every = [asked];
    for (const forms of synonyms) for (const form of forms) {
      for (let start = 0; start + form.length <= asked.length; start++) {
        if (!same(asked.slice(start, start + form.length), form)) continue;
        for (const other of forms) {
          if (!same(other, form)) every.push(unique([...asked.slice(0, start), ...other, ...asked.slice(start + form.length)]));
        }
      }
    }
    return every;
  }

  function meanings(word, { known, seen, rules }) {
    const meant = new Map();
    if (seen.has(word)) meant.set(word, 1);
    if (word.length > 2) for (const other of known) if (other !== word && other.startsWith(word)) meant.set(other, rules.begins);
    return meant;
  }

  function presence(meant, words) {
    let most = 0;
    for (const [word, value] of meant) if (words.has(word)) most = Math.max(most, value * (1 + Math.log(words.get(word))));
    return most;
  }

  function rarity(meant, entries) {
    const holds = ({ counts }) => counts.some(([, words]) => [...meant.keys()].some((word) => words.has(word)));
    return Math.log(1 + entries.length / Math.max(1, entries.filter(holds).length));
  }

  function ranked(entry, asked, meant, rare, factor, weights) {
    const best = asked.map((_, i) => Math.max(0, ...entry.counts.map(
      ([label, words]) => (weights[label] ?? 1) * rare[i] * presence(meant[i], words))));
    const missing = best.filter((value) => !value).length;
    if (missing === asked.length) return null;
    const score = factor * best.reduce((sum, value) => sum + value, 0) / asked.length;
    return [!entry.names.some((name) => same(name, asked)), missing, -score, entry.id];
  }

  // The best first, each with a title, a kind and an address; and what was taken for typing errors.
  return async function search(query, limit) {
    made ??= load();
    const index = await made;
    const typed = unique(index.split(query));
    const readAs = new Map(typed.map((word) => [word, right(index, word)]).filter(([, meant]) => meant));
    const best = new Map();
    const every = typed.length ? otherwise(typed.map((word) => readAs.get(word) ?? word), index.synonyms) : [];
    for (const [place, asked] of every.entries()) {
      const meant = asked.map((word) => meanings(word, index));
      const rare = meant.map((words) => rarity(words, index.entries));
      for (const entry of index.entries) {
        const rank = ranked(entry, asked, meant, rare, place ? index.rules.synonym : 1, index.rules.weights);
        if (rank && (!best.has(entry) || compare(rank, best.get(entry)) < 0)) best.set(entry, rank);
      }
    }
    const hits = [...best].sort((a, b) => compare(a[1], b[1])).map(([entry]) => entry);
    return { hits: hits.slice(0, limit), readAs };
  };
})();
