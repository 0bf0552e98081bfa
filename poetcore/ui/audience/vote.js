// The vote page keeps up with the show: the server draws what stands in it, this puts it there. Old phones understand
// it; without it the page loads itself anew.
(function () {
  var room = document.getElementById("room");
  var lost = document.getElementById("lost");
  var said = document.getElementById("said"); // what a screen reader reads out
  var asking = null;
  var later = null;
  var voting = null;
  var again = null;

  function turn() {
    var field = document.getElementById("turn");
    return field ? field.value : "";
  }

  /** Put what the server drew into the page; the button that was pressed keeps the focus. */
  function put(drawn) {
    var pressed = document.activeElement && document.activeElement.name === "label" ? document.activeElement.value : null;
    var before = turn();
    room.innerHTML = drawn;
    var words = room.querySelector("h1").textContent + ". " + room.querySelector("p").textContent;
    if (said.textContent !== words) said.textContent = words;
    if (pressed === null || turn() !== before) return;
    var again = room.querySelector('button[value="' + pressed + '"]');
    if (again) again.focus();
  }

  function send(method, address, body, done) {
    var request = new XMLHttpRequest();
    request.open(method, address);
    request.timeout = 40000;
    if (body) request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.onload = function () { done(request); };
    request.onerror = request.ontimeout = function () { done(null); };
    request.send(body);
    return request;
  }

  /** Ask for what comes after what is shown: the server answers once there is something. */
  function ask() {
    clearTimeout(later);
    if (asking) asking.abort();
    asking = send("GET", "now?seen=" + encodeURIComponent(turn()), null, function (answer) {
      asking = null;
      var fine = answer && (answer.status === 200 || answer.status === 204);
      lost.hidden = Boolean(answer);
      // 403: why there is no room for this phone.
      if (answer && (answer.status === 200 || answer.status === 403)) put(answer.responseText);
      if (document.getElementById("over")) return;
      later = setTimeout(ask, fine ? 50 : 2000 + Math.random() * 2000);
    });
  }

  /**
   * Send a vote; one that did not arrive is sent again as it was: late it counts for nothing. The one before it is given
   * up: sent again it would take this one's place, and its answer may come after this one's.
   */
  function vote(body, tries) {
    clearTimeout(again);
    if (voting) voting.abort();
    voting = send("POST", "vote", body, function (answer) {
      voting = null;
      lost.hidden = Boolean(answer);
      if (answer && answer.status === 200) take(answer.responseText);
      else if (tries) again = setTimeout(function () { vote(body, tries - 1); }, 500 + Math.random() * 500);
    });
  }

  /** Put what the server drew when it took a vote, unless the show has gone on since. */
  function take(drawn) {
    var before = Number(turn());
    var box = document.createElement("div");
    box.innerHTML = drawn;
    var now = Number(box.querySelector("#turn").value);
    if (now < before) return;
    put(drawn);
    if (now > before) ask(); // what was asked before may be answered with less
  }

  room.addEventListener("click", function (event) {
    var button = event.target;
    if (button.name !== "label") return;
    event.preventDefault();
    button.focus();
    vote("round=" + room.querySelector("input[name=round]").value + "&label=" + button.value, 5);
  });
  // A phone that was put away asks at once when it is looked at again.
  document.addEventListener("visibilitychange", function () { if (!document.hidden && !document.getElementById("over")) ask(); });
  ask();
})();
