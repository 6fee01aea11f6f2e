/**
 * Bytes written one after another, with the integer forms of WebAssembly (LEB128).
 */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): this {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  bytes(values: ArrayLike<number>): this {
    if (this.#length + values.length > this.#bytes.length) this.#grow(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
    return this;
  }

  unsigned(value: number): this {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    return this.byte(rest);
  }

  signed(value: number): this {
    let rest = value;
    while (rest < -64 || rest >= 64) {
      const low = ((rest % 128) + 128) % 128;
      this.byte(low + 128);
      rest = (rest - low) / 128;
    }
    return this.byte(rest & 127);
  }

  /** A string of plain letters, with its length before it. */
  text(value: string): this {
    this.unsigned(value.length);
    for (let i = 0; i < value.length; i++) this.byte(value.charCodeAt(i));
    return this;
  }

  /** Other bytes, with their number before them. */
  block(other: ByteWriter): this {
    return this.unsigned(other.length).bytes(other.result());
  }

  /** What was written so far; valid until more is. */
  result(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(more: number): void {
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
