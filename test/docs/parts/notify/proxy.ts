/** Says that it is ready once it listens. */
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'

createServer().listen(Number(process.env['PORT']), '127.0.0.1', () => {
  execFileSync('systemd-notify', ['--ready'])
})
