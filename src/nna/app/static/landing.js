// The first page's network: learns one data set after the other, as long as somebody looks.
{
const [figure, plot, said, button] = [document.querySelector(".hero figure"), ...["hero-plot", "hero-said", "hero-run"].map((id) => document.getElementById(id))];
const drawing = new Stage.Drawing(document.getElementById("hero-net"));
const SETS = ["moons", "xor", "circles", "spirals"].map((data) => ({ data, layers: data === "spirals" ? "8,6" : "5,3", optimiser: "adam", learning_rate: "0.02", noise: data === "spirals" ? "0" : "8" }));
const [EPOCHS, REST] = [150, 110]; // frames of rest once it is learnt
let [turn, training, running, seen, resting] = [0, null, false, true, 0];

function begin() {
  training = new Network.Training(Network.settings(SETS[turn % SETS.length]));
  drawing.build(training);
  turn++;
}

function show() {
  training.keep();
  Stage.plot(plot, training, drawing.draw().at(-1)[0]);
  const { loss, accuracy } = training.now.train;
  said.textContent = `${Network.DATA[training.settings.data].title}, epoch ${Math.floor(training.epoch)}: loss ${loss.toFixed(3)}, ${Math.round(100 * accuracy)} % right. `;
}

function frame() {
  if (!running || !seen) return;
  if (training.epoch < EPOCHS) {
    for (let i = 0; i < 4; i++) training.step();
    show();
  } else if (++resting > REST) {
    resting = 0;
    begin();
  }
  requestAnimationFrame(frame);
}

function run(on) {
  running = on;
  button.textContent = on ? "Pause" : "Run";
  if (on) requestAnimationFrame(frame);
}

button.addEventListener("click", () => {
  if (!running && training.epoch >= EPOCHS) begin();
  run(!running);
});
new IntersectionObserver(([entry]) => {
  const was = seen;
  seen = entry.isIntersecting;
  if (seen && !was && running) requestAnimationFrame(frame);
}).observe(figure);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);

figure.hidden = false;
begin();
// Who asked for less motion gets it learnt, and a button.
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
while (calm && training.epoch < EPOCHS) training.step();
show();
run(!calm);
}
