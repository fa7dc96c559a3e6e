/** The log as one JSON document a line on standard error, for whoever collects it. */
import type { Log } from './log-about.ts'

/** Loads the library only now. Lines are written at once: what a crash cuts off is what matters. */
export async function openJsonLog(version: string): Promise<Log> {
  const { default: pino } = await import('pino')
  const destination = pino.destination({ dest: 2, sync: true })
  // A line that cannot be written, on a disk that is full, must not end the server that wrote it.
  destination.on('error', () => undefined)
  const logger = pino(
    {
      // What is not worth a line never comes here.
      level: 'debug',
      base: { service: 'rampart', version, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    destination,
  )
  return (line, about = {}) => {
    const { level = 'info', ...ids } = about
    logger[level](ids, line)
  }
}
