// Predict, run, see: a network of the page is trained once an answer was chosen.
for (const part of document.querySelectorAll(".case")) {
  const [canvas, said, told] = [part.querySelector("canvas"), part.querySelector("[data-said]"), part.querySelector(".told")];
  const buttons = [...part.querySelectorAll("[data-choice]")];
  const settings = Network.settings(Object.fromEntries(new URLSearchParams(part.dataset.settings)));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const epochs = Number(part.dataset.epochs);
  const training = new Network.Training(settings);
  let chosen;
  Stage.plot(canvas, training, null);

  function show() {
    training.keep();
    Stage.plot(canvas, training, Stage.output(training));
    const { train: { loss, accuracy } } = training.now;
    said.textContent = `Epoch ${Math.floor(training.epoch)}: training loss ${loss.toPrecision(3)}${accuracy === null ? "" : `, ${Math.round(100 * accuracy)} % right`}`;
  }

  function frame() {
    const until = calm ? epochs : Math.min(epochs, training.epoch + epochs / 90);
    while (training.epoch < until && !training.diverged) training.step();
    show();
    if (training.epoch < epochs && !training.diverged) requestAnimationFrame(frame);
    else {
      part.classList.add(chosen === part.dataset.right ? "good" : "bad");
      told.firstElementChild.prepend(chosen === part.dataset.right ? "As you said. " : "Not as you said. ");
      told.hidden = false;
    }
  }

  for (const button of buttons) {
    button.disabled = false;
    button.addEventListener("click", () => {
      for (const other of buttons) {
        other.disabled = true;
        other.setAttribute("aria-pressed", String(other === button));
      }
      chosen = button.dataset.choice;
      requestAnimationFrame(frame);
    });
  }
}
