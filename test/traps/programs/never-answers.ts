/** Accepts every connection, reads what is asked, and never answers. */
import { createServer } from 'node:net'
import { PORT } from './program.ts'

createServer((socket) => {
  socket.on('error', () => 'Whoever asked has hung up.')
  socket.resume()
}).listen(PORT, '127.0.0.1')
