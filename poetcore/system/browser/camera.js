// The camera of whoever looks at a page, shown in a <video>, or one sentence why there is none. Nothing of Poet is in here:
// an exported page uses it too.

/** What a browser's error means to people, and what to do, by the error's name (w3.org/TR/mediacapture-streams). */
const CAMERA_PROBLEMS = {
  NotFoundError: "No camera was found: plug one in, and start again.",
  NotAllowedError: "The browser was not allowed to use the camera: allow it beside the address of the page (or in the settings of the system), and start again.",
  NotReadableError: "The camera is in use by another program, or switched off: close the other program, and start again.",
};
CAMERA_PROBLEMS.OverconstrainedError = CAMERA_PROBLEMS.NotFoundError;
CAMERA_PROBLEMS.SecurityError = CAMERA_PROBLEMS.NotAllowedError;
CAMERA_PROBLEMS.AbortError = CAMERA_PROBLEMS.NotReadableError;

const NO_SECURE_PAGE =
  "Browsers give a camera only to pages that were opened by https or as localhost: open this one on the computer that it comes from, or through a tunnel or an address with https.";
const TAKEN_AWAY = "The camera was unplugged, or taken away from this page: start it again.";

/** What is asked of a camera; a phone's is the one at its back. */
const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

/** It tells "change" where it opens, closes or has a problem. */
class Camera extends EventTarget {
  constructor(video) {
    super();
    this.video = video;
    this.problem = "";
    this.turn = 0;
    this.canvas = document.createElement("canvas");
    Object.assign(video, { muted: true, playsInline: true, autoplay: false });
    // Also where a browser keeps the page for the way back.
    this.leave = () => this.close();
    addEventListener("pagehide", this.leave);
  }

  get isOpen() {
    return Boolean(this.stream);
  }

  /** The id of the camera that is open, and whether it looks at the one who sits before the screen. */
  get device() {
    return this.stream?.getVideoTracks()[0].getSettings().deviceId ?? "";
  }

  get isFront() {
    return this.isOpen && this.stream.getVideoTracks()[0].getSettings().facingMode !== "environment";
  }

  /** Open a camera, any where none is named; false where that failed (`problem` says why) or was overtaken. */
  async open(device = "") {
    this.close();
    const turn = this.turn;
    const stream = await this.ask(device, turn);
    if (turn !== this.turn) {
      stopped(stream);
      return false;
    }
    if (stream) {
      this.stream = stream;
      this.problem = "";
      stream.getVideoTracks()[0].addEventListener("ended", () => turn === this.turn && this.lose());
      this.video.srcObject = stream;
      await this.video.play().catch(() => {}); // closed meanwhile
    }
    if (turn !== this.turn) return false;
    this.dispatchEvent(new Event("change"));
    return Boolean(stream);
  }

  async ask(device, turn) {
    const problem = (words) => {
      if (turn === this.turn) this.problem = words;
      return null;
    };
    if (!isSecureContext) return problem(NO_SECURE_PAGE);
    if (!navigator.mediaDevices?.getUserMedia) return problem("This browser has no access to cameras: use a current one.");
    const which = device ? { deviceId: { exact: device } } : { facingMode: { ideal: "environment" } };
    try {
      return await navigator.mediaDevices.getUserMedia({ video: { ...WANTED, ...which }, audio: false });
    } catch (error) {
      // One that was chosen and is gone: another is better than none.
      if (device && ["OverconstrainedError", "NotFoundError"].includes(error.name)) return this.ask("", turn);
      return problem(CAMERA_PROBLEMS[error.name] ?? `The camera cannot be opened (${error.message}): start again, or choose another.`);
    }
  }

  /** Let go of the camera: its light goes out. */
  close() {
    this.turn += 1;
    this.problem = "";
    if (!this.stream) return;
    stopped(this.stream);
    this.stream = null;
    this.video.srcObject = null;
    this.dispatchEvent(new Event("change"));
  }

  lose() {
    this.close();
    this.problem = TAKEN_AWAY;
    this.dispatchEvent(new Event("change"));
  }

  /** Close for good. */
  end() {
    removeEventListener("pagehide", this.leave);
    this.close();
  }

  /** The cameras there are, [{id, name}]; their names are known once one was open. */
  async devices() {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return all
      .filter((one) => one.kind === "videoinput")
      .map((one, number) => ({ id: one.deviceId, name: one.label || `Camera ${number + 1}` }));
  }

  /** What is seen now, as a JPEG whose longer side has so many pixels at the most. */
  frame(longerSide) {
    return frameOf(this.video, longerSide, this.canvas);
  }
}

function stopped(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** The frame that a <video> shows, as a JPEG whose longer side has so many pixels at the most, the aspect kept. */
async function frameOf(video, longerSide, canvas = document.createElement("canvas")) {
  const { videoWidth: width, videoHeight: height } = video;
  if (!width || !height) throw new Error("There is no picture yet.");
  const scale = Math.min(1, longerSide / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
  if (!blob) throw new Error("The frame cannot be encoded.");
  return blob;
}
