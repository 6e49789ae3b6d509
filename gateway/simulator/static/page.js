// The page: phones side by side, each with its messages and its path, and what went over the wire.
import { received } from "./aggregator.js";
import { Handset } from "./handset.js";
import { CallPath } from "./path.js";
import { Thread } from "./thread.js";
import { Wire } from "./wire.js";

const byId = (id) => document.getElementById(id);
const kept = (name, otherwise) => localStorage.getItem(`sunwai.${name}`) ?? otherwise;
const keep = (name, value) => localStorage.setItem(`sunwai.${name}`, value);
const REFERENCES = ["id", "for", "aria-labelledby", "aria-describedby"];
const wire = new Wire(byId("wire"), byId("wire-empty"), byId("wire-clear"));
const stations = [];

// One phone with all that belongs to it. The ids of the second one end with -2, and so on.
class Station {
  constructor(at) {
    this.at = at;
    const end = at === 1 ? "" : `-${at}`;
    const copy = byId("station").content.cloneNode(true);
    for (const name of REFERENCES) {
      for (const each of copy.querySelectorAll(`[${name}]`)) each.setAttribute(name, each.getAttribute(name) + end);
    }
    this.root = copy.firstElementChild;
    for (const each of [this.root, ...this.root.querySelectorAll("section[aria-label], [role=region][aria-label]")]) {
      each.setAttribute("aria-label", `${each.getAttribute("aria-label")} ${at}`);
    }
    if (at > 1) {
      for (const each of this.root.querySelectorAll("h2")) {
        each.append(Object.assign(document.createElement("span"), { className: "sr", textContent: ` of phone ${at}` }));
      }
    }
    byId("stations").append(copy);
    this.find = (id) => byId(id + end);
    const find = this.find;
    const caller = () => ({ number: find("number").value.trim(), network: find("network").value, slow: Number(find("slow").value) });
    const onWire = (answer) => wire.add(answer, at);
    this.path = new CallPath(find);
    this.thread = new Thread({ find, caller, onWire, onText: (words) => this.path.text(words) });
    this.handset = new Handset({
      find, caller, onWire, path: this.path, alone: () => stations.length === 1, openMessages: () => this.thread.open(),
    });
    this.caller = caller;
    if (at > 1) find("number").value = `+9230${at}0000000`;
    for (const id of ["number", "network", "profile", "slow"]) {
      find(id).value = kept(id + end, find(id).value);
      if (find(id).tagName === "SELECT" && !find(id).value) find(id).selectedIndex = 0;
    }
    for (const id of ["number", "network"]) find(id).addEventListener("change", () => { keep(id + end, find(id).value); this.move(); });
    for (const id of ["profile", "slow"]) find(id).addEventListener("change", () => { keep(id + end, find(id).value); this.handset.redraw(); });
    find("no-urdu").addEventListener("change", () => this.handset.redraw());
    find("someone").addEventListener("click", () => {
      find("number").value = `+92300${String(Math.floor(Math.random() * 10_000_000)).padStart(7, "0")}`;
      find("number").dispatchEvent(new Event("change"));
    });
    this.move();
    this.tick();
    this.poll();
  }

  // Another caller or network: the call is over, and the messages are theirs.
  move() {
    this.find("carrier").textContent = this.find("network").selectedOptions[0].dataset.carrier;
    this.handset.leave();
    this.thread.restart();
  }

  tick() {
    this.find("clock").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  }

  async poll() {
    if (this.gone) return;
    const { number } = this.caller();
    try {
      if (!document.hidden) this.thread.take(number, await received(number, this.thread.last));
    } catch (problem) {
      if (!this.gone) this.thread.trouble(problem.message);
    }
    setTimeout(() => this.poll(), 1000);
  }

  remove() {
    this.gone = true;
    this.handset.hangUp();
    this.root.remove();
  }
}

function show(count) {
  while (stations.length > count) stations.pop().remove();
  while (stations.length < count) stations.push(new Station(stations.length + 1));
  byId("stations").dataset.count = count;
}

byId("phones").value = kept("phones", "1");
byId("phones").addEventListener("change", () => { keep("phones", byId("phones").value); show(Number(byId("phones").value)); });
show(Number(byId("phones").value) || 1);
setInterval(() => stations.forEach((each) => each.tick()), 5000);
