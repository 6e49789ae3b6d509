// Letters on twelve keys: press 2 twice for b; a pause, or another key, settles the letter.
const PAUSE = 900; // ms
const LETTERS = { 1: ".,?!'-1", 2: "abc2", 3: "def3", 4: "ghi4", 5: "jkl5", 6: "mno6", 7: "pqrs7", 8: "tuv8", 9: "wxyz9", 0: " 0" };

export class MultiTap {
  constructor(field) {
    Object.assign(this, { field, on: false, key: null, times: 0, timer: 0 });
  }

  toggle() {
    this.settle();
    this.on = !this.on;
    return this.on;
  }

  press(key) {
    const ring = this.on ? LETTERS[key] : undefined;
    if (!ring) {
      this.settle();
      this.field.value += key;
      return;
    }
    const again = key === this.key;
    this.times = again ? this.times + 1 : 0;
    this.key = key;
    const letter = ring[this.times % ring.length];
    this.field.value = (again ? this.field.value.slice(0, -1) : this.field.value) + letter;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), PAUSE);
  }

  settle() {
    clearTimeout(this.timer);
    this.key = null;
  }
}
