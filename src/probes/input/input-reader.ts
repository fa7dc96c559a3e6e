/**
 * Reads a probe's input once its templates are resolved. The contract's schema has checked what was
 * written; this checks what the templates became, so a number may also come as its digits. It never
 * throws: the first mistake is kept, and the probe answers with it.
 */
import type { Json, JsonObject } from '../../core/units/json.ts'

/** Reads the members of one JSON object by name and type. */
export class InputReader {
  readonly #input: JsonObject
  #mistake: string | undefined

  constructor(input: JsonObject) {
    this.#input = input
  }

  /** What is wrong with the input, once everything has been read. */
  get mistake(): string | undefined {
    return this.#mistake
  }

  /** Keeps the first mistake. */
  refuse(mistake: string): void {
    this.#mistake ??= mistake
  }

  /** Whether the member is there. */
  has(name: string): boolean {
    return this.#input[name] !== undefined
  }

  /** A text that must be there. */
  text(name: string): string {
    return this.optionalText(name) ?? this.#refused(name, 'a text', '')
  }

  /** A text that may be absent. */
  optionalText(name: string): string | undefined {
    const value = this.#input[name]
    if (value === undefined || typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return this.#refused(name, 'a text', '')
  }

  /** A whole number, or its digits, from 0 to 2^53. */
  whole(name: string, otherwise: number | undefined): number {
    return this.#asWhole(name, this.#input[name] ?? otherwise)
  }

  /** A list of whole numbers; one alone counts as a list. */
  wholes(name: string, otherwise: readonly number[]): readonly number[] {
    return this.#list(name, otherwise).map((item) => this.#asWhole(name, item))
  }

  /** A list of texts; one alone counts as a list. */
  texts(name: string, otherwise: readonly string[]): readonly string[] {
    return this.#list(name, otherwise).map((item) =>
      typeof item === 'string' || typeof item === 'number'
        ? String(item)
        : this.#refused(name, 'a list of texts', ''),
    )
  }

  /** True or false, or the word. */
  flag(name: string, otherwise: boolean): boolean {
    const value = this.#input[name] ?? otherwise
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    return this.#refused(name, 'true or false', otherwise)
  }

  /** An object whose members are texts; empty when absent. */
  textMap(name: string): Readonly<Record<string, string>> {
    const reader = this.object(name)
    if (reader === undefined) return {}
    const texts = reader.names().map((key) => [key, reader.text(key)] as const)
    this.#adopt(name, reader)
    return Object.fromEntries(texts)
  }

  /** An object whose members are lists of texts; empty when absent. */
  textsMap(name: string): Readonly<Record<string, readonly string[]>> {
    const reader = this.object(name)
    if (reader === undefined) return {}
    const lists = reader.names().map((key) => [key, reader.texts(key, [])] as const)
    this.#adopt(name, reader)
    return Object.fromEntries(lists)
  }

  /** A reader of a nested object; undefined when it is absent. */
  object(name: string): InputReader | undefined {
    const value = this.#input[name]
    if (value === undefined) return undefined
    if (isObject(value)) return new InputReader(value)
    return this.#refused(name, 'an object', undefined)
  }

  /** A member as it stands, of any type. */
  json(name: string): Json | undefined {
    return this.#input[name]
  }

  /** Readers of a list of objects; one object alone counts as a list; empty when absent. */
  objects(name: string): readonly InputReader[] {
    return this.#list(name, []).map((item) =>
      isObject(item) ? new InputReader(item) : this.#refused(name, 'a list of objects', NOTHING),
    )
  }

  /** The names of all members. */
  names(): readonly string[] {
    return Object.keys(this.#input)
  }

  #list(name: string, otherwise: readonly Json[]): readonly Json[] {
    const value = this.#input[name] ?? otherwise
    return Array.isArray(value) ? value : [value as Json]
  }

  #asWhole(name: string, value: Json | undefined): number {
    const digits = typeof value === 'string' && /^\d{1,15}$/.test(value)
    const whole = digits ? Number(value) : value
    if (typeof whole === 'number' && Number.isSafeInteger(whole) && whole >= 0) return whole
    return this.#refused(name, 'a whole number', 0)
  }

  #adopt(name: string, reader: InputReader): void {
    if (reader.mistake !== undefined) this.refuse(`${name}: ${reader.mistake}`)
  }

  #refused<Value>(name: string, expected: string, stand: Value): Value {
    const found = this.has(name) ? JSON.stringify(this.#input[name]).slice(0, 40) : 'nothing'
    this.refuse(`\`${name}\` must be ${expected}, and is ${found}.`)
    return stand
  }
}

/** Stands in for an object that is none, once that was kept as a mistake. */
const NOTHING = new InputReader({})

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
