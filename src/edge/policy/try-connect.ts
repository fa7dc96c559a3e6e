/**
 * Connects as another user of this machine, in a process of its own, and tells what became of it. Asks a
 * service for nothing but, at an HTTP front, its options; sends nothing elsewhere.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Trial } from './trials.ts'

/** What happened. `unclear`: it could not be tried, or it cannot be told what a front made of it. */
export interface Outcome {
  readonly what: 'let in' | 'refused' | 'no answer' | 'unclear'
  /** The system's word, where it has one. */
  readonly why?: string
}

/** How long a connection may take, and how soon a TCP front has closed one that it refuses. @unit ms */
const CONNECT_MS = 2_000
const CLOSING_MS = 500

/** The process begins as root, so that it need not be able to read Node's files as that user. */
const PROGRAM = `
const [user, host, port, seenBy, speech = '', certificate = '', key = ''] = process.argv.slice(1)
const [net, tls, fs] = [require('node:net'), require('node:tls'), require('node:fs')]
const shown = certificate === '' ? {} : { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }
process.setgroups([])
process.setgid(65534)
process.setuid(Number(user))
const say = (what, why) => { process.stdout.write(JSON.stringify({ what, why })); process.exit() }
const late = setTimeout(() => say('no answer'), ${CONNECT_MS})
const place = { host, port: Number(port) }
const alike = { rejectUnauthorized: false, ALPNProtocols: seenBy === 'http' ? ['http/1.1'] : undefined }
const socket = speech === 'tls' ? tls.connect({ ...place, ...alike, ...shown }) : net.connect(place)
socket.on('error', ({ code }) => say('refused', code))
socket.on(speech === 'tls' ? 'secureConnect' : 'connect', () => {
  if (seenBy === 'kernel') say('let in')
  clearTimeout(late)
  socket.on('close', () => say('refused', 'closed'))
  if (seenBy === 'tcp') setTimeout(() => say('let in'), ${CLOSING_MS})
  else {
    setTimeout(() => say('unclear', 'connected, and no answer'), ${CONNECT_MS})
    socket.write('OPTIONS * HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n')
  }
  socket.once('data', (data) => {
    const status = /^HTTP\\/1\\.\\d (\\d{3})/.exec(data.toString('latin1'))?.[1]
    if (seenBy === 'http' && status === '403') say('refused', 'HTTP 403')
    say('let in')
  })
})
`

/**
 * Tries one connection. Only root can be others. With TLS anybody is believed to be the front: nothing is
 * told it that is worth anything.
 */
export async function tryConnect({ user, address, port, seenBy, tls }: Trial): Promise<Outcome> {
  const { certificate = '', key = '' } = tls?.shown ?? {}
  const words = tls === undefined ? [] : ['tls', certificate, key]
  const argv = ['-e', PROGRAM, String(user), address, String(port), seenBy, ...words]
  const child = spawn(process.execPath, argv, {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
    })
  }
  const [exitCode] = await once(child, 'close')
  if (exitCode === 0 && texts.stdout !== '') return JSON.parse(texts.stdout)
  const why = /^\w*Error: .*$/m.exec(texts.stderr)?.[0] ?? `it ended with ${exitCode}`
  return { what: 'unclear', why }
}
