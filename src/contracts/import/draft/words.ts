/** Texts of other tools as texts of a contract: what is plain there must stay plain here. */
import { printTemplate } from '../../expression/template.ts'

/** A text in which nothing is filled in, although it may hold `${`. */
export function plain(text: string): string {
  return printTemplate([text])
}

/** A command line for the shell; `exec`, so that signals reach the program and not the shell. */
export function shellCommand(line: string): readonly string[] {
  const isSimple = !/[;&|\n(){}]|^\s*(?:\w+=|exec\s|cd\s|if\s|for\s|while\s)/.test(line)
  return ['sh', '-c', plain(isSimple ? `exec ${line.trim()}` : line.trim())]
}

/** Names of the variables that a shell would look up in a line. */
export function variablesOf(line: string): readonly string[] {
  const names = [...line.matchAll(/\$(?:\{([A-Za-z_]\w*)|([A-Za-z_]\w*))/g)].map(
    ([, braced, bare]) => braced ?? bare ?? '',
  )
  return [...new Set(names)]
}

/** A pattern that matches a text as it stands. */
export function patternOf(text: string): string {
  return plain(text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
}

/** A text as a name: of a condition, for example. */
export function nameOf(text: string, fallback: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replaceAll(/^-+|-+$/g, '')
  return name === '' ? fallback : name
}

/** What every written address of a process's own machine comes to. */
export function hostText(host: string | undefined): string {
  if (host === undefined || ['', '0.0.0.0', '::', '[::]', '*'].includes(host)) return '127.0.0.1'
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}
