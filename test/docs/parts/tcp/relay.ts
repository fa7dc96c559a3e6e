/** Greets as a mail server does. */
import { createServer } from 'node:net'

createServer((socket) => {
  socket.on('error', () => 'Whoever asks may hang up.')
  socket.end('220 relay.example ESMTP\r\n')
}).listen(Number(process.env['PORT']), 'localhost')
