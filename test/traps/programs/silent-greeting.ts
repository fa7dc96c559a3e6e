/** A mail relay that accepts from the start and greets only once it can take mail. */
import { createServer } from 'node:net'
import { afterTrap, becomeReady, PORT } from './program.ts'

let greeting = ''
createServer((socket) => {
  socket.on('error', () => 'Whoever asked has hung up.')
  socket.resume()
  if (greeting !== '') socket.write(greeting)
}).listen(PORT, '127.0.0.1', () =>
  afterTrap(() => {
    becomeReady()
    greeting = '220 relay.example ESMTP\r\n'
  }),
)
