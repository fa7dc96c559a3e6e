/**
 * Lines that components write, followed also when the connection breaks: what there is is then read anew.
 * The newest are kept; older ones are on the server.
 */
import type { LogLine } from '../../server/wire.ts'
import { backOff } from './follow.ts'
import { send } from './request.ts'
import { statusOf } from './request-failure.ts'

const KEPT_MAX = 2_000
const TELL_MS = 150

/** A line that can be told from all others. */
export interface KeyedLine extends LogLine {
  readonly key: number
}

/** What is known so far. */
export interface LogsPicture {
  readonly lines: readonly KeyedLine[]
  readonly error: unknown
}

/** Follows the lines of one component of a contract, or of all. @returns stops */
export function followLogs(
  contract: string,
  stage: string | undefined,
  onPicture: (picture: LogsPicture) => void,
): () => void {
  const stopping = new AbortController()
  let lines: readonly KeyedLine[] = []
  let count = 0
  let timer: number | undefined
  const tell = (error?: unknown): void => {
    window.clearTimeout(timer)
    timer = undefined
    if (!stopping.signal.aborted) onPicture({ lines, error })
  }
  const takeInto = (before: readonly KeyedLine[], line: LogLine): readonly KeyedLine[] => {
    if (!line.subject.startsWith(`${contract}/`)) return before
    count += 1
    timer ??= window.setTimeout(tell, TELL_MS)
    return [...before.slice(-KEPT_MAX + 1), { ...line, key: count }]
  }
  const query = {
    subject: stage === undefined ? undefined : `${contract}/${stage}`,
    tail: 500,
    follow: true,
  }
  const { signal } = stopping
  const followOn = async (): Promise<void> => {
    for (let failures = 0; !signal.aborted; failures += 1) {
      if (failures > 0) await backOff(failures, signal)
      let isFirst = true
      try {
        await readLines(query, signal, (line) => {
          // What was shown stays until there is something to show instead.
          lines = takeInto(isFirst ? [] : lines, line)
          isFirst = false
          failures = 0
        })
      } catch (error) {
        const status = statusOf(error)
        if (status !== 0) tell(error)
        // What was never started may be in a moment; who may not look, may not.
        if (status === 401 || status === 403) return
      }
    }
  }
  void followOn()
  return () => stopping.abort()
}

async function readLines(
  query: Readonly<Record<string, string | number | boolean | undefined>>,
  signal: AbortSignal,
  take: (line: LogLine) => void,
): Promise<void> {
  const response = await send({ path: '/v1/logs', query, signal })
  let rest = ''
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (rest + piece).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) if (part.trim() !== '') take(JSON.parse(part) as LogLine)
  }
}
