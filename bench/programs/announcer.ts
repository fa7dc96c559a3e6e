/**
 * A component that writes one line after a while, with the instant just before it wrote it. It ends
 * soon afterwards, so that none is left behind.
 *
 * Usage: node announcer.ts <milliseconds>
 */
import { writeSync } from 'node:fs'
import { monotonicMs } from '../measure/monotonic.ts'

const LINGER_MS = 1_000

setTimeout(
  () => {
    writeSync(1, `ready ${monotonicMs()}\n`)
    setTimeout(() => process.exit(0), LINGER_MS)
  },
  Number(process.argv[2] ?? 0),
)
