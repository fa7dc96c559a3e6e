/** Sends everybody to a login page, which answers 200, until its sessions are loaded. */
import { afterTrap, becomeReady, serve } from './program.ts'

let isLoaded = false
await serve((request, response) => {
  if (request.url === '/login') response.writeHead(200).end('<h1>Sign in</h1>')
  else if (isLoaded) response.writeHead(200).end('the shop')
  else response.writeHead(302, { location: '/login' }).end()
})
afterTrap(() => {
  becomeReady()
  isLoaded = true
})
