/** For which environment a file is, as its name or its folder says; most say nothing. */
import type { FoundPort } from './found-port.ts'

const WORDS: Readonly<Record<string, string>> = {
  ...named('development', ['dev', 'devel', 'development', 'local']),
  ...named('test', ['test', 'tests', 'testing', 'e2e', 'integration']),
  ...named('ci', ['ci']),
  ...named('staging', ['stage', 'staging', 'stg', 'uat', 'preprod']),
  ...named('production', ['prod', 'production', 'prd', 'live']),
  ...named('preview', ['preview', 'review']),
  ...named('qa', ['qa']),
}

/** Folders whose children are environments, clusters or machines, one each. */
const PARENTS =
  /^(overlays|environments|envs|clusters|stages|regions|hosts|host_vars|group_vars|deployments)$/

function named(environment: string, words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(words.map((word) => [word, environment]))
}

/** The environment a word names; undefined for any other word. */
function environmentNamed(word: string): string | undefined {
  return Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : undefined
}

/** The environment a path speaks of: in its name (`compose.prod.yaml`), else in the nearest folder. */
export function environmentOf(path: string): string | undefined {
  const segments = path.split('/')
  const name = segments.pop() ?? ''
  for (const word of name.split(/[.\-_]/).reverse()) {
    const environment = environmentNamed(word)
    if (environment !== undefined) return environment
  }
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    const segment = segments[index] ?? ''
    const isNamed = index > 0 && PARENTS.test(segments[index - 1] ?? '')
    if (isNamed && segment !== 'base') return environmentNamed(segment) ?? segment
    // A folder called `test` or `local` says where things are far more often than where they run.
    const environment = /^(test|tests|e2e|testing|local|live|review|integration|preview)$/.test(
      segment,
    )
      ? undefined
      : environmentNamed(segment)
    if (environment !== undefined) return environment
  }
  return undefined
}

/** The same, as a part of what is found there. */
export function ofEnvironment(path: string): Pick<FoundPort, 'environment'> {
  const environment = environmentOf(path)
  return environment === undefined ? {} : { environment }
}
