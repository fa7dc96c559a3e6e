/** Answers 200 from the start, but as the build before this one until the new one has taken over. */
import { afterTrap, becomeReady, serve } from './program.ts'

let build = '2026-11-20'
await serve((_request, response) => response.writeHead(200, { 'x-build': build }).end('the shop'))
afterTrap(() => {
  becomeReady()
  build = '2026-11-21'
})
