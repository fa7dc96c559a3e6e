/** Lines that components write, followed. The newest are kept; older ones are on the server. */
import type { LogLine } from '../../server/wire.ts'
import { send } from './request.ts'

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
  const take = (line: LogLine): void => {
    if (!line.subject.startsWith(`${contract}/`)) return
    count += 1
    lines = [...lines.slice(-KEPT_MAX + 1), { ...line, key: count }]
    timer ??= window.setTimeout(tell, TELL_MS)
  }
  const query = {
    subject: stage === undefined ? undefined : `${contract}/${stage}`,
    tail: 500,
    follow: true,
  }
  readLines(query, stopping.signal, take).then(
    () => tell(),
    (error: unknown) => tell(error),
  )
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
