// The model in the visitor's browser, run by LiteRT.js: github.com/google-ai-edge/LiteRT, Apache-2.0.
//
// Every file of LiteRT.js is fetched with the hash of its content, so that a network of servers that hands it out cannot hand
// out another; only then is it run, from memory. The same goes for a copy of it beside this page.

/** By how much a graphics card may differ from the processor before it is left alone. */
const AGREED = 0.01;

/** A sentence that can be shown to people. */
export class Problem extends Error {}

/**
 * Load LiteRT.js and the model.
 *
 * @param {object} config of poet_page.json.
 * @returns {Promise<Classifier>}
 */
export async function openModel(config) {
  const [library, content] = await Promise.all([openLibrary(config.library), fetched(config.model)]);
  const bytes = new Uint8Array(await content.arrayBuffer());
  const open = async (accelerator) => {
    const options = { accelerator, gpuOptions: { precision: "fp32" }, cpuOptions: { numThreads: 1 } };
    return new Classifier(library, await library.loadAndCompile(bytes, options), config.size, accelerator);
  };
  const plain = await open("wasm");
  const fast = await openOnGraphics(library, open, plain);
  if (fast) plain.close();
  return fast ?? plain;
}

/** Where there is a graphics card that answers as the processor does, and faster, it is used. */
async function openOnGraphics(library, open, plain) {
  if (!library.getWebGpuDevice()) return null;
  try {
    const fast = await open("webgpu");
    const pixels = Float32Array.from({ length: 3 * plain.size ** 2 }, (_, place) => (place * 37) % 256);
    const [known, found] = [await plain.classify(pixels), await fast.classify(pixels)];
    if (known.every((one, label) => Math.abs(one - found[label]) <= AGREED)) {
      const [slow, quick] = [await timed(plain, pixels), await timed(fast, pixels)];
      if (quick < slow) return fast;
    }
    fast.close();
  } catch (error) {
    console.info("The graphics card is not used:", error);
  }
  return null;
}

async function timed(classifier, pixels) {
  const start = performance.now();
  await classifier.classify(pixels);
  return performance.now() - start;
}

class Classifier {
  constructor(library, model, size, accelerator) {
    Object.assign(this, { library, model, size, accelerator });
  }

  /** The probability of each label, for pixels of `pixelsOf`. */
  async classify(pixels) {
    let tensor = new this.library.Tensor(pixels, [1, this.size, this.size, 3]);
    if (this.accelerator === "webgpu") tensor = await tensor.moveTo("webgpu");
    const outputs = await this.model.run([tensor]);
    tensor.delete();
    const probabilities = Array.from(await outputs[0].data());
    for (const output of outputs) output.delete();
    return probabilities;
  }

  close() {
    this.model.delete();
  }
}

/** Load LiteRT.js from the files that `poet_page.json` names: {name: {address, integrity}}. */
async function openLibrary(files) {
  const [core, helper] = await Promise.all([files.core, files.helper].map(text));
  const module = await import(blobOf(core.replaceAll('"@litertjs/wasm-utils"', `"${blobOf(helper)}"`)));
  const kind = (await module.supportsFeature("relaxedSimd")) ? "fast" : "plain";
  const [script, wasm] = await Promise.all([text(files[`${kind}_script`]), bytes(files[`${kind}_wasm`])]);
  // Emscripten takes its WebAssembly from there instead of loading it.
  globalThis.Module = { wasmBinary: wasm, printErr: (line) => console.debug(line) };
  await module.loadLiteRt(`${blobOf(script)}#litert.js`);
  return module;
}

function blobOf(script) {
  return URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
}

async function text(file) {
  return (await verified(file)).text();
}

async function bytes(file) {
  return (await verified(file)).arrayBuffer();
}

function verified({ address, integrity }) {
  return fetched(address, { integrity, credentials: "omit", referrerPolicy: "no-referrer" });
}

/** Fetch a file; integrity makes the browser refuse one of another content. */
async function fetched(address, options = {}) {
  let response = null;
  try {
    response = await fetch(address, options);
  } catch {
    // A connection that failed and a hash that does not fit look the same.
  }
  if (!response?.ok)
    throw new Problem(
      `The file ${address} cannot be loaded, or is another than this page was made with: check the connection and reload the page.`,
    );
  return response;
}
