/**
 * A value of a foreign file with its place, which remembers whether anybody looked at it. What nobody
 * looked at has no meaning in the contract, so it is found at the end and told: nothing is dropped in
 * silence, not even keys that did not exist when this was written.
 */
import { type Path, type Place, printPath } from '../../document/issue.ts'
import type { Losses } from '../losses.ts'

/** A value that is neither a list nor a mapping. */
export type Scalar = string | number | boolean | null

/** What an item is made of. */
export interface ItemParts {
  readonly path: Path
  /** Where its key stands, else the value itself. */
  readonly place: Place
  readonly losses: Losses
  readonly content: Scalar | readonly Item[] | ReadonlyMap<string, Item>
  /** A plain scalar as written, such as `1.10`. */
  readonly written?: string
  /** Whether it is repeated elsewhere by its anchor. */
  readonly isAnchored?: boolean
}

/** Why something unread is lost; undefined: it is kept all the same and not worth a word. */
export type Reason = (path: Path, item: Item) => string | undefined

/** A value, its place, and whether it was looked at. */
export class Item {
  readonly path: Path
  readonly place: Place
  readonly isAnchored: boolean
  readonly #parts: ItemParts
  #isRead = false

  constructor(parts: ItemParts) {
    this.path = parts.path
    this.place = parts.place
    this.isAnchored = parts.isAnchored === true
    this.#parts = parts
  }

  get isMap(): boolean {
    return this.#parts.content instanceof Map
  }

  get isList(): boolean {
    return Array.isArray(this.#parts.content)
  }

  get isNull(): boolean {
    return this.#parts.content === null
  }

  /** A member; undefined when this is no mapping, or holds none of that name. */
  get(key: string): Item | undefined {
    this.#isRead = true
    const { content } = this.#parts
    return content instanceof Map ? content.get(key) : undefined
  }

  /** A member of a member. */
  at(...keys: readonly string[]): Item | undefined {
    let item: Item | undefined = this
    for (const key of keys) item = item?.get(key)
    return item
  }

  /** Every member in the order of the file. */
  members(): readonly (readonly [string, Item])[] {
    this.#isRead = true
    const { content } = this.#parts
    return content instanceof Map ? [...content] : []
  }

  /** Every element; a single value counts as a list of one. */
  elements(): readonly Item[] {
    this.#isRead = true
    const { content } = this.#parts
    if (Array.isArray(content)) return content
    return content === null || content instanceof Map ? [] : [this]
  }

  /** Its text as written; undefined for lists and mappings, which stay unread. */
  text(): string | undefined {
    const { content, written } = this.#parts
    if (content === null || typeof content === 'object') return undefined
    this.#isRead = true
    return typeof content === 'string' ? content : (written ?? String(content))
  }

  /** A whole number; also when written in quotes. */
  count(): number | undefined {
    const { content } = this.#parts
    const value = typeof content === 'string' && content !== '' ? Number(content) : content
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return undefined
    this.#isRead = true
    return value
  }

  /** Whether it says yes; undefined when it says neither yes nor no. */
  flag(): boolean | undefined {
    const { content } = this.#parts
    const isTrue = content === true || content === 'true'
    if (!isTrue && content !== false && content !== 'false') return undefined
    this.#isRead = true
    return isTrue
  }

  /** Says that this is not kept; what stands inside is not told again. */
  lose(why: string): void {
    this.ignore()
    this.note(why)
  }

  /** Says that this is kept, but not exactly as it was. */
  note(why: string): void {
    this.#isRead = true
    this.#parts.losses.add({ ...this.place, what: printPath(this.path), why })
  }

  /** Nothing is lost by leaving this out. */
  ignore(): void {
    this.#isRead = true
    for (const item of this.#inside()) item.ignore()
  }

  /** Tells everything in here that nobody looked at. */
  loseUnread(reason: Reason): void {
    if (this.#isRead) {
      for (const item of this.#inside()) item.loseUnread(reason)
      return
    }
    const why = reason(this.path, this)
    if (why === undefined) this.ignore()
    else this.lose(why)
  }

  #inside(): Iterable<Item> {
    const { content } = this.#parts
    if (content instanceof Map) return content.values()
    return Array.isArray(content) ? content : []
  }
}
