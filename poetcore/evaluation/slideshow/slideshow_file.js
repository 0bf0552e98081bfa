// The slideshow in a file of its own: pictures and heat maps stand in it as base64, in elements that are no scripts.

const inFile = (id) => document.getElementById(id)?.textContent;

const load = (picture) => `data:image/jpeg;base64,${inFile(picture)}`;

async function looks(_kind, _run, picture, { label }) {
  const text = inFile(`${picture}/${label}`);
  if (!text) return { error: `There is no heat map of ${label} in this file.` };
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return { blob: new Blob([bytes], { type: "image/png" }) };
}

document.body.classList.add("is-ready");
mount(document.querySelector(".show"), JSON.parse(inFile("deck")), { load, looks });
