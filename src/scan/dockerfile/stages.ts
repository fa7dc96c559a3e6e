/** The stages of a Dockerfile: which one another builds upon, and what their variables are. */
import { fillIn } from '../found/variables.ts'
import { type Instruction, restOf, wordsOf } from './instructions.ts'

/** One stage. */
export interface Stage {
  /** Its name, else its number. */
  readonly name: string
  readonly instructions: readonly StageInstruction[]
  /** What a process of it is started with. */
  readonly environment: ReadonlyMap<string, string>
}

/** An instruction; one that exposes ports, with the variables that are set where it stands. */
export interface StageInstruction extends Instruction {
  readonly variables: ReadonlyMap<string, string>
}

/** Variables of variables could grow without end. */
const LONGEST = 1_000
const MOST_STAGES = 200

const NOTHING_SET: ReadonlyMap<string, string> = new Map()

interface Growing {
  readonly name: string
  readonly instructions: StageInstruction[]
  environment: Map<string, string>
  values: Map<string, string>
}

/** The stages in their order; what stands before the first one only sets variables for FROM. */
export function stagesOf(instructions: readonly Instruction[]): readonly Stage[] {
  const stages: Growing[] = []
  const globals = new Map<string, string>()
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') {
      if (stages.length >= MOST_STAGES) break
      stages.push(begin(instruction, { stages, globals }))
      continue
    }
    const stage = stages.at(-1)
    if (stage === undefined) {
      if (instruction.name === 'ARG') for (const pair of pairsOf(instruction)) set(globals, pair)
      continue
    }
    const isAsked = instruction.name === 'EXPOSE'
    const variables = isAsked ? new Map(stage.values) : NOTHING_SET
    stage.instructions.push({ ...instruction, variables })
    if (instruction.name !== 'ARG' && instruction.name !== 'ENV') continue
    for (const [name, written] of pairsOf(instruction)) {
      const value = written ?? globals.get(name)
      if (value === undefined) continue
      const filled = fillIn(value, (one) => stage.values.get(one)).text.slice(0, LONGEST)
      // A variable of the environment counts more than an argument of the same name.
      if (instruction.name === 'ENV') stage.environment.set(name, filled)
      if (instruction.name === 'ENV' || !stage.environment.has(name)) stage.values.set(name, filled)
    }
  }
  return stages
}

function begin(
  from: Instruction,
  { stages, globals }: { stages: readonly Growing[]; globals: ReadonlyMap<string, string> },
): Growing {
  const words = wordsOf(from).filter(({ text }) => !text.startsWith('--'))
  const [image, as, name] = words.map(({ text }) => text)
  const base = fillIn(image ?? '', (one) => globals.get(one)).text.toLowerCase()
  const parent = stages.findLast((stage) => stage.name.toLowerCase() === base)
  const environment = new Map(parent?.environment)
  const isNamed = as?.toLowerCase() === 'as' && name !== undefined
  return {
    name: isNamed ? name : String(stages.length),
    instructions: [],
    environment,
    values: new Map(environment),
  }
}

function set(
  into: Map<string, string>,
  [name, value]: readonly [string, string | undefined],
): void {
  if (value === undefined) return
  into.set(name, fillIn(value, (one) => into.get(one)).text.slice(0, LONGEST))
}

/** `A=1 B="2"`, `A` alone, and the older `A 1` of ENV. */
function pairsOf(instruction: Instruction): readonly (readonly [string, string | undefined])[] {
  const words = wordsOf(instruction).map(({ text }) => text)
  if (instruction.name === 'ENV' && words[0]?.includes('=') === false) {
    const [name = '', ...rest] = restOf(instruction).split(/\s+/)
    return [[name, rest.join(' ')]]
  }
  return words.map((word) => {
    const at = word.indexOf('=')
    return at === -1 ? [word, undefined] : [word.slice(0, at), unquoted(word.slice(at + 1))]
  })
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2').replaceAll(/\\(.)/g, '$1')
}
