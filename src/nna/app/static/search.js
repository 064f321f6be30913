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
    const places = new Map(); // word -> [entry, label, how often]
    const named = new Set();
    const entries = documents.map(([kind, id, address, title, mark, also, fields]) => {
      const entry = { kind, id, address, title: mark + title, names: [id, title, ...also].map(split) };
      for (const [label, text] of Object.entries(fields)) for (const [word, count] of tally(indexed(text))) {
        if (!places.has(word)) places.set(word, []);
        places.get(word).push([entry, label, count]);
      }
      for (const name of [id, ...also, fields.name ?? ""]) for (const word of split(name)) named.add(word);
      return entry;
    });
    return { rules, split, entries, places, named, synonyms, known: [...places.keys()].sort() };
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

  function right({ known, places, named }, word) {
    if (word.length < 4 || known.some((other) => other.startsWith(word))) return null;
    const most = word.length < 8 ? 1 : 2;
    let best = null;
    for (const other of known) {
      const far = distance(word, other);
      if (far > most) continue;
      const rank = [far, !named.has(other), -places.get(other).reduce((sum, [, , count]) => sum + count, 0), other];
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

  function meanings(word, { known, places, rules }) {
    const meant = new Map();
    if (places.has(word)) meant.set(word, 1);
    if (word.length > 2) for (const other of known) if (other !== word && other.startsWith(word)) meant.set(other, rules.begins);
    return meant;
  }

  // Entry -> what each word of the query counts there, at its best place.
  function found(meant, { entries, places, rules }) {
    const best = new Map();
    for (const [i, words] of meant.entries()) {
      const holds = new Set([...words.keys()].flatMap((word) => places.get(word).map(([entry]) => entry)));
      const rare = Math.log(1 + entries.length / Math.max(1, holds.size));
      for (const [word, value] of words) for (const [entry, label, count] of places.get(word)) {
        if (!best.has(entry)) best.set(entry, meant.map(() => 0));
        const own = best.get(entry);
        own[i] = Math.max(own[i], (rules.weights[label] ?? 1) * rare * value * (1 + Math.log(count)));
      }
    }
    return best;
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
      for (const [entry, counts] of found(meant, index)) {
        const score = (place ? index.rules.synonym : 1) * counts.reduce((sum, value) => sum + value, 0) / asked.length;
        const missing = counts.filter((value) => !value).length;
        const named = entry.names.some((name) => same(name, asked));
        const rank = [!named, missing, !(named && entry.kind === "architecture"), -score, entry.id];
        if (!best.has(entry) || compare(rank, best.get(entry)) < 0) best.set(entry, rank);
      }
    }
    const hits = [...best].sort((a, b) => compare(a[1], b[1])).map(([entry]) => entry);
    return { hits: hits.slice(0, limit), readAs };
  };
})();
