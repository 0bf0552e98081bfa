// The cards of a gallery: finished HTML, escaped in Python, and what stands together in one box.

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Make the figure of a card; it knows which stop of the light-box it opens. */
function figureOf(card) {
  const template = document.createElement("template");
  template.innerHTML = card.html;
  const figure = template.content.firstElementChild;
  figure.dataset.at = card.at;
  return figure;
}

/** Put figures whose cards follow each other and are of one group into one box; "" is of none. */
function boxesOf(figures, groups) {
  const made = [];
  figures.forEach((figure, index) => {
    const group = groups[index];
    if (group === "") made.push(figure);
    else if (index && group === groups[index - 1]) made.at(-1).append(figure);
    else {
      made.push(element("div", "poet-pair"));
      made.at(-1).append(figure);
    }
  });
  return made;
}
