// The confusion matrix, whose cells are chosen with mouse, finger or keyboard. The table comes as finished HTML, escaped
// in Python. One cell is in the tab order, arrows lead to the others (the grid pattern of the ARIA practices guide).

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

class Matrix {
  constructor(root) {
    this.root = root;
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    root.addEventListener("click", (event) => this.click(event), { signal });
    root.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("keydown", (event) => this.escape(event), { signal });
  }

  /** Take what Python sent: the table, the labels that are shown, and the chosen cell, if there is one. */
  update(data, send) {
    this.send = send;
    if (data.html !== this.html) {
      this.html = data.html;
      this.root.innerHTML = data.html;
      const table = this.root.firstElementChild;
      table.setAttribute("role", "grid");
      this.rows = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1, -1));
      this.at = [0, 0];
      this.rows.flat().forEach((cell) => (cell.tabIndex = -1));
    }
    this.labels = data.labels;
    this.choose(data.chosen);
  }

  choose(chosen) {
    this.chosen = chosen;
    const row = chosen ? this.labels.indexOf(chosen[0]) : -1;
    const column = chosen ? this.labels.indexOf(chosen[1]) : -1;
    for (const cell of this.root.querySelectorAll("[aria-selected=true]")) cell.ariaSelected = "false";
    const cell = this.rows[row]?.[column];
    if (cell) cell.ariaSelected = "true";
    this.stop(cell ? [row, column] : this.at);
  }

  /** Make a cell the one to which Tab leads. */
  stop([row, column]) {
    const before = this.rows[this.at[0]]?.[this.at[1]];
    if (before) before.tabIndex = -1;
    this.at = [row, column];
    const cell = this.rows[row]?.[column];
    if (cell) cell.tabIndex = 0;
    return cell;
  }

  click(event) {
    const cell = event.target.closest("tbody td:not(.total)");
    if (!cell) return;
    const row = this.rows.findIndex((cells) => cells.includes(cell));
    const column = this.rows[row].indexOf(cell);
    this.stop([row, column])?.focus();
    const same = cell.ariaSelected === "true";
    this.ask(same ? null : [this.labels[row], this.labels[column]]);
  }

  key(event) {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      event.target.click();
      return;
    }
    const last = this.rows.length - 1;
    const [row, column] = this.at;
    const [down, right] = STEPS[event.key] ?? [0, 0];
    const limited = (place) => Math.max(0, Math.min(last, place));
    const next =
      event.key === "Home" ? [row, 0] : event.key === "End" ? [row, last] : [limited(row + down), limited(column + right)];
    if (next[0] === row && next[1] === column && !(event.key in STEPS)) return;
    event.preventDefault();
    this.stop(next)?.focus();
  }

  /** Escape clears the cell wherever the focus is, unless something else is closed by it. */
  escape(event) {
    if (event.key !== "Escape" || !this.chosen || event.defaultPrevented) return;
    const inside = event.composedPath().some((part) => part.matches?.("input:not([type=checkbox], [type=radio]), textarea, [role=dialog], [role=listbox]"));
    if (!inside) this.ask(null);
  }

  /** Show the choice at once, and tell Python of it. */
  ask(chosen) {
    this.choose(chosen);
    this.send("cell", { chosen });
  }

  close() {
    this.listeners.abort();
  }
}

const matrices = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".box");
  let matrix = matrices.get(parentElement);
  if (matrix?.root !== root) {
    matrix?.close();
    matrix = new Matrix(root);
    matrices.set(parentElement, matrix);
  }
  matrix.update(data, setTriggerValue);
  return () => {
    matrices.get(parentElement)?.close();
    matrices.delete(parentElement);
  };
}
