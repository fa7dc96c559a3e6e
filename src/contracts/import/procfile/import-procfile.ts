/**
 * A Procfile says what to run and nothing else. Ports and proofs are proposed, and each proposal is
 * told, since nobody wrote it.
 */

import type { ComponentDraft } from '../draft/draft.ts'
import { variablesOf } from '../draft/words.ts'
import type { ImportContext } from '../format.ts'
import { type ProcfileEntry, readProcfile } from './read-procfile.ts'

/** Process types that run before others and end: the release phase. */
const BEFORE_OTHERS = ['release']

/** Fills a draft from a Procfile. */
export function importProcfile(context: ImportContext): void {
  const { draft, losses } = context
  const { entries, leftovers } = readProcfile(context.text)
  for (const { lineNumber, text, why } of leftovers) {
    losses.add({ line: lineNumber, column: 1, what: text.slice(0, 40), why })
  }
  const components = new Map<string, ComponentDraft>()
  for (const entry of entries) {
    const component = draft.add(entry.name, undefined)
    if (entry.type !== entry.name)
      note(context, entry, `it is called ${entry.name} in the contract`)
    components.set(entry.name, component)
    fill(component, entry, context)
  }
  const first = BEFORE_OTHERS.filter((name) => components.has(name))
  for (const [name, component] of components) {
    if (first.includes(name)) continue
    for (const before of first) component.needs.set(before, 'completed')
  }
}

function fill(component: ComponentDraft, entry: ProcfileEntry, context: ImportContext): void {
  const isFirst = BEFORE_OTHERS.includes(entry.name)
  const variables = variablesOf(entry.line).filter((name) => name !== 'PORT')
  component.run = {
    command: entry.command,
    inherit: variables,
    oneShot: isFirst,
    ports: entry.hasPort && !isFirst ? ['http'] : [],
  }
  if (variables.length > 0) {
    note(context, entry, `only ${variables.join(', ')} is inherited besides the usual variables`)
  }
  const port = `\${self.host}:\${self.ports.http}`
  if (isFirst) note(context, entry, 'it is taken for a one-shot that all others wait for')
  else if (entry.type === 'web') {
    component.ready.push({ http: { url: `http://${port}/` } })
    note(context, entry, 'no proof is written; proposed: its port answers / with 2xx')
  } else if (entry.hasPort) {
    component.ready.push({ tcp: port })
    note(context, entry, 'no proof is written; proposed: its port takes connections')
  } else {
    component.ready.push({ exit: 'running' })
    note(context, entry, 'no proof is written; proposed: it keeps running, which proves little')
  }
}

function note(context: ImportContext, entry: ProcfileEntry, why: string): void {
  context.losses.add({ line: entry.lineNumber, column: 1, what: entry.type, why })
}
