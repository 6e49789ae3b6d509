// The phone's messages: what it sent, what it received, which are unread.
import { sms } from "./aggregator.js";
import { drawLine, isUrdu, smsRoom } from "./room.js";

const NUMBER = /\b\d{3}-\d{3}-\d{3}\b/; // a tracking number as texts show it

export class Thread {
  constructor({ find, caller, onWire, onText }) {
    Object.assign(this, { find, caller, onWire, onText });
    this.list = find("thread");
    find("compose").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    find("sms").addEventListener("input", () => this.count());
    this.list.addEventListener("click", () => this.read());
    find("sms").addEventListener("focus", () => this.read());
  }

  // Another caller: that phone's messages, from the beginning.
  restart() {
    this.list.replaceChildren();
    this.last = 0;
    this.number = this.caller().number;
    this.seen = Number(localStorage.getItem(`sunwai.seen.${this.number}`) ?? 0);
    this.show();
  }

  take(number, messages) {
    if (number !== this.number) return; // the answer to a question about the phone before
    this.find("empty").textContent = "No messages yet. File a complaint and its number arrives here.";
    for (const each of messages) {
      if (each.seq <= this.last) continue;
      this.last = each.seq;
      this.onText(each.text);
      const parts = each.parts > 1 ? ` · ${each.parts} parts` : "";
      const item = this.add(each.text, `${each.sender} · ${this.time(new Date(each.at))}${parts}`, "theirs");
      item.dataset.seq = each.seq;
      item.classList.toggle("new", each.seq > this.seen);
      const found = each.text.match(NUMBER);
      if (found) this.offer(item, found[0]);
    }
    if (messages.length) this.show();
  }

  trouble(sentence) {
    this.find("empty").textContent = sentence;
    this.find("empty").hidden = false;
  }

  open() {
    this.find("messages").scrollIntoView({ behavior: "smooth", block: "nearest" });
    this.read();
    this.find("sms").focus({ preventScroll: true });
  }

  read() {
    this.seen = Math.max(this.seen, this.last);
    localStorage.setItem(`sunwai.seen.${this.number}`, this.seen);
    for (const item of this.list.querySelectorAll(".new")) item.classList.remove("new");
    this.show();
  }

  async send() {
    const field = this.find("sms");
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    this.count();
    const { number, network } = this.caller();
    const item = this.add(text, "sending…", "mine");
    this.show();
    const answer = await sms(number, document.body.dataset.sms, text, network);
    this.onWire(answer);
    const taken = answer.status === 200;
    item.classList.toggle("failed", !taken);
    item.lastChild.textContent = taken ? `sent · ${this.time(new Date())}` : `not accepted (${answer.status || "no answer"}): send it again`;
  }

  add(text, small, kind) {
    const item = document.createElement("li");
    const words = document.createElement("p");
    const note = document.createElement("small");
    item.className = kind;
    words.dir = "auto";
    if (isUrdu(text)) words.lang = "ur";
    drawLine(words, text);
    note.textContent = small;
    item.append(words, note);
    this.list.append(item);
    return item;
  }

  // One touch puts the tracking number into the reply.
  offer(item, number) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `Reply ${number}`;
    button.addEventListener("click", () => { this.find("sms").value = number; this.count(); this.find("sms").focus(); });
    item.append(button);
  }

  count() {
    const text = this.find("sms").value;
    this.find("sms-room").textContent = text ? smsRoom(text) : "";
  }

  time(when) {
    return when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  }

  show() {
    const unread = this.list.querySelectorAll(".new").length;
    this.find("empty").hidden = this.list.children.length > 0;
    this.find("badge").hidden = this.find("envelope").hidden = !unread;
    this.find("badge").textContent = this.find("unread").textContent = unread;
    this.list.scrollTop = this.list.scrollHeight;
  }
}
