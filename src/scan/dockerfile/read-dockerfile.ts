/**
 * Dockerfiles. What they expose is written down and binds nothing; what their command listens on is a
 * port of the container's own network, never one of the machine.
 */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { readCommand } from '../command/read-command.ts'
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { calledBy, folderOf, nameOf } from '../found/paths.ts'
import { parsePort, parseSpan } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import { fillIn } from '../found/variables.ts'
import { type Instruction, readInstructions, restOf, wordsOf } from './instructions.ts'
import { type Stage, stagesOf } from './stages.ts'

/** Reads Dockerfiles. */
export const dockerfileReader: FormatReader = {
  name: 'dockerfile',
  takes: isDockerfile,
  hint: /^\s*from\s/im,
  read: readDockerfile,
}

const NAMED = /^(?:dockerfile|containerfile)(?:[.-][\w.-]+)?$|\.(?:dockerfile|containerfile)$/i
const OTHER = /\.(?:dockerignore|containerignore|md|sh|ts|js|py|go|json|ya?ml|txt)$/i

function isDockerfile(path: string): boolean {
  const name = nameOf(path)
  return NAMED.test(name) && !OTHER.test(name)
}

type Words = Pick<FoundPort, 'format' | 'unit' | 'service' | 'scope' | 'app'> &
  Partial<Pick<FoundPort, 'variant' | 'environment'>>

function readDockerfile(source: SourceText, _folder: Folder): Findings {
  const app = folderOf(source.path)
  const environment = ofEnvironment(source.path)
  const stages = stagesOf(readInstructions(source))
  const ports = stages.flatMap((stage) =>
    readStage(source, stage, {
      format: 'dockerfile',
      ...{ unit: `dockerfile ${source.path}`, scope: `network dockerfile ${source.path}`, app },
      service: calledBy(app) === '.' ? nameOf(source.path) : calledBy(app),
      ...environment,
      // An image is made of one stage; the others are never there beside it.
      ...(stages.length === 1 ? {} : { variant: stage.name }),
    }),
  )
  return { ports }
}

function readStage(source: SourceText, stage: Stage, words: Words): readonly FoundPort[] {
  const exposed = stage.instructions.flatMap((instruction) =>
    instruction.name === 'EXPOSE' ? exposedBy(source, instruction, words) : [],
  )
  const started = startedBy(source, stage, words)
  // Who checks a port of a program about which nothing is known may well be right.
  const isKnown = exposed.length + started.length > 0
  const checks = stage.instructions.filter(({ name }) => name === 'HEALTHCHECK')
  const checked = checks.flatMap((check) => {
    const line = restOf(check).replace(/^(--\S+\s+)*/, '')
    const command = /^CMD\s+(.*)$/is.exec(line)?.[1]
    return command === undefined ? [] : portsOf(source, check, { command, stage, words })
  })
  const consumed = isKnown ? checked.filter(({ stance }) => stance === 'consumption') : []
  return [...exposed, ...started, ...consumed]
}

function exposedBy(
  source: SourceText,
  instruction: Stage['instructions'][number],
  words: Words,
): readonly FoundPort[] {
  return wordsOf(instruction).flatMap(({ text: written, offset }) => {
    const bare = written.replaceAll(/["']/g, '')
    const { text, isFilled } = fillIn(bare, (name) => instruction.variables.get(name))
    // One variable may hold several words.
    return text.split(/\s+/).flatMap((word) => {
      const [port = '', protocol = 'tcp'] = word.toLowerCase().split('/')
      const span = parseSpan(port)
      if (span === undefined || (protocol !== 'tcp' && protocol !== 'udp')) return []
      return [
        {
          ...{ ...words, ...source.at(offset), ...span, protocol, text: `EXPOSE ${written}` },
          ...{ addresses: EVERY_ADDRESS, stance: 'documentation' as const },
          confidence: isFilled ? ('interpolated' as const) : ('explicit' as const),
        },
      ]
    })
  })
}

/** What the last ENTRYPOINT and CMD listen on; without a word of theirs, what PORT says. */
function startedBy(source: SourceText, stage: Stage, words: Words): readonly FoundPort[] {
  const last = (name: string): Instruction | undefined =>
    stage.instructions.findLast((instruction) => instruction.name === name)
  const [entry, command] = [last('ENTRYPOINT'), last('CMD')]
  const place = entry ?? command
  if (place === undefined) return []
  const given = [entry, command].flatMap((one) => (one === undefined ? [] : [restOf(one)]))
  // ENTRYPOINT as a shell's line takes no arguments, and CMD is nothing to it.
  const isShell = entry !== undefined && !restOf(entry).startsWith('[')
  const lines = isShell ? given.slice(0, 1) : given
  const told = portsOf(source, command ?? place, { command: lines, stage, words })
  if (told.some(({ stance }) => stance === 'claim')) return told
  const set = stage.instructions.findLast(
    (one) => one.name === 'ENV' && /(^|\s)PORT[=\s]/.test(restOf(one)),
  )
  const port = parsePort(stage.environment.get('PORT') ?? '')
  if (port === undefined) return told
  return [
    ...told,
    {
      ...{ ...words, ...source.at((set ?? place).offset), first: port, last: port },
      ...{ protocol: 'tcp', stance: 'claim', addresses: EVERY_ADDRESS, text: `ENV PORT=${port}` },
      confidence: 'explicit',
    },
  ]
}

function portsOf(
  source: SourceText,
  at: Instruction,
  around: {
    readonly command: string | readonly string[]
    readonly stage: Stage
    readonly words: Words
  },
): readonly FoundPort[] {
  const line = [around.command].flat().map(lineOf).join(' ')
  return readCommand(line, (name) => around.stage.environment.get(name)).ports.map((one) => ({
    ...{ ...around.words, ...source.at(at.offset), ...one },
  }))
}

/** A command as a shell would be given it; one that is a list of words is taken literally. */
function lineOf(command: string): string {
  if (!command.startsWith('[')) return command
  const words = [...command.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '')
  return words
    .map((word) => word.replaceAll(/\\(["\\])/g, '$1').replaceAll('$', '$$$$'))
    .map((word) => (/^[\w./:=@,+%$-]+$/.test(word) ? word : `'${word.replaceAll("'", '"')}'`))
    .join(' ')
}
