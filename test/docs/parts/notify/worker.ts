/** Says that it is ready before it does what it should, and that it lives. */
import { execFileSync } from 'node:child_process'

const say = (...words: readonly string[]): void => {
  execFileSync('systemd-notify', words)
}
say('--ready', '--status=connecting')
say('--status=consuming 3 queues', 'WATCHDOG=1')
setInterval(() => say('WATCHDOG=1'), 1_000)
