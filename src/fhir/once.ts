/** Texts, each once, in the order in which they first came. Most lists are short: for those a Set costs more than a look through. */
const SHORT = 16;

export class Once {
  readonly items: string[] = [];
  #seen: Set<string> | undefined;

  add(text: string): void {
    if (this.items.length >= SHORT) this.#seen ??= new Set(this.items);
    if (this.#seen === undefined ? this.items.includes(text) : this.#seen.has(text)) return;
    this.#seen?.add(text);
    this.items.push(text);
  }
}
