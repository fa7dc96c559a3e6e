/**
 * What the GitHub Action runs: `rampart check` and `rampart plan` of one path, and what changes against
 * another revision, as the body of a comment in a file. Plain JavaScript for whatever Node a runner has.
 * It posts nothing: it needs no token, and what is written comes from a pull request.
 *
 * Variables: RAMPART_BIN, CONTRACT, TARGET, BASE (a revision; empty: none), BODY_FILE.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** GitHub refuses comments that are longer. @unit characters */
const LONGEST = 65_536
const CUT = 'It is cut here, since a comment may not be longer; the log of the job has all of it.'
const FILES = ['rampart.yaml', 'rampart.yml', 'rampart.json']

const { RAMPART_BIN = '', CONTRACT = '.', TARGET = '', BASE = '', BODY_FILE = '' } = process.env
const { GITHUB_OUTPUT, GITHUB_STEP_SUMMARY } = process.env

const { body, exitCode } = report()
writeFileSync(BODY_FILE, body)
if (GITHUB_OUTPUT) {
  const verdict = exitCode === 0 ? 'valid' : 'invalid'
  appendFileSync(GITHUB_OUTPUT, `body-file=${BODY_FILE}\nverdict=${verdict}\n`)
}
if (GITHUB_STEP_SUMMARY) appendFileSync(GITHUB_STEP_SUMMARY, body)
process.exitCode = exitCode

function report() {
  // By this mark a workflow finds the comment that it wrote before.
  const title = `<!-- rampart ${inline(CONTRACT)} -->\n### Rampart: \`${inline(CONTRACT)}\``
  const check = rampart('check', CONTRACT)
  if (check.status !== 0) return finish([title, 'It is not valid.', fenced(check.text)], 1)
  const target = TARGET === '' ? [] : ['--target', TARGET]
  const plan = rampart('plan', CONTRACT, ...target)
  if (plan.status !== 0) return finish([title, 'It has no plan.', fenced(plan.text)], 1)
  const digest = /^plan (\S+)$/m.exec(plan.text)?.[1] ?? ''
  const parts = [title, `Valid. The plan is \`${digest}\`.`]
  if (BASE !== '') parts.push(difference(target))
  return finish([...parts, folded('The plan', plan.text), folded('What it means', check.text)], 0)
}

/** What changes against the base, if the base has such a contract. */
function difference(target) {
  const file = contractFile()
  // Beside the file of now, so that what the old one names is found as it was from there.
  const folder = mkdtempSync(join(dirname(file), '.rampart-base-'))
  const before = join(folder, basename(file))
  try {
    const shown = execFileSync('git', ['show', '--end-of-options', `${BASE}:./${file}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    writeFileSync(before, shown)
    const compared = rampart('plan', file, ...target, '--against', before)
    return `What changes against \`${inline(BASE)}\`:\n\n${fenced(compared.text)}`
  } catch {
    return `\`${inline(BASE)}\` has no such contract, so all of it is new.`
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function contractFile() {
  if (!statSync(CONTRACT).isDirectory()) return CONTRACT
  const isThere = (file) => statSync(file, { throwIfNoEntry: false }) !== undefined
  return FILES.map((name) => join(CONTRACT, name)).find(isThere) ?? CONTRACT
}

function rampart(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [RAMPART_BIN, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
  })
  process.stdout.write(`${stdout}${stderr}`)
  return { status, text: `${stdout}${stderr}`.trim() }
}

function finish(parts, exitCode) {
  const whole = `${parts.join('\n\n')}\n`
  if (whole.length <= LONGEST) return { body: whole, exitCode }
  return { body: `${parts.slice(0, 2).join('\n\n')}\n\n${CUT}\n`, exitCode }
}

/** A block that nothing in the text can end. */
function fenced(text) {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}`
}

function folded(summary, text) {
  return `<details><summary>${summary}</summary>\n\n${fenced(text)}\n\n</details>`
}

/** Names that a pull request chose stay names. */
function inline(text) {
  return text.replace(/[`<>\r\n]|--/g, '_')
}
