/**
 * Judges how a command went. The first row that fits counts.
 *
 * | what happened | answer |
 * |---|---|
 * | no such command, not executable, no such folder | errored, terminal |
 * | no process, memory or file could be had | errored, notYet: no-resources |
 * | time was up | failed, notYet: timed-out |
 * | more output than allowed | failed, notYet: output-too-large |
 * | died of a signal | failed, notYet: killed |
 * | a code of `expect` (and JSON, where asked for) | passed: exited |
 * | a code of `notYet` | failed, notYet: not-yet |
 * | a code of `terminal` | failed, terminal: wrong-code |
 * | any other code | failed, notYet: wrong-code |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, passed, printLatency, terminal } from '../answer/answer.ts'
import { parseDocument } from '../document/parse-document.ts'
import { redactDocument, redactSecrets, secretsOf } from '../redaction/redact.ts'
import type { ExecInput } from './exec-input.ts'
import type { CommandOutcome } from './run-command.ts'

/** How much of the end of an output is evidence. */
const TAIL_LENGTH_MAX = 2_048
const COMMAND_LENGTH_MAX = 80

const UNSTARTED: Readonly<Record<string, readonly [reason: string, says: string]>> = {
  ENOENT: ['command-not-found', 'is not there'],
  EACCES: ['not-executable', 'may not be executed'],
  ENOEXEC: ['not-executable', 'is no program'],
  ENOTDIR: ['folder-not-found', 'cannot be run: its folder is not there'],
  NO_FOLDER: ['folder-not-found', 'cannot be run: its folder is not there'],
  E2BIG: ['arguments-too-large', 'got too many arguments'],
  ENAMETOOLONG: ['command-not-found', 'has too long a name'],
}

/** Judges how a command went. */
export function assessExec(input: ExecInput, outcome: CommandOutcome, ranMs: number): Answer {
  const secrets = secretsOf(input.env)
  const tail = (text: string): string =>
    redactSecrets(text, secrets).slice(-TAIL_LENGTH_MAX).trim().toWellFormed()
  const command = redactSecrets(input.command.join(' '), secrets).slice(0, COMMAND_LENGTH_MAX)
  const document = input.stdoutJson ? parseDocument(outcome.stdout) : undefined
  const evidence: JsonObject = {
    ranMs,
    ...(outcome.code === undefined ? {} : { code: outcome.code }),
    ...(outcome.signal === undefined ? {} : { signal: outcome.signal }),
    ...(document?.parsed ? { json: redactDocument(document.json, secrets) } : {}),
    ...(document?.parsed || outcome.stdout === '' ? {} : { stdout: tail(outcome.stdout) }),
    ...(outcome.stderr === '' ? {} : { stderr: tail(outcome.stderr) }),
  }
  const ran = printLatency(ranMs)
  if (outcome.end === 'exited' && outcome.code !== undefined) {
    const mistake = document?.parsed === false ? document.mistake : undefined
    const last = tail(outcome.stderr).split('\n').at(-1) ?? ''
    return assessCode({ input, code: outcome.code, command, ran, evidence, mistake, last })
  }
  return assessBrokenOff(input, outcome, { command, ran, evidence })
}

interface Context {
  readonly command: string
  readonly ran: string
  readonly evidence: JsonObject
}

function assessBrokenOff(input: ExecInput, outcome: CommandOutcome, context: Context): Answer {
  const { command, ran, evidence } = context
  if (outcome.end === 'unstarted') {
    const error = outcome.error ?? 'UNKNOWN'
    const [reason, says] = UNSTARTED[error] ?? ['no-resources', 'could not be started']
    const sentence = `\`${command}\` ${says} (${error}).`
    const outlook = UNSTARTED[error] === undefined ? 'notYet' : 'terminal'
    return errored(outlook, { reason, sentence, evidence: { ...evidence, error } })
  }
  if (outcome.end === 'stopped') {
    const sentence = `\`${command}\` was still running after ${ran} and was killed.`
    return notYet({ reason: 'timed-out', sentence, evidence })
  }
  if (outcome.end === 'flooded') {
    const sentence = `\`${command}\` put out more than ${input.outputBytesMax} bytes.`
    return notYet({ reason: 'output-too-large', sentence, evidence })
  }
  const sentence = `\`${command}\` died of ${outcome.signal} after ${ran}.`
  return notYet({ reason: 'killed', sentence, evidence })
}

interface CodeContext extends Context {
  readonly input: ExecInput
  readonly code: number
  /** Why standard output is not JSON. */
  readonly mistake: string | undefined
  readonly last: string
}

function assessCode(context: CodeContext): Answer {
  const { input, code, command, ran, evidence, mistake, last } = context
  const why = last === '' ? '' : ` Its last error: ${last}`
  if (input.expect.includes(code)) {
    if (mistake !== undefined) {
      const sentence = `\`${command}\` exited with ${code}, but put out no JSON: ${mistake}.`
      return notYet({ reason: 'not-json', sentence, evidence })
    }
    const sentence = `\`${command}\` exited with ${code} after ${ran}.`
    return passed({ reason: 'exited', sentence, evidence })
  }
  if (input.notYet.includes(code)) {
    const sentence = `\`${command}\` says not yet (exit ${code} after ${ran}).${why}`
    return notYet({ reason: 'not-yet', sentence, evidence })
  }
  const codes = input.expect.join(' or ')
  const sentence = `\`${command}\` exited with ${code} after ${ran}; ${codes} expected.${why}`
  const findings = { reason: 'wrong-code', sentence, evidence }
  return input.terminal.includes(code) ? terminal(findings) : notYet(findings)
}
