// The part an aggregator plays: forms exactly as Africa's Talking posts them, to our real webhook.
const DEADLINE = 10_000; // ms that the aggregator gives an application
const { hooks, messages } = document.body.dataset;

const stamp = () => new Date().toISOString().slice(0, 19).replace("T", " ");
const hex = () => crypto.getRandomValues(new Uint8Array(16)).reduce((all, byte) => all + byte.toString(16).padStart(2, "0"), "");

export const newSession = () => `ATUid_${hex()}`;

// Posts a form; the answer's text, status and milliseconds. status 0: nothing came back in time.
async function post(path, fields) {
  const form = new URLSearchParams(fields).toString();
  const began = performance.now();
  const sent = { url: hooks + path, form };
  try {
    const answer = await fetch(sent.url, {
      method: "POST", body: form, credentials: "omit", redirect: "error", signal: AbortSignal.timeout(DEADLINE),
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return { ...sent, status: answer.status, text: new TextDecoder().decode(bytes), ms: performance.now() - began };
  } catch {
    return { ...sent, status: 0, text: "", ms: performance.now() - began };
  }
}

export const hop = (call, text) => post("ussd", {
  sessionId: call.id, serviceCode: call.code, phoneNumber: call.number, text, networkCode: call.network,
});

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
