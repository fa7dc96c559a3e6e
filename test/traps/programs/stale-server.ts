/**
 * Finds a server of an earlier run on its port, which answers as it would itself, and takes the port
 * over once the other has been asked to leave.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { afterTrap, becomeReady, PORT, serve } from './program.ts'

/** What the other server understands as being asked to leave. */
const LEAVE = `http://127.0.0.1:${PORT}/leave`

afterTrap(async () => {
  becomeReady()
  await fetch(LEAVE)
})
while (!(await isServing())) await pause(20)

async function isServing(): Promise<boolean> {
  try {
    await serve((_request, response) => response.writeHead(200).end('the shop'))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
}
