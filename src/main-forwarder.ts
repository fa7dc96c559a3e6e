/**
 * The program of a forwarder process: `main-forwarder.ts SOCKET IDLE_MS FOLDER`, with the listening
 * sockets of its front as systemd passes them. `ForwarderPlane` starts it, and nobody else.
 */
import { SystemClock } from './clock/system-clock.ts'
import { serveForwarder } from './edge/forwarder/serve-forwarder.ts'
import { openKernel } from './runtimes/process/kernel/open-kernel.ts'

const [path = '', idleMs = '', folder = ''] = process.argv.slice(2)
const isForUs = Number(process.env['LISTEN_PID']) === process.pid
const count = isForUs ? Number(process.env['LISTEN_FDS'] ?? 0) : 0

serveForwarder({
  path,
  folder,
  inherited: Array.from({ length: count }, (_, place) => 3 + place),
  kernel: process.platform === 'linux' ? openKernel() : undefined,
  clock: new SystemClock(),
  idleMs: Number(idleMs),
})
