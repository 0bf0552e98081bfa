// A way past the menu, the choices and the charts: the first stop of the Tab key leads to the gallery.

class SkipLink {
  constructor(words, act) {
    // A landmark of its own: it stands before all others.
    this.host = document.createElement("nav");
    this.host.setAttribute("aria-label", words);
    const root = this.host.attachShadow({ mode: "open" });
    root.innerHTML = `<style>
      a { position: fixed; top: 8px; left: 8px; z-index: 1000000; padding: 10px 16px; border-radius: 8px;
          background: #0f172a; color: #fff; font: 600 15px sans-serif; outline: 3px solid #fff; }
      a:not(:focus) { clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
    </style><a href="#gallery"></a>`;
    const link = root.querySelector("a");
    link.textContent = words;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      act();
    });
    document.body.prepend(this.host);
  }

  close() {
    this.host.remove();
  }
}
