/** `rampart login`: becoming known to a server, by a browser or with a token that one was given. */
import { assertNotExposed, serverUrl, towardServer } from '../choose-server.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { LOCAL, readContexts, writeContexts } from '../contexts.ts'
import { EXIT } from '../exit-code.ts'
import { readSecret } from '../read-secret.ts'
import { keepContext } from './context.ts'

interface LoginOptions {
  readonly server?: string
  readonly name?: string
  readonly ca?: string
  readonly token?: boolean
}

/** Logs in and makes the server the current context. */
export async function runLogin(parts: CliParts, options: LoginOptions): Promise<number> {
  const { server = parts.settings['RAMPART_SERVER'], ca, token: isGiven } = options
  if (server === undefined) {
    const next = 'Next: rampart login --server https://rampart.example.org'
    return misuse(parts, 'Which server to log in to is not said.', next)
  }
  const url = serverUrl(server)
  assertNotExposed(url)
  const { name = url.host.replace(/[^\w.-]/g, '-') } = options
  if (name === LOCAL) {
    return misuse(parts, `${LOCAL} is this machine's own daemon.`, 'Next: give --name another name')
  }
  const trusted = ca === undefined ? {} : { ca }
  const to = { server: url.origin, ...trusted }
  const secret = isGiven === true ? await readSecret(parts, 'token') : await byBrowser(parts, to)
  // Asked before it is kept, so that a wrong token is noticed now.
  const known = { ...parts, settings: { ...parts.settings, RAMPART_TOKEN: secret } }
  const client = await towardServer(known, to).ensureDaemon('')
  try {
    const me = await client.me()
    keepContext(parts, name, { ...to, token: secret })
    writeContexts(parts.settings, { ...readContexts(parts.settings), current: name })
    parts.stderr.write(`Logged in at ${url.origin} as ${me.name}; the context is ${name}.\n`)
    return EXIT.yes
  } finally {
    await client.close()
  }
}

/** @throws sign-in-unavailable, sign-in-refused */
async function byBrowser(
  parts: CliParts,
  to: { readonly server: string; readonly ca?: string },
): Promise<string> {
  const nobody = { ...parts, settings: { ...parts.settings, RAMPART_TOKEN: undefined } }
  const client = await towardServer(nobody, to).ensureDaemon('')
  try {
    const begun = await client.beginLogin()
    parts.stderr.write(`Open ${begun.url}\nand confirm there that it shows: ${begun.userCode}\n`)
    for (;;) {
      const taken = await client.takeLogin(begun.deviceCode)
      if (taken.state === 'done') return taken.secret
      await new Promise((resolve) => setTimeout(resolve, begun.pollMs))
    }
  } finally {
    await client.close()
  }
}
