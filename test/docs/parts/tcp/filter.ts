/** Accepts, and says nothing. */
import { createServer } from 'node:net'

createServer((socket) => {
  socket.on('error', () => 'Whoever asks may hang up.')
}).listen(Number(process.env['PORT']), '127.0.0.1')
