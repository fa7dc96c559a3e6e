/**
 * Contexts: which servers somebody speaks to, and by which tokens. Kept in one file for its owner
 * alone; a token is sent to the server it was kept for and to no other, and never shown.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../core/fault/fault.ts'

/** A server, and by what somebody is known there. */
export interface Context {
  readonly server: string
  readonly token?: string
  /** A file of certificates (PEM) to trust besides the system's. */
  readonly ca?: string
}

/** What is kept. */
export interface Contexts {
  /** The one that is meant when none is named; absent: this machine. */
  readonly current?: string
  readonly contexts: Readonly<Record<string, Context>>
}

/** The name that stands for this machine's own daemon. */
export const LOCAL = 'local'

const CONTEXT = z.strictObject({
  server: z.string(),
  token: z.string().exactOptional(),
  ca: z.string().exactOptional(),
})

const CONTEXTS: z.ZodType<Contexts> = z.strictObject({
  current: z.string().exactOptional(),
  contexts: z.record(z.string(), CONTEXT),
})

type Variables = Readonly<Record<string, string | undefined>>

/** Where they are kept: `$XDG_CONFIG_HOME/rampart/contexts.json`; undefined without any home. */
export function contextsFile(variables: Variables): string | undefined {
  const { XDG_CONFIG_HOME: config, HOME: home } = variables
  const folder = config || (home === undefined || home === '' ? undefined : join(home, '.config'))
  return folder === undefined ? undefined : join(folder, 'rampart', 'contexts.json')
}

/** All of them. @throws contexts-unusable */
export function readContexts(variables: Variables): Contexts {
  const file = contextsFile(variables)
  if (file === undefined) return { contexts: {} }
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { contexts: {} }
    throw unusable(file, (error as Error).message, error)
  }
  try {
    return CONTEXTS.parse(JSON.parse(text))
  } catch (error) {
    throw unusable(file, 'It does not hold what Rampart writes there.', error)
  }
}

/** Keeps them, for their owner alone; whole or not at all. @throws contexts-unusable */
export function writeContexts(variables: Variables, contexts: Contexts): void {
  const file = contextsFile(variables)
  if (file === undefined) throw unusable('$HOME', 'Neither XDG_CONFIG_HOME nor HOME is set.')
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const draft = `${file}.draft`
    writeFileSync(draft, `${JSON.stringify(contexts, null, 2)}\n`, { mode: 0o600 })
    chmodSync(draft, 0o600)
    renameSync(draft, file)
  } catch (error) {
    throw unusable(file, (error as Error).message, error)
  }
}

/** The context of that name. @throws context-unknown */
export function contextNamed({ contexts }: Contexts, name: string): Context {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined
  if (found !== undefined) return found
  const names = [LOCAL, ...Object.keys(contexts)].join(', ')
  throw new Fault({
    code: 'context-unknown',
    operation: 'choose the context',
    subject: name,
    hint: `There is no context ${name}; there are ${names}.`,
  })
}

function unusable(subject: string, hint: string, cause?: unknown): Fault {
  return new Fault({
    code: 'contexts-unusable',
    operation: 'use the contexts',
    subject,
    hint,
    cause,
  })
}
