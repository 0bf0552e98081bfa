// Which camera was started in this tab: who comes to another view of it, or back, need not start it again.

const startedCamera = {
  /** Its id, "" for any, null for none. */
  get device() {
    return sessionStorage.getItem("poet-camera");
  },

  set device(device) {
    if (device === null) sessionStorage.removeItem("poet-camera");
    else sessionStorage.setItem("poet-camera", device);
  },
};
