// Ten of the quiz's sentences at a time, drawn by a number in the address; without it all are listed.
{
const TEN = 10;
const $ = (id) => document.getElementById(id);
const every = [...$("questions").children];
let seed, right, answered;

// As likely true as false, whatever there is more of.
function drawn() {
  const next = Network.uniform(seed);
  const left = { 0: every.filter((one) => one.dataset.true === "0"), 1: every.filter((one) => one.dataset.true === "1") };
  const chosen = [];
  while (chosen.length < TEN && left[0].length + left[1].length) {
    const kind = left[1].length && (next() < 0.5 || !left[0].length) ? 1 : 0;
    chosen.push(...left[kind].splice(Math.floor(next() * left[kind].length), 1));
  }
  return chosen;
}

function begin() {
  const asked = Number(/^#round=(\d{1,6})$/.exec(location.hash)?.[1]);
  seed = asked || 1 + Math.floor(Math.random() * 999999);
  history.replaceState(null, "", `#round=${seed}`);
  [right, answered] = [0, 0];
  $("questions").replaceChildren(...drawn().map(ask));
  score();
}

function ask(item) {
  const own = item.cloneNode(true);
  const details = own.querySelector("details");
  const [says, ...answer] = details.children;
  const question = document.createElement("p");
  question.append(...says.childNodes);
  const buttons = Object.assign(document.createElement("p"), { className: "buttons" });
  const told = Object.assign(document.createElement("div"), { hidden: true, className: "told" });
  told.append(...answer);
  told.setAttribute("role", "status");
  for (const [text, value] of [["True", "1"], ["False", "0"]]) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    button.addEventListener("click", () => {
      const good = value === own.dataset.true;
      answered++;
      right += good;
      for (const other of buttons.children) other.disabled = true;
      button.setAttribute("aria-pressed", "true");
      own.classList.add(good ? "good" : "bad");
      told.firstElementChild.prepend(good ? "Right. " : "Not so. ");
      told.hidden = false;
      score();
    });
    buttons.append(button, " ");
  }
  own.replaceChildren(question, buttons, told);
  return own;
}

function score() {
  const of = $("questions").children.length;
  $("score").textContent = answered ? `${right} of ${answered} right${answered === of ? ", and that was all" : ""}` : `${of} sentences`;
}

$("others").addEventListener("click", () => {
  history.replaceState(null, "", "#");
  begin();
  scrollTo({ top: 0 });
});
addEventListener("hashchange", begin);
$("round").hidden = false;
begin();
}
