/** Where a role holds, as options of the command line say it: for tokens and for people. */
import type { Scope } from '../server/wire/access.ts'

/** What was given. */
export interface ScopeOptions {
  /** `<kind>/<name>`, with `*` in either. */
  readonly contracts?: readonly string[] | undefined
  /** `<key>=<value>` each. */
  readonly labels?: readonly string[] | undefined
  readonly regions?: readonly string[] | undefined
}

/** The scope that they make; one that is not given narrows nothing. */
export function scopeOf({ contracts, labels, regions }: ScopeOptions): Scope {
  const pairs = labels?.map((text) => {
    const [key = '', ...value] = text.split('=')
    return [key, value.join('=')] as const
  })
  return {
    ...(contracts === undefined ? {} : { contracts }),
    ...(pairs === undefined ? {} : { labels: Object.fromEntries(pairs) }),
    ...(regions === undefined ? {} : { regions }),
  }
}

/** What is wrong with a label, in a sentence: a role that holds for a label nobody meant holds nowhere. */
export function strangeLabel({ labels = [] }: ScopeOptions): string | undefined {
  const keys = labels.map((text) => text.slice(0, Math.max(0, text.indexOf('='))))
  const strange = labels.find((_, place) => keys[place] === '')
  if (strange !== undefined) return `--label is a key and a value, as team=store, not ${strange}.`
  const twice = keys.find((key, place) => keys.indexOf(key) !== place)
  if (twice === undefined) return undefined
  return `A contract has one value of the label ${twice}, and --label gives several.`
}
