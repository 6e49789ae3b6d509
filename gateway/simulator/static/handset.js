// The handset: keypad, small screen, one USSD session at a time.
import { broke, hop, newSession } from "./aggregator.js";
import { boxes, carried, drawLine, isUrdu, screenRoom } from "./room.js";
import { MultiTap } from "./multitap.js";

export class Handset {
  constructor({ find, caller, onWire, openMessages, path, alone }) {
    Object.assign(this, { find, caller, onWire, openMessages, path, alone });
    this.typed = find("typed");
    this.tap = new MultiTap(this.typed);
    find("entry").addEventListener("submit", (event) => { event.preventDefault(); this.go(); });
    find("call").addEventListener("click", () => this.go());
    for (const id of ["hang", "end"]) find(id).addEventListener("click", () => this.hangUp());
    find("left").addEventListener("click", () => (this.state === "idle" ? this.openMessages() : this.go()));
    find("right").addEventListener("click", () => this.clear());
    find("repeat").addEventListener("click", () => this.repeat());
    find("expire").addEventListener("click", () => this.expire());
    find("keys").addEventListener("click", (event) => {
      const key = event.target.closest("button")?.dataset.key;
      if (key) this.press(key);
    });
    find("letters").addEventListener("click", () => this.letters());
    document.addEventListener("keydown", (event) => this.keyboard(event));
    this.leave();
  }

  // ---- what the person does

  press(key) {
    if (this.state === "busy") return;
    if (this.state === "ended") this.leave({ dial: "" });
    // The first key starts a new number: nobody has to clear the suggested code first.
    if (this.state === "idle" && this.typed.value === document.body.dataset.ussd) this.typed.value = "";
    this.tap.press(key);
  }

  go() {
    this.tap.settle();
    if (this.state === "idle") return this.dial(this.typed.value.trim());
    if (this.state === "asked") return this.reply(this.typed.value);
    if (this.state === "ended") this.leave();
  }

  clear() {
    if (this.state === "ended") return this.leave();
    this.tap.settle();
    this.typed.value = [...this.typed.value].slice(0, -1).join("");
  }

  keyboard(event) {
    if (!this.alone() && !this.find("screen").closest(".station").contains(document.activeElement)) return;
    if (event.key === "Escape" && !event.defaultPrevented) this.hangUp();
    const elsewhere = event.target.closest("input, select, button, textarea, summary, a");
    if (elsewhere || event.ctrlKey || event.metaKey || event.altKey || this.state === "busy") return;
    if (event.key === "Enter") { event.preventDefault(); this.go(); }
    else if (event.key.length === 1 && event.key !== " ") {
      if (this.state === "ended") this.leave({ dial: "" });
      this.typed.focus();
    }
  }

  letters() {
    const on = this.tap.toggle();
    this.find("letters").setAttribute("aria-pressed", String(on));
    this.find("case").textContent = on ? "abc" : "123";
  }

  // ---- the session

  dial(code) {
    const ours = document.body.dataset.ussd; // *8484#
    const stem = `${ours.slice(0, -1)}*`;
    const deep = code.startsWith(stem) && code.endsWith("#"); // *8484*1*2# is 1 and 2 already answered
    const inputs = deep ? code.slice(stem.length, -1).split("*") : [];
    if (!/^\*[\d*]+#$/.test(code)) return this.note(`To dial, enter a code such as ${ours}`);
    this.session = { id: newSession(), code: deep ? ours : code, ...this.caller(), inputs, answer: "", hops: 0, began: Date.now() };
    this.path.begin(this.session, code);
    return this.request("");
  }

  reply(text) {
    this.session.inputs.push(text);
    return this.request(text);
  }

  async request(typed) {
    const session = this.session;
    session.slow = this.caller().slow;
    this.draw("busy", "Requesting…");
    const answer = await hop(session, session.inputs.join("*"));
    if (session !== this.session) return; // hung up in the meantime
    session.hops += 1;
    if (this.arrived(answer)) this.path.hear(typed, answer.text.slice(4), answer.text.startsWith("END "));
  }

  arrived(answer) {
    this.onWire(answer);
    this.session.answer = answer.text;
    const kind = answer.status === 200 ? answer.text.slice(0, 4) : "";
    if (kind === "CON " || kind === "END ") {
      this.draw(kind === "CON " ? "asked" : "ended", answer.text.slice(4));
      this.room(answer.text);
      return true;
    }
    this.draw("ended", "Connection problem or invalid MMI code.");
    this.note(answer.status ? "The answer did not begin with CON or END." : "No answer within 10 seconds: the aggregator gave up.");
    return false;
  }

  async repeat() {
    const session = this.session;
    const before = session.answer;
    const answer = await hop(session, session.inputs.join("*"));
    if (session !== this.session) return;
    this.arrived(answer);
    this.note(answer.text === before ? "Sent again: exactly the same answer." : "Sent again: a different answer.");
  }

  async expire() {
    this.onWire(await broke(this.session, "Session timed out"));
    this.draw("ended", "Session timed out.");
    this.note("The network gave up waiting. Dial again to continue.");
  }

  async hangUp() {
    const session = this.session;
    const open = this.state === "asked" || this.state === "busy";
    this.leave();
    if (open) this.onWire(await broke(session, "User hung up"));
  }

  // ---- what is shown

  leave({ dial = document.body.dataset.ussd } = {}) {
    this.session = null;
    this.tap.settle();
    this.draw("idle", `Sunwai\nPress the green key to call`);
    this.typed.value = dial;
  }

  draw(state, text) {
    this.state = state;
    this.text = text;
    this.note("");
    this.redraw();
    this.typed.value = "";
    this.find("entry").classList.toggle("off", state === "busy" || state === "ended");
    this.find("left-label").textContent = { idle: "Messages", asked: "Send", ended: "OK", busy: "" }[state];
    this.find("left").setAttribute("aria-label", this.find("left-label").textContent || "Wait");
    this.find("right-label").textContent = { idle: "Clear", asked: "Clear", ended: "Close", busy: "" }[state];
    this.find("right").setAttribute("aria-label", state === "ended" ? "Close" : "Clear the last character");
    this.find("repeat").disabled = !this.session?.hops || state === "busy";
    this.find("expire").disabled = state !== "asked";
    this.find("end").disabled = state !== "asked" && state !== "busy";
    if (state !== "asked" && state !== "ended") this.find("room").textContent = "";
    if (state === "asked") this.typed.focus({ preventScroll: true });
  }

  redraw() {
    const screen = this.find("screen");
    const plain = this.find("no-urdu").checked;
    const called = this.state === "asked" || this.state === "ended";
    const network = carried(this.text, called ? this.find("profile").value : "any");
    screen.className = `screen ${this.state}`;
    const rows = (network.refused ? "" : network.shown).split("\n").map((line) => {
      const row = document.createElement("p");
      const urdu = isUrdu(line) && !plain;
      row.dir = urdu ? "rtl" : "auto"; // also where the line begins with SMS or a number
      if (urdu) row.lang = "ur";
      drawLine(row, plain ? boxes(line) : line);
      return row;
    });
    if (network.lost) {
      const lost = Object.assign(document.createElement("del"), { textContent: network.lost, dir: "auto" });
      if (isUrdu(network.lost)) lost.lang = "ur";
      (network.refused ? rows[0] : rows.at(-1)).append(lost);
    }
    screen.replaceChildren(...rows);
    screen.scrollTop = 0;
    const fit = this.find("fit");
    fit.hidden = !network.lost;
    fit.textContent = network.refused
      ? `This network refuses the screen: it has letters outside GSM-7 (${network.odd.slice(0, 6).join(" ")}). The call would break off.`
      : `This network shows ${network.most} octets and cuts the rest: ${network.octets - network.most} of ${network.octets} octets are lost.`;
  }

  room(body) {
    const { words, over, beyond, odd } = screenRoom(body);
    const output = this.find("room");
    output.textContent = beyond ? `${words} · does not fit` : words;
    output.classList.toggle("over", over);
    output.title = odd.length ? `With CON or END. Characters outside GSM-7: ${odd.slice(0, 12).join(" ")}` : "With CON or END";
  }

  note(sentence) { this.find("note").textContent = sentence; }
}
