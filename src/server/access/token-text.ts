/** How tokens are written: `rmp_<id>_<secret>`, so that people and scanners know one when they see it. */

/** A token taken apart. */
export interface TokenText {
  readonly id: string
  readonly secret: string
}

const TOKEN = /^rmp_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/

/** Undefined when it is none; the text is never quoted anywhere. */
export function parseToken(text: string): TokenText | undefined {
  const [, id, secret] = TOKEN.exec(text) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

/** As it is shown, once. */
export function printToken({ id, secret }: TokenText): string {
  return `rmp_${id}_${secret}`
}
