/** Starts its server in the background and exits with 0, long before the server serves. */
import { spawn } from 'node:child_process'
import { afterTrap, becomeReady, serve } from './program.ts'

if (process.argv[2] === 'server') {
  let status = 503
  await serve((_request, response) => response.writeHead(status).end())
  afterTrap(() => {
    becomeReady()
    status = 200
  })
} else {
  const file = import.meta.filename
  spawn(process.execPath, [file, 'server'], { detached: true, stdio: 'ignore' }).unref()
}
