/** What the YAML parser found wrong, in words that say what to do. */
import type { YAMLError } from 'yaml'
import type { Complaint } from './source-document.ts'

const ADVICE: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'tabs cannot indent in YAML; use spaces',
  BAD_INDENT:
    'the indentation does not fit the lines above; members of one mapping start in one column',
  BLOCK_AS_IMPLICIT_KEY:
    'a second ": " on one line starts a mapping in a mapping; put the value in quotes',
  BAD_DQ_ESCAPE:
    'this escape is not known in a double-quoted string; use single quotes to take it as is',
  MULTIPLE_DOCS: 'documents in one file are separated by a line of ---',
  BAD_DIRECTIVE: 'this %-directive is not known; contracts are YAML 1.2 and need none',
  KEY_OVER_1024_CHARS: 'a key is at most 1024 characters long',
  MULTILINE_IMPLICIT_KEY:
    'a key must end on the line where it starts; is a ":" or a quote missing?',
  RESOURCE_EXHAUSTION: 'the document is nested too deeply',
}

/** Says what is wrong at the place of a parser's error. */
export function explainYamlError(error: YAMLError, text: string): Complaint {
  return { code: 'not-yaml', message: `this is not YAML: ${advise(error, text)}` }
}

/** The quote of a string that is not closed, when that is what is wrong. */
export function unclosedQuote(error: YAMLError): string | undefined {
  return /Missing closing (.)quote/.exec(error.message)?.[1]
}

function advise(error: YAMLError, text: string): string {
  const offset = error.pos[0]
  const character = text[offset] ?? ''
  if (hasBareTemplate(lineAround(text, offset))) {
    return `inside { } and [ ], put a value with \${…} in quotes`
  }
  if (error.code === 'BAD_SCALAR_START')
    return `a value cannot start with ${character}; put it in quotes`
  const quote = unclosedQuote(error)
  if (quote !== undefined) return `a string that starts with ${quote} is not closed`
  if (error.code === 'MISSING_CHAR') return missing(error.message)
  if (
    error.code === 'BAD_INDENT' &&
    /must be sufficiently indented and end with/.test(error.message)
  ) {
    return `a bracket is not closed; ${error.message.slice(-1)} is missing before this`
  }
  return ADVICE[error.code] ?? lowerFirst(error.message)
}

function missing(message: string): string {
  if (message.includes('Implicit map keys')) return 'a key needs a ":" after it'
  const bracket = /must end with a (.)/.exec(message)?.[1]
  return bracket === undefined ? lowerFirst(message) : `a closing ${bracket} is missing`
}

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return text.slice(start, end < 0 ? text.length : end)
}

/** Whether a line has `${` outside quotes behind an opening bracket, where YAML reads the brace. */
function hasBareTemplate(line: string): boolean {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, '')
  return /[[{].*\$\{/.test(bare)
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
