/** A list of numbers that grows without boxing them. */
export class Numbers {
  length = 0;
  #values = new Float64Array(4096);

  push(value: number): void {
    if (this.length === this.#values.length) this.#grow();
    this.#values[this.length++] = value;
  }

  at(index: number): number {
    return this.#values[index]!;
  }

  /** A view of what is there; later pushes may leave it behind. */
  values(): Float64Array {
    return this.#values.subarray(0, this.length);
  }

  #grow(): void {
    const larger = new Float64Array(this.#values.length * 2);
    larger.set(this.#values);
    this.#values = larger;
  }
}
