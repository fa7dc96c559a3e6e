/** Answers 200 at once, and then its body a byte at a time, without an end. */
import { serve } from './program.ts'

await serve((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.flushHeaders()
  const drip = setInterval(() => response.write('.'), 100)
  response.on('close', () => clearInterval(drip))
})
