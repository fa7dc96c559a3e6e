/**
 * Hands over to another Node: its terminal, its signals, its end. Runs on Node 18. Where Node can
 * replace the running process, it does; otherwise this process stays behind as a relay.
 */
import { spawn } from 'node:child_process'

/** Runs node with these arguments in place of this process; never returns to its caller. */
export function handOver(node, args) {
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(node, [node, ...args], process.env)
  }
  const child = spawn(node, args, { stdio: 'inherit' })
  // A terminal sends Ctrl-C to parent and child alike: passing it on would make one press two.
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    const fromKeyboard = signal === 'SIGINT' || signal === 'SIGQUIT'
    process.on(signal, () => {
      if (!(fromKeyboard && onTerminal)) child.kill(signal)
    })
  }
  child.once('error', (error) => {
    console.error(`rampart: ${node} could not be started: ${error.message}`)
    process.exit(1)
  })
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
  return new Promise(() => {})
}
