/** Files of variables: `NAME=value`, one a line. */

/** One line of it. */
export interface Variable {
  readonly name: string
  readonly value: string
  /** Where the name begins. */
  readonly offset: number
}

const LINE = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*(.*)$/gm

/** Every variable, in the order of the file. */
export function parseDotenv(text: string): readonly Variable[] {
  return [...text.matchAll(LINE)].map((match) => {
    const [line, name = '', raw = ''] = match
    return { name, value: unquoted(raw), offset: match.index + line.indexOf(name) }
  })
}

/** The values by their names; the last one of a name counts. */
export function readVariables(text: string): ReadonlyMap<string, string> {
  return new Map(parseDotenv(text).map(({ name, value }) => [name, value]))
}

function unquoted(raw: string): string {
  const quoted = /^(["'`])(.*?)\1/.exec(raw)
  return quoted?.[2] ?? raw.replace(/(^|\s)#.*$/, '').trim()
}
