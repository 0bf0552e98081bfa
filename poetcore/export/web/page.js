// The page: where pictures come from, and what is shown of the answer. What the model is stands in poet_page.json.

import { Problem, openModel } from "./model.js";
import { decoded, pixelsOf } from "./pixels.js";
/* global Camera, Smoothing -- of camera.js and smoothing.js */

/** So much is shown of an answer, and labels keep their places where they are no more than that. */
const SHOWN = 6;

const part = (id) => document.getElementById(id);
const [video, picture] = [part("video"), part("picture")];
const camera = new Camera(video);

let config = null;
let model = null;
let turn = 0; // every new picture, and the camera, overtakes what came before

start().catch((error) => {
  console.error(error);
  tell("");
  complain(error instanceof Problem ? error.message : `The model cannot be opened here: use a current browser (${error.message}).`);
});

async function start() {
  complain("");
  tell("Loading the model ...");
  config = await (await fetch("poet_page.json")).json();
  drawSamples();
  model = await openModel(config);
  tell("");
  part("app").hidden = false;
  document.documentElement.dataset.ready = model.accelerator;
  listen();
}

function listen() {
  part("camera").addEventListener("click", () => (camera.isOpen ? camera.close() : useCamera()));
  part("cameras").addEventListener("change", ({ target }) => useCamera(target.value));
  part("choose").addEventListener("click", () => part("file").click());
  part("file").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    target.value = ""; // the same file may be chosen again
    if (file) showFile(file);
  });
  camera.addEventListener("change", drawCamera);
  addEventListener("paste", ({ clipboardData }) => takeFirst(clipboardData));
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("is-over");
  });
  addEventListener("dragleave", ({ relatedTarget }) => relatedTarget ?? document.body.classList.remove("is-over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("is-over");
    takeFirst(event.dataTransfer);
  });
}

function takeFirst(transfer) {
  const [file] = transfer?.files ?? [];
  if (file) showFile(file);
}

/** Classify a picture of the visitor's, or a sample with its label. */
async function showFile(file, label = "") {
  camera.close();
  turn += 1;
  const mine = turn;
  complain("");
  let seen = null;
  try {
    seen = await decoded(file);
  } catch {
    if (mine === turn) complain(`This browser cannot read ${file.name || "that file"} as a picture: save it as JPEG or PNG.`);
    return;
  }
  const pixels = pixelsOf(seen.picture, config.size, seen.most);
  seen.picture.close();
  const probabilities = await model.classify(pixels);
  if (mine !== turn) return;
  URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(file);
  show(picture);
  draw(probabilities, label && `It was labelled ${label}.`);
}

async function showSample(file, label) {
  camera.close();
  turn += 1;
  const mine = turn;
  const response = await fetch(file).catch(() => null);
  const content = response?.ok ? await response.blob().catch(() => null) : null;
  if (mine !== turn) return;
  if (!content) return complain(`The sample picture ${file} is missing beside this page.`);
  await showFile(content, label);
  part("app").querySelector(".stage").scrollIntoView({ block: "nearest" }); // on a phone it may be above
}

async function useCamera(device = "") {
  turn += 1;
  complain("");
  const mine = turn;
  if (!(await camera.open(device))) {
    if (mine === turn || camera.problem) complain(camera.problem);
    return;
  }
  show(video);
  await listCameras();
  await follow(mine);
}

/** Classify one frame after another, the probabilities smoothed over time. */
async function follow(mine) {
  const smoothing = new Smoothing();
  while (camera.isOpen && mine === turn) {
    await nextFrame();
    if (!video.videoWidth || !camera.isOpen) continue;
    const found = await model.classify(pixelsOf(video, config.size));
    if (mine === turn && camera.isOpen) draw(smoothing.add(performance.now() / 1000, found));
  }
}

/** Until the camera has another frame; a page in the background has none. */
function nextFrame() {
  const soon = new Promise((resolve) => setTimeout(resolve, 500));
  const frame = new Promise((resolve) =>
    video.requestVideoFrameCallback ? video.requestVideoFrameCallback(resolve) : requestAnimationFrame(resolve),
  );
  return Promise.race([frame, soon]);
}

async function listCameras() {
  const found = await camera.devices();
  part("cameras").replaceChildren(...found.map(({ id, name }) => new Option(name, id, false, id === camera.device)));
  part("which").hidden = !camera.isOpen || found.length < 2;
}

function drawCamera() {
  part("camera").textContent = camera.isOpen ? "Stop the camera" : "Use the camera";
  video.classList.toggle("is-front", camera.isFront);
  if (camera.isOpen) return;
  part("which").hidden = true;
  if (camera.problem) complain(camera.problem);
  if (!video.hidden) show(part("hint"));
}

function show(element) {
  for (const one of [video, picture, part("hint")]) one.hidden = one !== element;
}

function drawSamples() {
  const items = config.samples.map(({ file, label }) => {
    const button = document.createElement("button");
    const image = Object.assign(new Image(), { src: file, loading: "lazy", alt: `Sample picture, labelled ${label}` });
    button.type = "button";
    button.append(image);
    button.addEventListener("click", () => showSample(file, label));
    const item = document.createElement("li");
    item.append(button);
    return item;
  });
  part("samples").querySelector("ul").replaceChildren(...items);
  part("samples").hidden = !items.length;
}

/** Draw an answer: in words, and the most probable labels as bars. */
function draw(probabilities, remark = "") {
  const order = probabilities.map((_, label) => label);
  const ranked = [...order].sort((a, b) => probabilities[b] - probabilities[a]);
  const told = toldOf(probabilities, ranked[0]);
  const answer = told.length ? told.map((label) => config.labels[label]).join(", ") : "None of these labels";
  if (part("answer").textContent !== answer) part("answer").textContent = answer; // a screen reader reads it anew
  const nearest = told.length ? "" : `Most like ${config.labels[ranked[0]]}, ${confidence(probabilities[ranked[0]])}.`;
  part("remark").textContent = [nearest, remark].filter(Boolean).join(" ");
  const shown = order.length > SHOWN ? ranked.slice(0, SHOWN) : order;
  const bars = part("bars");
  while (bars.children.length < shown.length) bars.append(newBar());
  shown.forEach((label, place) => fillBar(bars.children[place], label, probabilities[label], told.includes(label)));
}

/** The labels that are told: where a picture may have several, all above their thresholds. */
function toldOf(probabilities, top) {
  const { thresholds, least } = config;
  if (thresholds) return thresholds.map((_, label) => label).filter((label) => probabilities[label] >= thresholds[label]);
  return probabilities[top] >= (least ?? 0) ? [top] : [];
}

function newBar() {
  const item = document.createElement("li");
  item.innerHTML =
    '<div class="words"><span></span><span></span></div><div class="rail" aria-hidden="true"><div class="bar"></div></div>';
  return item;
}

function fillBar(item, label, probability, isTold) {
  const [name, figure] = item.querySelectorAll("span");
  name.textContent = config.labels[label];
  figure.textContent = confidence(probability);
  item.querySelector(".bar").style.transform = `scaleX(${probability})`;
  item.classList.toggle("is-told", isTold);
}

/** One that is not certain never reads as if it were. */
function confidence(probability) {
  if (probability > 0 && probability < 0.005) return "<1 %";
  if (probability >= 0.995 && probability < 1) return ">99 %";
  return `${Math.round(100 * probability)} %`;
}

function complain(words) {
  part("problem").textContent = words;
}

function tell(words) {
  part("status").textContent = words;
  part("status").hidden = !words;
}
