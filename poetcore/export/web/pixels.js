// From a picture to what a network sees of it, as Poet's own decoder makes it (poetcore/data/images.py): a picture much
// larger than the network's input is halved first, each new pixel the mean of those below it; then it is resized to a
// square between the four nearest pixels.

/** Pixels that are read at once: a phone's photo is never whole in a canvas, whose size phones limit. */
const STRIP = 2 ** 21;

/** Halved up to three times, and a JPEG three times more, since its decoder does that too. */
const MOST = { jpeg: 64, other: 8 };

/**
 * Decode a picture, upright and in sRGB.
 *
 * @param {Blob} blob of any kind that the browser reads.
 * @returns {Promise<{picture: ImageBitmap, most: number}>} what `pixelsOf` takes; `picture.close()` when it is done with.
 */
export async function decoded(blob) {
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const picture = await createImageBitmap(blob, { imageOrientation: "from-image" });
  return { picture, most: first === 0xff && second === 0xd8 ? MOST.jpeg : MOST.other };
}

/**
 * @param {ImageBitmap|HTMLVideoElement} picture what is seen; a video's frame of now.
 * @param {number} size pixels a side of the network's input.
 * @param {number} most of `decoded`.
 * @returns {Float32Array} size x size x 3, RGB, 0 to 255.
 */
export function pixelsOf(picture, size, most = MOST.jpeg) {
  const width = picture.videoWidth ?? picture.width;
  const height = picture.videoHeight ?? picture.height;
  let factor = 1;
  while (factor < most && Math.min(width, height) >= 2 * factor * size) factor *= 2;
  return resized(reduced(picture, width, height, factor), size);
}

/** Average squares of factor x factor pixels; those at the right and lower edge may be cut off. */
function reduced(picture, width, height, factor) {
  const small = { width: Math.ceil(width / factor), height: Math.ceil(height / factor) };
  small.data = new Uint8ClampedArray(3 * small.width * small.height);
  const rows = factor * Math.max(1, Math.floor(STRIP / (width * factor)));
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = Math.min(rows, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  context.fillStyle = "white"; // below what is transparent
  for (let top = 0; top < height; top += rows) {
    const here = Math.min(rows, height - top);
    context.fillRect(0, 0, width, here);
    context.drawImage(picture, 0, top, width, here, 0, 0, width, here);
    const strip = context.getImageData(0, 0, width, here).data;
    averaged(strip, width, here, factor, small.data, 3 * small.width * (top / factor));
  }
  return small;
}

function averaged(strip, width, height, factor, out, place) {
  for (let top = 0; top < height; top += factor) {
    const bottom = Math.min(top + factor, height);
    for (let left = 0; left < width; left += factor) {
      const right = Math.min(left + factor, width);
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let y = top; y < bottom; y += 1) {
        for (let at = 4 * (y * width + left); at < 4 * (y * width + right); at += 4) {
          red += strip[at];
          green += strip[at + 1];
          blue += strip[at + 2];
        }
      }
      const many = (bottom - top) * (right - left);
      out[place] = red / many;
      out[place + 1] = green / many;
      out[place + 2] = blue / many;
      place += 3;
    }
  }
}

/** Resize to a square, the aspect not kept: bilinear between four pixels, without averaging over more. */
function resized({ data, width, height }, size) {
  const columns = places(width, size);
  const rows = places(height, size);
  const out = new Float32Array(3 * size * size);
  let place = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (let channel = 0; channel < 3; channel += 1) {
        const at = (y, x) => data[3 * (y * width + x) + channel];
        const above = at(row.first, column.first) * (1 - column.part) + at(row.first, column.second) * column.part;
        const below = at(row.second, column.first) * (1 - column.part) + at(row.second, column.second) * column.part;
        out[place] = Math.floor(above * (1 - row.part) + below * row.part + 0.5);
        place += 1;
      }
    }
  }
  return out;
}

/** Between which two of `many` pixels each of `size` new ones lies, and how far. */
function places(many, size) {
  return Array.from({ length: size }, (_, number) => {
    const at = ((number + 0.5) * many) / size - 0.5;
    const first = Math.floor(at);
    const clipped = (place) => Math.min(Math.max(place, 0), many - 1);
    return { first: clipped(first), second: clipped(first + 1), part: at - first };
  });
}
