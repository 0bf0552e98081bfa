// A gallery to look at: cards, each of which opens in the light-box.

class Gallery {
  constructor(root) {
    this.grid = root.querySelector(".poet-grid");
    this.box = new LightBox(root.parentNode.querySelector(".lightbox"), this.grid);
  }

  update(data, send) {
    const received = JSON.stringify(data);
    if (received !== this.received) {
      this.received = received;
      const groups = data.cards.map((card) => card.group);
      const boxes = boxesOf(data.cards.map(figureOf), groups);
      if (data.alone) boxes.filter((box) => box.childElementCount === 1).forEach((box) => box.append(this.gone(data.alone)));
      this.grid.replaceChildren(...boxes);
      this.grid.classList.toggle("poet-pairs", groups.some((group) => group !== ""));
      this.grid.classList.toggle("poet-large", data.large);
      this.box.update(data);
    }
    this.box.send = send;
  }

  gone(words) {
    const figure = element("figure", "");
    figure.append(element("figcaption", "", words));
    return figure;
  }

  close() {
    this.box.destroy();
  }
}

const galleries = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery");
  let gallery = galleries.get(parentElement);
  if (gallery?.root !== root) {
    gallery?.close();
    gallery = new Gallery(root);
    gallery.root = root;
    galleries.set(parentElement, gallery);
  }
  gallery.update(data, setTriggerValue);
  return () => {
    galleries.get(parentElement)?.close();
    galleries.delete(parentElement);
  };
}
