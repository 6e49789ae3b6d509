// The part an aggregator plays: forms exactly as Africa's Talking posts them, to our real webhook.
const DEADLINE = 10_000; // ms that the aggregator gives an application
const { hooks, messages, call: calls, recording } = document.body.dataset;

const stamp = () => new Date().toISOString().slice(0, 19).replace("T", " ");
const hex = () => crypto.getRandomValues(new Uint8Array(16)).reduce((all, byte) => all + byte.toString(16).padStart(2, "0"), "");

export const newSession = () => `ATUid_${hex()}`;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Posts a form; the answer's text, status and milliseconds. status 0: nothing came back in time.
// A slow gateway has the request at once and does its work; its answer is on the way for so many seconds.
async function post(path, fields, slow = 0) {
  const form = new URLSearchParams(fields).toString();
  const began = performance.now();
  const sent = { door: path, url: hooks + path, form, at: new Date() };
  try {
    const answer = await fetch(sent.url, {
      method: "POST", body: form, credentials: "omit", redirect: "error", signal: AbortSignal.timeout(DEADLINE),
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (slow) await pause(Math.max(0, Math.min(slow * 1000, DEADLINE) - (performance.now() - began)));
    if (slow * 1000 > DEADLINE) return { ...sent, status: 0, text: "", ms: performance.now() - began };
    return { ...sent, status: answer.status, text: new TextDecoder().decode(bytes), ms: performance.now() - began };
  } catch {
    return { ...sent, status: 0, text: "", ms: performance.now() - began };
  }
}

export const hop = (call, text) => post("ussd", {
  sessionId: call.id, serviceCode: call.code, phoneNumber: call.number, text, networkCode: call.network,
}, call.slow);

// The notice that a session broke off: the person left, or answered too late.
export const broke = (call, why) => post("ussd-events", {
  date: stamp(), sessionId: call.id, serviceCode: call.code, networkCode: call.network, phoneNumber: call.number,
  status: "Incomplete", cost: "0", durationInMillis: String(Date.now() - call.began), hopsCount: String(call.hops),
  input: call.inputs.join("*"), lastAppResponse: call.answer, errorMessage: why,
});

export const sms = (from, to, text, network) => post("sms", {
  date: stamp(), from, id: crypto.randomUUID ? crypto.randomUUID() : hex(), linkId: "", text, to, networkCode: network,
});

// What the phone received since `after`; throws with a sentence where the stand-in does not answer.
export async function received(number, after) {
  const answer = await fetch(`${messages}?${new URLSearchParams({ to: number, after })}`);
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.problem);
  return found.messages;
}

// Where a call is in its flow and what the flow knows: null where nobody knows it any more.
export async function whereabouts(call) {
  const asked = new URLSearchParams({ session: call.id, phone: call.number, code: call.code });
  const answer = await fetch(`${calls}?${asked}`, { credentials: "omit" }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

// A call that was heard, as a scripted call: its file and text, or a problem.
export async function scripted(heard) {
  const answer = await fetch(recording, {
    method: "POST", body: JSON.stringify(heard), credentials: "omit", headers: { "Content-Type": "application/json" },
  }).catch(() => null);
  return answer ? answer.json() : { problem: "The simulator does not answer. Is `make run` still running?" };
}
