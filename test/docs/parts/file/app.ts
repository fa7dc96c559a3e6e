/** Opens a socket, and ends the maintenance after that. */
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'

createServer().listen('out/app.sock', () => rmSync('out/maintenance'))
