/** `rampart context list|use|add|remove`: which servers somebody speaks to. */
import { assertNotExposed, serverUrl } from '../choose-server.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { type Context, contextNamed, LOCAL, readContexts, writeContexts } from '../contexts.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption } from '../options.ts'
import { readSecret } from '../read-secret.ts'

/** Lists them, the current one marked. */
export async function runContextList(parts: CliParts, options: JsonOption): Promise<number> {
  const { current = LOCAL, contexts } = readContexts(parts.settings)
  const all: readonly (readonly [string, Partial<Context>])[] = [
    [LOCAL, {}],
    ...Object.entries(contexts),
  ]
  for (const [name, { server, token }] of all) {
    const isCurrent = name === current
    if (options.json === true) {
      const told = { name, server: server ?? null, isCurrent, hasToken: token !== undefined }
      parts.stdout.write(`${JSON.stringify(told)}\n`)
    } else {
      const known = server === undefined || token !== undefined ? '' : '  (no token)'
      const where = server ?? "this machine's own daemon"
      parts.stdout.write(`${isCurrent ? '*' : ' '} ${name}  ${where}${known}\n`)
    }
  }
  return EXIT.yes
}

/** Makes one current. @throws context-unknown */
export async function runContextUse(parts: CliParts, name: string): Promise<number> {
  const { current: _, ...contexts } = readContexts(parts.settings)
  if (name === LOCAL) writeContexts(parts.settings, contexts)
  else {
    contextNamed(contexts, name)
    writeContexts(parts.settings, { ...contexts, current: name })
  }
  const where = name === LOCAL ? "this machine's own daemon" : contexts.contexts[name]?.server
  parts.stderr.write(`Commands now speak to ${where}.\n`)
  return EXIT.yes
}

interface AddOptions {
  readonly server?: string
  readonly ca?: string
  readonly tokenStdin?: boolean
}

/** Adds one, or replaces one of the same name. */
export async function runContextAdd(
  parts: CliParts,
  name: string,
  options: AddOptions,
): Promise<number> {
  const { server, ca, tokenStdin } = options
  if (name === LOCAL || !/^[a-zA-Z0-9][\w.-]{0,99}$/.test(name)) {
    const sentence = `${name} cannot be the name of a context: letters, digits, dots and dashes.`
    return misuse(parts, sentence, 'Next: rampart context add office --server URL')
  }
  if (server === undefined) {
    const sentence = 'A context names a server.'
    return misuse(parts, sentence, `Next: rampart context add ${name} --server URL`)
  }
  const url = serverUrl(server)
  const token = tokenStdin === true ? await readSecret(parts, 'token') : undefined
  if (token !== undefined) assertNotExposed(url)
  keepContext(parts, name, {
    server: url.origin,
    ...(token === undefined ? {} : { token }),
    ...(ca === undefined ? {} : { ca }),
  })
  parts.stderr.write(`${name} is kept.\n  Next: rampart context use ${name}\n`)
  return EXIT.yes
}

/** Removes one; the token in it is not revoked. @throws context-unknown */
export async function runContextRemove(parts: CliParts, name: string): Promise<number> {
  const kept = readContexts(parts.settings)
  const { token } = contextNamed(kept, name)
  const { [name]: _, ...contexts } = kept.contexts
  const isCurrent = kept.current === name
  const current = isCurrent || kept.current === undefined ? {} : { current: kept.current }
  writeContexts(parts.settings, { ...current, contexts })
  parts.stderr.write(`${name} is forgotten here.\n`)
  if (token !== undefined) {
    parts.stderr.write('  Its token still holds at the server until it expires or is revoked.\n')
  }
  return EXIT.yes
}

/** Keeps a context under a name, over one of the same name. */
export function keepContext(parts: Pick<CliParts, 'settings'>, name: string, to: Context): void {
  const kept = readContexts(parts.settings)
  writeContexts(parts.settings, { ...kept, contexts: { ...kept.contexts, [name]: to } })
}
