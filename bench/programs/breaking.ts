/**
 * A server that is ready, and breaks a while after the first who asked it: it crashes, answers 500, or
 * hangs. It puts the instant on record just before. With MODE=never it is never ready, nor breaks.
 */
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

/** Long enough for whoever asked to have gone on to wait for the other. @unit ms */
const READY_MS = 1_000

const { MODE: mode = 'never', BROKE: broke = '', PORT: port } = process.env
let isBroken = false
let isAsked = false

createServer((_request, response) => {
  if (mode === 'hang' && isBroken) return
  const status = mode === 'never' ? 503 : isBroken ? 500 : 200
  response.writeHead(status, { connection: 'close' }).end()
  if (isAsked || status !== 200) return
  isAsked = true
  setTimeout(breakNow, READY_MS)
}).listen(Number(port), '127.0.0.1')

function breakNow(): void {
  isBroken = true
  writeFileSync(broke, String(Date.now()))
  if (mode === 'crash') process.exit(3)
}
