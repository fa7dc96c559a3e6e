/** One command to HAProxy's runtime socket, and its answer. */
import { connect } from 'node:net'
import { Fault } from '../../core/fault/fault.ts'

const ANSWER_MS = 5_000

/** @throws data-plane-failed when HAProxy is not there, or does not answer */
export async function tellHaproxy(path: string, command: string): Promise<string> {
  const socket = connect(path)
  socket.setTimeout(ANSWER_MS, () => socket.destroy(new SilentHaproxy('it did not answer in time')))
  socket.write(`${command}\n`)
  const pieces: Buffer[] = []
  try {
    for await (const piece of socket) pieces.push(piece)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const hint = `HAProxy cannot be told anything: ${why}; look at its \`stats socket\`.`
    const code = 'data-plane-failed'
    throw new Fault({ code, operation: command, subject: path, hint, cause })
  }
  return Buffer.concat(pieces).toString().trim()
}

class SilentHaproxy extends Error {}
