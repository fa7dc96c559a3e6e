/** Answers 503, then 200 until shortly after the first who heard it, then 503 again before 200 for good. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterTrap, becomeReady, serve } from './program.ts'

let status = 503
const { promise: heard, resolve } = Promise.withResolvers<void>()
await serve((_request, response) => {
  response.writeHead(status).end()
  if (status === 200) resolve()
})
await pause(400)
status = 200
await heard
await pause(500)
status = 503
afterTrap(() => {
  becomeReady()
  status = 200
})
