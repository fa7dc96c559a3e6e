/** Whether the steps of a journey hold together: their names, and what each takes from those before it. */
import { nearestWord } from '../document/nearest-word.ts'

/** What a step says of its name, and of the texts that may hold `{placeholders}`. */
export interface JourneyStep {
  /** Where it stands in what was written. */
  readonly path: readonly (string | number)[]
  readonly name: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The names of what it captures. */
  readonly captures: readonly string[]
}

/** What is wrong with a step, in a whole sentence. */
export interface JourneyMistake {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly nearest: string | undefined
}

/** `{name}`, but not `${…}`, which is a template. */
const PLACEHOLDER = /(?<!\$)\{([A-Za-z_]\w*)\}/g
const AUTHORITY = /^https?:\/\/[^/?#]*/i

/** Every mistake, in the order of the steps. */
export function findJourneyMistakes(steps: readonly JourneyStep[]): readonly JourneyMistake[] {
  const known = new Set(['run'])
  const names = new Set<string>()
  return steps.flatMap((step) => {
    const mistakes = [...findTaken(step, names), ...findUnknown(step, known), ...findOpenHost(step)]
    names.add(step.name)
    for (const name of step.captures) known.add(name)
    return mistakes
  })
}

function findTaken({ path, name }: JourneyStep, names: ReadonlySet<string>): JourneyMistake[] {
  if (!names.has(name)) return []
  const message = `two steps are called ${JSON.stringify(name)}; the first that fails is told by its name`
  return [{ path: [...path, 'name'], message, nearest: undefined }]
}

function findUnknown(step: JourneyStep, known: ReadonlySet<string>): JourneyMistake[] {
  const texts = [
    [['url'], step.url] as const,
    ...Object.entries(step.headers).map(([name, text]) => [['headers', name], text] as const),
  ]
  return texts.flatMap(([member, text]) => {
    const unknown = placeholdersIn(text).find((name) => !known.has(name))
    if (unknown === undefined) return []
    const message = `no step before captures {${unknown}}; known here: ${[...known].join(', ')}`
    return [{ path: [...step.path, ...member], message, nearest: nearestWord(unknown, [...known]) }]
  })
}

function findOpenHost({ path, url }: JourneyStep): JourneyMistake[] {
  const authority = AUTHORITY.exec(url)?.[0] ?? ''
  if (placeholdersIn(authority).length === 0) return []
  const message = 'the host must not be captured: what is sent would go where an answer says'
  return [{ path: [...path, 'url'], message, nearest: undefined }]
}

function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name)
}
