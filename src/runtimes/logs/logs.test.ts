/** Raw output becomes logs: cut, stamped, rotated, carried on by the next daemon, followed live. */
import assert from 'node:assert/strict'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { LogFeed } from './log-feed.ts'
import { LogKeeper, type RawOutput } from './log-keeper.ts'
import { type LogLine, parseLogLine, printLogLine } from './log-line.ts'
import { readTail } from './read-tail.ts'
import { BEGINNING, splitLines } from './split-lines.ts'

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
const nowMs = (): number => AT_MS

function makeRaw(context: TestContext): RawOutput {
  const subjectFolder = mkdtempSync(join(tmpdir(), 'rampart-logs-'))
  context.after(() => rmSync(subjectFolder, { recursive: true, force: true }))
  const path = join(subjectFolder, '1')
  mkdirSync(path)
  writeFileSync(join(path, 'out'), '')
  writeFileSync(join(path, 'err'), '')
  return { subject: 'shop/api', subjectFolder, number: 1, path, isEnded: false }
}

async function collect(lines: AsyncIterable<LogLine>): Promise<readonly LogLine[]> {
  const collected: LogLine[] = []
  for await (const line of lines) collected.push(line)
  return collected
}

const log = (raw: RawOutput): string => readFileSync(join(raw.subjectFolder, 'log'), 'utf8')

test('a log line can be printed and parsed', () => {
  const line: LogLine = { subject: 'shop/api', atMs: AT_MS, stream: 'err', text: 'a  b ' }
  const printed = printLogLine(line)
  assert.equal(printed, '2026-01-02T03:04:05.678Z err a  b \n')
  assert.deepEqual(parseLogLine('shop/api', printed.slice(0, -1)), line)
  assert.equal(parseLogLine('shop/api', 'nonsense'), undefined)
  const ofCopy = { ...line, copy: 12, text: '#3 is not a copy' }
  assert.deepEqual(parseLogLine('shop/api', printLogLine(ofCopy).slice(0, -1)), ofCopy)
})

test('cutting at any byte gives the same lines as cutting the whole', () => {
  const bytes = Buffer.from('one\ntwo\r\n\nzwölf €\nx'.repeat(7))
  const options = { lineMax: 12, isEnd: true }
  const whole = splitLines(bytes, BEGINNING, options)
  for (let at = 0; at <= bytes.length; at++) {
    const first = splitLines(bytes.subarray(0, at), BEGINNING, { ...options, isEnd: false })
    const second = splitLines(bytes.subarray(first.cursor.offset), first.cursor, options)
    assert.deepEqual([...first.lines, ...second.lines], whole.lines)
    assert.equal(second.cursor.offset, bytes.length)
  }
})

test('an over-long line is cut between characters, and says so', () => {
  const bytes = Buffer.from(`${'ä'.repeat(10)}\nnext\n`)
  const { lines } = splitLines(bytes, BEGINNING, { lineMax: 5, isEnd: false })
  assert.deepEqual(lines, ['ää … (cut: longer than 5 bytes)', 'next'])
})

test('invalid UTF-8 is replaced, never thrown about', () => {
  const bytes = Buffer.from([0x61, 0xff, 0xfe, 0x0a])
  assert.deepEqual(splitLines(bytes, BEGINNING, { lineMax: 9, isEnd: false }).lines, [
    'a\ufffd\ufffd',
  ])
})

test('whole lines are logged, an unfinished one when its component ends', (context) => {
  const raw = makeRaw(context)
  const keeper = new LogKeeper({ nowMs })
  appendFileSync(join(raw.path, 'out'), 'one\ntw')
  appendFileSync(join(raw.path, 'err'), 'bad\n')
  keeper.carry(raw)
  const stamp = '2026-01-02T03:04:05.678Z'
  assert.equal(log(raw), `${stamp} out one\n${stamp} err bad\n`)
  appendFileSync(join(raw.path, 'out'), 'o\nend')
  keeper.carry(raw)
  keeper.carry({ ...raw, isEnded: true })
  keeper.carry({ ...raw, isEnded: true })
  assert.equal(log(raw), `${stamp} out one\n${stamp} err bad\n${stamp} out two\n${stamp} out end\n`)
  keeper.close()
})

test('the next daemon goes on at exactly the byte where the last one was killed', (context) => {
  const raw = makeRaw(context)
  const first = new LogKeeper({ nowMs })
  appendFileSync(join(raw.path, 'out'), 'one\ntw')
  first.carry(raw)
  first.close()
  // As if it had been killed after writing to the log and before noting it.
  const noted = readFileSync(join(raw.subjectFolder, 'log.state'))
  appendFileSync(join(raw.subjectFolder, 'log'), '2026-01-02T03:04:05.678Z out two\n2026-01')
  appendFileSync(join(raw.path, 'out'), 'o\nthree\n')
  assert.deepEqual(readFileSync(join(raw.subjectFolder, 'log.state')), noted)
  const second = new LogKeeper({ nowMs })
  second.carry(raw)
  second.close()
  const texts = log(raw)
    .trim()
    .split('\n')
    .map((line) => line.slice(25))
  assert.deepEqual(texts, ['out one', 'out two', 'out three'])
})

test('logs are rotated by size, and no line is lost between the files', (context) => {
  const raw = makeRaw(context)
  const limits = { fileMax: 2_000, files: 3 }
  let keeper = new LogKeeper({ nowMs, limits })
  for (let number = 1; number <= 200; number++) {
    appendFileSync(join(raw.path, 'out'), `line ${number}\n`)
    keeper.carry(raw)
    if (number % 37 !== 0) continue
    keeper.close()
    keeper = new LogKeeper({ nowMs, limits })
  }
  keeper.carry(raw)
  const lines = keeper.tail('shop/api', 1_000).map(({ text }) => text)
  assert.equal(lines.at(-1), 'line 200')
  const first = Number(lines[0]?.slice('line '.length))
  assert.ok(first > 1 && first < 110, `the oldest line kept is ${first}`)
  assert.deepEqual(
    lines,
    Array.from({ length: 201 - first }, (_, index) => `line ${first + index}`),
  )
  assert.ok(statSync(join(raw.subjectFolder, 'log.2')).size <= 2_100)
  assert.equal(statSync(join(raw.subjectFolder, 'log.3'), { throwIfNoEntry: false }), undefined)
  keeper.close()
})

test('a crash in the middle of a rotation loses no noted line', (context) => {
  const raw = makeRaw(context)
  const first = new LogKeeper({ nowMs })
  appendFileSync(join(raw.path, 'out'), 'one\n')
  first.carry(raw)
  first.close()
  // `log` has moved, its new length is not noted.
  writeFileSync(join(raw.subjectFolder, 'log.1'), log(raw))
  rmSync(join(raw.subjectFolder, 'log'))
  appendFileSync(join(raw.path, 'out'), 'two\n')
  const second = new LogKeeper({ nowMs })
  second.carry(raw)
  assert.deepEqual(
    second.tail('shop/api', 9).map(({ text }) => text),
    ['one', 'two'],
  )
  second.close()
})

test('a raw file that has been read is emptied when it has grown too large', (context) => {
  const raw = makeRaw(context)
  const keeper = new LogKeeper({ nowMs, limits: { rawMax: 100 } })
  const out = join(raw.path, 'out')
  appendFileSync(out, `${'x'.repeat(200)}\nhalf`)
  keeper.carry(raw)
  assert.equal(statSync(out).size, 205, 'kept while a line is unfinished')
  appendFileSync(out, ' whole\n')
  keeper.carry(raw)
  keeper.carry(raw)
  assert.equal(statSync(out).size, 0)
  appendFileSync(out, 'next\n')
  keeper.carry(raw)
  assert.deepEqual(
    keeper.tail('shop/api', 2).map(({ text }) => text),
    ['half whole', 'next'],
  )
  keeper.close()
})

test('a large backlog is carried in turns, to its last line', async (context) => {
  const raw = makeRaw(context)
  const keeper = new LogKeeper({ nowMs })
  const lines = Array.from({ length: 60_000 }, (_, index) => `number ${index} ${'y'.repeat(10)}`)
  writeFileSync(join(raw.path, 'out'), lines.join('\n'))
  const giveUp = AbortSignal.timeout(60_000)
  const followed: string[] = []
  const reading = (async () => {
    for await (const line of keeper.follow({ subject: 'shop/api', signal: giveUp })) {
      followed.push(line.text)
      if (line.text === lines.at(-1)) return
    }
  })()
  keeper.carry(raw)
  keeper.carry({ ...raw, isEnded: true })
  await reading
  assert.deepEqual(followed, lines)
  keeper.close()
})

test('a follower gets the tail, then what comes, of its subject alone', async (context) => {
  const raw = makeRaw(context)
  const keeper = new LogKeeper({ nowMs })
  appendFileSync(join(raw.path, 'out'), 'one\ntwo\nthree\n')
  keeper.carry(raw)
  const signal = new AbortController().signal
  const one = keeper.follow({ subject: 'shop/api', tailLines: 2, signal })
  const all = keeper.follow({ tailLines: 1, signal })
  const none = keeper.follow({ subject: 'shop/db', tailLines: 5, signal })
  appendFileSync(join(raw.path, 'out'), 'four\n')
  keeper.carry(raw)
  keeper.close()
  const texts = async (lines: AsyncIterable<LogLine>): Promise<readonly string[]> =>
    (await collect(lines)).map(({ text }) => text)
  assert.deepEqual(await texts(one), ['two', 'three', 'four'])
  assert.deepEqual(await texts(all), ['three', 'four'])
  assert.deepEqual(await texts(none), [])
})

test('a reader that is too slow loses the oldest lines and is told how many', async () => {
  const feed = new LogFeed(10 * (64 + 3))
  const lines = feed.follow(undefined, [], new AbortController().signal)
  for (let number = 1; number <= 100; number++) {
    feed.publish({
      subject: 'shop/api',
      atMs: number,
      stream: 'out',
      text: `${number}`.padStart(3),
    })
  }
  feed.close()
  const got = await collect(lines)
  assert.match(got[0]?.text ?? '', /^90 lines were dropped/)
  assert.equal(got[0]?.stream, 'note')
  assert.deepEqual(
    got.slice(1).map(({ text }) => Number(text)),
    [91, 92, 93, 94, 95, 96, 97, 98, 99, 100],
  )
})

test('a reader ends when its signal aborts, also while it waits', async () => {
  const feed = new LogFeed()
  const giveUp = new AbortController()
  const reading = collect(feed.follow(undefined, [], giveUp.signal))
  giveUp.abort()
  assert.deepEqual(await reading, [])
  assert.equal(feed.hasReaders, false)
  assert.deepEqual(await collect(feed.follow(undefined, [], giveUp.signal)), [])
})

test('the last lines of a large file are read without the whole of it', (context) => {
  const { path } = makeRaw(context)
  const file = join(path, 'large')
  writeFileSync(file, Array.from({ length: 50_000 }, (_, index) => `row ${index}\n`).join(''))
  assert.deepEqual(readTail(file, 2, 1_000_000), ['row 49998', 'row 49999'])
  assert.deepEqual(readTail(file, 100, 25), ['row 49998', 'row 49999'])
  assert.deepEqual(readTail(join(path, 'absent'), 2, 100), [])
})
